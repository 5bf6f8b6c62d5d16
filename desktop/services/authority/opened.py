"""Where a program's store is: a file in its data folder, in memory, or a database that it shares with others."""

from __future__ import annotations

from pathlib import Path

from desktop.services.authority.schema import SCHEMAS, UPGRADES
from desktop.services.authority.sqlite import SqliteStore, private_folder
from desktop.services.authority.store import Store


def open_store(path: Path | None, database: str | None = None) -> Store:
    """With all its tables. `database` is the address of a PostgreSQL database; else it is the file, None: memory.

    The folder of the file is made when missing. Raises ServiceError DATA_FOLDER_IN_USE, UNREACHABLE (no database) or
    STORE_*, and ModuleNotFoundError without the extra `postgres`.
    """
    if database is None:
        return SqliteStore(path, schemas=SCHEMAS, upgrades=UPGRADES)
    from desktop.services.authority.postgres import PostgresStore  # noqa: PLC0415 - of an extra, psycopg, that a file does not need

    if path:
        private_folder(path.parent)
    return PostgresStore(database, schemas=SCHEMAS, upgrades=UPGRADES)
