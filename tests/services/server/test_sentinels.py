"""Whoever gets the database, the logs, the figures, or the wire behind the end of TLS, gets nobody's secrets."""

from __future__ import annotations

import asyncio
import base64
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from desktop.answers import read_answers
from desktop.config import Settings
from desktop.headless import DONE, run_issue
from desktop.services.api import Kind, Task
from desktop.services.authority.local import DATABASE_NAME
from desktop.services.http import HttpServices
from desktop.shipped import shipped
from tests.services.authority.desk import PIN, WHO
from tests.services.contract.serving import serving
from tests.services.postgres import NEEDED, cluster
from tests.services.server.crowd import Crowd, Plan, Visitor, other
from tests.services.server.wiretap import leaks, tapped

#: By the command, whole; each person with everything that is asked of them.
Journeys = Sequence[tuple[str, Kind, Task]]
JOURNEYS: Journeys = (
    ("epost", Kind.FINANCIAL, Task.ISSUE),
    ("kb", Kind.FINANCIAL, Task.ISSUE),
    ("woori", Kind.JOINT, Task.ISSUE),
    ("kbank", Kind.JOINT, Task.REISSUE),
)
ASKED = (
    *("rrn", "account", "account_password", "pin", "password", "current_password", "card_serial"),
    *("document_date", "document_number"),
)
#: By call: with wrong tries too, which are as secret as the right ones.
SLIPS = {"account": 1, "card": 1, "pin": 1}
VISITS = (Plan("namgung_taekbae", SLIPS), Plan("park_sopo", {}))


@dataclass(frozen=True, slots=True)
class Run:
    """What was said in secret, and everything that somebody may get hold of, by its name."""

    secrets: dict[str, str]
    places: dict[str, bytes]


def answered() -> Iterator[tuple[str, str]]:
    for bank, kind, task in JOURNEYS:
        path = shipped("practice", f"{bank}-{kind}-{task}.toml")
        given = read_answers(path)
        for name in ASKED:
            if name in given.answers:
                yield f"{name} of {bank}", str(given.answers[name])
        if given.card is not None:
            yield from ((f"card code {n} of {bank}", code) for n, code in enumerate(given.card.codes, 1))


def issue(folder: Path, url: str, journeys: Journeys) -> None:
    for bank, kind, task in journeys:
        own = folder / f"{bank}-{task}"
        settings = Settings(data=own, language="en", backend=url)
        answers = shipped("practice", f"{bank}-{kind}-{task}.toml")
        assert DONE == run_issue(settings, bank=bank, kind=kind, task=task, answers=answers, out=own, as_json=True)


def visit(url: str) -> dict[str, str]:
    """The secrets that were said."""
    said: dict[str, str] = {"PIN": PIN, "wrong PIN": other(PIN)}

    async def all_of_them() -> None:
        crowd = Crowd()
        crowd.up.set()
        for plan in VISITS:
            visitor = Visitor(crowd, 0, plan, HttpServices(url))
            held, who = visitor.held, plan.who
            said[f"rrn of {who}"] = visitor.person.rrn
            said[f"account of {who}"] = held.account
            said[f"account password of {who}"] = held.account_password
            said[f"wrong account password of {who}"] = other(held.account_password)
            if held.card_serial:
                said[f"card serial of {who}"] = held.card_serial
                said[f"wrong card serial of {who}"] = other(held.card_serial)
            if held.otp_secret:
                said[f"token of {who}"] = held.otp_secret
            await visitor.visit()
            said.update({f"OTP {n} of {who}": shown for n, shown in enumerate(visitor.typed)})
            await visitor.services.aclose()
        assert [] == crowd.faults

    asyncio.run(all_of_them())
    assert any(name.startswith("OTP") for name in said)
    return said


def in_the_folder(data: Path) -> dict[str, bytes]:
    """Its files as they are, and the database in words."""
    found = {path.name: path.read_bytes() for path in data.iterdir() if path.is_file()}
    if (data / DATABASE_NAME).exists():
        with closing(sqlite3.connect(data / DATABASE_NAME)) as db:
            found["dump"] = "\n".join(db.iterdump()).encode()
    return found


def whole_run(folder: Path, journeys: Journeys, *words: str) -> Run:
    with serving(folder / "data", "--practice", "--metrics", "0", *words) as server, tapped(server.port) as tap:
        issue(folder, tap.url, journeys)
        secrets = {**dict(answered()), **visit(tap.url)}
        figures = httpx.get(server.said["metrics"], trust_env=False).content
        places = {**in_the_folder(folder / "data"), "metrics": figures}
        server.stop()
    places |= {f"{name} afterwards": data for name, data in in_the_folder(folder / "data").items()}
    return Run(secrets, {**places, "log": server.log.read_bytes(), "wire": bytes(tap.seen)})


def test_no_secret_is_in_the_database_the_log_the_figures_or_on_the_wire(tmp_path: Path) -> None:
    run = whole_run(tmp_path, JOURNEYS)
    assert [] == leaks(run.secrets, run.places)
    assert {"authority.db", "authority.db-wal", "dump", "metrics", "log", "wire"} <= run.places.keys()
    # What may be seen is there, so the search has looked at the right things.
    assert WHO["kim_uche"].phone.encode() in run.places["wire"]
    assert b"verify_identity" in run.places["log"]
    assert b"verify_identity" in run.places["metrics"]
    assert b"CREATE TABLE" in run.places["dump"]
    assert len(run.places["authority.db-wal"]) > 100_000


@NEEDED
def test_nor_in_what_pg_dump_writes(tmp_path: Path) -> None:
    with cluster() as made:
        address = made.create()
        run = whole_run(tmp_path, JOURNEYS[2:3], "--database", address)
        dump = subprocess.run(["pg_dump", "--inserts", address], check=True, capture_output=True).stdout
    assert b"INSERT INTO public.customer" in dump
    assert [] == leaks(run.secrets, {**run.places, "pg_dump": dump})


# ── The search can find ──


@pytest.mark.parametrize("secret", [WHO["kim_uche"].rrn, PIN, "5071", "Saero+6149un"])
@pytest.mark.parametrize(
    "written",
    [
        lambda text: text.encode(),
        lambda text: f'"rrn":"{text}"'.encode(),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-16-be"),
        lambda text: text.encode().hex().encode(),
        lambda text: text.encode().hex().upper().encode(),
        lambda text: base64.b64encode(text.encode()),
        lambda text: base64.urlsafe_b64encode(text.encode()),
        lambda text: "".join(f"%{byte:02X}" for byte in text.encode()).encode(),
        lambda text: quote(text).encode(),
    ],
)
def test_a_secret_is_found_however_it_is_written(secret: str, written: Callable[[str], bytes]) -> None:
    assert leaks({"it": secret}, {"here": b"something: " + written(secret) + b" else"})
    assert [] == leaks({"it": secret}, {"here": b"something else"})


@pytest.mark.parametrize("before", ["", "a", "ab"])
def test_a_long_one_is_found_within_what_is_written_in_base64(before: str) -> None:
    rrn = WHO["kim_uche"].rrn
    assert leaks({"it": rrn}, {"here": base64.b64encode(f"{before}{rrn}and more".encode())})


def test_figures_are_no_secrets() -> None:
    assert [] == leaks({"it": "5071"}, {"here": b'Content-Length: 5071\r\n {"bytes": 5071, "at": 12.5071, "n": 15071}'})


def test_a_leak_into_the_database_or_onto_the_wire_is_found(tmp_path: Path) -> None:
    person = WHO["kim_uche"]
    with serving(tmp_path / "data", "--practice") as server, tapped(server.port) as tap:
        httpx.post(f"{tap.url}/v1/journeys", json={"rrn": person.rrn, "pin": PIN}, trust_env=False)
        with closing(sqlite3.connect(tmp_path / "data" / DATABASE_NAME)) as db, db:
            db.execute("UPDATE customer SET name = ?", (person.rrn.encode("utf-16-le"),))
            db.execute("UPDATE account SET number = ?", (person.at[0].account_password,))
        places = {**in_the_folder(tmp_path / "data"), "wire": bytes(tap.seen)}
    secrets = {"rrn": person.rrn, "PIN": PIN, "password": person.at[0].account_password}
    found = leaks(secrets, places)
    assert {"rrn in wire, UTF-8", "PIN in wire, UTF-8", "rrn in dump, hex", "password in dump, UTF-8"} <= set(found)
    assert "rrn in authority.db-wal, UTF-16" in found
