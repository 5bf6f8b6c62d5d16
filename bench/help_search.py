"""How long the help takes to answer one key typed, over thousands of entries."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

from desktop.banks import load_banks
from desktop.help import Help, help_of
from desktop.text import LANGUAGES, Text

ENTRIES, MOST_SECONDS = 5_000, 0.030
BANKS = Path(__file__).parent.parent / "resources" / "banks"
QUERIES = (
    "문",
    "문자가",
    "문자가 안 와요",
    "비밀번호를 잊어버렸어요",
    "보안카드 번호를 전부 입력하라고 해요",
    "no text message",
)


def main() -> int:
    small = help_of(load_banks(BANKS).values(), {language: Text(language) for language in LANGUAGES})
    entries = [
        replace(entry, id=f"{entry.id}.{copy}", said=(*entry.said, f"{copy}"))
        for copy in range(ENTRIES // len(small.entries) + 1)
        for entry in small.entries
    ]
    began = time.perf_counter()
    index = Help(entries)
    built = time.perf_counter() - began
    worst = 0.0
    print(f"help over {len(entries)} entries (we have {len(small.entries)}), built in {built:.2f} s")
    print("| typed | ms |\n|---|---|")
    for query in QUERIES:
        took = []
        for _ in range(20):
            began = time.perf_counter()
            index.search(query, "ko")
            took.append(time.perf_counter() - began)
        worst = max(worst, median(took))
        print(f"| {query} | {median(took) * 1000:.1f} |")
    return 0 if worst < MOST_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
