"""Seconds a person needs for every journey of every bank, by the keystroke-level model, beside the guides' figures."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from desktop.banks import Bank, load_banks
from desktop.services.api import Channel, Kind, Medium, Task
from desktop.wizard.flow.effort import Way, journey_effort
from desktop.wizard.flow.operators import FIRST_TIME
from desktop.wizard.flow.plan import make_plan

BANKS = Path(__file__).parent.parent / "resources" / "banks"
PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- human time: python -m bench.human_time --write -->\n", "<!-- end of human time -->\n"
MOST_POINTINGS = 6


@dataclass(frozen=True, slots=True)
class Guide:
    """A flow as a guide tells it: human seconds without waits, and the seconds that we allow ours."""

    way: Way
    seconds: float
    most: float


#: The way each guide describes; all but 우체국's may take six tenths of it.
GUIDES = {
    ("epost", Kind.FINANCIAL, Task.ISSUE): Guide(Way(Channel.SMS, Medium.CARD), 153, 84),
    ("kb", Kind.FINANCIAL, Task.ISSUE): Guide(Way(Channel.ARS, Medium.OTP), 133, 0.6 * 133),
    ("woori", Kind.JOINT, Task.ISSUE): Guide(Way(Channel.SMS, Medium.CARD), 148, 0.6 * 148),
    ("kbank", Kind.JOINT, Task.REISSUE): Guide(Way(Channel.SMS, Medium.CARD), 124, 0.6 * 124),
}


@dataclass(frozen=True, slots=True)
class Line:
    """Seconds by keyboard, by mouse and of a first-timer, without waits; `allowed` where a guide has a figure."""

    name: str
    keyboard: float
    mouse: float
    pointings: int
    first_time: float
    waits: float
    guide: float | None
    allowed: float | None

    @property
    def good(self) -> bool:
        in_time = self.allowed is None or max(self.keyboard, self.mouse) <= self.allowed
        return in_time and self.pointings <= MOST_POINTINGS


def lines(banks: dict[str, Bank]) -> list[Line]:
    found = []
    for bank in banks.values():
        for journey in bank.journeys:
            plan = make_plan(bank, journey.kind, journey.task)
            guide = GUIDES.get((bank.id, journey.kind, journey.task))
            way = guide.way if guide else None
            hands, mouse = journey_effort(plan, way), journey_effort(plan, way, pointing=True)
            found.append(
                Line(
                    f"{bank.name.ko} {bank.product(journey.kind).name.ko} {journey.task}",
                    hands.human(),
                    mouse.human(),
                    mouse.points,
                    hands.human(FIRST_TIME),
                    hands.waits,
                    guide.seconds if guide else None,
                    guide.most if guide else None,
                )
            )
    return found


def table(found: list[Line]) -> str:
    rows = [
        "| journey | guide s | allowed s | keyboard s | mouse s | pointings | first time s | waits s |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for line in found:
        guide, allowed = (f"{n:.0f}" if n is not None else "" for n in (line.guide, line.allowed))
        by_hand = f"{line.keyboard:.0f} | {line.mouse:.0f} | {line.pointings}"
        rows.append(f"| {line.name} | {guide} | {allowed} | {by_hand} | {line.first_time:.0f} | {line.waits:.0f} |")
    return "\n".join(rows) + "\n"


def main() -> int:
    """`--write` puts the table into docs/performance.md."""
    found = lines(load_banks(BANKS))
    print(table(found), end="")
    if "--write" in sys.argv[1:]:
        page = PAGE.read_text(encoding="utf-8")
        head, tail = page.partition(BEGIN)[0], page.partition(END)[2]
        PAGE.write_text(f"{head}{BEGIN}{table(found)}{END}{tail}", encoding="utf-8")
    return 0 if all(line.good for line in found) else 1


if __name__ == "__main__":
    sys.exit(main())
