"""Writes docs/failure-codes.md from the table of failures and the words that people read; `--check` only compares."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from desktop.failures import FAILURES, Failure
from desktop.shipped import shipped
from desktop.text import Text, read_table

PAGE = Path(__file__).resolve().parent.parent / "docs" / "failure-codes.md"
GROUPS = {
    1: "What was typed",
    2: "Who one is",
    3: "Codes, security media, cloud and phone",
    4: "Certificates",
    5: "The journey",
    6: "The way to the bank",
    7: "This computer",
    8: "Commands and settings",
    9: "The program itself",
}


def page() -> str:
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Failure codes"
    yield ""
    yield "Made by `python -m scripts.failure_codes` from desktop/failures.py; do not edit. A number is never given to"
    yield f"another failure. There are {len(FAILURES)}."
    for first, title in GROUPS.items():
        yield ""
        yield f"## {first}xxx: {title}"
        yield ""
        yield "| code | what happened | what to do | next | again? | how bad |"
        yield "|---|---|---|---|---|---|"
        yield from (_row(failure) for failure in FAILURES if failure.number // 1000 == first)


def _row(failure: Failure) -> str:
    both = [Text("ko"), Text("en")]
    causes, remedies = ([_words(text, key) for text in both] for key in (failure.cause, failure.remedy))
    then, again = both[1](f"code.next.{failure.next}"), both[1](f"code.retry.{failure.retry}")
    return (
        f"| {failure.code} `{failure.name}` | {'<br>'.join(causes)} | {'<br>'.join(remedies)} | {then} | {again} "
        f"| {both[1](f'code.severity.{failure.severity}')} |"
    )


class _Seen(dict[str, str]):
    """Fills every placeholder with its own name."""

    def __missing__(self, name: str) -> str:
        return f"‹{name}›"


def _words(text: Text, key: str) -> str:
    """The text with its placeholders left to be seen, on one line."""
    namespace = key.partition(".")[0]
    entry = read_table(shipped("text", text.language, f"{namespace}.toml"))[key]
    assert isinstance(entry, str), f"{key} is one text"
    return entry.format_map(_Seen()).replace("\n", " ").replace("|", "\\|")


def main() -> int:
    made = page()
    if "--check" in sys.argv[1:]:
        if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == made:
            return 0
        print(f"{PAGE.name} is out of date: python -m scripts.failure_codes")
        return 1
    PAGE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
