"""The audit trail: complete, chained, and of no use to who wants to know about a person."""

import sqlite3

import psycopg
import pytest

from desktop.services.api import Check, Reason
from tests.services.authority.desk import Desk, refused


def rows(desk: Desk) -> list[tuple[str, str]]:
    with desk.store.read() as cx:
        return [(r["event"], r["reason"]) for r in cx.execute("SELECT * FROM audit ORDER BY id")]


def test_a_whole_journey_leaves_one_row_a_call(desk: Desk) -> None:
    desk.issue(desk.at(None))
    assert [
        "open_journey",
        "accept_terms",
        "verify_identity",
        "send_code",
        "confirm_code",
        "challenge_medium",
        "answer_medium",
        "open_cloud",
        "confirm_cloud",
        "issue",
    ] == [event for event, _ in rows(desk)]
    assert {"ok"} == {reason for _, reason in rows(desk)}


def test_rows_of_one_journey_carry_one_digest_and_never_its_id(desk: Desk) -> None:
    journey = desk.at(Check.PHONE)
    with desk.store.read() as cx:
        found = {bytes(r["journey"]) for r in cx.execute("SELECT journey FROM audit")}
    assert len(found) == 1
    assert journey.encode() not in found


def test_refusals_are_on_record_with_their_reason_and_retries_are_not(desk: Desk) -> None:
    journey = desk.at(Check.IDENTITY)
    for _ in range(3):
        with refused(Reason.WRONG_ACCOUNT_PASSWORD):
            desk.identity(journey, account_password="0000", key="k")
    assert rows(desk)[2:] == [("verify_identity", "wrong_account_password")]


@pytest.mark.parametrize("statement", ["UPDATE audit SET reason = 'ok'", "DELETE FROM audit"])
def test_rows_are_neither_changed_nor_deleted(desk: Desk, statement: str) -> None:
    desk.open()
    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)), desk.store.transaction() as cx:
        cx.execute(statement)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit SET reason = 'other' WHERE id = 2",
        "UPDATE audit SET at = at + 1 WHERE id = 2",
        "DELETE FROM audit WHERE id = 2",
        "DELETE FROM audit WHERE id = 1",
    ],
)
def test_tampering_breaks_the_chain(desk: Desk, tampering: str) -> None:
    desk.at(Check.PHONE)
    with desk.store.transaction() as cx:
        assert desk.parts.audit.verify_chain(cx) == 3
        for trigger in ("audit_stays", "audit_is_kept"):
            cx.execute(f"DROP TRIGGER {trigger} ON audit" if desk.database else f"DROP TRIGGER {trigger}")
        cx.execute(tampering)
    with refused(Reason.STORE_CORRUPT, detail="audit"), desk.store.read() as cx:
        desk.parts.audit.verify_chain(cx)


def test_an_empty_trail_is_whole(desk: Desk) -> None:
    with desk.store.read() as cx:
        assert desk.parts.audit.verify_chain(cx) == 0
