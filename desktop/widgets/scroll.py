"""A page that scrolls down only, and brings whatever has the focus into view."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, QSize, QTimer
from PySide6.QtGui import QHideEvent, QPaintEvent, QResizeEvent, QShowEvent, QWindow
from PySide6.QtWidgets import QFrame, QScrollArea, QScrollBar, QWidget

from desktop.widgets.paint import fill, smooth
from desktop.widgets.theme import Role, Theme, follow

#: What is left above and below what is brought into view: the name of a field (px at 100 %).
NAME = 36
#: By no more does a text grow that breaks into more lines beside a bar (px at 100 %).
_LINES = 96
_AS_NEEDED = ("verticalScrollBarPolicy", "ScrollBarAsNeeded")


class PageScroll(QScrollArea):
    """Holds one widget as wide as itself."""

    def __init__(self, theme: Theme, content: QWidget | None = None, role: Role = Role.SURFACE) -> None:
        super().__init__()
        self._theme, self._role = theme, role
        self._watched: QWindow | None = None
        # What was just made has no place yet; it has one when the layouts have been asked.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._bring_focused)
        #: The bar, until how much there is to scroll has changed again.
        self._dropped = False
        #: Until somebody scrolls: what has the focus stays in view, wherever the layouts move it.
        self._following = False
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("focusPolicy", "NoFocus")  # by their names: see paint.py
        self.setProperty("horizontalScrollBarPolicy", "ScrollBarAlwaysOff")
        self.setVerticalScrollBar(_Bar(theme))
        self.setViewport(QWidget())  # unlike the built-in one it is see-through, and costs no 16 ms to ask for
        if content is not None:
            self.set_content(content)
        theme.changed.connect(self._follow)
        self.verticalScrollBar().rangeChanged.connect(self._follow_layout)
        self.verticalScrollBar().valueChanged.connect(self._let_go)

    def set_content(self, content: QWidget) -> None:
        self.setWidget(content)
        content.setAutoFillBackground(False)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        window = self.window().windowHandle()
        if window is not None and window is not self._watched:
            self._watched = window
            window.focusObjectChanged.connect(self._follow_focus)

    def hideEvent(self, event: QHideEvent) -> None:
        """Listens only while it is seen: a window that is being taken apart still tells of its focus."""
        if self._watched is not None:
            self._watched.focusObjectChanged.disconnect(self._follow_focus)
            self._watched = None
        self._soon.stop()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is being typed into stays in view when something takes room beside the page."""
        super().resizeEvent(event)
        if event.size().height() < event.oldSize().height():
            self._soon.start()

    def sizeHint(self) -> QSize:
        """As high as the content, so that a page without need does not scroll."""
        content = self.widget()
        return content.sizeHint() if content is not None else super().sizeHint()

    def _follow_focus(self, focused: QObject | None) -> None:
        content = self.widget()
        if isinstance(focused, QWidget) and content is not None and content.isAncestorOf(focused):
            self._following = True
            self._soon.start()

    def _follow(self) -> None:
        self._following = True

    def _follow_layout(self) -> None:
        self._drop_bar()
        if self._following and self.isVisible():
            self._soon.start()

    def _drop_bar(self) -> None:
        """Qt asks how high the content is beside a bar that is there already, which may be higher than without it: a
        bar that came for a moment would stay for its own sake. It goes until the content has its new height."""
        bar, content, whole = self.verticalScrollBar(), self.widget(), self.maximumViewportSize()
        if self._dropped:
            self._dropped = False
            self.setProperty(*_AS_NEEDED)
        elif (
            content is not None
            and 0 < bar.maximum() <= self._theme.px(_LINES)
            and not bar.isHidden()
            and content.heightForWidth(whole.width()) <= whole.height()
        ):
            self._dropped = True
            self.setProperty("verticalScrollBarPolicy", "ScrollBarAlwaysOff")

    def _let_go(self) -> None:
        """Somebody scrolled."""
        self._following = False

    def _bring_focused(self) -> None:
        focused = self.focusWidget()
        if focused is not None:
            self.bring(focused)

    def bring(self, part: QWidget) -> None:
        """Scrolls until the whole of it is seen, with its name above it where there is room; or else its beginning."""
        content = self.widget()
        if content is None or not content.isAncestorOf(part):
            return
        # Qt's own way looks at the cursor of an entry alone, and would leave half of a cell outside.
        spot = part.mapTo(content, part.rect().center())
        if part.height() > self.viewport().height():
            self.verticalScrollBar().setValue(part.mapTo(content, part.rect().topLeft()).y())
            self._following = True
            return
        room = (self.viewport().height() - part.height()) // 2
        self.ensureVisible(spot.x(), spot.y(), 0, part.height() // 2 + max(0, min(room, self._theme.px(NAME))))
        self._following = True


class _Bar(QScrollBar):
    """A slim bar without arrows."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        follow(theme, self._restyle)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(12), self._theme.px(48))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._theme
        painter = smooth(self)
        span = self.maximum() - self.minimum()
        if span <= 0:
            return
        length = max(theme.px(40), self.height() * self.pageStep() / (span + self.pageStep()))
        top = (self.height() - length) * (self.value() - self.minimum()) / span
        width = theme.px(6 if self.underMouse() else 4)
        rect = QRectF((self.width() - width) / 2, top + 2, width, length - 4)
        fill(
            painter,
            rect,
            width / 2,
            theme.color(Role.CONTROL) if theme.outlined else theme.blend(Role.MUTED, Role.SURFACE, 0.4),
        )

    def _restyle(self) -> None:
        self.setFixedWidth(self._theme.px(12))
        self.update()
