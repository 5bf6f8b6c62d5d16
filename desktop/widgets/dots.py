"""The one thing a style must be told: password fields show our small bullet, not the style's large one."""

from __future__ import annotations

from PySide6.QtWidgets import QProxyStyle, QStyle, QStyleHintReturn, QStyleOption, QWidget

from desktop.widgets.grouped_edit import BULLET


class Dots(QProxyStyle):
    """For one widget; give it the name of the style it stands before."""

    def styleHint(  # noqa: N802 - Qt's name
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returnData: QStyleHintReturn | None = None,  # noqa: N803 - Qt's name
    ) -> int:
        if hint == QStyle.StyleHint.SH_LineEdit_PasswordCharacter:
            return ord(BULLET)
        return super().styleHint(hint, option, widget, returnData)
