"""A witness beside the authority: it proves by the codes that are kept there, and decides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from desktop.services.api import Kind
from desktop.services.authority.local import DATABASE_NAME
from desktop.services.authority.witness import Witness
from desktop.services.cmp.proving import read_proof
from tests.services.authority.desk import WHO, Desk
from tests.services.authority.test_door import Wire


@pytest.fixture
def witness(desk: Desk) -> Iterator[Witness]:
    with closing(Witness.open(desk.folder / DATABASE_NAME, clock=desk.clock)) as made:
        yield made


def test_a_message_under_a_code_that_was_given_is_proven_and_another_is_not(desk: Desk, witness: Witness) -> None:
    wire, enrolment = Wire(desk), desk.enrol(desk.at(None, WHO["kim_uri"], kind=Kind.JOINT))
    wire.obtain(enrolment)
    assert {enrolment.reference} == {read_proof(witness.prove(message)).reference for message in wire.asked}
    assert b"" == witness.prove(b"garbage")
    desk.clock.advance(1_000_000)
    assert {b""} == {witness.prove(message) for message in wire.asked}


def test_a_store_that_cannot_be_read_proves_nothing_and_says_nothing(desk: Desk, witness: Witness) -> None:
    wire = Wire(desk)
    wire.obtain(desk.enrol(desk.at(None, WHO["kim_uri"], kind=Kind.JOINT)))
    with desk.store.transaction() as cx:
        cx.execute("UPDATE enrolment SET code = ?", (b"not sealed by this vault",))
    assert b"" == witness.prove(wire.asked[0])
