"""`changgu books`: whether the books of a store balance, told line by line."""

from __future__ import annotations

import json
import sys
import time
from argparse import Namespace
from dataclasses import asdict

from desktop.banks import load_banks
from desktop.config import Settings
from desktop.services.authority.books import balance
from desktop.services.authority.local import DATABASE_NAME
from desktop.services.authority.looking import look
from desktop.services.authority.vault import KEY_NAME, Vault
from desktop.shipped import shipped
from desktop.text import Text

BALANCED, UNBALANCED, USAGE = 0, 1, 2


def run_books(given: Namespace, settings: Settings, text: Text) -> int:
    """Looks, and changes nothing; a server may run meanwhile. Returns 0 balanced, 1 not, 2 where there is no store."""
    needed = [settings.data / KEY_NAME, *([] if given.database else [settings.data / DATABASE_NAME])]
    if missing := [path for path in needed if not path.is_file()]:
        print(text("books.missing", path=missing[0]), file=sys.stderr)
        return USAGE
    with look(settings.data / DATABASE_NAME, given.database) as cx:
        found = balance(cx, Vault.open(settings.data), load_banks(shipped("banks")), time.time)
    if given.json:
        print(json.dumps(asdict(found)))
    else:
        for wrong in found.wrong:
            print(text(f"books.wrong.{wrong.code}", where=wrong.where))
        counts = {"certificates": found.certificates, "calls": found.calls, "audit": found.audit}
        print(text("books.unbalanced" if found.wrong else "books.balanced", **counts))
    return UNBALANCED if found.wrong else BALANCED
