"""Runs one action of `changgu certs` and tells a program how it failed."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping

from desktop.certs_cli import reading, writing
from desktop.certs_cli.desk import DONE, Desk
from desktop.certs_cli.given import GivenSecrets
from desktop.config import Settings
from desktop.services.vocabulary import ServiceError
from desktop.text import Text

ACTIONS: Mapping[str, Callable[[Desk], int]] = {
    "list": reading.list_all,
    "show": reading.show,
    "verify": reading.verify_files,
    "passwd": writing.passwd,
    "copy": writing.copy,
    "move": writing.move,
    "backup": writing.backup,
    "export": writing.export,
    "import": writing.import_,
    "delete": writing.delete,
    "sign": writing.sign,
    "check-signature": reading.check_signature,
}


def run_certs(given: Namespace, settings: Settings, text: Text, secrets: GivenSecrets | None = None) -> int:
    """Returns 0 done, 1 when something does not hold. Raises ServiceError, and ConfigError for what was asked amiss.

    With --json a failure is told on stdout as well: `outcome` failed, `reason`, and the rule broken as `detail`.
    """
    desk = Desk(given, settings, text, secrets)
    desk.settle()
    try:
        return ACTIONS[given.action](desk)
    except BrokenPipeError:  # whoever reads the list has read enough; what is left in the buffer has nowhere to go
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except ServiceError as error:
        if given.json:
            told = {"outcome": "failed", "reason": error.reason, "detail": error.detail, "where": error.where}
            desk.tell(told)
        raise
