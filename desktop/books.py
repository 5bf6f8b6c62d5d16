"""`changgu books`: whether the books of a store balance, told line by line."""

from __future__ import annotations

import json
import os
import sys
import time
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import asdict

from desktop.banks import load_banks
from desktop.config import Settings
from desktop.custodian import chosen_by, custody_of
from desktop.services.authority.books import balance
from desktop.services.authority.local import DATABASE_NAME
from desktop.services.authority.looking import look
from desktop.services.authority.vault import KEY_NAME, Vault
from desktop.shipped import shipped
from desktop.text import Text

BALANCED, UNBALANCED, USAGE = 0, 1, 2


def run_books(given: Namespace, settings: Settings, text: Text, environ: Mapping[str, str] = os.environ) -> int:
    """Looks, and changes nothing; a server may run meanwhile. Returns 0 balanced, 1 not, 2 where there is no store."""
    config = chosen_by(given, settings, environ).config
    data = config.data or settings.data
    needed = [data / KEY_NAME, *([] if config.database else [data / DATABASE_NAME])]
    if missing := [path for path in needed if not path.is_file()]:
        print(text("books.missing", path=missing[0]), file=sys.stderr)
        return USAGE
    with custody_of(config.keys) as custody, look(data / DATABASE_NAME, config.database) as cx:
        found = balance(cx, Vault.open(data, custody.vault), load_banks(shipped("banks")), time.time)
    if given.json:
        print(json.dumps(asdict(found)))
    else:
        for wrong in found.wrong:
            print(text(f"books.wrong.{wrong.code}", where=wrong.where))
        counts = {"certificates": found.certificates, "calls": found.calls, "audit": found.audit}
        print(text("books.unbalanced" if found.wrong else "books.balanced", **counts))
    return UNBALANCED if found.wrong else BALANCED
