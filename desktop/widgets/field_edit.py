"""How every one-line input looks, and the keyboard states each of them notices."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QPaintEvent, QPalette
from PySide6.QtWidgets import QLineEdit, QSizePolicy

from desktop.widgets.paint import Edge, draw_edge, fill, smooth
from desktop.widgets.theme import Role, Theme, follow
from desktop.widgets.tokens import FIELD

#: Size of what is typed, px at 100 %.
TEXT = 17


class FieldEdit(QLineEdit):
    """A 48 px field. `edited` after every change by the person; `refused` with a code when keys are not taken."""

    edited = Signal()
    refused = Signal(str)
    caps_lock = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._wrong = False
        self._caps: bool | None = None
        self.setFrame(False)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setDragEnabled(False)
        self.setAcceptDrops(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        follow(theme, self._restyle)

    def set_wrong(self, wrong: bool) -> None:
        """Outlines the field as one with a problem; the words stand in its FieldBox."""
        self._wrong = wrong
        self.update()

    def commit(self) -> None:
        """Takes over what an input method still holds (the last Hangul syllable)."""
        if self.hasFocus():
            QGuiApplication.inputMethod().commit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.watch_caps(event)
        super().keyPressEvent(event)

    def watch_caps(self, event: QKeyEvent) -> None:
        """Caps Lock has no query in Qt; a letter whose case does not fit Shift gives it away."""
        text = event.text()
        if event.key() == Qt.Key.Key_CapsLock:
            caps = None if self._caps is None else not self._caps
        elif len(text) == 1 and text.isascii() and text.isalpha():
            caps = text.isupper() != bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        else:
            return
        if caps is not None and caps != bool(self._caps):
            self.caps_lock.emit(caps)
        self._caps = caps if caps is not None else self._caps

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(280), self._theme.px(FIELD))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(96), self._theme.px(FIELD))

    def paintEvent(self, event: QPaintEvent) -> None:
        self.paint_frame()
        super().paintEvent(event)

    def paint_frame(self) -> None:
        theme = self._theme
        painter = smooth(self)
        rect = QRectF(self.rect())
        ground = Role.SURFACE if self.isEnabled() else Role.SUNKEN
        fill(painter, rect.adjusted(0.5, 0.5, -0.5, -0.5), theme.radius(), theme.color(ground))
        draw_edge(painter, theme, rect, theme.radius(), self._state())
        painter.end()

    def _state(self) -> Edge:
        return Edge(self._wrong, self.hasFocus(), self.underMouse() and self.isEnabled())

    def _restyle(self) -> None:
        palette = self._theme.palette()
        palette.setColor(QPalette.ColorRole.Base, QColor(0, 0, 0, 0))
        self.setPalette(palette)
        self.setFont(self._theme.sized(TEXT))
        margin = self._theme.px(14)
        self.setTextMargins(margin, 0, margin, 0)
        self.setFixedHeight(self._theme.px(FIELD))
        self.updateGeometry()
        self.update()
