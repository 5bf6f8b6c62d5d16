"""The receipt on paper: set and sent to the branch's printer without a dialogue."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

#: Height of the letters and the margin around them, in millimetres.
LETTER, MARGIN = 3.2, 4.0
_RESOLUTION = 203  # dots an inch, as receipt printers have


class PrintError(Exception):
    """No such printer, or it refused; `code` is `missing` or `refused`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Printing(Protocol):
    def print_out(self, receipt: str) -> None:
        """Raises PrintError."""


class Roll:
    """Paper of `width` mm. With `file` it goes into a PDF instead, as in a test."""

    def __init__(self, printer: str, width: int, *, family: str, file: Path | None = None) -> None:
        self._name, self._width, self._family, self._file = printer, width, family, file

    def print_out(self, receipt: str) -> None:
        printer = self._printer()
        dots = _RESOLUTION / 25.4
        font = QFont(self._family)
        font.setPixelSize(round(LETTER * dots))
        room = (self._width - 2 * MARGIN) * dots
        lines = QFontMetricsF(font).boundingRect(QRectF(0, 0, room, 1e6), Qt.TextFlag.TextWordWrap, receipt)
        height = lines.height() / dots + 4 * MARGIN
        page = QPageSize(
            QSizeF(self._width, height), QPageSize.Unit.Millimeter, "", QPageSize.SizeMatchPolicy.ExactMatch
        )
        edge = QMarginsF(MARGIN, MARGIN, MARGIN, MARGIN)
        printer.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, edge, QPageLayout.Unit.Millimeter))
        painter = QPainter()
        if not painter.begin(printer):
            raise PrintError("refused")
        painter.setFont(font)
        painter.drawText(QRectF(0, 0, room, lines.height() * 1.1), Qt.TextFlag.TextWordWrap, receipt)
        painter.end()

    def _printer(self) -> QPrinter:
        if self._file is not None:
            printer = QPrinter()
            printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
            printer.setOutputFileName(str(self._file))
        else:
            info = QPrinterInfo.printerInfo(self._name)
            if info.isNull():
                raise PrintError("missing")
            printer = QPrinter(info)
        printer.setResolution(_RESOLUTION)
        printer.setDocName("receipt")
        return printer
