"""What the wizard may ask of a certificate service: the Protocol, its requests and answers, and why a call can fail.

Answers are facts: a journey keeps each by its type, and a step says by type what it needs and gives.
Every write takes an idempotency key; the same key with the same request returns the same answer.
Names follow RFC 9457 (problems), the Idempotency-Key draft and the CSC API v2 (remote signing).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from desktop.secret import Secret

# A file of its own, since the first page needs these and not what follows: that costs a tenth of a start.
from desktop.services.vocabulary import UNCERTAIN as UNCERTAIN
from desktop.services.vocabulary import Channel as Channel
from desktop.services.vocabulary import Check as Check
from desktop.services.vocabulary import Document as Document
from desktop.services.vocabulary import Kind as Kind
from desktop.services.vocabulary import Medium as Medium
from desktop.services.vocabulary import PlaceKind as PlaceKind
from desktop.services.vocabulary import Reason as Reason
from desktop.services.vocabulary import Renewal as Renewal
from desktop.services.vocabulary import ServiceError as ServiceError
from desktop.services.vocabulary import Status as Status
from desktop.services.vocabulary import Task as Task

# ── Journeys ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class OpenJourney:
    """`device`: a random id that this installation keeps, by which a limit to chosen devices knows it."""

    bank: str
    kind: Kind
    task: Task
    device: str = ""


@dataclass(frozen=True, slots=True)
class JourneyOpened:
    """`checks` in the order the authority insists on. `practice` is true where everything is simulated.

    `journey` is `<bank>.<secret>`: who has it has the journey, so it is kept out of addresses and logs.
    """

    journey: str
    checks: tuple[Check, ...]
    practice: bool
    expires_in: float  # seconds of inactivity allowed


@dataclass(frozen=True, slots=True)
class JourneyStatus:
    """What became of a journey, asked after a restart. `reprove` lists checks to be done again before going on."""

    journey: str
    done: tuple[Check, ...]
    reprove: tuple[Check, ...]
    issued: Issued | None
    closed: bool
    practice: bool
    changed: Changed | None = None


@dataclass(frozen=True, slots=True)
class AcceptTerms:
    """Term id and version, each text the person agreed to."""

    accepted: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TermsAccepted:
    at: float  # seconds since the epoch


@dataclass(frozen=True, slots=True)
class VerifyIdentity:
    """`fields`: exactly what the bank asks; rrn with any of account, account_password, user_id, phone."""

    fields: dict[str, Secret]


@dataclass(frozen=True, slots=True)
class IdentityVerified:
    """`name` and `phone` are masked. `media` in the order the bank prefers, `channels` likewise.

    `extra`: checks that this person needs besides the journey's own, as after a reported loss.
    To a person who comes back to an interrupted journey: the code that is already on its way.
    """

    name: str
    phone: str
    media: tuple[Medium, ...]
    channels: tuple[Channel, ...]
    extra: tuple[Check, ...] = ()
    code_sent: CodeSent | None = None
    cloud_code_sent: CloudCodeSent | None = None


@dataclass(frozen=True, slots=True)
class VerifyDocument:
    """`number` is the licence's (12 digits); a resident card is found by the RRN. `issued_on` is YYYYMMDD."""

    document: Document
    issued_on: Secret
    number: Secret | None = None


@dataclass(frozen=True, slots=True)
class DocumentVerified:
    document: Document


@dataclass(frozen=True, slots=True)
class VerifyAccount:
    """The account that money may leave, and how to reach the person. `phone` digits alone."""

    account: Secret
    account_password: Secret
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class AccountVerified:
    email: str  # masked


@dataclass(frozen=True, slots=True)
class VerifyPassword:
    """The password of the joint certificate about to be replaced, proven without being sent: its key signed
    `password_statement(journey)` (PKCS#1 v1.5, SHA-256). `certificate` is DER."""

    certificate: bytes = field(repr=False)
    signature: bytes = field(repr=False)


def password_statement(journey: str) -> bytes:
    """What the old key signs, so that the signature is good for this journey alone."""
    return f"changgu password check\njourney {journey}\n".encode()


@dataclass(frozen=True, slots=True)
class PasswordVerified:
    credential_id: str


@dataclass(frozen=True, slots=True)
class SendCode:
    channel: Channel


@dataclass(frozen=True, slots=True)
class CodeSent:
    """`sender`: a bank's id or "cloud" in practice, else the name or number that the message really comes from.

    `shown` is a code to be keyed on the phone during an ARS call; None where the person types what was sent.

    `reply` tells whether an answer on the phone alone completes the check (watch `await_reply`).
    """

    channel: Channel
    phone: str
    sender: str
    digits: int
    shown: str | None
    reply: bool
    expires_in: float
    resend_in: float


@dataclass(frozen=True, slots=True)
class ConfirmCode:
    code: Secret


@dataclass(frozen=True, slots=True)
class PhoneVerified:
    channel: Channel


@dataclass(frozen=True, slots=True)
class ChallengeMedium:
    medium: Medium


@dataclass(frozen=True, slots=True)
class MediumChallenge:
    """For a card: 1-based `positions`; the first two digits of the first, the last two of the second.

    `serial_digits` is 0 where the serial is not asked.
    """

    medium: Medium
    positions: tuple[int, ...] = ()
    serial_digits: int = 0
    otp_digits: int = 0
    tries_left: int | None = None


@dataclass(frozen=True, slots=True)
class AnswerMedium:
    """A card answers with `serial`, `first` and `second`; a token with `otp` (and `serial` where asked)."""

    serial: Secret | None = None
    first: Secret | None = None
    second: Secret | None = None
    otp: Secret | None = None


@dataclass(frozen=True, slots=True)
class MediumVerified:
    medium: Medium


@dataclass(frozen=True, slots=True)
class OpenCloud:
    """Personal but not secret: `birth_date` YYYYMMDD, `phone` digits alone."""

    name: str
    phone: str
    birth_date: str


@dataclass(frozen=True, slots=True)
class CloudCodeSent:
    phone: str
    sender: str
    digits: int
    expires_in: float
    resend_in: float


@dataclass(frozen=True, slots=True)
class ConfirmCloud:
    code: Secret


@dataclass(frozen=True, slots=True)
class CloudVerified:
    new_account: bool
    by_reply: bool


@dataclass(frozen=True, slots=True)
class Issue:
    """Issue, reissue or renew in the cloud, as the journey's task says; the server refuses what does not fit it.

    `usage` is an id of the product's usages. `credential_id` is the certificate that is replaced or renewed.
    `replace_elsewhere`: the person has agreed that certificates of other banks are revoked (C1).
    """

    pin: Secret | None = None
    usage: str = ""
    credential_id: str = ""
    replace_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Enrol:
    """As `Issue`, for a certificate whose key is made on the person's own side and never leaves it (joint)."""

    usage: str = ""
    credential_id: str = ""
    replace_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Enrolment:
    """참조번호 and 인가코드, handed over by the RA: by them the CMP door knows the person (RFC 9810, 4.2.1.2).

    Good for one certificate, until it is confirmed (certConf) or `expires_in` seconds have passed. `subject` is the
    DER Name to ask for; `replaces` the DER certificate that a key update (kur) names, None for a first one (ir).
    `chain` is issuing CA, then root; the random number R travels encrypted to the first.
    """

    reference: str
    code: str = field(repr=False)
    expires_in: float
    subject: bytes = field(repr=False)
    chain: tuple[bytes, ...]
    replaces: bytes | None = field(default=None, repr=False)
    key_bits: int = 2048


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate that exists. Certificates are DER; times are seconds since the epoch, UTC."""

    bank: str
    kind: Kind
    serial: str  # decimal
    certificate: bytes
    chain: tuple[bytes, ...]  # issuing CA, then root
    not_before: float
    not_after: float
    policy: str  # dotted OID
    owner: str  # masked
    credential_id: str
    task: Task = Task.ISSUE
    renewal: Renewal = Renewal.CHECK
    usage: str = ""
    kept_at: Place | None = None  # told by the person's own side alone


@dataclass(frozen=True, slots=True)
class Holding:
    """A certificate that a person has. `tasks`: what this bank can do with it now. Times in seconds, UTC.

    `held_until`: when a suspended certificate will be revoked. `registered_at`: banks it may be used at.
    """

    credential_id: str
    bank: str
    kind: Kind
    serial: str
    status: Status
    not_before: float
    not_after: float
    owner: str  # masked
    renewal: Renewal
    tasks: tuple[Task, ...]
    usage: str = ""
    registered_at: tuple[str, ...] = ()
    held_until: float | None = None


@dataclass(frozen=True, slots=True)
class Holdings:
    """`certificates` of this bank; `elsewhere` the good ones of others, of the kind of the journey. Newest first."""

    certificates: tuple[Holding, ...]
    elsewhere: tuple[Holding, ...]


@dataclass(frozen=True, slots=True)
class Device:
    """One that used a cloud certificate. `here`: the one that asks."""

    id: str
    name: str
    last_used: float
    allowed: bool
    here: bool


@dataclass(frozen=True, slots=True)
class DeviceList:
    devices: tuple[Device, ...]
    limited: bool


@dataclass(frozen=True, slots=True)
class Change:
    """Revoke, suspend, resume, register, devices, pin or loss, as the journey's task says.

    `current_pin` proves the holder where the task asks it; `pin` is the new one. `devices` are the ids allowed from
    now on, None for all.
    """

    credential_id: str
    current_pin: Secret | None = None
    pin: Secret | None = None
    devices: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change left: the certificate it was about, DER, with its chain, and how it stands now."""

    task: Task
    bank: str
    kind: Kind
    serial: str
    status: Status
    certificate: bytes
    chain: tuple[bytes, ...]
    not_before: float
    not_after: float
    owner: str  # masked
    credential_id: str
    held_until: float | None = None
    devices: int | None = None  # how many are allowed; None for all


@dataclass(frozen=True, slots=True)
class HandOff:
    """What the phone's camera reads to go on there. `reply`: the phone reports back (watch `await_reply`)."""

    url: str
    expires_in: float


# ── The person's own side: files on media, and tokens ───────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Place:
    """Where a certificate and its key can be kept. `id` is stable while the medium is there.

    `path` is the folder that holds (or will hold) NPKI, empty for a token. `free` in bytes, None where unknown.
    `trouble` is a code why nothing can be written there now (read_only, full, permission, locked, unformatted,
    not_mounted, failed), empty when it can.
    """

    id: str
    kind: PlaceKind
    label: str = ""
    path: str = ""
    free: int | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """The places there are now, the likeliest first."""

    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Signed:
    """`signature` is PKCS#1 v1.5 with SHA-256, by the key of `certificate` (DER)."""

    certificate: bytes = field(repr=False)
    signature: bytes = field(repr=False)


class Wallet(Protocol):
    """Certificates on the person's own machine, as far as a journey needs them. Each call may raise ServiceError.

    Secrets are the caller's to wipe; what is needed after the first wait is copied, and the copy wiped.
    """

    async def places(self) -> Places: ...

    async def enrol(
        self, place: str, enrolment: Enrolment, secret: Secret, send: Callable[[bytes], Awaitable[bytes]]
    ) -> Place:
        """Makes the key, asks the CA for the certificate over CMP (`send` carries a PKIMessage and brings the answer),
        stores both completely or not at all, reads them back, and only then confirms. Returns where they are.

        `secret` is the new password, or a token's PIN. Raises MEDIUM_…, TOKEN_…, ENROLMENT_…, and what `send` raises.
        """
        ...

    async def sign(self, serial: str, secret: Secret, document: bytes) -> Signed:
        """By the key of the certificate with this serial number (decimal), wherever at hand it is kept.

        Raises CERTIFICATE_NOT_HERE, WRONG_PASSWORD (never counted), WRONG_TOKEN_PIN, FILE_…, KEY_….
        """
        ...


# ── Remote signing, after the CSC API v2 (11.4 credentials/list … 11.10 signatures/signHash) ────────────────


@dataclass(frozen=True, slots=True)
class CredentialsList:
    credential_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CredentialInfo:
    credential_id: str
    key_status: str  # enabled | disabled
    key_algo: tuple[str, ...]  # dotted OIDs
    key_len: int
    cert_status: Status
    certificates: tuple[bytes, ...]  # end entity first
    auth_mode: str = "explicit"
    auth_objects: tuple[str, ...] = ("PIN",)
    scal: str = "2"
    tries_left: int | None = None


@dataclass(frozen=True, slots=True)
class Authorize:
    """The SAD that comes back is good for exactly these hashes (SCAL 2), once."""

    credential_id: str
    hashes: tuple[bytes, ...]
    hash_algorithm_oid: str
    pin: Secret


@dataclass(frozen=True, slots=True)
class Authorized:
    sad: str = field(repr=False)
    expires_in: float


@dataclass(frozen=True, slots=True)
class SignHash:
    credential_id: str
    sad: str = field(repr=False)
    hashes: tuple[bytes, ...]
    hash_algorithm_oid: str
    sign_algo: str


@dataclass(frozen=True, slots=True)
class Signatures:
    signatures: tuple[bytes, ...]


class Services(Protocol):
    """Everything the wizard knows of a bank, the cloud and the CA. Each call may raise ServiceError.

    The caller wipes the secrets of a request once the call has returned, failed or been cancelled; a service that
    needs them longer copies them before it first waits, and wipes its copies.
    """

    async def open_journey(self, request: OpenJourney, *, key: str) -> JourneyOpened: ...

    async def journey_status(self, journey: str) -> JourneyStatus: ...

    async def accept_terms(self, journey: str, request: AcceptTerms, *, key: str) -> TermsAccepted: ...

    async def verify_identity(self, journey: str, request: VerifyIdentity, *, key: str) -> IdentityVerified: ...

    async def send_code(self, journey: str, request: SendCode, *, key: str) -> CodeSent: ...

    async def confirm_code(self, journey: str, request: ConfirmCode, *, key: str) -> PhoneVerified: ...

    async def challenge_medium(self, journey: str, request: ChallengeMedium, *, key: str) -> MediumChallenge: ...

    async def answer_medium(self, journey: str, request: AnswerMedium, *, key: str) -> MediumVerified: ...

    async def open_cloud(self, journey: str, request: OpenCloud, *, key: str) -> CloudCodeSent: ...

    async def confirm_cloud(self, journey: str, request: ConfirmCloud, *, key: str) -> CloudVerified: ...

    async def verify_document(self, journey: str, request: VerifyDocument, *, key: str) -> DocumentVerified: ...

    async def verify_account(self, journey: str, request: VerifyAccount, *, key: str) -> AccountVerified: ...

    async def verify_password(self, journey: str, request: VerifyPassword, *, key: str) -> PasswordVerified: ...

    async def holdings(self, journey: str) -> Holdings:
        """What the person has, once the identity is proven in this journey."""
        ...

    async def devices(self, journey: str, credential_id: str) -> DeviceList: ...

    async def change(self, journey: str, request: Change, *, key: str) -> Changed: ...

    async def hand_off(self, journey: str, *, key: str) -> HandOff:
        """Hands the journey to the bank's app on the phone; `await_reply` tells when it is done there."""
        ...

    async def await_reply(self, journey: str, *, wait: float) -> PhoneVerified | CloudVerified | Issued | None:
        """Waits up to `wait` seconds for an answer on the phone; None when there was none yet."""
        ...

    async def issue(self, journey: str, request: Issue, *, key: str) -> Issued: ...

    async def enrol(self, journey: str, request: Enrol, *, key: str) -> Enrolment:
        """Allows one certificate to be fetched at the CMP door. A new call ends what an earlier one allowed."""
        ...

    async def issued(self, journey: str) -> Issued | None:
        """The certificate of this journey once it exists and, where it was enrolled for, is confirmed."""
        ...

    async def pkix(self, message: bytes) -> bytes:
        """The CA's CMP door: a PKIMessage, DER, answered by one (RFC 9810, RFC 9811)."""
        ...

    async def close_journey(self, journey: str, *, key: str) -> None: ...

    async def credentials_list(self, journey: str) -> CredentialsList: ...

    async def credentials_info(self, journey: str, credential_id: str) -> CredentialInfo: ...

    async def credentials_authorize(self, journey: str, request: Authorize, *, key: str) -> Authorized: ...

    async def sign_hash(self, journey: str, request: SignHash, *, key: str) -> Signatures: ...

    async def crl(self) -> bytes:
        """The issuing CA's current CRL, DER (RFC 5280)."""
        ...

    async def ocsp(self, request: bytes) -> bytes:
        """An OCSPResponse, DER, to an OCSPRequest, DER (RFC 6960)."""
        ...

    async def ca_certificate(self) -> bytes:
        """The issuing CA's certificate, DER (RFC 5280, 4.2.2.1)."""
        ...

    async def aclose(self) -> None: ...


# ── The practice phone ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class PhoneEvent:
    """What a made-up customer's phone received: an SMS, a call, or a notice of the bank's app.

    It has no language: `says` names the words, `data` fills them (`bank` and `kind` are ids), `sender` as in CodeSent.
    `expects` says what an answer does; a notice of the app wants to be pressed, with any text.
    """

    id: int
    channel: Channel
    phone: str
    sender: str
    says: str  # "sms" | "cloud" | "ars_keyed" | "ars_typed" | "app"
    data: Mapping[str, str]
    code: str | None  # the digits in it, for an automatic answer
    expects: str  # "type" (on the screen) | "reply" (by SMS) | "key" (during the call) | "press"
    at: float
    answered: bool


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A joint certificate that a made-up person had before: `certificate` is DER, `key` what signPri.key holds."""

    certificate: bytes = field(repr=False)
    key: bytes = field(repr=False)


class PracticePhone(Protocol):
    """The virtual phone beside the wizard, and what a made-up person has at home. Exists in practice only."""

    async def events(self, *, after: int, wait: float) -> tuple[PhoneEvent, ...]:
        """Events with an id above `after`; waits up to `wait` seconds for the first.

        At a server, whose phones are many people's: those of the journey that this client was last in.
        """
        ...

    async def events_of(self, journey: str, *, after: int, wait: float) -> tuple[PhoneEvent, ...]:
        """As `events`, of one journey alone. Raises JOURNEY_UNKNOWN."""
        ...

    async def answer(self, event: int, text: str) -> None:
        """Replies to an SMS, or keys digits during a call."""
        ...

    async def files(self, journey: str) -> tuple[KeyFile, ...]:
        """What the person of this journey, once identified, has on their own machine."""
        ...
