"""Start to first usable page, beside a bare PySide6 window: fresh processes, alternately, in one run."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROUNDS = 15
WINDOWS = {"bare": "bare PySide6", "ours": "Changgu"}
ROOT = Path(__file__).parent.parent
#: Issue 2: at most 1.5 times the bare window's time, and under 95 MB.
MOST_RATIO, MOST_BYTES = 1.5, 95_000_000


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds from the start of the process; bytes resident."""

    painted: float
    answers: float
    memory: int
    memory_then: int


def start(which: str, compiled: str) -> Start:
    """`compiled` holds the bytecode, as an installed program has it, whatever this shell says; and it is the home."""
    environ = {**os.environ, "PYTHONPYCACHEPREFIX": compiled, "HOME": compiled, "XDG_DATA_HOME": compiled}
    environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-m", "bench.window", which]
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True, text=True, timeout=60)
    painted, taken, answers, taken_then = done.stdout.split()
    return Start(float(painted) - began, float(answers) - began, int(taken), int(taken_then))


def main() -> int:
    with tempfile.TemporaryDirectory() as compiled:
        for which in WINDOWS:
            start(which, compiled)  # the first of each compiles, and fills the disk's cache
        rounds = [{which: start(which, compiled) for which in WINDOWS} for _ in range(ROUNDS)]
    print(f"start of the process to the first page, {ROUNDS} rounds of fresh processes in turn, medians")
    print("| window | painted (s) | MB then | loop answers (s) | MB then |\n|---|---|---|---|---|")
    for which, name in WINDOWS.items():
        starts = [one[which] for one in rounds]
        painted, answers = median(s.painted for s in starts), median(s.answers for s in starts)
        first, then = median(s.memory for s in starts), median(s.memory_then for s in starts)
        print(f"| {name} | {painted:.3f} | {first / 1e6:.1f} | {answers:.3f} | {then / 1e6:.1f} |")
    ratio, least = (
        median(getattr(one["ours"], to) / getattr(one["bare"], to) for one in rounds) for to in ("answers", "painted")
    )
    print(f"ratio {ratio:.2f} until it answers (at most {MOST_RATIO}), {least:.2f} until it is painted")
    print(f"memory at most {MOST_BYTES / 1e6:.0f} MB")
    return 0 if ratio <= MOST_RATIO and median(one["ours"].memory_then for one in rounds) < MOST_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
