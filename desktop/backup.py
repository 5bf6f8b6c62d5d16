"""`changgu backup`: a copy of the store while a server writes in it, whole, checked, and closed to everybody else."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote, unquote

from desktop.config import Settings
from desktop.custodian import chosen_by
from desktop.services.authority.local import DATABASE_NAME
from desktop.services.authority.vault import KEY_NAME
from desktop.services.server.config import ConfigFileError
from desktop.text import Text

DONE, FAILED, USAGE = 0, 1, 2


class BackupError(Exception):
    """`code` names its wording (`backup.<code>`), `data` fills it."""

    def __init__(self, code: str, **data: str) -> None:
        super().__init__(code)
        self.code, self.data = code, data


def run_backup(given: Namespace, settings: Settings, text: Text, environ: Mapping[str, str] = os.environ) -> int:
    """Returns 0 for a copy that is whole, 1 where none could be made, 2 where there is nothing to copy."""
    to = given.to.expanduser().absolute()
    try:
        config = chosen_by(given, settings, environ).config
        data = config.data or settings.data
        with _draft(to) as draft:
            if config.database:
                _dump(config.database, draft, environ)
            else:
                _copy(data / DATABASE_NAME, draft)
    except ConfigFileError as error:
        print(error, file=sys.stderr)
        return USAGE
    except BackupError as error:
        print(text(f"backup.{error.code}", **error.data), file=sys.stderr)
        return USAGE if error.code in {"missing", "exists"} else FAILED
    print(text("backup.done", path=to, size=f"{to.stat().st_size:,}"))
    print(text("backup.key", path=data / KEY_NAME))
    return DONE


@contextmanager
def _draft(to: Path) -> Iterator[Path]:
    """A file that gets its name once it is whole and on disk. Raises BackupError `exists` or `disk`."""
    if to.exists():
        raise BackupError("exists", path=str(to))
    draft = to.with_name(f"{to.name}.part")
    try:
        draft.unlink(missing_ok=True)
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield draft
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        draft.rename(to)
    except OSError as error:
        raise BackupError("disk", path=str(to), detail=error.strerror or "") from error
    finally:
        draft.unlink(missing_ok=True)


def _copy(source: Path, draft: Path) -> None:
    """SQLite's online backup in one step: one consistent view, beside which the server goes on writing."""
    if not source.is_file():
        raise BackupError("missing", path=str(source))
    try:
        with (
            closing(sqlite3.connect(f"file:{quote(str(source))}?mode=ro", uri=True)) as here,
            closing(sqlite3.connect(draft)) as there,
        ):
            here.backup(there)
            there.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
            found = [row[0] for row in there.execute("PRAGMA integrity_check")]
            astray = there.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as error:
        raise BackupError("disk", path=str(draft), detail=error.sqlite_errorname) from error
    if found != ["ok"] or astray is not None:
        raise BackupError("damaged", path=str(source))


def _dump(database: str, draft: Path, environ: Mapping[str, str]) -> None:
    """By `pg_dump`, which knows the address as libpq does; read again by `pg_restore`, which lists what is in it."""
    address, password = _parted(database)
    for words in (
        ("pg_dump", "--no-password", "--format=custom", "--no-owner", f"--file={draft}", f"--dbname={address}"),
        ("pg_restore", "--list", str(draft)),
    ):
        try:
            known = {**environ, "PGPASSWORD": password} if password else dict(environ)
            ended = subprocess.run(words, capture_output=True, text=True, check=False, env=known)
        except OSError as error:
            raise BackupError("program", name=words[0]) from error
        if ended.returncode:
            *_, last = "", *ended.stderr.splitlines()
            raise BackupError("dump", name=words[0], detail=last)


def _parted(url: str) -> tuple[str, str]:
    """The address without its password, since every user sees the arguments of a program; and the password."""
    found = re.match(r"(\w+://[^/@:]*):([^/@]*)(@.*)", url)
    return (f"{found[1]}{found[3]}", unquote(found[2])) if found else (url, "")
