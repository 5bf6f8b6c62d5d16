"""Start to first usable page, beside a bare PySide6 window: fresh processes, alternately, in one run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

PAIRS = 15
ROOT = Path(__file__).parent.parent
#: Issue 2: at most 1.5 times the bare window's time, and under 95 MB.
MOST_RATIO, MOST_BYTES = 1.5, 95_000_000


@dataclass(frozen=True, slots=True)
class Start:
    seconds: float
    memory: int  # bytes, resident, when the first page stood


def start(which: str) -> Start:
    environ = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    began = time.monotonic()
    command = [sys.executable, "-m", "bench.window", which]
    done = subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True, text=True, timeout=60)
    said = json.loads(done.stdout)
    return Start(said["painted"] - began, said["memory"])


def main() -> int:
    for which in ("bare", "ours"):
        start(which)  # the first of each fills the disk's cache
    pairs = [(start("bare"), start("ours")) for _ in range(PAIRS)]
    ratio = median(ours.seconds / bare.seconds for bare, ours in pairs)
    print(f"start to first page, {PAIRS} pairs of fresh processes, medians")
    print("| window | seconds | MB |\n|---|---|---|")
    for name, starts in (("bare PySide6", [b for b, _ in pairs]), ("Changgu", [o for _, o in pairs])):
        print(f"| {name} | {median(s.seconds for s in starts):.3f} | {median(s.memory for s in starts) / 1e6:.1f} |")
    print(f"| ratio | {ratio:.2f} (at most {MOST_RATIO}) | at most {MOST_BYTES / 1e6:.0f} |")
    good = ratio <= MOST_RATIO and median(o.memory for _, o in pairs) < MOST_BYTES
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
