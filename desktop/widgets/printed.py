"""A paper set on pages: as a PDF, or on a printer."""

from __future__ import annotations

from html import escape
from typing import Protocol

from PySide6.QtCore import QBuffer, QMarginsF, QSizeF
from PySide6.QtGui import QFont, QPagedPaintDevice, QPageLayout, QPageSize, QPdfWriter, QTextDocument

from desktop.widgets.tokens import COLOURS, Mode, Role

#: Around the text (mm), and the size of the text (points).
MARGIN, POINTS = 20.0, 10.5
_DOTS = 144
_INK = COLOURS[Mode.LIGHT]
_STYLE = f"""
body {{ color: {_INK[Role.TEXT]}; }}
h1 {{ font-size: 20pt; font-weight: 700; margin-bottom: 14pt; }}
h2 {{ font-size: 12.5pt; font-weight: 700; margin-top: 20pt; margin-bottom: 4pt; }}
li {{ margin-bottom: 4pt; }}
.mark {{ color: {_INK[Role.WARNING]}; font-weight: 700; margin-bottom: 10pt; }}
.name {{ color: {_INK[Role.MUTED]}; }}
"""


class Written(Protocol):
    """What is to be printed: plain texts, as people read them."""

    @property
    def title(self) -> str: ...

    @property
    def mark(self) -> str: ...

    @property
    def rows(self) -> tuple[tuple[str, str], ...]: ...

    @property
    def sections(self) -> tuple[tuple[str, tuple[str, ...]], ...]: ...


def as_pdf(paper: Written, family: str) -> bytes:
    """A4 pages, with the letters in it that they need."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(paper.title)
    writer.setCreator("changgu")
    writer.setResolution(_DOTS)
    edge = QMarginsF(MARGIN, MARGIN, MARGIN, MARGIN)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, edge, QPageLayout.Unit.Millimeter
        )
    )
    print_out(paper, family, writer)
    del writer  # which ends the file
    return bytes(buffer.data().data())


def print_out(paper: Written, family: str, device: QPagedPaintDevice) -> None:
    """On a printer, or anything else that has pages."""
    document = set_out(paper, family)
    document.documentLayout().setPaintDevice(device)
    room = device.pageLayout().paintRectPixels(device.logicalDpiX())
    document.setPageSize(QSizeF(room.width(), room.height()))
    document.print_(device)


def set_out(paper: Written, family: str) -> QTextDocument:
    """As it will stand, of any width yet."""
    document = QTextDocument()
    document.setDocumentMargin(0)
    font = QFont(family)
    font.setPointSizeF(POINTS)
    document.setDefaultFont(font)
    document.setDefaultStyleSheet(_STYLE)
    document.setHtml(_html(paper))
    return document


def _html(paper: Written) -> str:
    mark = f"<p class='mark'>{escape(paper.mark)}</p>" if paper.mark else ""
    rows = "".join(
        f"<tr><td class='name'>{escape(name)}</td><td>{escape(value)}</td></tr>" for name, value in paper.rows
    )
    sections = "".join(
        f"<h2>{escape(heading)}</h2><ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"
        for heading, lines in paper.sections
    )
    return f"<h1>{escape(paper.title)}</h1>{mark}<table width='100%' cellpadding='5'>{rows}</table>{sections}"
