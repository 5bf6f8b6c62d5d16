"""Nothing but what a journey needs comes through: keys, buttons and gestures that lead elsewhere are swallowed here."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from desktop.kiosk.push import POINTED, Push

_T, _K = QEvent.Type, Qt.Key
#: What is pressed without Ctrl, Alt or the system's key, and stays inside a page. Characters come besides.
KEYS = frozenset(
    {
        *(_K.Key_Tab, _K.Key_Backtab, _K.Key_Return, _K.Key_Enter, _K.Key_Escape, _K.Key_Backspace, _K.Key_Delete),
        *(_K.Key_Left, _K.Key_Right, _K.Key_Up, _K.Key_Down, _K.Key_Home, _K.Key_End, _K.Key_PageUp, _K.Key_PageDown),
        *(_K.Key_Shift, _K.Key_CapsLock, _K.Key_NumLock, _K.Key_Hangul, _K.Key_Space),
    }
)
_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_PRESSES = frozenset({_T.KeyPress, _T.KeyRelease, _T.ShortcutOverride})
_CLICKS = frozenset({_T.MouseButtonPress, _T.MouseButtonRelease, _T.MouseButtonDblClick})
#: Never wanted: menus, hints, things dropped, files and links handed over, gestures of the system.
_SWALLOWED = frozenset(
    {
        *(_T.ContextMenu, _T.ToolTip, _T.WhatsThis, _T.QueryWhatsThis, _T.EnterWhatsThisMode, _T.StatusTip),
        *(_T.DragEnter, _T.DragMove, _T.DragLeave, _T.Drop, _T.FileOpen, _T.NativeGesture, _T.Quit),
    }
)
_TOUCHES = frozenset({_T.MouseButtonPress, _T.TouchBegin, _T.KeyPress, _T.Wheel, _T.TabletPress, _T.TouchUpdate})
#: A finger that goes further than this many of Qt's smallest drags pushes the page.
_FAR = 2
#: Links of these kinds are answered by nobody.
SCHEMES = ("http", "https", "file", "mailto", "tel", "ftp", "sms", "ms-settings", "search-ms", "about")


class Guard(QObject):
    """Stands before every event of the program. `touched` whenever somebody does something."""

    touched = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__()
        self._application = application
        self._inside: QWidget | None = None
        self._push = Push(_FAR * application.startDragDistance())
        self.refused = 0  # events that were swallowed, for the tests and the log
        for scheme in SCHEMES:
            QDesktopServices.setUrlHandler(scheme, self, "refuse_link")  # type: ignore[arg-type]  # the stub is wrong
        application.installEventFilter(self)

    def let(self, window: QWidget | None) -> None:
        """The one window there may be."""
        self._inside = window

    def close(self) -> None:
        self._application.removeEventFilter(self)
        for scheme in SCHEMES:
            QDesktopServices.unsetUrlHandler(scheme)

    @Slot(QUrl)
    def refuse_link(self, _url: QUrl) -> None:
        """No link leads out."""
        self.refused += 1

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in _TOUCHES and event.spontaneous():
            self.touched.emit()
        if self._refuses(kind, watched, event):
            self.refused += 1
            return True
        if kind in POINTED and isinstance(event, QMouseEvent) and isinstance(watched, QWidget):
            return self._push.takes(watched, event)
        return False

    def _refuses(self, kind: QEvent.Type, watched: QObject, event: QEvent) -> bool:
        if kind in _SWALLOWED:
            return True
        if kind in _PRESSES and isinstance(event, QKeyEvent):
            return not _harmless(event)
        if kind in _CLICKS and isinstance(event, QMouseEvent):
            return event.button() != Qt.MouseButton.LeftButton
        if kind == _T.Show and isinstance(watched, QWidget) and watched.isWindow():
            return self._foreign(watched)
        return False

    def _foreign(self, window: QWidget) -> bool:
        """A dialogue, a menu or any other window than ours is gone before it is seen."""
        if self._inside is None or window is self._inside:
            return False
        if window.windowType() == Qt.WindowType.Window and not isinstance(window, QDialog):
            QTimer.singleShot(0, window, lambda: self._put_away(window))  # a part of a page, not in its place yet?
            return False
        self._put_away(window)
        return True

    def _put_away(self, window: QWidget) -> None:
        if window.isWindow() and window is not self._inside and window.isVisible():
            self.refused += 1
            window.hide()


def _harmless(event: QKeyEvent) -> bool:
    if event.modifiers() & _COMMANDS or event.key() == _K.Key_Insert:
        return False
    return event.key() in KEYS or (bool(event.text()) and event.text().isprintable())


def wipe_clipboard() -> None:
    """What was chosen in a field may have gone into either of the two."""
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    if clipboard.supportsSelection():
        clipboard.clear(clipboard.Mode.Selection)
