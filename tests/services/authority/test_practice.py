"""Practice customers: made up, complete, entered once, and the answers file is the first one's."""

import base64
import tomllib

import pytest

from desktop.pin_rules import broken_rule
from desktop.services.authority.identity import ACCOUNT_LENGTHS
from desktop.services.authority.practice import Person, seed
from desktop.shipped import shipped
from tests.services.authority.desk import KIM, PEOPLE, Desk, at_epost

ANSWERS = tomllib.loads(shipped("practice", "epost-financial-issue.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("person", PEOPLE.people, ids=lambda person: str(person.id))
def test_nobody_in_practice_can_be_alive_or_be_called(person: Person) -> None:
    assert person.rrn[6] in "90"
    assert (len(person.rrn), len(person.phone), person.phone[:5]) == (13, 11, "01000")
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    total = sum(int(digit) * weight for digit, weight in zip(person.rrn, weights, strict=False))
    assert str((11 - total % 11) % 10) == person.rrn[12]
    assert {True} == {len(held.account) in ACCOUNT_LENGTHS for held in person.at}


def test_practice_people_differ_in_all_they_know() -> None:
    held = [h for person in PEOPLE.people for h in person.at]
    for known in (
        [p.rrn for p in PEOPLE.people],
        [p.phone for p in PEOPLE.people],
        [p.id for p in PEOPLE.people],
        [h.account for h in held],
    ):
        assert len(known) == len(set(known))


def test_seeding_again_changes_nothing(desk: Desk) -> None:
    def count() -> int:
        with desk.store.read() as cx:
            found: int = cx.execute("SELECT count(*) FROM account").fetchone()[0]
        return found

    before = count()
    with desk.store.transaction() as cx:
        seed(cx, desk.registry(), PEOPLE, desk.banks)
    assert (before, before) == (count(), len(PEOPLE.people))


def test_people_of_a_bank_that_is_not_there_are_left_out(desk: Desk) -> None:
    with desk.store.transaction() as cx:
        for table in ("account", "card_code", "card", "token", "membership"):
            cx.execute(f"DELETE FROM {table}")
        seed(cx, desk.registry(), PEOPLE, {})
        assert cx.execute("SELECT count(*) FROM account").fetchone()[0] == 0


def test_the_answers_file_is_the_first_customers() -> None:
    answers, held = ANSWERS["answers"], at_epost(KIM)
    assert (answers["rrn"], answers["name"], answers["phone"]) == (KIM.rrn, KIM.name, KIM.phone)
    assert (answers["account"], answers["account_password"]) == (held.account, held.account_password)
    assert (answers["card_serial"], tuple(ANSWERS["card"]["codes"])) == (held.card_serial, held.card_codes)
    assert ANSWERS["otp"]["secret"] == held.otp_secret
    assert len(base64.b32decode(held.otp_secret)) == 20
    assert ANSWERS["phone"]["answer"] == "auto"


def test_the_practice_pin_breaks_no_rule() -> None:
    pin = memoryview(ANSWERS["answers"]["pin"].encode())
    account, birth = at_epost(KIM).account.encode(), b"18" + KIM.rrn[:6].encode()
    assert broken_rule(pin, rrn=KIM.rrn.encode(), birth_date=birth, phone=KIM.phone.encode(), account=account) is None
