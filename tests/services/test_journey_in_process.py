"""The whole 우체국 journey through the async services, as the wizard walks it: every call, the phone, and the proof."""

import asyncio
import base64
import hashlib
import itertools
import tomllib
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from desktop.secret import Secret
from desktop.services.api import (
    AcceptTerms,
    AnswerMedium,
    Authorize,
    ChallengeMedium,
    Channel,
    Check,
    CloudVerified,
    ConfirmCloud,
    ConfirmCode,
    Issue,
    Issued,
    Kind,
    Medium,
    OpenCloud,
    OpenJourney,
    PhoneEvent,
    PhoneVerified,
    Reason,
    SendCode,
    SignHash,
    Task,
    VerifyIdentity,
)
from desktop.services.authority.local import LocalAuthority
from desktop.services.authority.otp import password
from desktop.services.authority.signing import RSA_SHA256_OID, SHA256_OID
from desktop.shipped import shipped
from tests.services.authority.desk import QUICK, Clock, epost, refused

FILE: dict[str, Any] = tomllib.loads(shipped("practice", "epost-financial-issue.toml").read_text(encoding="utf-8"))
ANSWERS: dict[str, str] = FILE["answers"]
TEXT = b"what the done page signs"


class Walker:
    """A client with the practice answers, one call after another."""

    def __init__(self, authority: LocalAuthority, clock: Clock) -> None:
        self.authority, self.clock, self.journey, self.seen = authority, clock, "", 0
        self._keys = map("walk-{}".format, itertools.count())

    def key(self) -> str:
        return next(self._keys)

    async def begin(self) -> None:
        request = OpenJourney("epost", Kind.FINANCIAL, Task.ISSUE)
        opened = await self.authority.open_journey(request, key=self.key())
        assert opened.checks == epost()["epost"].checks(Kind.FINANCIAL, Task.ISSUE)
        self.journey = opened.journey
        accepted = tuple((term.id, term.version) for term in epost()["epost"].terms)
        await self.authority.accept_terms(self.journey, AcceptTerms(accepted), key=self.key())
        await self.identity()

    async def identity(self) -> None:
        fields = {name: Secret.of(ANSWERS[name]) for name in ("rrn", "account", "account_password")}
        found = await self.authority.verify_identity(self.journey, VerifyIdentity(fields), key=self.key())
        assert found.media == (Medium.CARD, Medium.OTP)

    async def event(self) -> PhoneEvent:
        event = (await self.authority.events(after=self.seen, wait=10))[-1]
        self.seen = event.id
        return event

    async def phone_by_sms(self) -> None:
        await self.authority.send_code(self.journey, SendCode(Channel.SMS), key=self.key())
        code = Secret.of((await self.event()).code or "")
        assert await self.authority.confirm_code(self.journey, ConfirmCode(code), key=self.key()) == PhoneVerified(
            Channel.SMS
        )

    async def phone_by_keys(self) -> None:
        sent = await self.authority.send_code(self.journey, SendCode(Channel.ARS), key=self.key())
        waiting = asyncio.create_task(self.authority.await_reply(self.journey, wait=10))
        await self.authority.answer((await self.event()).id, sent.shown or "")
        assert await waiting == PhoneVerified(Channel.ARS)

    async def card(self) -> None:
        request = ChallengeMedium(Medium.CARD)
        first, second = (await self.authority.challenge_medium(self.journey, request, key=self.key())).positions
        codes: list[str] = FILE["card"]["codes"]
        answer = AnswerMedium(
            serial=Secret.of(ANSWERS["card_serial"]),
            first=Secret.of(codes[first - 1][:2]),
            second=Secret.of(codes[second - 1][2:]),
        )
        await self.authority.answer_medium(self.journey, answer, key=self.key())

    async def token(self) -> None:
        await self.authority.challenge_medium(self.journey, ChallengeMedium(Medium.OTP), key=self.key())
        shown = password(base64.b32decode(FILE["otp"]["secret"]), self.clock())
        await self.authority.answer_medium(self.journey, AnswerMedium(otp=Secret(shown)), key=self.key())

    async def cloud(self, *, by_reply: bool) -> None:
        request = OpenCloud(ANSWERS["name"], ANSWERS["phone"], ANSWERS["birth_date"])
        await self.authority.open_cloud(self.journey, request, key=self.key())
        waiting = asyncio.create_task(self.authority.await_reply(self.journey, wait=10))
        event = await self.event()
        if by_reply:
            await self.authority.answer(event.id, event.code or "")
            assert await waiting == CloudVerified(new_account=True, by_reply=True)
        else:
            code = ConfirmCloud(Secret.of(event.code or ""))
            verified = await self.authority.confirm_cloud(self.journey, code, key=self.key())
            assert verified == CloudVerified(new_account=True, by_reply=False)
            waiting.cancel()

    async def issue(self) -> Issued:
        return await self.authority.issue(self.journey, Issue(Secret.of(ANSWERS["pin"])), key=self.key())

    async def prove(self, issued: Issued) -> None:
        digest = hashlib.sha256(TEXT).digest()
        wanted = Authorize(issued.credential_id, (digest,), SHA256_OID, Secret.of(ANSWERS["pin"]))
        authorized = await self.authority.credentials_authorize(self.journey, wanted, key=self.key())
        request = SignHash(issued.credential_id, authorized.sad, (digest,), SHA256_OID, RSA_SHA256_OID)
        (signature,) = (await self.authority.sign_hash(self.journey, request, key=self.key())).signatures
        key = x509.load_der_x509_certificate(issued.certificate).public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        key.verify(signature, TEXT, padding.PKCS1v15(), SHA256())


def walk(
    folder: Path | None, way: Callable[[Walker], Coroutine[Any, Any, None]], *, clock: Clock, **policies: Any
) -> None:
    async def whole() -> None:
        authority = LocalAuthority.open(folder, epost(**policies), clock=clock, hardness=QUICK)
        try:
            await way(Walker(authority, clock))
        finally:
            await authority.aclose()

    asyncio.run(whole())


def test_by_sms_card_and_typed_code_to_a_signature(tmp_path: Path) -> None:
    async def way(walker: Walker) -> None:
        await walker.begin()
        await walker.phone_by_sms()
        await walker.card()
        await walker.cloud(by_reply=False)
        issued = await walker.issue()
        await walker.prove(issued)
        assert (await walker.authority.journey_status(walker.journey)).issued == issued
        await walker.authority.close_journey(walker.journey, key=walker.key())

    walk(tmp_path / "data", way, clock=Clock())


def test_by_keys_in_a_call_token_and_sms_reply_to_a_signature() -> None:
    async def way(walker: Walker) -> None:
        await walker.begin()
        await walker.phone_by_keys()
        await walker.token()
        await walker.cloud(by_reply=True)
        await walker.prove(await walker.issue())

    walk(None, way, clock=Clock(), ars="keyed")


def test_a_program_that_ended_in_the_middle_goes_on_after_the_identity(tmp_path: Path) -> None:
    clock, left = Clock(), ""

    async def begin(walker: Walker) -> None:
        nonlocal left
        await walker.begin()
        await walker.phone_by_sms()
        left = walker.journey

    async def go_on(walker: Walker) -> None:
        walker.journey, walker.seen = left, 1
        walker._keys = map("second-{}".format, itertools.count())
        status = await walker.authority.journey_status(left)
        assert (status.done, status.reprove) == ((Check.TERMS, Check.IDENTITY, Check.PHONE), (Check.IDENTITY,))
        with refused(Reason.OUT_OF_ORDER):
            await walker.card()
        await walker.identity()
        await walker.card()
        await walker.cloud(by_reply=True)
        await walker.prove(await walker.issue())

    walk(tmp_path / "data", begin, clock=clock)
    walk(tmp_path / "data", go_on, clock=clock)


def test_cloud_list_and_ocsp_know_the_certificate() -> None:
    async def way(walker: Walker) -> None:
        await walker.begin()
        await walker.phone_by_sms()
        await walker.card()
        await walker.cloud(by_reply=True)
        issued = await walker.issue()
        certificate, issuer = map(x509.load_der_x509_certificate, (issued.certificate, issued.chain[0]))
        request = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, SHA256()).build()
        answer = ocsp.load_der_ocsp_response(await walker.authority.ocsp(request.public_bytes(Encoding.DER)))
        assert answer.certificate_status == ocsp.OCSPCertStatus.GOOD
        listed = await walker.authority.credentials_list(walker.journey)
        assert listed.credential_ids == (issued.credential_id,)
        info = await walker.authority.credentials_info(walker.journey, issued.credential_id)
        assert info.certificates == (issued.certificate, *issued.chain)
        crl = x509.load_der_x509_crl(await walker.authority.crl())
        assert crl.get_revoked_certificate_by_serial_number(int(issued.serial)) is None

    walk(None, way, clock=Clock())
