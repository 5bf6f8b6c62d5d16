"""The actions that write or delete: passwd, copy, move, backup, export, import, delete, sign."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from desktop.certs import jobs
from desktop.certs.facts import now_utc
from desktop.certs.found import Found, State, find
from desktop.certs.signatures import MOST_DOCUMENT
from desktop.certs_cli.desk import DONE, FAILED, Desk
from desktop.config import ConfigError
from desktop.services.npki import pfx
from desktop.services.npki.container import Form
from desktop.services.npki.tree import read_file
from desktop.services.vocabulary import ServiceError


def passwd(desk: Desk) -> int:
    found = desk.found()
    with desk.secret("password") as old, desk.secret("new_password", new=True) as new:
        jobs.change_password(found, old, new, form=Form(desk.given.form))
    return desk.done("passwd", path=found.entry.folder)


def copy(desk: Desk) -> int:
    kept = jobs.copy_to(desk.found(), desk.given.to)
    return desk.done("there_before" if kept.there_before else "copy", path=kept.folder)


def move(desk: Desk) -> int:
    kept = jobs.move_to(desk.found(), desk.given.to)
    return desk.done("move", path=kept.folder)


def backup(desk: Desk) -> int:
    """One certificate, or every one with its key; what could not be copied is told, and the rest goes on."""
    to = desk.given.to
    copied: list[str] = []
    failed: list[dict[str, str]] = []
    for found in _to_back_up(desk):
        if found.entry.folder.resolve().is_relative_to(to.resolve()):
            continue
        try:
            copied.append(str(jobs.copy_to(found, to).folder))
        except ServiceError as error:
            failed.append({"path": str(found.entry.folder), "reason": error.reason.value})
            cause = desk.words.text(f"problem.{error.reason}.cause")
            desk.note("said.backup_failed", path=found.entry.folder, cause=cause)
    if desk.given.json:
        desk.tell({"outcome": "failed" if failed else "done", "paths": copied, "failed": failed})
    else:
        desk.say(desk.words("said.backup", count=len(copied), to=to))
    return FAILED if failed else DONE


def _to_back_up(desk: Desk) -> list[Found]:
    """Known before the first is written, for the copies must not be found as well."""
    if desk.given.path is not None:
        return [desk.found()]
    return [
        found for found in find(desk.places(), now_utc()) if found.entry.has_key and found.state is not State.BROKEN
    ]


def export(desk: Desk) -> int:
    found, given = desk.found(), desk.given
    with desk.secret("password") as password, desk.secret("pfx_password", new=True) as pfx_password:
        data = jobs.export_pfx(found, password, pfx_password, legacy=given.legacy)
    return desk.done("export", path=jobs.write_out(given.out, data, replace=given.replace))


def import_(desk: Desk) -> int:
    given = desk.given
    data = read_file(given.file, most=pfx.MOST_BYTES)
    to = given.to or Path(desk.all_places()[0].path)
    with desk.secret("pfx_password") as pfx_password, desk.secret("new_password", new=True) as new:
        where = str(given.file)
        folder = jobs.import_pfx(data, pfx_password, new, to, where=where, form=Form(given.form))
    return desk.done("import", path=folder)


def delete(desk: Desk, ask: Callable[[str], str] = input) -> int:
    """Says whether another copy is at hand, and asks; a script says --yes beforehand."""
    found = desk.found(broken=True)
    others = jobs.copies(found, find(desk.all_places(), now_utc()))
    if found.entry.has_key and found.certificate is not None:
        desk.note("delete.last" if not others else "delete.copies", count=len(others))
        for other in others:
            desk.note("delete.copy", path=other.entry.folder)
    if not desk.given.yes:
        if not sys.stdin.isatty():
            raise ConfigError("unconfirmed", path=str(found.entry.folder))
        if ask(desk.words("delete.ask", path=found.entry.folder)).strip().casefold() != desk.words("delete.yes"):
            desk.note("delete.kept")
            return FAILED
    jobs.delete(found)
    return desk.done("delete", path=found.entry.folder, last=not others)


def sign(desk: Desk) -> int:
    found, given = desk.found(), desk.given
    document = read_file(getattr(given, "in"), most=MOST_DOCUMENT)
    with desk.secret("password") as password:
        cms = jobs.sign(found, password, document, detached=given.detached)
    return desk.done("sign", path=jobs.write_out(given.out, cms, replace=given.replace))
