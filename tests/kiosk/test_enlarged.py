"""At 150 and 200 % everything grows, what stands round the page too; and the page keeps its room."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QWidget

from desktop.kiosk.layouts import BACK, SHIFT
from desktop.kiosk.sheets import LooksSheet, MenuSheet
from desktop.kiosk.size import LEAST
from desktop.widgets.button import Button
from desktop.widgets.field_edit import FieldEdit
from desktop.widgets.theme import Type
from tests.kiosk.conftest import Stand
from tests.wizard.task_views import TASK_VIEWS
from tests.wizard.views import VIEWS

#: The least share of an upright screen that a page has while it is typed into.
ROOM = 0.45


def enlarge(stand: Stand, times: float) -> None:
    stand.visit.theme.set_scale(stand.floor.size.scale * times)
    settle()


def settle() -> None:
    """Layouts ask and answer in turn; what has the focus is brought into view when they have done."""
    for _ in range(12):
        QApplication.sendPostedEvents()
        QApplication.processEvents()


def seen(stand: Stand) -> set[str]:
    return {name for name, tile in stand.window.tiles.tiles.items() if tile.isVisible()}


def middle_in(outer: QWidget, widget: QWidget) -> bool:
    top = widget.mapTo(outer, QPoint(0, 0)).y()
    return top >= 0 and top + widget.height() <= outer.height()


@pytest.mark.parametrize("name", ["identity", "pin", "medium-card", "account", "password"])
def test_the_field_that_is_typed_into_is_seen_whole_and_the_page_keeps_its_room(identity: Stand, name: str) -> None:
    identity.draw({**VIEWS, **TASK_VIEWS}[name])
    enlarge(identity, 2.0)
    frame = identity.window.frame
    assert frame is not None
    scroll, focused = frame.page_scroll, identity.window.dock.target
    assert scroll is not None
    content = scroll.widget()
    assert content is not None
    assert isinstance(focused, FieldEdit)
    focused.setFocus()
    settle()
    assert middle_in(scroll.viewport(), focused)
    assert scroll.viewport().height() >= ROOM * identity.window.height()
    assert content.width() <= scroll.viewport().width()


def test_what_has_no_room_at_its_size_goes_behind_one_tile(identity: Stand) -> None:
    assert {"end", "help", "language", "looks", "call"} == seen(identity)
    enlarge(identity, 2.0)
    assert {"menu", "call"} == seen(identity)
    identity.window.tiles.tiles["menu"].click()
    sheet = identity.window.sheet
    assert isinstance(sheet, MenuSheet)
    assert ["그만하기", "도움말", "English", "화면·소리", "닫기"] == [
        button.plain_text() for button in sheet.findChildren(Button)
    ]
    next(b for b in sheet.findChildren(Button) if b.plain_text() == "화면·소리").click()
    assert isinstance(identity.window.sheet, LooksSheet)
    identity.window.sheet.dismiss()
    enlarge(identity, 1.0)
    assert {"end", "help", "language", "looks", "call"} == seen(identity)


def test_words_round_the_page_are_as_large_as_those_on_it(identity: Stand) -> None:
    around, theme = identity.window.around, identity.visit.theme
    for times in (1.5, 2.0):
        enlarge(identity, times)
        assert theme.font(Type.STRONG).pixelSize() == around.font(Type.STRONG).pixelSize()
        assert identity.floor.size.scale == around.scale


def test_no_key_says_anything_smaller_than_at_the_usual_size(identity: Stand) -> None:
    least = round(LEAST * identity.floor.size.scale)
    for name in ("identity", "cloud"):
        identity.draw(VIEWS[name])
        enlarge(identity, 2.0)
        for key in (key for key in identity.window.dock.keypad.keys if key.mark not in {BACK, SHIFT}):
            words = key.mark if len(key.mark) == 1 else key.accessibleName()
            assert key._face(words).pixelSize() >= least, words


def test_enlarged_the_page_says_the_task_and_the_line_on_top_the_bank(identity: Stand) -> None:
    line, frame = identity.window.header, identity.window.frame
    assert frame is not None
    settle()
    assert "우체국 금융인증서 발급" == line._title.plain_text()
    assert frame._strip.isVisible()
    enlarge(identity, 2.0)
    strip = frame._strips["identity"]
    assert "우체국" == line._title.plain_text()
    assert (False, True) == (frame._strip.isVisible(), strip.isVisible())
    assert "금융인증서 발급" == strip.task.plain_text()


def test_a_sheet_is_as_high_as_the_screen_at_most_and_scrolls_then(identity: Stand) -> None:
    enlarge(identity, 2.0)
    identity.window.tiles.tiles["looks"].click()
    sheet = identity.window.sheet
    assert sheet is not None
    settle()
    assert sheet.card.height() <= identity.window.height()
    assert 0 == sheet.holder.verticalScrollBar().maximum()
    identity.window.resize(identity.window.width(), 900)
    settle()
    assert sheet.card.height() <= identity.window.height()
    assert sheet.holder.verticalScrollBar().maximum() > 0
