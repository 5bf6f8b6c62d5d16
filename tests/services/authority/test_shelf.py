"""A CA certificate is kept once, and what has it in it comes back whole, also what was sealed before."""

from __future__ import annotations

import os

import pytest

from desktop.services.api import Reason
from desktop.services.authority.shelf import Shelf
from desktop.services.authority.vault import Vault
from tests.services.authority.desk import Desk, refused

ROOT, ISSUING = os.urandom(900), os.urandom(1100)


@pytest.fixture
def vault() -> Vault:
    return Vault.fresh()


@pytest.fixture
def shelf(vault: Vault) -> Shelf:
    return Shelf(vault, (ROOT, ISSUING))


@pytest.mark.parametrize(
    "plain", [b"", b"alone", ROOT, b"a" + ISSUING + b"b" + ROOT + b"c" + ROOT], ids=["empty", "none", "one", "several"]
)
def test_what_is_sealed_comes_back_whole_and_takes_the_place_of_the_rest(shelf: Shelf, plain: bytes) -> None:
    sealed = shelf.seal(plain, "context")
    assert plain == shelf.unseal(sealed, "context")
    assert len(sealed) < 120


def test_what_was_sealed_before_there_were_marks_opens(vault: Vault, shelf: Shelf) -> None:
    assert ROOT == shelf.unseal(vault.seal(ROOT, "context"), "context")


def test_a_mark_is_of_this_vault_alone() -> None:
    """Else who writes into a certificate could write a mark there."""
    one, other = Vault.fresh(), Vault.fresh()
    marks = [vault.unseal(Shelf(vault, (ROOT,)).seal(ROOT, "context"), "context") for vault in (one, other)]
    assert 16 == len(marks[0]) == len(marks[1])
    assert marks[0] != marks[1]


def test_another_context_opens_nothing(shelf: Shelf) -> None:
    with refused(Reason.STORE_CORRUPT):
        shelf.unseal(shelf.seal(ROOT, "context"), "another")


def test_it_has_all_that_the_ca_has(desk: Desk) -> None:
    with desk.parts.store.read() as cx:
        shelf = Shelf.of(cx, desk.parts.vault)
    assert len(shelf.seal(b"".join(desk.parts.ca.chain()), "context")) < 120
