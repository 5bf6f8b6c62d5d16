"""The books of a store: balanced after what people do, and each imbalance is found and called by its name."""

from __future__ import annotations

import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from desktop.services.api import Check, Kind, Reason, Task
from desktop.services.authority.books import Balance, balance
from desktop.services.authority.local import DATABASE_NAME
from desktop.services.authority.tally import Imbalance
from desktop.services.authority.vault import Vault
from tests.services.authority.desk import WHO, Clock, Desk, copied, refused

KIM, LEE, URI = WHO["kim_uche"], WHO["lee_pyeonji"], WHO["kim_uri"]


def books(desk: Desk, vault: Vault | None = None) -> Balance:
    with desk.store.read() as cx:
        return balance(cx, vault or desk.vault, desk.banks, desk.clock)


def codes(desk: Desk) -> set[str]:
    return {found.code for found in books(desk).wrong}


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate in the cloud and one on a medium, one of old, a leave not confirmed, wrong tries, a list."""
    folder = tmp_path_factory.mktemp("books") / "busy"
    desk = Desk(folder, Clock())
    desk.issue(desk.at(None, KIM))
    desk.gain(desk.at(None, URI, kind=Kind.JOINT))
    desk.fetch(desk.at(None, WHO["kim_kei"], kind=Kind.JOINT))
    desk.at(Check.PHONE, WHO["song_ujeong"], Task.REISSUE)
    revoking = desk.at(None, WHO["mun_noeul"], Task.REVOKE, kind=Kind.JOINT)
    desk.change(revoking)
    journey = desk.at(Check.MEDIUM, LEE)
    right = desk.card_answer(desk.challenge(journey), LEE)
    with refused(Reason.WRONG_CARD):
        desk.answer(journey, desk.card_answer(desk.challenge(journey), LEE, serial="00000000"))
    assert right.first is not None
    desk.issuing.crl()
    desk.close()
    return folder


@pytest.fixture
def desk(busy: Path, tmp_path: Path) -> Desk:
    return Desk(copied(busy, tmp_path / "data"), Clock())


@pytest.fixture(autouse=True)
def _closed(desk: Desk) -> object:
    yield
    desk.close()


def test_the_books_balance_after_what_people_did(desk: Desk) -> None:
    found = books(desk)
    assert () == found.wrong
    assert (5, 36, 39) == (found.certificates, found.calls, found.audit)


@pytest.mark.parametrize(
    ("who", "task"),
    [("im_boryu", Task.RESUME), ("no_moba", Task.REVOKE), ("do_bunsil", Task.REISSUE), ("yu_jadong", Task.RENEW)],
)
def test_they_balance_with_what_practice_people_had_before(desk: Desk, who: str, task: Task) -> None:
    desk.at(Check.PHONE, WHO[who], task, kind=WHO[who].certificates[0].kind)
    assert set() == codes(desk)
    desk.clock.advance(19 * 86_400)  # one has renewed itself by then
    desk.restart()
    assert set() == codes(desk)


def test_another_key_says_so_and_nothing_else(desk: Desk) -> None:
    assert (Imbalance("server_key"),) == books(desk, Vault(secrets.token_bytes(32))).wrong


@pytest.mark.parametrize(
    ("code", "statement"),
    [
        ("audit", "DELETE FROM audit WHERE id = 7"),
        ("audit", "UPDATE audit SET reason = 'ok' WHERE reason = 'wrong_card'"),
        ("handed_over", "UPDATE journey SET issued = NULL WHERE id = {journey}"),
        ("ca", "UPDATE ca_authorities SET sealed_key = x'00'"),
        ("lost", "DELETE FROM ca_certificates WHERE serial = {serial}"),
        ("call_lost", "DELETE FROM ca_certificates WHERE serial = {serial}"),
        ("call_lost", "DELETE FROM enrolment WHERE state = 'confirmed'"),
        ("line", "UPDATE ca_certificates SET not_after = not_after + 1 WHERE serial = {serial}"),
        ("line", "UPDATE ca_certificates SET certificate = x'30' WHERE serial = {serial}"),
        ("line", "UPDATE ca_certificates SET status = 'revoked' WHERE serial = {serial}"),
        ("line", "UPDATE ca_certificates SET reason = NULL WHERE status = 'suspended'"),
        ("line", "UPDATE cloud_credentials SET certificate = (SELECT certificate FROM ca_authorities LIMIT 1)"),
        ("line", "UPDATE cloud_credentials SET certificate = x'30'"),
        ("orphan", "DELETE FROM cloud_credentials WHERE serial = {serial}"),
        ("orphan", "UPDATE journey SET issued = NULL WHERE id = {journey}"),
        ("orphan", "DELETE FROM enrolment WHERE state = 'pending'"),
        ("enrolment", "UPDATE enrolment SET state = 'open' WHERE state = 'confirmed'"),
        ("enrolment", "UPDATE enrolment SET serial = NULL WHERE state = 'pending'"),
        ("twice", "UPDATE enrolment SET serial = (SELECT serial FROM enrolment WHERE state = 'confirmed')"),
        ("twice", "UPDATE journey SET issued = (SELECT issued FROM journey WHERE id = {journey})"),
        ("second", "UPDATE cloud_credentials SET bank = 'epost', kind = 'financial', account = {account}"),
        ("unchecked", "DELETE FROM journey_check WHERE name = 'identity'"),
        ("unproven", "UPDATE code SET done_by = NULL"),
        ("crl", "UPDATE ca_certificates SET status = 'good', reason = NULL WHERE status = 'revoked'"),
        ("crl_form", "UPDATE ca_crl SET number = number + 1"),
        ("crl_form", "UPDATE ca_crl SET crl = x'30'"),
        ("call", "UPDATE call SET result = substr(result, 2) WHERE state = 'answered'"),
        ("call", "UPDATE call SET state = 'lost' WHERE state = 'refused'"),
        ("counter", "UPDATE account SET tries = 6"),
        ("counter", "UPDATE card SET tries = -1"),
        ("counter", "UPDATE token SET tries = 11"),
        ("counter", "UPDATE code SET tries = 6"),
        ("counter", "UPDATE code SET sends = 6"),
        ("counter", "UPDATE cloud_credentials SET wrong_pins = 6"),
        ("counter", "UPDATE journey SET identity_tries = 6"),
        ("counter", "UPDATE enrolment SET wrong_codes = 5"),
        ("card", "UPDATE card SET second = NULL"),
        ("card", "UPDATE card SET first = 36"),
        ("sealed", "UPDATE customer SET rrn = name"),
        ("sealed", "UPDATE journey SET issued = x'00' WHERE id = {journey}"),
        ("sealed", "UPDATE cloud_credentials SET sealed_random = x'00'"),
    ],
)
def test_each_imbalance_is_found(desk: Desk, code: str, statement: str) -> None:
    """In a store that somebody wrote in by hand, or that was put together from two backups."""
    with desk.store.read() as cx:
        row = cx.execute("SELECT * FROM cloud_credentials WHERE kind = 'financial' ORDER BY created_at DESC").fetchone()
        journey = cx.execute("SELECT min(id) AS id FROM journey WHERE issued IS NOT NULL").fetchone()["id"]
    found = {"serial": f"'{row['serial']}'", "account": row["account"], "journey": journey}
    with closing(sqlite3.connect(desk.folder / DATABASE_NAME)) as db, db:
        db.execute("DROP TRIGGER audit_stays")
        db.execute("DROP TRIGGER audit_is_kept")
        db.execute(statement.format(**found))
    assert code in codes(desk)
