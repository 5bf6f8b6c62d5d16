"""A bank in a few lines, for tests of the flow and the window: it knows the right answers and fails when told to."""

from __future__ import annotations

import asyncio
import functools
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from desktop.banks import Bank, Condition, StepId, Text, Usage, load_bank
from desktop.secret import Secret
from desktop.services import api
from desktop.services.api import Channel, Check, Kind, Medium, PlaceKind, Reason, ServiceError, Status, Task
from desktop.wizard.flow.plan import Plan, make_plan
from desktop.wizard.flow.view import Given, View

ROOT = Path(__file__).parent.parent
#: A made-up person, born 1890: nobody alive can have this number.
RIGHT: Mapping[str, str] = {
    "rrn": "9003159123451",
    "account": "70012301234567",
    "account_password": "4071",
    "code": "482913",
    "card_serial": "",
    "card_first": "24",
    "card_second": "08",
    "otp": "571893",
    "name": "김가온",
    "phone": "01000123456",
    "birth_date": "18900315",
    "cloud_code": "47",
    "pin": "284957",
    "pin_again": "284957",
    "current_pin": "739164",
    "user_id": "gaon90",
    "email": "gaon@example.kr",
    "current_password": "old-Word-48",
    "password": "new+Word=91",
    "password_again": "new+Word=91",
    "token_pin": "731964",
    "document": "driver",
    "document_number": "110012345678",
    "document_date": "19080401",
    "existing": "new",
    "limit": "chosen",
}
T = TypeVar("T")
Reply = api.PhoneVerified | api.CloudVerified | api.Issued
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def plan_of(
    steps: str,
    *,
    kind: Kind = Kind.FINANCIAL,
    task: Task = Task.ISSUE,
    when: Mapping[StepId, Condition] | None = None,
    **asks: tuple[str, ...],
) -> Plan:
    """A journey of a bank that exists in the tests alone, with these steps."""
    bank = epost()
    usages = (
        Usage("bank", Text("은행용", "bank"), "1.2.410.200005.1.1.4", Text("무료", "free")),
        Usage("general", Text("범용", "general"), "1.2.410.200005.1.1.1", Text("4,400원", "4,400 won")),
    )
    product = msgspec.structs.replace(bank.products[0], kind=kind, usages=usages if kind is Kind.JOINT else ())
    journey = msgspec.structs.replace(
        bank.journeys[0], kind=kind, task=task, steps=tuple(steps.split()), asks=asks, when=dict(when or {})
    )
    return make_plan(msgspec.structs.replace(bank, products=(product,), journeys=(journey,)), kind, task)


def epost_plan() -> Plan:
    return make_plan(epost(), Kind.FINANCIAL, Task.ISSUE)


@functools.cache
def epost() -> Bank:
    return load_bank(ROOT / "resources/banks/epost.toml")


def right_answers(view: View, **instead: str) -> Given:
    """What a person who makes no mistake gives on this page; `instead` puts a mistake in."""
    plain: dict[str, str] = {}
    secrets: dict[str, Secret] = {}
    for field in view.fields:
        text = instead.get(field.id) or _right(field.id, field.options, field.value, field.max_length)
        if field.secret:
            secrets[field.id] = Secret.of(text)
        else:
            plain[field.id] = text
    return Given(plain, secrets)


def _right(name: str, options: tuple[str, ...], value: str, length: int) -> str:
    if name == "terms":
        return " ".join(options)
    if name in {"channel", "usage", "certificate", "place"}:
        return value or options[0]
    if name == "devices":
        return options[0]
    return RIGHT[name] or "1" * length


@functools.cache
def _authority() -> tuple[rsa.RSAPrivateKey, rsa.RSAPrivateKey, bytes, bytes]:
    ca, leaf = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    return ca, leaf, _certificate("fake ca", ca, ca, 1), _certificate("fake leaf", leaf, ca, 4217)


def elliptic_certificate() -> bytes:
    """A self-signed one on P-256, a kind of key that no Korean financial certificate has."""
    key = ec.generate_private_key(ec.SECP256R1())
    return _certificate("fake ca", key, key, 1)


def _named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(name: str, key: Key, issuer: Key, serial: int) -> bytes:
    builder = x509.CertificateBuilder(
        issuer_name=_named("fake ca"),
        subject_name=_named(name),
        public_key=key.public_key(),
        serial_number=serial,
        not_valid_before=datetime(2026, 1, 1, tzinfo=UTC),
        not_valid_after=datetime(2029, 1, 1, tzinfo=UTC),
    )
    return builder.sign(issuer, SHA256()).public_bytes(Encoding.DER)


def holding(name: str, *tasks: Task, bank: str = "fake", kind: Kind = Kind.FINANCIAL) -> api.Holding:
    return api.Holding(
        name, bank, kind, "4217", Status.GOOD, 1.7e9, 1.8e9, "김*온", api.Renewal.CHECK, tasks, registered_at=(bank,)
    )


def ocsp_answer(status: Status, fault: str = "") -> bytes:
    """Signed by the fake CA itself, by a responder it delegated, or wrongly."""
    ca, _, ca_der, leaf_der = _authority()
    if fault == "malformed":
        return ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.MALFORMED_REQUEST).public_bytes(
            Encoding.DER
        )
    if fault == "garbage":
        return b"garbage"
    issuer = x509.load_der_x509_certificate(ca_der)
    subject = x509.load_der_x509_certificate(ca_der if fault == "other" else leaf_der)
    revoked = status in {Status.REVOKED, Status.SUSPENDED}
    now = datetime(2026, 6, 1, tzinfo=UTC)
    hold = x509.ReasonFlags.certificate_hold if status is Status.SUSPENDED else x509.ReasonFlags.superseded
    known = ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD
    builder = ocsp.OCSPResponseBuilder().add_response(
        subject,
        issuer,
        SHA256(),
        ocsp.OCSPCertStatus.UNKNOWN if fault == "unknown" else known,
        now,
        None,
        now if revoked and fault != "unknown" else None,
        hold if revoked and fault != "unknown" else None,
    )
    signer: Key = ca
    if fault in {"delegated", "not_delegated"}:
        signer = ec.generate_private_key(ec.SECP256R1())
        responder = x509.load_der_x509_certificate(_responder(signer, ca, may_answer=fault == "delegated"))
        return _signed(
            builder.responder_id(ocsp.OCSPResponderEncoding.NAME, responder).certificates([responder]), signer
        )
    answer = _signed(builder.responder_id(ocsp.OCSPResponderEncoding.NAME, issuer), signer)
    return answer[:-1] + bytes([answer[-1] ^ 1]) if fault == "forged" else answer


def _signed(builder: ocsp.OCSPResponseBuilder, key: Key) -> bytes:
    return builder.sign(key, SHA256()).public_bytes(Encoding.DER)


def _responder(key: Key, issuer: Key, *, may_answer: bool) -> bytes:
    usage = ExtendedKeyUsageOID.OCSP_SIGNING if may_answer else ExtendedKeyUsageOID.CLIENT_AUTH
    builder = x509.CertificateBuilder(
        issuer_name=_named("fake ca"),
        subject_name=_named("fake responder"),
        public_key=key.public_key(),
        serial_number=77,
        not_valid_before=datetime(2026, 1, 1, tzinfo=UTC),
        not_valid_after=datetime(2029, 1, 1, tzinfo=UTC),
        extensions=[x509.Extension(x509.ExtendedKeyUsage.oid, False, x509.ExtendedKeyUsage([usage]))],
    )
    return builder.sign(issuer, SHA256()).public_bytes(Encoding.DER)


class FakeServices:
    """Implements the Services protocol. `fail(call, …)` queues failures; `lose_reply(call)` acts, then times out.

    `held` lists the secrets it was ever given, to check that they were wiped or ours alone.
    """

    def __init__(self, *, serial_digits: int = 0, media: tuple[Medium, ...] = (Medium.CARD, Medium.OTP)) -> None:
        self.calls: list[tuple[str, str]] = []
        self.certificates_issued: list[api.Issued] = []
        self.closed: list[str] = []
        self.journeys = 0
        self.done: list[Check] = []
        self.reprove: tuple[Check, ...] = (Check.IDENTITY,)
        self.replies: asyncio.Queue[Reply | ServiceError | None] = asyncio.Queue()
        self.hang: set[str] = set()
        self.hanging = asyncio.Event()
        self.bad_signature = False
        self.cert_status = Status.GOOD
        self.registered = True
        self.certificates: tuple[api.Holding, ...] = ()
        self.elsewhere: tuple[api.Holding, ...] = ()
        self.extra: tuple[Check, ...] = ()
        self.changes: list[api.Change] = []
        self.task = Task.REVOKE
        self.changed_status = self.ocsp_status = Status.REVOKED
        self.ocsp_fault = ""
        self.code_sent: api.CodeSent | None = None
        self.break_down = ""
        self.issues: list[api.Issue] = []
        self.forgetful = False
        self.enrols: list[api.Enrol] = []
        self.wallet = FakeWallet(self)
        self.issued_in: dict[str, api.Issued] = {}
        self.changed_in: dict[str, api.Changed] = {}
        self.at_hand: Reply | None = None
        self._reply_fault: ServiceError | None = None
        self.refuse_when_stopped = False
        self.credential_certificates: tuple[bytes, ...] = ()
        self._serial_digits, self._media = serial_digits, media
        self._failures: dict[str, deque[ServiceError]] = {}
        self._lost: set[str] = set()
        self._answers: dict[str, object] = {}

    def fail(self, call: str, *reasons: Reason | ServiceError) -> None:
        queue = self._failures.setdefault(call, deque())
        queue.extend(r if isinstance(r, ServiceError) else ServiceError(r) for r in reasons)

    def fail_reply(self, reason: Reason) -> None:
        """The next question for an answer on the phone fails."""
        self._reply_fault = ServiceError(reason)

    def lose_reply(self, call: str) -> None:
        """The next such call takes effect, but its answer never arrives."""
        self._lost.add(call)

    async def _call(self, name: str, key: str, effect: Callable[[], T]) -> T:
        self.calls.append((name, key))
        if name in self.hang:
            await self._hang()
        if name == self.break_down:
            self.break_down = ""
            raise ZeroDivisionError
        if failures := self._failures.get(name):
            raise failures.popleft()
        if key not in self._answers:
            self._answers[key] = effect()
        if name in self._lost:
            self._lost.discard(name)
            raise ServiceError(Reason.TIMED_OUT)
        return self._answers[key]  # type: ignore[return-value]  # a key belongs to one call

    async def _hang(self) -> None:
        self.hanging.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if not self.refuse_when_stopped:
                raise
        raise ServiceError(Reason.BAD_REQUEST)

    async def open_journey(self, request: api.OpenJourney, *, key: str) -> api.JourneyOpened:
        def effect() -> api.JourneyOpened:
            self.journeys += 1
            return api.JourneyOpened(f"journey-{self.journeys}", tuple(Check), True, 600.0)

        return await self._call("open_journey", key, effect)

    async def journey_status(self, journey: str) -> api.JourneyStatus:
        issued, changed = self.issued_in.get(journey), self.changed_in.get(journey)
        closed = journey in self.closed
        status = api.JourneyStatus(journey, tuple(self.done), self.reprove, issued, closed, True, changed)
        return await self._call("journey_status", f"status-{len(self.calls)}", lambda: status)

    def _prove(self, check: Check, fact: T) -> Callable[[], T]:
        def effect() -> T:
            self.done.append(check)
            return fact

        return effect

    @staticmethod
    def _right(field: str, given: Secret | None, reason: Reason, **data: int) -> None:
        expected = RIGHT[field]
        if given is None or (expected and given.reveal() != expected):
            raise ServiceError(reason, tries_left=data.get("tries_left"))

    async def accept_terms(self, journey: str, request: api.AcceptTerms, *, key: str) -> api.TermsAccepted:
        return await self._call("accept_terms", key, self._prove(Check.TERMS, api.TermsAccepted(1.0)))

    async def verify_identity(self, journey: str, request: api.VerifyIdentity, *, key: str) -> api.IdentityVerified:
        def effect() -> api.IdentityVerified:
            for field in request.fields.keys() - {"account_password"}:
                self._right(field, request.fields[field], Reason.IDENTITY_MISMATCH)
            password = request.fields.get("account_password")
            if password is not None and password.reveal() != RIGHT["account_password"]:
                raise ServiceError(Reason.WRONG_ACCOUNT_PASSWORD, field="account_password", tries_left=4)
            self.done.append(Check.IDENTITY)
            return api.IdentityVerified(
                "김*온", "010-0012-****", self._media, (Channel.SMS, Channel.ARS), self.extra, self.code_sent
            )

        return await self._call("verify_identity", key, effect)

    async def send_code(self, journey: str, request: api.SendCode, *, key: str) -> api.CodeSent:
        shown = "38" if request.channel is Channel.ARS else None
        sent = api.CodeSent(request.channel, "010-0012-****", "1588-0000", 6, shown, bool(shown), 180.0, 30.0)
        return await self._call("send_code", key, lambda: sent)

    async def confirm_code(self, journey: str, request: api.ConfirmCode, *, key: str) -> api.PhoneVerified:
        def effect() -> api.PhoneVerified:
            self._right("code", request.code, Reason.WRONG_CODE, tries_left=4)
            self.done.append(Check.PHONE)
            return api.PhoneVerified(Channel.SMS)

        return await self._call("confirm_code", key, effect)

    async def challenge_medium(self, journey: str, request: api.ChallengeMedium, *, key: str) -> api.MediumChallenge:
        card = request.medium is Medium.CARD
        challenge = api.MediumChallenge(
            request.medium,
            (8, 35) if card else (),
            self._serial_digits if card else 0,
            0 if card else 6,
        )
        return await self._call("challenge_medium", key, lambda: challenge)

    async def answer_medium(self, journey: str, request: api.AnswerMedium, *, key: str) -> api.MediumVerified:
        def effect() -> api.MediumVerified:
            if request.otp is not None:
                self._right("otp", request.otp, Reason.WRONG_OTP, tries_left=9)
            else:
                self._right("card_first", request.first, Reason.WRONG_CARD, tries_left=4)
                self._right("card_second", request.second, Reason.WRONG_CARD, tries_left=4)
            self.done.append(Check.MEDIUM)
            return api.MediumVerified(Medium.OTP if request.otp else Medium.CARD)

        return await self._call("answer_medium", key, effect)

    async def open_cloud(self, journey: str, request: api.OpenCloud, *, key: str) -> api.CloudCodeSent:
        def effect() -> api.CloudCodeSent:
            for field in ("name", "phone", "birth_date"):
                if getattr(request, field) != RIGHT[field]:
                    raise ServiceError(Reason.CLOUD_MISMATCH, field=field)
            return api.CloudCodeSent("010-0012-****", "1577-5500", 2, 180.0, 30.0)

        return await self._call("open_cloud", key, effect)

    async def confirm_cloud(self, journey: str, request: api.ConfirmCloud, *, key: str) -> api.CloudVerified:
        def effect() -> api.CloudVerified:
            self._right("cloud_code", request.code, Reason.WRONG_CLOUD_CODE, tries_left=2)
            self.done.append(Check.CLOUD)
            return api.CloudVerified(new_account=True, by_reply=False)

        return await self._call("confirm_cloud", key, effect)

    async def verify_document(self, journey: str, request: api.VerifyDocument, *, key: str) -> api.DocumentVerified:
        def effect() -> api.DocumentVerified:
            self._right("document_date", request.issued_on, Reason.DOCUMENT_MISMATCH, tries_left=4)
            self.done.append(Check.DOCUMENT)
            return api.DocumentVerified(request.document)

        return await self._call("verify_document", key, effect)

    async def verify_account(self, journey: str, request: api.VerifyAccount, *, key: str) -> api.AccountVerified:
        def effect() -> api.AccountVerified:
            self._right("account_password", request.account_password, Reason.WRONG_ACCOUNT_PASSWORD, tries_left=4)
            self.done.append(Check.ACCOUNT)
            return api.AccountVerified("ga**@example.kr")

        return await self._call("verify_account", key, effect)

    async def verify_password(self, journey: str, request: api.VerifyPassword, *, key: str) -> api.PasswordVerified:
        def effect() -> api.PasswordVerified:
            if request.signature != b"signed " + api.password_statement(journey):
                raise ServiceError(Reason.WRONG_PASSWORD)
            self.done.append(Check.PASSWORD)
            return api.PasswordVerified("joint-1")

        return await self._call("verify_password", key, effect)

    async def holdings(self, journey: str) -> api.Holdings:
        found = api.Holdings(self.certificates, self.elsewhere)
        return await self._call("holdings", f"holdings-{len(self.calls)}", lambda: found)

    async def devices(self, journey: str, credential_id: str) -> api.DeviceList:
        found = api.DeviceList((api.Device("a", "PC", 0.0, True, True), api.Device("b", "폰", 0.0, True, False)), False)
        return await self._call("devices", f"devices-{len(self.calls)}", lambda: found)

    async def change(self, journey: str, request: api.Change, *, key: str) -> api.Changed:
        _, _, ca, leaf = _authority()

        def effect() -> api.Changed:
            if request.current_pin is not None:
                self._right("current_pin", request.current_pin, Reason.WRONG_PIN, tries_left=4)
            self.changes.append(request)
            self.changed_in[journey] = changed = api.Changed(
                task=self.task,
                bank="fake",
                kind=Kind.FINANCIAL,
                serial="4217",
                status=self.changed_status,
                certificate=leaf,
                chain=(ca,),
                not_before=1.7e9,
                not_after=1.8e9,
                owner="김*온",
                credential_id=request.credential_id,
            )
            return changed

        return await self._call("change", key, effect)

    async def hand_off(self, journey: str, *, key: str) -> api.HandOff:
        return await self._call("hand_off", key, lambda: api.HandOff("changgu-practice://1", 300.0))

    async def await_reply(self, journey: str, *, wait: float) -> Reply | None:
        if wait == 0:
            fault, self._reply_fault = self._reply_fault, None
            if fault is not None:
                raise fault
            return self.at_hand
        reply = await self.replies.get()
        if isinstance(reply, ServiceError):
            raise reply
        return reply

    async def issue(self, journey: str, request: api.Issue, *, key: str) -> api.Issued:
        def effect() -> api.Issued:
            _, _, ca, leaf = _authority()
            issued = api.Issued(
                "epost", Kind.FINANCIAL, "4217", leaf, (ca,), 1.7e9, 1.8e9, "1.2.3", "김*온", f"credential-{journey}"
            )
            self.certificates_issued.append(issued)
            self.issued_in[journey] = issued
            self.issues.append(request)
            return issued

        return await self._call("issue", key, effect)

    async def enrol(self, journey: str, request: api.Enrol, *, key: str) -> api.Enrolment:
        def effect() -> api.Enrolment:
            _, _, ca, _ = _authority()
            self.enrols.append(request)
            return api.Enrolment(journey, "code", 600.0, b"", (ca,))

        return await self._call("enrol", key, effect)

    async def pkix(self, message: bytes) -> bytes:
        """The whole exchange in one message, which names the journey."""

        def effect() -> bytes:
            _, _, ca, leaf = _authority()
            journey = message.decode()
            issued = api.Issued(
                "fake", Kind.JOINT, "4217", leaf, (ca,), 1.7e9, 1.8e9, "1.2.3", "김*온", f"credential-{journey}"
            )
            self.certificates_issued.append(issued)
            self.issued_in[journey] = issued
            return b"confirmed"

        return await self._call("pkix", f"pkix-{message.decode()}", effect)

    async def issued(self, journey: str) -> api.Issued | None:
        return None if self.forgetful else self.issued_in.get(journey)

    async def close_journey(self, journey: str, *, key: str) -> None:
        await self._call("close_journey", key, lambda: self.closed.append(journey))

    async def credentials_list(self, journey: str) -> api.CredentialsList:
        known = tuple(i.credential_id for i in self.certificates_issued) if self.registered else ()
        return api.CredentialsList(known)

    async def credentials_info(self, journey: str, credential_id: str) -> api.CredentialInfo:
        _, _, ca, leaf = _authority()
        certificates = self.credential_certificates or (leaf, ca)
        return api.CredentialInfo(credential_id, "enabled", ("1.2.3",), 2048, self.cert_status, certificates)

    async def credentials_authorize(self, journey: str, request: api.Authorize, *, key: str) -> api.Authorized:
        def effect() -> api.Authorized:
            if request.pin.reveal() != RIGHT["pin"]:
                raise ServiceError(Reason.WRONG_PIN, field="pin", tries_left=4)
            return api.Authorized("sad", 300.0)

        return await self._call("credentials_authorize", key, effect)

    async def sign_hash(self, journey: str, request: api.SignHash, *, key: str) -> api.Signatures:
        ca, leaf, _, _ = _authority()
        key_pair = ca if self.bad_signature else leaf
        sign = functools.partial(key_pair.sign, padding=padding.PKCS1v15(), algorithm=utils.Prehashed(SHA256()))
        return await self._call("sign_hash", key, lambda: api.Signatures(tuple(map(sign, request.hashes))))

    async def crl(self) -> bytes:
        return b"crl"

    async def ocsp(self, request: bytes) -> bytes:
        return ocsp_answer(self.ocsp_status, self.ocsp_fault)

    async def ca_certificate(self) -> bytes:
        return b"ca"

    async def aclose(self) -> None:
        return


USB = api.Place("usb:1", PlaceKind.REMOVABLE, "GAON", "/stick/gaon", 8 * 2**30)
PC = api.Place("pc", PlaceKind.PC, "", "/gaon", 2**40)
TOKEN = api.Place("token:1", PlaceKind.TOKEN, "GAON")
LOCKED = api.Place("usb:2", PlaceKind.REMOVABLE, "OLD", "/stick/old", 0, "read_only")


class FakeWallet:
    """Implements the Wallet protocol on the same queues of failures: `places`, `keep`, `sign`."""

    def __init__(self, services: FakeServices) -> None:
        self._services = services
        self.at: tuple[api.Place, ...] = (PC, USB, TOKEN, LOCKED)
        self.other = False  # it holds another certificate with the same serial number
        self.kept: dict[str, str] = {}  # the secret, by place

    async def _do(self, name: str, effect: Callable[[], T]) -> T:
        return await self._services._call(name, f"{name}-{len(self._services.calls)}", effect)

    async def places(self) -> api.Places:
        return await self._do("places", lambda: api.Places(self.at))

    async def enrol(
        self,
        place: str,
        enrolment: api.Enrolment,
        secret: Secret,
        send: Callable[[bytes], Awaitable[bytes]],
    ) -> api.Place:
        found = next((known for known in self.at if known.id == place), None)
        if found is None:
            raise ServiceError(Reason.MEDIUM_GONE)
        if found.kind is PlaceKind.TOKEN and secret.reveal() != RIGHT["token_pin"]:
            raise ServiceError(Reason.WRONG_TOKEN_PIN)
        self.kept[place] = await self._do("keep", secret.reveal)
        await send(enrolment.reference.encode())
        return found

    async def sign(self, serial: str, secret: Secret, document: bytes) -> api.Signed:
        ca, leaf, _, der = _authority()

        def effect() -> api.Signed:
            if secret.reveal() not in {RIGHT["current_password"], RIGHT["password"], RIGHT["token_pin"]}:
                raise ServiceError(Reason.WRONG_PASSWORD)
            if document.startswith(b"changgu password check"):
                return api.Signed(der, b"signed " + document)
            key = ca if self._services.bad_signature else leaf
            return api.Signed(b"other" if self.other else der, key.sign(document, padding.PKCS1v15(), SHA256()))

        return await self._do("sign", effect)
