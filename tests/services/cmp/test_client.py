"""A person's side at a CA that keeps the rules, and at ones that do not."""

from __future__ import annotations

import os
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.asn1 import GeneralizedTime
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError
from desktop.services.cmp.client import Client
from desktop.services.cmp.messages import CertReply, Header
from desktop.services.cmp.protect import PrivateKey, signature_algorithm
from desktop.services.cmp.registrar import Asked
from desktop.services.cmp.talk import Held, Shared
from tests.services.cmp.desk import CODE, REFERENCE, Desk, new_desk
from tests.services.cmp.pki import ec_key, named, pki, rsa_key, usage
from tests.services.cmp.speech import Holder, heard, protected


def refusal(reason: Reason, detail: str | None = None) -> pytest.RaisesExc[ServiceError]:
    return pytest.raises(ServiceError, check=lambda error: (reason, detail) == (error.reason, error.detail))


def kinds(messages: list[bytes]) -> list[str]:
    return [str(heard(message)[1].tag) for message in messages]


async def test_a_first_certificate_is_stored_and_then_confirmed(desk: Desk) -> None:
    certificate = await desk.enrol()
    made = desk.register.last
    assert [certificate] == desk.stored
    assert made.confirmed
    assert REFERENCE == made.application.applicant.reference
    assert made.application.random is None
    assert x509.load_der_x509_certificate(certificate) == made.certificate
    assert ["ir", "certConf"] == kinds(desk.asked)
    assert ["ip", "pkiconf"] == kinds(desk.answered)


async def test_the_random_reaches_the_ca_and_nobody_on_the_way(desk: Desk) -> None:
    """The issuing CA's key is for signing alone: to whom to encrypt is asked first."""
    random = os.urandom(20)
    await desk.enrol(random=random)
    assert random == desk.register.last.application.random
    assert ["genm", "ir", "certConf"] == kinds(desk.asked)
    assert not any(random in message or CODE.encode() in message for message in desk.asked + desk.answered)


async def test_a_certificate_is_replaced_by_an_update(desk: Desk) -> None:
    old = await desk.enrol()
    await desk.enrol(replaces=old, key=rsa_key("newer"))
    serial = x509.load_der_x509_certificate(old).serial_number
    assert Asked.KUR == desk.register.last.application.asked
    assert serial == desk.register.last.application.replaces
    assert x509.ReasonFlags.superseded == desk.register.made[serial].revoked


async def test_an_update_is_signed_by_the_old_key(desk: Desk) -> None:
    old = x509.load_der_x509_certificate(await desk.enrol())
    client = Client(desk.send, Held(old, rsa_key("leaf")), pki().chain, patience=desk.patience)
    await client.obtain(Asked.KUR, named("hong").public_bytes(), rsa_key("newer"), desk.store)
    assert old == desk.register.last.application.applicant.certificate
    assert old.serial_number == desk.register.last.application.replaces
    assert desk.register.last.confirmed


@pytest.mark.parametrize(
    "key",
    [rsa_key("leaf"), ec_key("leaf"), ed25519.Ed25519PrivateKey.generate()],
    ids=["rsa", "ec", "ed25519"],
)
async def test_a_key_of_each_kind_proves_itself(desk: Desk, key: PrivateKey) -> None:
    await desk.enrol(key=key)
    assert desk.register.last.confirmed


class Token(ed25519.Ed25519PrivateKey):
    """A key that signs somewhere else, in its own time."""

    def __init__(self) -> None:
        self._key = ed25519.Ed25519PrivateKey.generate()
        self.signed_in: list[int] = []

    def public_key(self) -> ed25519.Ed25519PublicKey:
        return self._key.public_key()

    def sign(self, data: bytes | bytearray | memoryview) -> bytes:
        self.signed_in.append(threading.get_ident())
        return self._key.sign(data)

    def private_bytes(self, *_: object) -> bytes:
        raise ValueError("it stays where it is")

    def private_bytes_raw(self) -> bytes:
        raise ValueError("it stays where it is")

    def __copy__(self) -> Token:
        return self

    def __deepcopy__(self, memo: object) -> Token:
        return self


async def test_the_window_goes_on_while_a_token_signs(desk: Desk) -> None:
    token = Token()
    await desk.enrol(key=token)
    assert desk.register.last.confirmed
    assert 1 == len(token.signed_in)
    assert threading.get_ident() not in token.signed_in


async def test_a_revocation_is_signed(desk: Desk) -> None:
    certificate = x509.load_der_x509_certificate(await desk.enrol())
    by_code = Client(desk.send, Shared(REFERENCE, Secret.of(CODE)), pki().chain, patience=desk.patience)
    with refusal(Reason.ENROLMENT_REFUSED, "wrong_integrity"):
        await by_code.revoke(certificate, x509.ReasonFlags.superseded)
    by_key = Client(desk.send, Held(certificate, rsa_key("leaf")), pki().chain, patience=desk.patience)
    await by_key.revoke(certificate, x509.ReasonFlags.key_compromise)
    assert x509.ReasonFlags.key_compromise == desk.register.last.revoked
    with refusal(Reason.ENROLMENT_REFUSED, "cert_revoked"):
        await by_key.revoke(certificate, x509.ReasonFlags.key_compromise)


async def test_what_is_asked_is_told(desk: Desk) -> None:
    client = Client(desk.send, Shared(REFERENCE, Secret.of(CODE)), pki().chain, patience=desk.patience)
    assert pki().chain == await client.ca_certificates()
    assert pki().reader.certificate == await client.encryption_certificate()
    crl = await client.crl()
    assert crl is not None
    assert pki().ca.certificate.subject == x509.load_der_x509_crl(crl).issuer


# ── Refused, or not stored ──


@pytest.mark.parametrize(("reference", "code"), [(REFERENCE, "wrong"), ("99999999", CODE)])
async def test_a_wrong_code_and_an_unknown_reference_are_the_same_refusal(
    desk: Desk, reference: str, code: str
) -> None:
    with refusal(Reason.ENROLMENT_REFUSED, "bad_message_check"):
        await desk.enrol(reference=reference, code=code)


async def test_a_certificate_that_cannot_be_stored_is_rejected_at_once(desk: Desk) -> None:
    async def full(certificate: bytes, chain: tuple[bytes, ...]) -> None:
        raise ServiceError(Reason.MEDIUM_FULL)

    with refusal(Reason.MEDIUM_FULL):
        await desk.enrol(store=full)
    assert not desk.register.last.confirmed
    assert desk.register.last.revoked is not None


async def test_the_reason_stays_the_media_s_where_the_ca_cannot_be_told(desk: Desk) -> None:
    async def full(certificate: bytes, chain: tuple[bytes, ...]) -> None:
        desk.change = lambda _: b""
        raise ServiceError(Reason.MEDIUM_FULL)

    with refusal(Reason.MEDIUM_FULL):
        await desk.enrol(store=full)


async def test_a_certificate_that_is_not_ours_is_rejected_and_not_stored(desk: Desk) -> None:
    real = desk.register.pki.ca
    stranger = pki().root
    wrong = {
        "incorrect_data": real.issue(named("hong"), rsa_key("other").public_key()),
        "bad_cert_template": real.issue(named("kim"), rsa_key("leaf").public_key()),
        "wrong_authority": stranger.issue(named("hong"), rsa_key("leaf").public_key()),
    }
    for detail, certificate in wrong.items():
        desk.register.instead = certificate
        with refusal(Reason.ENROLMENT_BROKEN, detail):
            await desk.enrol()
        assert desk.register.last.revoked is not None
    assert [] == desk.stored


async def test_a_certificate_whose_time_is_over_is_not_stored(desk: Desk) -> None:
    desk.register.days = 0.0001
    with refusal(Reason.ENROLMENT_BROKEN, "wrong_authority"):
        await desk.enrol()


# ── An answer that proves nothing ──


def altered(change: Callable[[Header], None], *, by: Holder | None = None) -> Callable[[bytes], bytes]:
    """An answer as someone with the code (or a certificate) could forge it."""

    def forge(answer: bytes) -> bytes:
        header, body = heard(answer)
        change(header)
        return protected(header, body, by=by)

    return forge


def setting(name: str, value: object) -> Callable[[Header], None]:
    return lambda header: setattr(header, name, value)


@pytest.mark.parametrize(
    ("name", "value", "detail"),
    [
        ("transaction", bytes(16), "bad_request"),
        ("transaction", None, "bad_request"),
        ("recipient_nonce", bytes(16), "bad_recipient_nonce"),
        ("recipient_nonce", None, "bad_recipient_nonce"),
        ("sender_nonce", None, "bad_sender_nonce"),
        ("message_time", GeneralizedTime(datetime(2020, 1, 1, tzinfo=UTC)), "bad_time"),
    ],
)
async def test_an_answer_to_another_message_is_not_believed(desk: Desk, name: str, value: object, detail: str) -> None:
    desk.change = altered(setting(name, value))
    with refusal(Reason.ENROLMENT_BROKEN, detail):
        await desk.enrol()
    assert [] == desk.stored


async def test_an_answer_signed_by_another_customer_is_not_believed(desk: Desk) -> None:
    """Every customer has a certificate of this CA; only who has id-kp-cmcRA speaks for it."""
    customer = Holder(
        pki().ca.issue(named("kim"), rsa_key("kim").public_key(), usage("digital_signature")), rsa_key("kim")
    )
    desk.change = altered(setting("protection", signature_algorithm(rsa_key("kim").public_key())), by=customer)
    with refusal(Reason.ENROLMENT_BROKEN, "signer_not_trusted"):
        await desk.enrol()


async def test_an_answer_of_an_earlier_transaction_is_not_believed(desk: Desk) -> None:
    await desk.enrol()
    earlier = desk.answered[0]
    desk.change = lambda _: earlier
    with refusal(Reason.ENROLMENT_BROKEN, "bad_request"):
        await desk.enrol()


@given(st.integers(0, 1 << 20), st.integers(1, 255))
@settings(max_examples=50)
async def test_an_answer_changed_on_its_way_does_no_harm(position: int, change: int) -> None:
    """Only the extra certificates are outside the protection, and nothing rests on those here."""
    desk = new_desk()

    def flip(answer: bytes) -> bytes:
        changed = bytearray(answer)
        changed[position % len(changed)] ^= change
        return bytes(changed)

    desk.change = flip
    with suppress(ServiceError):
        await desk.enrol()
    assert all(der == desk.register.last.certificate.public_bytes(Encoding.DER) for der in desk.stored)


@given(st.binary(max_size=300))
@settings(max_examples=50)
async def test_any_bytes_for_an_answer_are_broken(answer: bytes) -> None:
    desk = new_desk()
    desk.change = lambda _: answer
    with pytest.raises(ServiceError) as broken:
        await desk.enrol()
    assert Reason.ENROLMENT_BROKEN == broken.value.reason


async def test_an_answer_of_another_kind_is_broken(desk: Desk) -> None:
    """Such as a kup to an ir: protected rightly, and still no answer to what was asked."""

    def other(answer: bytes) -> bytes:
        header, body = heard(answer)
        if isinstance(body.value, CertReply):
            body = type(body)(body.value, "kup")
        return protected(header, body)

    desk.change = other
    with refusal(Reason.ENROLMENT_BROKEN, "reply"):
        await desk.enrol()


# ── The way there ──


def lossy(desk: Desk, *, arrives: bool, times: int) -> Callable[[bytes], Awaitable[bytes]]:
    """Loses the message, or the answer to it, so many times for each message."""
    lost: dict[bytes, int] = {}

    async def send(message: bytes) -> bytes:
        lost[message] = lost.get(message, 0) + 1
        answer = await desk.send(message) if arrives or lost[message] > times else b""
        if lost[message] <= times:
            raise ServiceError(Reason.UNREACHABLE)
        return answer

    return send


@pytest.mark.parametrize("arrives", [False, True])
async def test_what_got_lost_is_sent_again_and_done_once(desk: Desk, arrives: bool) -> None:
    certificate = await desk.enrol(send=lossy(desk, arrives=arrives, times=3))
    assert [certificate] == desk.stored
    assert 1 == len(desk.register.made)
    assert desk.register.last.confirmed


async def test_patience_ends(desk: Desk) -> None:
    began = desk.clock.at
    with refusal(Reason.UNREACHABLE):
        await desk.enrol(send=lossy(desk, arrives=False, times=1000))
    assert 50 < desk.clock.at - began <= 60


async def test_what_is_certain_is_not_sent_again(desk: Desk) -> None:
    sent = []

    async def send(message: bytes) -> bytes:
        sent.append(message)
        raise ServiceError(Reason.JOURNEY_CLOSED)

    with refusal(Reason.JOURNEY_CLOSED):
        await desk.enrol(send=send)
    assert 1 == len(sent)


async def test_a_certificate_that_takes_a_while_is_polled_for(desk: Desk) -> None:
    desk.register.wait, desk.register.check_after = 3, 20
    began = desk.clock.at
    certificate = await desk.enrol()
    assert [certificate] == desk.stored
    assert ["ir", "pollReq", "pollReq", "pollReq", "certConf"] == kinds(desk.asked)
    assert 41 == desk.clock.at - began


async def test_a_certificate_that_never_comes_is_not_waited_for(desk: Desk) -> None:
    desk.register.wait, desk.register.check_after = 10_000, 10**9
    began = desk.clock.at
    with refusal(Reason.TIMED_OUT):
        await desk.enrol()
    assert desk.clock.at - began <= 300


def test_nothing_secret_is_in_a_repr() -> None:
    assert CODE not in repr(Shared(REFERENCE, Secret.of(CODE)))
    assert "Test Reader" not in repr(Held(pki().reader.certificate, rsa_key("leaf")))
