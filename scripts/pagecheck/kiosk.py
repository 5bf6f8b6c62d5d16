"""What a kiosk has besides the pages of journeys: its first page, its keypads, and the sheets it lays over a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from desktop.kiosk.config import IdleTimes
from desktop.kiosk.idle import Idle, Watch
from desktop.kiosk.layouts import NEXT, SHIFT, TO_LATIN, TO_MARKS
from desktop.kiosk.sheet import Sheet
from desktop.kiosk.sheets import IdleSheet, LeaveSheet, ReceiptSheet, TellSheet
from desktop.kiosk.staff import StaffDoor
from desktop.kiosk.staffsheet import StaffSheet
from desktop.kiosk.window import KioskWindow
from desktop.secret import Secret
from desktop.widgets.field_edit import FieldEdit
from desktop.wizard.flow.view import View
from scripts.pagecheck.opened import page_of
from scripts.pagecheck.pages import Shown
from scripts.pagecheck.stage import Stage
from scripts.pagecheck.walks import Met
from tests.wizard.task_views import TASK_VIEWS
from tests.wizard.views import NOW, VIEWS

#: By its name: a page, the field that is typed into, and the keys that bring the pad up.
KEYPADS: dict[str, tuple[View, str, tuple[str, ...]]] = {
    "hangul": (VIEWS["cloud"], "name", ()),
    "hangul-shifted": (VIEWS["cloud"], "name", (SHIFT,)),
    "hangul-latin": (VIEWS["cloud"], "name", (TO_LATIN,)),
    "latin": (TASK_VIEWS["password"], "password", ()),
    "latin-shifted": (TASK_VIEWS["password"], "password", (SHIFT,)),
    "marks": (TASK_VIEWS["password"], "password", (TO_MARKS,)),
    "digits": (VIEWS["identity"], "rrn", ()),
    "shuffled": (VIEWS["pin"], "pin", ()),
}
#: As long as a receipt is, for a code of its usual size.
RECEIPT = "인증서 창구 · 확인증\n" + "\n".join(f"{n:02} 금융인증서 발급 0123456789ABCDEF" for n in range(12))
Make = Callable[[Stage, KioskWindow], Sheet]


def of_kiosk() -> Iterator[Shown]:
    yield Shown("kiosk/front", lambda stage: stage.lobby("front"))
    for name, (view, field, marks) in KEYPADS.items():
        show = partial(_show, view)
        yield Shown(f"kiosk/keypad-{name}", show, again=partial(_type, field, marks))
    for name, make in SHEETS.items():
        yield Shown(f"kiosk/{name}", partial(_lay, make))
    for tile in ("looks", "menu"):
        yield Shown(f"kiosk/{tile}", partial(_touch, tile))
    yield Shown("kiosk/menu-journey", _open_menu)


def window_of(stage: Stage) -> KioskWindow:
    assert isinstance(stage.window, KioskWindow), "at a kiosk"
    return stage.window


def _show(view: View, stage: Stage) -> None:
    stage.journey(Met(view, NOW))


def _type(field: str, marks: tuple[str, ...], stage: Stage) -> None:
    """The field has the focus, and its pad is the one that is meant, whatever Tab left."""
    window, entry = window_of(stage), page_of(stage).editors[field].input
    assert isinstance(entry, FieldEdit), "it is typed into"
    window.dock.forget()
    window.dock.draw(page_of(stage))
    entry.setFocus()
    window.dock.focus_came(entry)
    for mark in marks:
        if mark == SHIFT:
            window.dock.keypad.shift(True)
        else:
            window.dock.press(mark)
    stage.settle()


def _lay(make: Make, stage: Stage) -> None:
    stage.lobby("front")
    window = window_of(stage)
    window.lay(make(stage, window))
    stage.settle()


def _touch(tile: str, stage: Stage) -> None:
    stage.lobby("front")
    window_of(stage).tiles.asked.emit(tile)
    stage.settle()


def _open_menu(stage: Stage) -> None:
    """With all that stands in it while a journey is under way."""
    _show(VIEWS["identity"], stage)
    window_of(stage).tiles.asked.emit("menu")
    stage.settle()


def _leave(unknown: bool, stage: Stage, window: KioskWindow) -> Sheet:
    return LeaveSheet(window.around, stage.text, unknown=unknown)


def _idle(extended: int, stage: Stage, window: KioskWindow) -> Sheet:
    """Warned of the end, after having had more time so often."""
    times, now = IdleTimes(), [0.0]
    idle = Idle(times, lambda: now[0])
    idle.touched()
    for _ in range(extended + 1):
        idle.extend()
        now[0] += times.seconds + 1
        assert idle.look(waiting=False) is Watch.WARNED, "nobody touched anything"
    return IdleSheet(window.around, stage.text, idle)


def _tell(title: str, body: str, close: str, stage: Stage, window: KioskWindow) -> Sheet:
    """`body`: keys of what stands on lines of their own."""
    said = "\n".join(stage.text(f"kiosk.{key}") for key in body.split())
    return TellSheet(window.around, stage.text(f"kiosk.{title}"), said, stage.text(f"kiosk.{close}"))


def _receipt(stage: Stage, window: KioskWindow) -> Sheet:
    return ReceiptSheet(window.around, stage.text, RECEIPT)


class _Door(StaffDoor):
    """Opens to nobody; `shut` for so many seconds."""

    def __init__(self, shut: float) -> None:
        super().__init__("", lambda: 0.0)
        self._shut = shut

    def shut_for(self) -> float:
        return self._shut

    def opens(self, pin: Secret) -> bool:
        pin.wipe()
        return False


def _staff(keys: tuple[str, ...], shut: float, stage: Stage, window: KioskWindow) -> Sheet:
    screen = stage.place.screen
    assert screen is not None, "at a kiosk"
    sheet = StaffSheet(
        window.around, lambda: window.text, screen, lambda order: order.reverse(), _Door(shut), upright=window.upright
    )
    for key in keys:
        sheet.keypad.pressed.emit(key)
    return sheet


SHEETS: dict[str, Make] = {
    "leave": partial(_leave, False),
    "leave-unknown": partial(_leave, True),
    "idle": partial(_idle, 0),
    "idle-last": partial(_idle, IdleTimes().extensions),
    "calling": partial(_tell, "call.asking_title", "", "call.close"),
    "called": partial(_tell, "call.title", "call.body", "call.close"),
    "call-failed": partial(_tell, "call.failed_title", "call.failed_body", "call.close"),
    "receipt": _receipt,
    "receipt-printed": partial(_tell, "receipt.title", "receipt.printing", "receipt.close"),
    "receipt-refused": partial(_tell, "receipt.title", "receipt.refused", "receipt.close"),
    "farewell": partial(_tell, "farewell.title", "farewell.done", "farewell.close"),
    "farewell-left": partial(_tell, "farewell.title", "farewell.left", "farewell.close"),
    "stick-wait": partial(_tell, "farewell.title", "farewell.done stick.wait", "farewell.close"),
    "stick-take": partial(_tell, "farewell.title", "farewell.left stick.take", "farewell.close"),
    "staff": partial(_staff, (), 0.0),
    "staff-wrong": partial(_staff, ("2", "4", "6", NEXT), 0.0),
    "staff-shut": partial(_staff, (), 600.0),
}
