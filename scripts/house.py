"""House rules that no linter knows: what a line may not say, where, and why."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

PROGRAM = ("desktop/*.py",)
PYTHON = ("*.py",)
EVERYTHING = ("*",)
#: Not for reading: compiled, drawn, or hashes.
UNREAD = ("*.lock", "*.png", "*.svg", "*.der", "*.ico", "*.woff2", "LICENSE")


@dataclass(frozen=True, slots=True)
class Rule:
    """`where` and `unless` are patterns of whole paths; `*` crosses folders."""

    name: str
    pattern: str
    reason: str
    where: tuple[str, ...]
    unless: tuple[str, ...] = ()

    def covers(self, path: str) -> bool:
        return any(fnmatch(path, p) for p in self.where) and not any(fnmatch(path, p) for p in self.unless)


RULES = (
    Rule("wizard", r"\bQWizard", "it has no async step, and Back erases fields; use the frame of ours", PROGRAM),
    Rule("exec", r"\.exec\(", "a nested event loop breaks asyncio; use open() and await `finished`", PROGRAM),
    Rule(
        "instance",
        r"Application\.instance\(|\bqApp\b",
        "a hidden global; what a thing needs, its constructor gets",
        (*PROGRAM, "tests/*.py"),
    ),
    Rule(
        "sleep",
        r"\btime\.sleep\(|\bqWait\(|QThread\.\w*sleep\(|\bfrom time import .*\bsleep\b",
        "a sleep hides a race or freezes the window; await what is waited for",
        (*PROGRAM, "tests/*.py"),
    ),
    Rule(
        "style",
        r"\bsetStyleSheet\(|\bQColor\(|[\"']#[0-9a-fA-F]{6}\b",
        "colours and style live in one table of tokens; ask the theme for a Role",
        PROGRAM,
        ("desktop/widgets/*",),
    ),
    Rule(
        "bank",
        r"\bbank(\.id)? ?[!=]= ?[\"']|\bmatch bank(\.id)?:",
        "a bank is data; put the difference into its profile",
        PROGRAM,
    ),
    Rule("mock", r"\bunittest\.mock\b|\bMagicMock\b|\bmocker\b", "a mock proves itself; write a fake", PYTHON),
    Rule(
        "swallow",
        r"\bsuppress\((Base)?Exception\)",
        "what nobody expected must be seen; suppress the error that is meant, by its class",
        PYTHON,
    ),
    Rule(
        "unfinished",
        r"#.*\b(TO[D]O|FIX[M]E|XX[X])\b|\bpytest\.(skip|xfail)\b|mark\.(skip|xfail)\b",
        "finish it, or open an issue",
        PYTHON,
    ),
    Rule(
        "excuse",
        r"#\s*(noqa(?!: [A-Z]+\d+(, [A-Z]+\d+)* [-—] \S)|type: ignore(?!\[[a-z, -]+\]  ?# \S))",
        "an exemption names its rule and its reason: `# noqa: X1 - why`, `# type: ignore[x]  # why`",
        PYTHON,
    ),
    Rule(
        "registry",
        r"pypi[.]org|python[h]osted|registry[.]npmjs|deb[.]debian|crates[.]io",
        "where packages come from is the machine's setting, not the project's",
        EVERYTHING,
    ),
    Rule(
        "machine",
        r"(?<![\w.$}*~])/(work|tmp|root|home|Users)/",
        "a path of one machine; derive it, or ask for it",
        EVERYTHING,
    ),
    Rule(
        "rrn",
        r"(?<![\w.])\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])-?[1-8]\d{6}(?![\w.])",
        "this could be a living person's number; made-up people have a 7th digit of 9 or 0",
        EVERYTHING,
    ),
    Rule(
        "phone",
        r"(?<![\w.])010-?[1-9]\d{3}-?\d{4}(?![\w.])",
        "this could be somebody's telephone; made-up people have 010-0000-…",
        EVERYTHING,
    ),
)


def broken(path: str, source: str) -> Iterator[tuple[int, Rule]]:
    """Line number (from 1) and rule, for each line of a file that breaks one."""
    if any(fnmatch(path, p) for p in UNREAD):
        return
    rules = [(rule, re.compile(rule.pattern)) for rule in RULES if rule.covers(path)]
    for number, line in enumerate(source.splitlines(), 1):
        for rule, pattern in rules:
            if pattern.search(line):
                yield number, rule


def files(root: Path) -> list[str]:
    """Tracked files, and new ones that nobody told git to ignore."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return sorted(name for name in listed.split("\0") if name and (root / name).is_file())


def main() -> int:
    root = Path(__file__).resolve().parent.parent
    count = 0
    for path in files(root):
        try:
            source = (root / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, rule in broken(path, source):
            count += 1
            print(f"{path}:{number}: {rule.name}: {rule.reason}")
    print(f"house rules: {count} broken" if count else f"house rules: {len(RULES)} kept")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
