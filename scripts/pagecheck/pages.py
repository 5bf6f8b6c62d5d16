"""Every page there is: those of the journeys as they were walked, their errors and waits, and the lobby."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtGui import QGuiApplication

from desktop.demo import USUAL
from desktop.history import History, Outcome
from desktop.known import KnownCertificates
from desktop.services.api import Kind, Status, Task
from desktop.widgets.notice import NoticeKind
from desktop.wizard.home import PAGES, News
from desktop.wizard.leave import LeaveQuestion
from desktop.wizard.lobby.fileforms import JOBS
from desktop.wizard.no_hangul import NoHangul, remedy
from scripts.pagecheck.stage import Stage
from scripts.pagecheck.walks import Met
from tests.made import gildong
from tests.wizard.task_views import TASK_VIEWS, holding
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


def of_lobby(certificate: Path) -> Iterator[Shown]:
    """`certificate` is the folder of a joint certificate among what the stage's data holds."""
    yield Shown("lobby/front", partial(_lobby, "front", ""))
    yield Shown("lobby/front-news", _news)
    yield Shown("lobby/front-resume", _resume)
    for place in PAGES:
        if place == "file_job":
            continue
        about = {"tasks": "kb", "file": str(certificate)}.get(place, "")
        yield Shown(f"lobby/{place}", partial(_lobby, place, about))
    for bank in ("epost", "kbank", "woori"):
        yield Shown(f"lobby/tasks-{bank}", partial(_lobby, "tasks", bank), alike=True)
    yield Shown("lobby/help-found", partial(_lobby, "help", "USB"))
    for job in JOBS:
        about = job if job in {"import", "check"} else f"{job} {certificate}"
        yield Shown(f"lobby/file-{job}", partial(_lobby, "file_job", about))


def of_windows() -> Iterator[Shown]:
    """What stands before the window, or instead of it."""
    yield Shown("window/leave", partial(_leave, False))
    yield Shown("window/leave-unknown", partial(_leave, True))
    yield Shown("window/no-hangul", _no_hangul)


def remember(data: Path) -> Path:
    """What this PC is to know: certificates, past journeys, and one in a file, whose folder is returned."""
    KnownCertificates(data).remember(
        holding("epost", "a", days=24),
        replace(holding("kb", "b", status=Status.SUSPENDED), serial="22224444"),
        replace(holding("woori", "c", days=-3), kind=Kind.JOINT, serial="55556666"),
    )
    history = History(data)
    for outcome in (Outcome.DONE, Outcome.CANCELLED, Outcome.FAILED):
        history.add(day=date(2026, 11, 20), bank="epost", kind=Kind.FINANCIAL, task=Task.REVOKE, outcome=outcome)
    return gildong().kept_below(data)


def _journey(met: Met, stage: Stage) -> None:
    stage.journey(met)


def _lobby(place: str, about: str, stage: Stage) -> None:
    stage.lobby(place, about)


def _leave(unknown: bool, stage: Stage) -> None:
    stage.lobby("front")
    stage.dialog = LeaveQuestion(stage.theme, stage.text, stage.window, unknown=unknown)
    stage.dialog.show()
    stage.settle()


def _no_hangul(stage: Stage) -> None:
    stage.lobby("front")
    stage.dialog = NoHangul(stage.theme, stage.text, remedy("linux", ""), QGuiApplication.clipboard())
    stage.dialog.show()
    stage.settle()


def _news(stage: Stage) -> None:
    stage.window.show_home(News("failed", NoticeKind.DANGER, {"cause": "…", "remedy": "…"}))
    stage.settle()


def _resume(stage: Stage) -> None:
    stage.lobby("front")
    stage.window.home.offer_resume(USUAL)
    stage.settle()
