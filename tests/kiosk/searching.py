"""Looking for texts in the memory of another process, in every encoding that Python and Qt use."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENCODINGS = ("utf-8", "utf-16-le", "utf-32-le")
#: Made up; none of it is in any file of the program.
SENTINELS: Mapping[str, str] = {
    "rrn": "7711089413852",
    "account": "70559913204417",
    "account_password": "8264",
    "card_serial": "50917738",
    "card_first": "97",
    "card_second": "83",
    "pin": "582046",
    "password": "Gsh7+Qwzk30",
    "name": "독고빛나",
    "phone": "01000087741",
}
#: Plain texts to Qt and Python; all others go from the key into a buffer that is wiped.
PLAIN = frozenset({"name", "phone"})
#: What is no longer than this stands in every memory by chance now and then, as part of an address or as a number.
TELLING = 4
#: The same answers, for whether what was found of the short ones comes again.
OTHERS: Mapping[str, str] = {**SENTINELS, "account_password": "6158", "card_first": "46", "card_second": "69"}
#: Bytes in front of an object's size (how often it is held, and its type), and of the hash behind that.
_BEFORE_SIZE, _HASH = 16, 8
#: What Qt keeps in front of a text: holders, flags, room.
_ROOM = struct.Struct("<iIq")
_HEX = b"0123456789abcdefABCDEFx"


class Child:
    """A kiosk that does what it is told. `memory` are variables of its environment; `joint`: on a real wallet."""

    def __init__(self, folder: Path, memory: Mapping[str, str], *, joint: bool = False) -> None:
        environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "TMPDIR": str(folder / "tmp"), **memory}
        for name in ("tmp", "data", "spool", "stick"):
            (folder / name).mkdir(exist_ok=True)
        self.folder = folder
        with (folder / "log").open("wb") as log:
            self.running = subprocess.Popen(
                [sys.executable, "-m", "tests.kiosk.sentinel_child", str(folder), "joint" if joint else "card"],
                cwd=ROOT,
                env=environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_failure: object) -> None:
        if self.running.poll() is None and self.running.stdin is not None:
            self.running.stdin.write("quit\n")
            self.running.stdin.close()
        self.running.wait(timeout=30)
        if self.running.stdout is not None:
            self.running.stdout.close()

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

    def counts(self, sought: Mapping[str, str] = SENTINELS) -> dict[str, int]:
        """How often each sentinel stands in the memory of the process, in all encodings together."""
        found = dict.fromkeys(sought, 0)
        for held in self._memory():
            for name, value in sought.items():
                found[name] += count(held, value)
        return found

    def _memory(self) -> Iterator[bytes]:
        """All that can be written to: what was only read from files holds nothing of a person."""
        process = Path("/proc") / str(self.running.pid)
        with (process / "mem").open("rb", buffering=0) as memory:
            for line in (process / "maps").read_text().splitlines():
                span, rights, *rest = line.split()
                if "r" not in rights or "w" not in rights or rest[-1] in {"[vvar]", "[vsyscall]"}:
                    continue
                start, end = (int(part, 16) for part in span.split("-"))
                try:
                    memory.seek(start)
                    yield memory.read(end - start)
                except (OSError, OverflowError):  # a page of the kernel's
                    continue


def count(held: bytes, text: str) -> int:
    """How often the text stands there; a short one by itself, and two digits as a whole text of Python's or Qt's.

    Those are known by what is before them: a str (its size, then hash and state), bytes (size, hash), a QString or a
    QByteArray (how often it is held, flags, the room it has).
    """
    if len(text) > TELLING:
        return sum(held.count(text.encode(code)) for code in ENCODINGS)
    if len(text) > 2:
        return sum(_alone(held, text, code) for code in ENCODINGS)
    size = struct.pack("<q", len(text))
    heads = [sys.getsizeof("") - len(size) - 1 - _BEFORE_SIZE, _HASH]
    found = 0
    for at in _places(held, text.encode() + b"\0"):
        sizes = [held[at - head - len(size) : at - head] for head in heads]
        found += size in sizes or _is_room(held[at - _ROOM.size : at])
    for at in _places(held, text.encode("utf-16-le") + b"\0\0"):
        found += _is_room(held[at - _ROOM.size : at])
    return found


def _alone(held: bytes, text: str, code: str) -> int:
    """How often it is no part of a longer number, such as an object's address in its repr."""
    needle, unit = text.encode(code), len("0".encode(code))
    sides = ((at - unit, at + len(needle)) for at in _places(held, needle))
    return sum(not any(_is_digit(held[max(0, side) : side + unit]) for side in both) for both in sides)


def _is_digit(unit: bytes) -> bool:
    """Hexadecimal. Other letters may stand there by chance: glibc fills what it gives out with Z."""
    return bool(unit) and unit[:1] in _HEX and not any(unit[1:])


def _places(held: bytes, needle: bytes) -> Iterator[int]:
    at = held.find(needle)
    while at >= 0:
        yield at
        at = held.find(needle, at + 1)


def _is_room(head: bytes) -> bool:
    if len(head) < _ROOM.size:
        return False
    holders, flags, room = _ROOM.unpack(head)
    return bool(0 < holders < 256 and flags < 256 and 2 <= room < 64)


def walk_card(child: Child, way: str, sought: Mapping[str, str]) -> None:
    """A whole 우체국 issue with a security card; `way` is "key" (the keypad) or "type" (a keyboard)."""
    from tests.kiosk.floor import keys_of

    child.tell("begin")
    while (view := child.tell("look").split())[0] != "done":
        step, fields = view[0], view[2:]
        match step:
            case "terms":
                child.tell("tick terms")
            case "phone" if "code" in fields:
                child.enter("code", "482913", way)
            case "cloud" if "cloud_code" in fields:
                child.enter("cloud_code", "47", way)
            case "identity" | "medium" | "cloud" | "pin":
                for name in fields:
                    known = sought.get(name.removesuffix("_again"))
                    if known is not None:
                        child.enter(name, keys_of(known) if name == "name" and way == "key" else known, way)
        after = child.tell("primary").split()
        assert after[:3] != view[:3] or step == "review", view


def walk_joint(child: Child, sought: Mapping[str, str]) -> None:
    """A whole issue of 우리은행 onto a stick: a made-up person's own answers, and a password by the keypad."""
    child.tell("walk password")
    for name in ("password", "password_again"):
        child.enter(name, sought["password"], "key")
    assert "password" != child.tell("primary").split()[0]
    assert child.tell("walk done").startswith("done 1")


def files_with(folder: Path) -> list[str]:
    """Every file below that holds a sentinel, with its name."""
    return [
        f"{path.name}: {name}"
        for path in folder.rglob("*")
        if path.is_file()
        for name, value in SENTINELS.items()
        if len(value) > TELLING and count(path.read_bytes(), value)
    ]
