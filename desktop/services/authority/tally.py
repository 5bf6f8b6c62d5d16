"""What a look through the books finds wrong, and how long tables are read for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from desktop.services.authority.connection import Connection, Row

#: Rows that are read at a time: a store may hold more than the memory does.
_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Imbalance:
    """`code` names its wording (`books.wrong.<code>`), `where` the line: a serial number, or a table and its row."""

    code: str
    where: str = ""


def pages(cx: Connection, query: str, *, by: str = "id") -> Iterator[Row]:
    """Rows of a SELECT that ends in its one condition, in the order of the unique column `by`, a page at a time."""
    rows = cx.execute(f'{query} ORDER BY "{by}" LIMIT {_PAGE}').fetchall()
    while rows:
        yield from rows
        rows = cx.execute(f'{query} AND "{by}" > ? ORDER BY "{by}" LIMIT {_PAGE}', (rows[-1][by],)).fetchall()
