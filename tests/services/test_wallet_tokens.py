"""The wallet with a token against a real authority: the key is made there and stays there, or nothing does."""

from __future__ import annotations

import asyncio

import pytest

from desktop.secret import Secret
from desktop.services.api import PlaceKind, Reason, ServiceError, Status
from desktop.services.npki.tree import CERTIFICATE
from desktop.services.tokens import Tokens
from desktop.services.wallet import LocalWallet
from tests.services.authority.desk import refused
from tests.services.side import (
    CONFIRMATION,
    PASSWORD,
    Run,
    Side,
    assert_signed,
    cancelled_at,
    folder_of,
    lost_from,
    names,
)
from tests.services.softhsm import LABEL, NEEDED, PIN


def objects(tokens: Tokens) -> tuple[int, int]:
    """How many private keys and certificates it holds."""
    from pkcs11 import Attribute, ObjectClass

    (place,) = tokens.places()
    with tokens.unlocked(place.id, Secret.of(PIN)) as session:
        kinds = (ObjectClass.PRIVATE_KEY, ObjectClass.CERTIFICATE)
        keys, certificates = (len(list(session._session.get_objects({Attribute.CLASS: kind}))) for kind in kinds)
        return keys, certificates


def name_of(tokens: Tokens) -> str:
    return tokens.places()[0].id


@NEEDED
def test_a_key_made_on_a_token_gets_its_certificate_there_and_signs(run: Run, tokens: Tokens) -> None:
    async def work(side: Side) -> None:
        keys, certificates = objects(tokens)
        wallet = side.wallet()
        assert LABEL in [place.label for place in (await wallet.places()).places]
        issued = await side.given(wallet, name_of(tokens), secret=PIN)
        assert (keys + 1, certificates + 1) == objects(tokens)
        assert ([], []) == (names(side.stick), names(side.pc))
        assert_signed(await wallet.sign(issued.serial, Secret.of(PIN), b"x"), issued, b"x")
        with refused(Reason.WRONG_TOKEN_PIN, where=LABEL):
            await wallet.sign(issued.serial, Secret.of("000000"), b"x")
        # A file with the certificate alone is no reason to miss the key on the token.
        bare = folder_of(side.pc, issued)
        bare.mkdir(parents=True)
        (bare / CERTIFICATE).write_bytes(issued.certificate)
        assert_signed(await wallet.sign(issued.serial, Secret.of(PIN), b"x"), issued, b"x")

    run(work, tokens)


@NEEDED
def test_a_wrong_pin_is_said_before_anything_is_made(run: Run, tokens: Tokens) -> None:
    async def work(side: Side) -> None:
        before = objects(tokens)
        with refused(Reason.WRONG_TOKEN_PIN, where=LABEL):
            await side.enrol(place=name_of(tokens), secret="000000")
        assert (0, []) == (side.sent, side.books())
        assert before == objects(tokens)

    run(work, tokens)


@NEEDED
@pytest.mark.parametrize(("number", "more"), [(2, 0), (CONFIRMATION, 1)])
def test_a_token_keeps_a_key_only_once_its_certificate_is_beside_it(
    run: Run, tokens: Tokens, number: int, more: int
) -> None:
    async def work(side: Side) -> None:
        keys, certificates = objects(tokens)
        await cancelled_at(side, number, name_of(tokens), secret=PIN)
        assert Status.GOOD not in side.books()
        assert (keys + more, certificates + more) == objects(tokens)

    run(work, tokens)


@NEEDED
def test_a_token_is_let_go_of_when_its_user_gives_up_while_it_opens(run: Run, tokens: Tokens) -> None:
    async def work(side: Side) -> None:
        before = objects(tokens)
        for turns in range(6):
            enrolling = asyncio.ensure_future(side.enrol(place=name_of(tokens), secret=PIN))
            for _ in range(turns):
                await asyncio.sleep(0.01)  # at another point each time; whichever it is, the same must hold
            enrolling.cancel()
            with pytest.raises(asyncio.CancelledError):
                await enrolling
            assert before == objects(tokens)

    run(work, tokens)


@NEEDED
def test_a_lost_answer_to_the_confirmation_leaves_the_key_on_the_token(run: Run, tokens: Tokens) -> None:
    async def work(side: Side) -> None:
        keys, certificates = objects(tokens)
        wallet = side.wallet()
        with refused(Reason.UNREACHABLE):
            await side.enrol(wallet, name_of(tokens), secret=PIN, send=lost_from(side, CONFIRMATION))
        assert (keys + 1, certificates + 1) == objects(tokens)
        issued = await side.authority.issued(side.journey)
        assert issued is not None
        assert_signed(await wallet.sign(issued.serial, Secret.of(PIN), b"x"), issued, b"x")

    run(work, tokens)


def test_a_library_of_tokens_that_does_not_work_keeps_nobody_from_files(run: Run) -> None:
    def broken() -> Tokens | None:
        raise ServiceError(Reason.TOKEN_FAILED)

    async def work(side: Side) -> None:
        wallet = LocalWallet(tokens=broken, clock=side.clock, find=lambda: tuple(side.found))
        last = (await wallet.places()).places[-1]
        assert (PlaceKind.TOKEN, "failed") == (last.kind, last.trouble)
        with refused(Reason.TOKEN_FAILED):
            await side.enrol(wallet, last.id, secret=PIN)
        issued = await side.given(wallet)
        assert_signed(await wallet.sign(issued.serial, Secret.of(PASSWORD), b"x"), issued, b"x")

    run(work)
