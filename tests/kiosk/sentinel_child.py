"""A kiosk in a process of its own, which is told by single characters what to touch: it never holds an answer whole."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.answers import read_answers
from desktop.app import ARGUMENTS
from desktop.banks import load_banks
from desktop.demo import USUAL, answers_for
from desktop.kiosk.visit import Ending
from desktop.services.api import Kind, Task
from desktop.shipped import shipped
from desktop.widgets.agreement import AgreementList
from desktop.widgets.button import Button
from desktop.widgets.field_edit import FieldEdit
from desktop.wizard.hands import laid_out
from desktop.wizard.offers import Offer
from tests.kiosk.deaf import Opened
from tests.kiosk.floor import Floor, Guest, example

JOINT = Offer("woori", Kind.JOINT, Task.ISSUE)
_SAID = (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value, QAccessible.Text.Help)


@dataclass
class Spool:
    """Stands for the folder in which a system keeps what is to be printed."""

    folder: Path

    def print_out(self, receipt: str) -> None:
        (self.folder / "receipt").write_text(receipt, encoding="utf-8")


@dataclass
class Held:
    """Texts on purpose, in which a search shows that it finds them."""

    python: list[str] = field(default_factory=list)
    qt: list[QObject] = field(default_factory=list)

    def plant(self, text: str) -> None:
        self.python.append(text)
        self.qt.append(QObject(objectName=text))


def heard() -> str:
    """One command, read byte by byte, so that no buffer holds several."""
    line = b""
    while not line.endswith(b"\n"):
        line += os.read(0, 1)
    return line[:-1].decode()


def told(window: QWidget) -> str:
    """All that assistive technology would find: names, descriptions, values and texts of the whole tree."""
    root = QAccessible.queryAccessibleInterface(window)
    assert isinstance(root, QAccessibleInterface)
    parts, said = [root], []
    while parts:
        part = parts.pop()
        said += [part.text(kind) for kind in _SAID]
        parts += [child for n in range(part.childCount()) if (child := part.child(n)) is not None]
    return " ".join(filter(None, said))


async def print_receipt(guest: Guest) -> None:
    page, words = guest.window.page, guest.window.text("kiosk.receipt.paper")
    assert page is not None
    guest.touch(next(button for button in page.findChildren(Button) if button.plain_text() == words))
    await laid_out()
    assert guest.window.sheet is not None
    assert guest.window.sheet.escape is not None
    guest.touch(guest.window.sheet.escape)


async def obey(guest: Guest, held: Held, command: str) -> str:
    window = guest.window
    what, _, rest = command.partition(" ")
    page = window.page
    match what:
        case "begin":
            await guest.begin()
        case "walk":
            await guest.walk_to(rest, stage=1 if rest == "done" else 0)
        case "field" | "tick":
            assert page is not None
            editor = page.editors[rest].input
            assert isinstance(editor, FieldEdit | AgreementList)
            guest.touch(editor if isinstance(editor, FieldEdit) else editor.boxes()[0])
        case "key":
            await guest.tap(window.dock.keypad, rest)
        case "type":
            QTest.keyClick(window.windowHandle(), ord(rest))
        case "primary":
            assert window.frame is not None
            guest.touch(window.frame.footer.primary)
        case "receipt":
            await print_receipt(guest)
        case "end":
            visit = guest.visit
            visit.end(Ending.LEFT)
            await guest.next_visit(visit)
            guest.forget()
            await guest.conductor.emptied()
        case "told":
            return f"told {QGuiApplication.clipboard().text()} {told(window)}"
        case "plant":
            held.plant(rest)
    await laid_out()
    if (runner := guest.visit.counter.runner) is not None:
        await runner.settled()
        await laid_out()
        return f"{runner.view.step} {runner.view.stage} {' '.join(field.id for field in runner.view.fields)}"
    return "home"


def make_floor(application: QApplication, folder: Path) -> Floor:
    """At services that take whatever they are told for right, and remember nothing of it."""
    config = example(mm_per_pixel=0.7384)  # the same millimetres on fewer pixels to paint
    receipt = msgspec.structs.replace(config.receipt, kind="paper", printer="spool")
    return Floor(
        application,
        folder / "data",
        msgspec.structs.replace(config, receipt=receipt),
        load_banks(shipped("banks")),
        screen=(540, 960),
        tray=Spool(folder / "spool"),
        services=Opened(),
    )


def main() -> None:
    application = QApplication(ARGUMENTS)
    application.setQuitOnLastWindowClosed(False)
    folder, joint = Path(sys.argv[1]), sys.argv[2] == "joint"
    floor, held = make_floor(application, folder), Held()
    if joint:  # made in earnest, by the practice authority and on a stick
        floor = replace(floor, services=None)
        stick = floor.plug_in(folder / "stick")

    async def work(guest: Guest) -> None:
        if joint:
            answers = read_answers(answers_for(JOINT))
            guest.answers = msgspec.structs.replace(answers, answers={**answers.answers, "place": stick.id})
        while (command := await asyncio.to_thread(heard)) != "quit":
            try:
                answer = await obey(guest, held, command)
            except Exception as error:  # noqa: BLE001 - the parent is told, and fails the test
                answer = f"error {type(error).__name__} {error}"
            sys.stdout.write(answer.replace("\n", " ") + "\n")
            sys.stdout.flush()

    floor.run(work, JOINT if joint else USUAL)


if __name__ == "__main__":
    main()
