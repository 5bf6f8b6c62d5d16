"""`changgu rotate-key` and `renew-ca`: what follows a key and a certificate, while no server runs."""

from __future__ import annotations

import os
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from desktop.config import Settings
from desktop.custodian import SAID, PinError, chosen_by, custody_of
from desktop.services.api import ServiceError
from desktop.services.authority.founding import renew
from desktop.services.authority.local import DATABASE_NAME
from desktop.services.authority.looking import look
from desktop.services.authority.opened import open_store
from desktop.services.authority.profile import Names
from desktop.services.authority.sqlite import LOCK_NAME
from desktop.services.authority.vault import KEY_NAME, Vault, add_key
from desktop.services.server.config import Config, ConfigFileError
from desktop.text import Text

DONE, FAILED, USAGE = 0, 1, 2


class _RefusedError(Exception):
    """`code` names its wording (`rotate.<code>`)."""

    def __init__(self, code: str, code_of_exit: int) -> None:
        super().__init__(code)
        self.code, self.exit = code, code_of_exit


def run_rotate(given: Namespace, settings: Settings, text: Text, environ: Mapping[str, str] = os.environ) -> int:
    """A new key seals from the next start on, beside the old ones, which still open.

    Returns 0 done, 1 where a server runs or the token refuses, 2 where there is no key.
    """

    def rotate(config: Config, data: Path) -> str:
        if given.wrap and not config.keys.vault:
            raise _RefusedError("no_vault", USAGE)
        with custody_of(config.keys) as custody, _alone(data, config.database), _held(data):
            count = add_key(data, custody.vault, plain=given.wrap)
        return text("rotate.done", count=count, path=data / KEY_NAME)

    return _told(rotate, given, settings, text, environ)


def run_renew(given: Namespace, settings: Settings, text: Text, environ: Mapping[str, str] = os.environ) -> int:
    """A new certificate for the issuing CA's key, from the next start on. Returns as `run_rotate`."""

    def new(config: Config, data: Path) -> str:
        with custody_of(config.keys) as custody, _alone(data, config.database):
            vault = Vault.open(data, custody.vault)
            with closing(open_store(data / DATABASE_NAME, config.database)) as store, store.transaction() as cx:
                made = renew(cx, vault, Names(), time.time())
        return text("rotate.renewed", serial=f"{made.serial_number:x}", until=f"{made.not_valid_after_utc:%Y-%m-%d}")

    return _told(new, given, settings, text, environ)


def _told(
    work: Callable[[Config, Path], str], given: Namespace, settings: Settings, text: Text, environ: Mapping[str, str]
) -> int:
    """The exit code, after what was done or refused has been said."""
    data = settings.data
    try:
        config = chosen_by(given, settings, environ).config
        data = config.data or settings.data
        if not (data / KEY_NAME).is_file():
            raise _RefusedError("missing", USAGE)
        print(work(config, data))
    except ConfigFileError as error:
        return _say(str(error), USAGE)
    except PinError as error:
        return _say(text(f"serve.refused.{error.code}", path=error.path), USAGE)
    except _RefusedError as error:
        return _say(text(f"rotate.{error.code}", path=data / KEY_NAME), error.exit)
    except ServiceError as error:
        if error.reason not in SAID:
            raise
        return _say(text(f"serve.refused.{error.reason}", path=data, where=error.where or error.detail), FAILED)
    return DONE


@contextmanager
def _alone(data: Path, database: str | None) -> Iterator[None]:
    """No server on the database, wherever it runs: it would not open what the next one seals."""
    if database is not None:
        with look(data, database) as cx:
            others = cx.execute(
                "SELECT count(*) AS count FROM pg_stat_activity"
                " WHERE application_name = 'changgu' AND datname = current_database() AND pid <> pg_backend_pid()"
            ).fetchone()
        if others["count"]:
            raise _RefusedError("running", FAILED)
    yield


@contextmanager
def _held(data: Path) -> Iterator[None]:
    """No server on the folder, for as long as the block runs."""
    try:
        with FileLock(data / LOCK_NAME, timeout=0):
            yield
    except Timeout as error:
        raise _RefusedError("running", FAILED) from error


def _say(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)
    return code
