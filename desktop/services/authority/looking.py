"""A look at a store beside whoever writes in it: one consistent view, in which nothing can be changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from desktop.services.authority.connection import Connection
from desktop.services.authority.troubles import storage_errors


@contextmanager
def look(path: Path, database: str | None) -> Iterator[Connection]:
    """At the SQLite file, unless `database` names one of PostgreSQL's. Raises ServiceError STORE_*."""
    if database is not None:
        from desktop.services.authority.postgres import look_at  # noqa: PLC0415 - an extra

        with look_at(database) as cx:
            yield cx
        return
    with storage_errors(), closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.row_factory = sqlite3.Row
        file.execute("PRAGMA query_only = ON")
        file.execute("BEGIN")
        yield file
