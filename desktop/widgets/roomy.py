"""Menus whose entries are as high as buttons, so that a finger hits them."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSize
from PySide6.QtWidgets import QProxyStyle, QStyle, QStyleOption, QStyleOptionMenuItem, QWidget

from desktop.widgets.theme import Theme

#: Height of an entry at least, px at 100 %.
LEAST = 32


class RoomyMenus(QProxyStyle):
    """Fusion, which the program is started with, but for that height; it lasts as long as its owner."""

    def __init__(self, theme: Theme, owner: QObject) -> None:
        super().__init__("fusion")
        self._theme = theme
        self.setParent(owner)

    def sizeFromContents(  # noqa: N802 - Qt's name
        self, kind: QStyle.ContentsType, option: QStyleOption, size: QSize, widget: QWidget | None = None
    ) -> QSize:
        assert widget is not None, "only menus are dressed in it"
        fitting = super().sizeFromContents(kind, option, size, widget)
        if kind != QStyle.ContentsType.CT_MenuItem or not isinstance(option, QStyleOptionMenuItem):
            return fitting
        if option.menuItemType == QStyleOptionMenuItem.MenuItemType.Separator:
            return fitting
        grown = max(0, self._theme.px(LEAST) - fitting.height())
        return fitting + QSize(grown, grown)  # its mark grows with it, and takes from the width
