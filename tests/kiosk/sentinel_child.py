"""A kiosk in a process of its own, which is told by single characters what to touch: it never holds an answer whole."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.app import ARGUMENTS
from desktop.banks import load_banks
from desktop.kiosk.visit import Ending
from desktop.shipped import shipped
from desktop.widgets.agreement import AgreementList
from desktop.widgets.choice import ChoiceCards
from desktop.widgets.field_edit import FieldEdit
from desktop.wizard.hands import laid_out
from tests.kiosk.deaf import Opened
from tests.kiosk.floor import Floor, Guest, example


def heard() -> str:
    """One command, read byte by byte, so that no buffer holds several."""
    line = b""
    while not line.endswith(b"\n"):
        line += os.read(0, 1)
    return line[:-1].decode()


def told(window: QWidget) -> str:
    """All that assistive technology would find."""
    parts = [window, *window.findChildren(QWidget)]
    return " ".join(f"{part.accessibleName()} {part.accessibleDescription()}" for part in parts)


async def obey(guest: Guest, command: str) -> str:
    window = guest.window
    what, _, rest = command.partition(" ")
    page = window.page
    match what:
        case "begin":
            await guest.begin()
        case "field":
            assert page is not None
            editor = page.editors[rest].input
            assert isinstance(editor, FieldEdit)
            guest.touch(editor)
        case "tick":
            assert page is not None
            terms = page.editors[rest].input
            assert isinstance(terms, AgreementList)
            guest.touch(terms.boxes()[0])
        case "choose":
            assert page is not None
            name, _, value = rest.partition("=")
            cards = page.editors[name].input
            assert isinstance(cards, ChoiceCards)
            if cards.value() != value:
                guest.touch(cards.card(value))
        case "key":
            await guest.tap(window.dock.keypad, rest)
        case "type":
            focused = window.focusWidget()
            assert focused is not None
            QTest.keyClicks(focused, rest)
        case "primary":
            assert window.frame is not None
            guest.touch(window.frame.footer.primary)
        case "end":
            visit = guest.visit
            visit.end(Ending.LEFT)
            await guest.next_visit(visit)
            guest.forget()
            await guest.conductor.emptied()
        case "left":
            return f"{QGuiApplication.clipboard().text()} {told(window)}"
    await laid_out()
    if (runner := guest.visit.counter.runner) is not None:
        await runner.settled()
        await laid_out()
        return f"{runner.view.step} {runner.view.stage} {' '.join(field.id for field in runner.view.fields)}"
    return "home"


def main() -> None:
    application = QApplication(ARGUMENTS)
    application.setQuitOnLastWindowClosed(False)
    config, small = example(mm_per_pixel=0.7384), (540, 960)  # the same millimetres on fewer pixels to paint
    floor = Floor(application, Path(sys.argv[1]), config, load_banks(shipped("banks")), screen=small, services=Opened())

    async def work(guest: Guest) -> None:
        while (command := await asyncio.to_thread(heard)) != "quit":
            try:
                answer = await obey(guest, command)
            except Exception as error:  # noqa: BLE001 - the parent is told, and fails the test
                answer = f"error {type(error).__name__} {error}"
            sys.stdout.write(answer.replace("\n", " ") + "\n")
            sys.stdout.flush()

    floor.run(work)


if __name__ == "__main__":
    main()
