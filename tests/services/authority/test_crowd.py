"""People made up by rule: none can be alive or be called, all differ, and they are known where they are entered."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from desktop.banks import load_banks
from desktop.secret import Secret
from desktop.services.api import AcceptTerms, Kind, Medium, OpenJourney, Task, VerifyIdentity
from desktop.services.authority.crowd import MOST, crowd, member
from desktop.services.authority.local import LocalAuthority
from desktop.shipped import shipped
from tests.services.authority.desk import PEOPLE

SOME = (*crowd(300), *crowd(300, first=MOST - 300))


def test_nobody_of_the_crowd_can_be_alive_or_be_called() -> None:
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    for person in SOME:
        total = sum(int(digit) * weight for digit, weight in zip(person.rrn, weights, strict=False))
        assert person.rrn[6] in "90"
        assert str((11 - total % 11) % 10) == person.rrn[12]
        assert (13, 11, "01000") == (len(person.rrn), len(person.phone), person.phone[:5])


def test_they_differ_from_each_other_and_from_those_with_a_story() -> None:
    people = (*SOME, *PEOPLE.people)
    assert len(people) == len({p.rrn for p in people}) == len({p.phone for p in people}) == len({p.id for p in people})
    accounts = [h.account for p in people for h in p.at]
    assert len(accounts) == len(set(accounts))


def test_who_has_a_number_is_always_the_same() -> None:
    assert member(7) == next(iter(crowd(1, first=7)))
    assert ("0001080000005", "01000100007") == (member(7).rrn, member(7).phone)


def test_there_are_no_more_than_there_are_numbers_for() -> None:
    with pytest.raises(ValueError, match="people"):
        crowd(2, first=MOST - 1)


@pytest.mark.parametrize(("number", "medium"), [(0, Medium.CARD), (1, Medium.OTP)])
def test_they_are_known_at_their_bank(tmp_path: Path, number: int, medium: Medium) -> None:
    async def identify() -> tuple[Medium, ...]:
        banks = load_banks(shipped("banks"))
        authority = LocalAuthority.open(tmp_path, banks, crowd=2)
        try:
            opened = await authority.open_journey(OpenJourney("epost", Kind.FINANCIAL, Task.ISSUE), key="a")
            terms = tuple((term.id, term.version) for term in banks["epost"].terms)
            await authority.accept_terms(opened.journey, AcceptTerms(terms), key="t")
            person = member(number)
            told = {
                "rrn": person.rrn,
                "account": person.at[0].account,
                "account_password": person.at[0].account_password,
            }
            fields = {name: Secret.of(value) for name, value in told.items()}
            return (await authority.verify_identity(opened.journey, VerifyIdentity(fields), key="b")).media
        finally:
            await authority.aclose()

    assert (medium,) == asyncio.run(identify())
