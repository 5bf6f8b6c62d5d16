"""`changgu rotate-key`: a new key that seals from the next start on, beside the old ones, which still open."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from desktop.config import Settings
from desktop.custodian import SAID, PinError, chosen_by, custody_of
from desktop.services.api import ServiceError
from desktop.services.authority.looking import look
from desktop.services.authority.sqlite import LOCK_NAME
from desktop.services.authority.vault import KEY_NAME, add_key
from desktop.services.server.config import ConfigFileError
from desktop.text import Text

DONE, FAILED, USAGE = 0, 1, 2


class _RefusedError(Exception):
    """`code` names its wording (`rotate.<code>`)."""

    def __init__(self, code: str, code_of_exit: int) -> None:
        super().__init__(code)
        self.code, self.exit = code, code_of_exit


def run_rotate(given: Namespace, settings: Settings, text: Text, environ: Mapping[str, str] = os.environ) -> int:
    """Returns 0 done, 1 where a server runs or the token refuses, 2 where there is no key."""
    try:
        config = chosen_by(given, settings, environ).config
        data = config.data or settings.data
        if given.wrap and not config.keys.vault:
            raise _RefusedError("no_vault", USAGE)
        if not (data / KEY_NAME).is_file():
            raise _RefusedError("missing", USAGE)
        with custody_of(config.keys) as custody, _alone(data, config.database):
            count = add_key(data, custody.vault, plain=given.wrap)
    except ConfigFileError as error:
        return _say(str(error), USAGE)
    except PinError as error:
        return _say(text(f"serve.refused.{error.code}", path=error.path), USAGE)
    except _RefusedError as error:
        return _say(text(f"rotate.{error.code}", path=data / KEY_NAME), error.exit)
    except ServiceError as error:
        if error.reason not in SAID:
            raise
        return _say(text(f"serve.refused.{error.reason}", where=error.where or error.detail), FAILED)
    print(text("rotate.done", count=count, path=data / KEY_NAME))
    return DONE


@contextmanager
def _alone(data: Path, database: str | None) -> Iterator[None]:
    """No server on this folder, nor on the database, wherever it runs: it would not open what the next one seals."""
    if database is not None:
        with look(data, database) as cx:
            others = cx.execute(
                "SELECT count(*) AS count FROM pg_stat_activity"
                " WHERE application_name = 'changgu' AND datname = current_database() AND pid <> pg_backend_pid()"
            ).fetchone()
        if others["count"]:
            raise _RefusedError("running", FAILED)
    try:
        with FileLock(data / LOCK_NAME, timeout=0):
            yield
    except Timeout as error:
        raise _RefusedError("running", FAILED) from error


def _say(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)
    return code
