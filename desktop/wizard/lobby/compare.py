"""The kinds of certificate beside one another, from what the banks say of their products (requirements KB-15)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.banks import Bank, Product
from desktop.services.vocabulary import Kind
from desktop.widgets.label import Label
from desktop.widgets.theme import Role, Theme, Type, follow
from desktop.widgets.tokens import L, M
from desktop.wizard.blocks import TOP, Table, section
from desktop.wizard.lobby.leaf import Leaf
from desktop.wizard.lobby.room import Room
from desktop.wizard.naming import years

#: From this width on (px at 100 %) the kinds stand side by side.
SIDE_BY_SIDE = 500
ROWS = ("banks", "kept", "years", "checked", "renewal", "fee")


class Comparison(QWidget):
    """A heading a column and a name a row; each cell wraps in its own width."""

    def __init__(self, theme: Theme, heads: list[str], rows: list[tuple[str, list[str]]]) -> None:
        super().__init__()
        self._theme = theme
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        for n, head in enumerate(heads, 1):
            self._grid.addWidget(Label(theme, head, Type.STRONG, Role.ACCENT), 0, n, TOP)
            self._grid.setColumnStretch(n, 1)
        for n, (name, cells) in enumerate(rows, 1):
            self._grid.addWidget(Label(theme, name, Type.SMALL, Role.MUTED), n, 0, TOP)
            for m, cell in enumerate(cells, 1):
                label = Label(theme, cell, Type.SMALL)
                label.setAccessibleName(f"{heads[m - 1]}, {name}: {cell}")
                self._grid.addWidget(label, n, m, TOP)
        follow(theme, self._measure)

    def _measure(self) -> None:
        self._grid.setHorizontalSpacing(self._theme.px(L))
        self._grid.setVerticalSpacing(self._theme.px(M))
        self._grid.setColumnMinimumWidth(0, self._theme.px(64))


class ComparePage(Leaf):
    NAME = "compare"

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._wide = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= self.room.theme.px(SIDE_BY_SIDE)
        if wide != self._wide:
            self._wide = wide
            # Not within the layout that asks: it would lay out what is just being replaced.
            QTimer.singleShot(0, self, self.retext)

    def build(self) -> None:
        theme, text = self.room.theme, self.room.text
        kinds = [kind for kind in Kind if self._products(kind)]
        heads = [text(f"pages.kind.{kind}") for kind in kinds]
        rows = [(text(f"lobby.compare.row.{row}"), [self._cell(row, kind) for kind in kinds]) for row in ROWS]
        if self._wide:
            self.body.add(Comparison(theme, heads, rows))
        else:
            for n, head in enumerate(heads):
                table = Table(theme)
                for name, cells in rows:
                    table.add(name, cells[n])
                self.body.add(section(theme, head, table))

    def primary_text(self) -> str:
        return self.room.text("lobby.compare.choose")

    def press_primary(self) -> None:
        self.opened.emit("chooser", "")

    def _products(self, kind: Kind) -> list[tuple[Bank, Product]]:
        every = ((bank, product) for bank in self.room.banks.values() for product in bank.products)
        return [(bank, product) for bank, product in every if product.kind == kind]

    def _cell(self, row: str, kind: Kind) -> str:
        text, language = self.room.text, self.room.text.language
        say: dict[str, Callable[[Bank, Product], str]] = {
            "banks": lambda bank, product: bank.name[language],
            "kept": lambda bank, product: text(f"lobby.compare.kept.{kind}"),
            "years": lambda bank, product: years(text, product.years),
            "checked": lambda bank, product: product.checked_by[language] if product.checked_by else "",
            "renewal": lambda bank, product: text(f"lobby.compare.renewal.{product.renewal}"),
            "fee": lambda bank, product: product.fee[language],
        }
        said = [(bank.name[language], say[row](bank, product)) for bank, product in self._products(kind)]
        different = dict.fromkeys(words for _, words in said if words)
        if row == "banks":
            return ", ".join(different)
        if len(different) == 1:
            return next(iter(different))
        return "\n".join(f"{name}: {words}" for name, words in said if words)
