"""Looking for texts in the memory of another process, in every encoding that Python and Qt use."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENCODINGS = ("utf-8", "utf-16-le", "utf-32-le")
#: Made up; none of it is in any file of the program.
SENTINELS = {
    "rrn": "7711089413852",
    "account": "70559913204417",
    "account_password": "8264",
    "card_serial": "50917738",
    "pin": "582046",
    "name": "독고빛나",
    "phone": "01000087741",
}


class Child:
    """A kiosk that does what it is told. `memory` are variables of its environment."""

    def __init__(self, folder: Path, memory: dict[str, str]) -> None:
        environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "TMPDIR": str(folder / "tmp"), **memory}
        (folder / "tmp").mkdir(exist_ok=True)
        (folder / "data").mkdir(exist_ok=True)
        self.folder = folder
        self.running = subprocess.Popen(
            [sys.executable, "-m", "tests.kiosk.sentinel_child", str(folder / "data")],
            cwd=ROOT,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, command: str) -> str:
        assert self.running.stdin is not None
        assert self.running.stdout is not None
        self.running.stdin.write(command + "\n")
        self.running.stdin.flush()
        answer = self.running.stdout.readline().strip()
        assert answer, "the kiosk is gone"
        assert not answer.startswith("error"), answer
        return answer

    def enter(self, field: str, keys: str, way: str) -> None:
        self.tell(f"field {field}")
        for key in keys:
            self.tell(f"{way} {key}")

    def counts(self) -> dict[str, int]:
        """How often each sentinel stands in the memory of the process, in all encodings together."""
        found = dict.fromkeys(SENTINELS, 0)
        needles = [(name, value.encode(code)) for name, value in SENTINELS.items() for code in ENCODINGS]
        process = Path("/proc") / str(self.running.pid)
        with (process / "mem").open("rb", buffering=0) as memory:
            for line in (process / "maps").read_text().splitlines():
                span, rights, *rest = line.split()
                if "r" not in rights or "w" not in rights or rest[-1] in {"[vvar]", "[vsyscall]"}:
                    continue
                start, end = (int(part, 16) for part in span.split("-"))
                try:
                    memory.seek(start)
                    held = memory.read(end - start)
                except (OSError, OverflowError):  # a page of the kernel's
                    continue
                for name, needle in needles:
                    found[name] += held.count(needle)
        return found

    def close(self) -> None:
        if self.running.poll() is None and self.running.stdin is not None:
            self.running.stdin.write("quit\n")
            self.running.stdin.close()
        self.running.wait(timeout=30)
        if self.running.stdout is not None:
            self.running.stdout.close()


def walk(child: Child, way: str) -> None:
    """A whole 우체국 issue; `way` is "key" (the keypad) or "type" (a keyboard)."""
    from tests.kiosk.floor import keys_of

    s = SENTINELS
    child.tell("begin")
    while (view := child.tell("look").split())[0] != "done":
        step, fields = view[0], view[2:]
        match step:
            case "terms":
                child.tell("tick terms")
            case "identity":
                for name in ("rrn", "account", "account_password"):
                    child.enter(name, s[name], way)
            case "phone" if "code" in fields:
                child.enter("code", "482913", way)
            case "medium" if "card_first" in fields:
                child.enter("card_serial", s["card_serial"], way)
                child.enter("card_first", "24", way)
                child.enter("card_second", "08", way)
            case "cloud" if "cloud_code" in fields:
                child.enter("cloud_code", "47", way)
            case "cloud":
                name = keys_of(s["name"]) if way == "key" else "Dokgo"
                child.enter("name", name, way)
                child.enter("phone", s["phone"], way)
            case "pin":
                child.enter("pin", s["pin"], way)
                child.enter("pin_again", s["pin"], way)
        after = child.tell("primary").split()
        assert after[:3] != view[:3] or step == "review", view


def files_with(folder: Path) -> list[str]:
    """Every file below that holds a sentinel, with its name."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            found += [
                f"{path.name}: {name}"
                for name, value in SENTINELS.items()
                for code in ENCODINGS
                if len(value) > 4 and value.encode(code) in held
            ]
    return found
