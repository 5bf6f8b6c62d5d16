"""Windows beside the window: what it asks before it goes, its menu, what is said beside the pointer, and no Hangul."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QToolTip

from desktop.wizard.leave import LeaveQuestion
from desktop.wizard.no_hangul import NoHangul, remedy
from scripts.pagecheck.pages import Shown
from scripts.pagecheck.stage import Stage


def of_windows() -> Iterator[Shown]:
    """What stands before the window, or instead of it."""
    yield Shown("window/leave", partial(_leave, False))
    yield Shown("window/leave-unknown", partial(_leave, True))
    yield Shown("window/no-hangul", _no_hangul)
    yield Shown("window/menu", _front, again=_menu)
    yield Shown("window/tip", _front, again=_tip)


def _front(stage: Stage) -> None:
    stage.lobby("front")


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


def _menu(stage: Stage) -> None:
    """Of a narrow window. Each time it is asked for it is made anew."""
    if stage.dialog is not None:
        stage.dialog.close()
    stage.dialog = stage.window.header.make_menu()
    stage.dialog.show()
    stage.settle()


def _tip(stage: Stage) -> None:
    """What is said beside the pointer; Qt makes a window for it."""
    if stage.dialog is not None:
        stage.dialog.close()  # else the one that is there stays as large as it is
    QToolTip.showText(stage.window.pos(), stage.text("ui.practice.about"), stage.window)
    shown = (w for w in stage.front.application.topLevelWidgets() if isinstance(w, QLabel) and w.isVisible())
    stage.dialog = next(shown)
    stage.settle()
