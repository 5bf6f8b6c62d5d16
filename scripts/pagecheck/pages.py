"""The pages of the journeys as they were walked, and their errors and waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from scripts.pagecheck.stage import Stage
from scripts.pagecheck.walks import Met
from tests.wizard.task_views import TASK_VIEWS
from tests.wizard.views import NOW, VIEWS


class Shown(NamedTuple):
    """`alike`: another page is made of the same things, and differs in the words of its bank or task alone.

    `again` opens in each look what the one before has closed.
    """

    name: str
    show: Callable[[Stage], None]
    alike: bool = False
    again: Callable[[Stage], None] | None = None


def of_journeys(walks: Iterable[tuple[str, list[Met]]]) -> Iterator[Shown]:
    """`walks` by the journey's name. The first page of a kind stands for it, and so does the first at each bank and
    for each task: the words of a page come from the one or from the other."""
    seen: set[object] = set()
    for journey, met in walks:
        for one in met:
            view, kind = one.view, one.kind
            met_in = {kind, (view.bank, kind), (view.kind, view.task, kind)}
            if not met_in <= seen:
                yield Shown(f"{journey}/{one.name}", partial(_journey, one), kind in seen)
            seen |= met_in


def states() -> Iterator[tuple[str, list[Met]]]:
    """What no journey that goes well comes to: faults, refusals, waits."""
    for at, views in ((NOW, VIEWS), (time.monotonic(), TASK_VIEWS)):
        for name, view in views.items():
            yield f"state-{name}", [Met(view, at)]


def _journey(met: Met, stage: Stage) -> None:
    stage.journey(met)
