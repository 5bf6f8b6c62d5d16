"""What stopped the page, on top of it, with a way to each field."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.widgets.announce import announce
from desktop.widgets.beside import Beside
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.icon import IconView
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column
from desktop.widgets.notice import BELOW_ICON, BELOW_WORDS, INSET, INSET_NARROW
from desktop.widgets.paint import fill, focus_frame, outline, smooth
from desktop.widgets.theme import Role, Theme, Type


class ErrorSummary(QWidget):
    """Hidden until it has something to say; then it takes the focus. `chosen` with a field's id."""

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._title = Label(theme, "", Type.STRONG)
        self._texts = Column(theme, margins=BELOW_WORDS)
        self._links: list[Button] = []
        self._plain = Label(theme)
        texts = QWidget()
        column = Column(theme, gap=4)
        column.addWidget(self._title)
        column.addWidget(self._plain)
        texts.setLayout(column)
        row = Beside(theme, gap=12, below=4)
        row.add(IconView(theme, "danger", Role.DANGER, 24, beside=Type.STRONG), stretch=0)
        row.add(texts)
        row.turned.connect(self._turn)
        whole = self._whole = Column(theme, gap=4, margins=INSET)
        self.setLayout(whole)
        whole.addWidget(row)
        whole.addLayout(self._texts)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self.update)
        self.hide()

    def show(self, title: str = "", problems: Sequence[tuple[str, str]] = ()) -> None:
        """Shows the title and each (field id, sentence); a sentence without a field is plain text."""
        self._clear_links()
        self._title.set_text(title)
        unplaced = "\n".join(sentence for field, sentence in problems if not field)
        self._plain.set_text(unplaced)
        self._plain.setVisible(bool(unplaced))
        for field, sentence in problems:
            if field:
                link = self._link(field, sentence)
                self._links.append(link)
                self._texts.addWidget(link)
        sentences = " ".join(sentence for _field, sentence in problems)
        self.setAccessibleName(title)
        self.setAccessibleDescription(sentences)
        super().show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self, f"{title} {sentences}".strip(), urgent=True)

    def dismiss(self) -> None:
        """Nothing is wrong any more."""
        self._clear_links()
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._theme
        painter = smooth(self)
        rect = QRectF(self.rect())
        inner = focus_frame(painter, theme, rect, theme.px(14), focused=self.hasFocus())
        radius = theme.px(14) - (rect.width() - inner.width()) / 2
        fill(painter, inner, radius, theme.color(Role.DANGER_SOFT))
        if theme.outlined:
            outline(painter, inner, radius, theme.color(Role.DANGER), theme.px(2))

    def _turn(self, across: bool) -> None:
        self._texts.set_margins(BELOW_WORDS if across else BELOW_ICON)
        self._whole.set_margins(INSET if across else INSET_NARROW)

    def _link(self, field: str, sentence: str) -> Button:
        link = Button(self._theme, sentence, ButtonKind.LINK)
        link.clicked.connect(lambda: self.chosen.emit(field))
        return link

    def _clear_links(self) -> None:
        for link in self._links:
            self._texts.removeWidget(link)
            link.hide()
            link.deleteLater()
        self._links.clear()
