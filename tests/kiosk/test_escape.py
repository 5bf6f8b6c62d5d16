"""Keys, buttons, things dropped, links and dialogues tried at a kiosk: none leaves it, and none opens anything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QContextMenuEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QFileOpenEvent,
    QGuiApplication,
    QHelpEvent,
    QWheelEvent,
)
from PySide6.QtPrintSupport import QPrintDialog
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit, QMenu, QMessageBox, QWidget

from desktop.kiosk.guard import SCHEMES
from tests.kiosk.conftest import Stand

_K, _M = Qt.Key, Qt.KeyboardModifier
CTRL, ALT, SHIFT, META, NONE = (
    _M.ControlModifier,
    _M.AltModifier,
    _M.ShiftModifier,
    _M.MetaModifier,
    _M.NoModifier,
)
#: What is known to close, switch, minimise, print, save, open, paste, reload, debug or call the system.
COMBINATIONS = (
    *((_K.Key_F4, mods) for mods in (ALT, CTRL, CTRL | ALT, ALT | SHIFT)),
    *(
        (key, CTRL)
        for key in (_K.Key_W, _K.Key_Q, _K.Key_N, _K.Key_T, _K.Key_O, _K.Key_S, _K.Key_P, _K.Key_R, _K.Key_H)
    ),
    *(
        (key, CTRL)
        for key in (_K.Key_C, _K.Key_X, _K.Key_V, _K.Key_A, _K.Key_Z, _K.Key_Y, _K.Key_F, _K.Key_L, _K.Key_U)
    ),
    *((key, CTRL) for key in (_K.Key_Plus, _K.Key_Minus, _K.Key_0, _K.Key_Tab, _K.Key_Escape, _K.Key_F6, _K.Key_Home)),
    *((key, CTRL | SHIFT) for key in (_K.Key_Escape, _K.Key_I, _K.Key_J, _K.Key_N, _K.Key_T, _K.Key_W, _K.Key_V)),
    *(
        (key, CTRL | ALT)
        for key in (_K.Key_Delete, _K.Key_T, _K.Key_F1, _K.Key_F2, _K.Key_F7, _K.Key_Backspace, _K.Key_L)
    ),
    *(
        (key, ALT)
        for key in (_K.Key_Tab, _K.Key_Space, _K.Key_Escape, _K.Key_Left, _K.Key_Right, _K.Key_Home, _K.Key_F2)
    ),
    *((key, ALT) for key in (_K.Key_F, _K.Key_E, _K.Key_D, _K.Key_Return, _K.Key_F9, _K.Key_F10, _K.Key_Print)),
    *((key, META) for key in (_K.Key_D, _K.Key_E, _K.Key_R, _K.Key_L, _K.Key_Tab, _K.Key_X, _K.Key_I, _K.Key_Space)),
    *((key, META) for key in (_K.Key_Q, _K.Key_W, _K.Key_M, _K.Key_H, _K.Key_Up, _K.Key_Down, _K.Key_Plus, _K.Key_U)),
    *((getattr(_K, f"Key_F{n}"), NONE) for n in range(1, 13)),
    (_K.Key_F10, SHIFT),
    (_K.Key_Insert, SHIFT),
    (_K.Key_Insert, CTRL),
    *((key, NONE) for key in (_K.Key_Menu, _K.Key_Print, _K.Key_Pause, _K.Key_SysReq, _K.Key_Help, _K.Key_Insert)),
    *((key, NONE) for key in (_K.Key_Meta, _K.Key_Super_L, _K.Key_Super_R, _K.Key_Alt, _K.Key_Control)),
    *((key, NONE) for key in (_K.Key_HomePage, _K.Key_LaunchMail, _K.Key_LaunchMedia, _K.Key_Launch0, _K.Key_WWW)),
    *((key, NONE) for key in (_K.Key_Search, _K.Key_Explorer, _K.Key_Calculator, _K.Key_PowerOff, _K.Key_Sleep)),
    *((key, NONE) for key in (_K.Key_Back, _K.Key_Forward, _K.Key_Refresh, _K.Key_Close, _K.Key_Open, _K.Key_Tools)),
)
BUTTONS = (
    *(Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.BackButton, Qt.MouseButton.ForwardButton),
    *(Qt.MouseButton.ExtraButton3, Qt.MouseButton.ExtraButton4),
)


def windows() -> list[str]:
    """What is to be seen on the screen, by its class."""
    return [type(w).__name__ for w in QApplication.topLevelWidgets() if w.isVisible()]


def here(stand: Stand) -> bool:
    """The one window, the same page of the same journey, and nobody asked for another step."""
    window = stand.window
    return (
        ["KioskWindow"] == windows()
        and window.isVisible()
        and not window.isMinimized()
        and stand.visit.ending is None
        and window.sheet is None
        and [] == stand.asked.moves
        and window.page is not None
        and window.text.language == "ko"
    )


@pytest.fixture
def kept(identity: Stand) -> Iterator[Stand]:
    """The same page afterwards, and in the field what was there before."""
    page = identity.window.page
    assert page is not None
    entry = page.editors["rrn"].input
    assert isinstance(entry, QLineEdit)
    entry.setFocus()
    QGuiApplication.clipboard().setText("8503149111640")
    scale = identity.visit.theme.scale
    yield identity
    QApplication.processEvents()
    assert here(identity)
    assert "" == entry.text()
    assert "8503149111640" == QGuiApplication.clipboard().text()
    assert scale == identity.visit.theme.scale


def test_at_least_sixty_are_tried() -> None:
    assert 60 <= len(set(COMBINATIONS))


@pytest.mark.qt_log_ignore("keyToAscii")  # QTest, of keys that make no character
def test_no_key_leads_out(kept: Stand) -> None:
    """As the system gives it, through the window's handle, and straight into what has the focus."""
    handle, field = kept.window.windowHandle(), kept.window.focusWidget()
    assert handle is not None
    assert field is not None
    escaped = []
    for key, mods in COMBINATIONS:
        QTest.keyClick(handle, key, mods)
        QTest.keyClick(field, key, mods)
        QApplication.processEvents()
        if not here(kept):
            escaped.append((key, mods))
    assert [] == escaped


def test_only_the_left_button_of_a_mouse_does_anything(kept: Stand) -> None:
    handle, field = kept.window.windowHandle(), kept.window.focusWidget()
    assert handle is not None
    assert field is not None
    spot = field.mapTo(kept.window, field.rect().center())
    for button in BUTTONS:
        QTest.mouseClick(handle, button, NONE, spot)
        QTest.mouseDClick(handle, button, NONE, spot)
        QTest.mouseClick(field, button)
        for tile in kept.window.tiles.tiles.values():
            QTest.mouseClick(tile, button)


def test_a_menu_of_the_field_never_comes(kept: Stand) -> None:
    field = kept.window.focusWidget()
    assert field is not None
    for reason in QContextMenuEvent.Reason:
        event = QContextMenuEvent(reason, QPoint(5, 5), field.mapToGlobal(QPoint(5, 5)))
        QApplication.sendEvent(field, event)
    QApplication.sendEvent(field, QHelpEvent(QEvent.Type.ToolTip, QPoint(5, 5), QPoint(5, 5)))
    QApplication.sendEvent(field, QHelpEvent(QEvent.Type.WhatsThis, QPoint(5, 5), QPoint(5, 5)))
    QApplication.sendEvent(field, QEvent(QEvent.Type.EnterWhatsThisMode))


def test_nothing_can_be_dropped_on_it(kept: Stand) -> None:
    data = QMimeData()
    data.setUrls([QUrl("file:///etc/passwd")])
    data.setText("8503149111640")
    actions, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    for widget in (kept.window, kept.window.focusWidget()):
        assert widget is not None
        entering = QDragEnterEvent(QPoint(5, 5), actions, data, left, NONE)
        entering.ignore()
        QApplication.sendEvent(widget, entering)
        assert not entering.isAccepted()
        QApplication.sendEvent(widget, QDropEvent(QPointF(5, 5), actions, data, left, NONE))


def test_a_link_is_answered_by_nobody(kept: Stand) -> None:
    before = kept.guard.refused
    for scheme in SCHEMES:
        QDesktopServices.openUrl(QUrl(f"{scheme}://example.invalid/"))
    assert before + len(SCHEMES) == kept.guard.refused


def opened(kind: type[QWidget], parent: QWidget | None) -> QWidget:
    """A window as some part of the program, or of a library, would open it."""
    other = kind(parent) if parent is not None else kind()
    if isinstance(other, QFileDialog):
        other.setOption(QFileDialog.Option.DontUseNativeDialog)
    if isinstance(other, QMenu):
        other.addAction("열기")
        other.popup(QPoint(10, 10))
    elif isinstance(other, QDialog):
        QDialog.open(other)
    else:
        other.show()
    QApplication.processEvents()
    return other


@pytest.mark.qt_log_ignore("does not support")  # the offscreen platform, of menus
def test_no_other_window_stays_on_the_screen(kept: Stand) -> None:
    for kind in (QFileDialog, QPrintDialog, QMessageBox, QDialog, QMenu, QWidget):
        for parent in (None, *([kept.window] if kind is not QWidget else [])):
            other = opened(kind, parent)
            assert ["KioskWindow"] == windows(), kind
            other.hide()
            other.deleteLater()


def test_without_the_guard_a_dialogue_would_stay(stand: Stand) -> None:
    """So that the test above is known to see one."""
    stand.guard.let(None)
    other = opened(QDialog, stand.window)
    assert {"KioskWindow", "QDialog"} == set(windows())
    other.hide()
    other.deleteLater()


def test_the_window_cannot_be_closed_hidden_small_or_moved_behind(kept: Stand) -> None:
    window = kept.window
    assert not window.close()
    QApplication.closeAllWindows()
    QApplication.sendEvent(window, QEvent(QEvent.Type.Close))
    QApplication.processEvents()
    assert window.isVisible()
    window.showMinimized()
    QApplication.processEvents()
    assert not window.isMinimized()
    assert window.windowFlags() & Qt.WindowType.FramelessWindowHint
    assert window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint


def test_a_file_handed_over_and_a_request_to_quit_are_ignored(kept: Stand, qapp: QApplication) -> None:
    QApplication.sendEvent(qapp, QFileOpenEvent(QUrl("file:///etc/passwd")))
    QApplication.sendEvent(qapp, QEvent(QEvent.Type.Quit))


def test_a_wheel_with_a_key_held_enlarges_nothing(kept: Stand) -> None:
    field = kept.window.focusWidget()
    assert field is not None
    turned = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        CTRL,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(field, turned)


def test_escape_only_asks_and_can_be_taken_back(identity: Stand) -> None:
    handle = identity.window.windowHandle()
    assert handle is not None
    QTest.keyClick(handle, _K.Key_Escape)
    assert identity.window.sheet is not None
    assert [] == identity.asked.moves
    QTest.keyClick(handle, _K.Key_Escape)
    QApplication.processEvents()
    assert here(identity)


def test_tab_goes_round_in_a_sheet_and_never_below_it(identity: Stand) -> None:
    identity.window.ask_leave()
    handle, sheet = identity.window.windowHandle(), identity.window.sheet
    assert handle is not None
    assert sheet is not None
    for _ in range(8):
        QTest.keyClick(handle, _K.Key_Tab)
        focused = identity.window.focusWidget()
        assert focused is not None
        assert sheet.isAncestorOf(focused)


def test_five_touches_on_the_name_bring_the_staffs_door_and_four_do_not(identity: Stand) -> None:
    title = identity.window.header
    for _ in range(4):
        QTest.mouseClick(title, Qt.MouseButton.LeftButton)
    assert here(identity)
    identity.floor.clock.advance(5)
    for _ in range(5):
        QTest.mouseClick(title, Qt.MouseButton.LeftButton)
    assert identity.window.sheet is not None
    assert "직원용" == identity.window.sheet.title.plain_text()
