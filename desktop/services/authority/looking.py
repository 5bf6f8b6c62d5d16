"""A look at a store beside whoever writes in it: one consistent view, in which nothing can be changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from desktop.services.authority.connection import Connection
from desktop.services.authority.store import storage_errors


@contextmanager
def look(path: Path, database: str | None) -> Iterator[Connection]:
    """At the SQLite file, unless `database` names one of PostgreSQL's. Raises ServiceError STORE_*."""
    with storage_errors(), closing(sqlite3.connect(path, isolation_level=None)) as cx:
        cx.row_factory = sqlite3.Row
        cx.execute("PRAGMA query_only = ON")
        cx.execute("BEGIN")
        yield cx
