"""What the wizard may ask of a certificate service: the Protocol, its requests and answers, and why a call can fail.

Answers are facts: a journey keeps each by its type, and a step says by type what it needs and gives.
Every write takes an idempotency key; the same key with the same request returns the same answer.
Names follow RFC 9457 (problems), the Idempotency-Key draft and the CSC API v2 (remote signing).
"""

from __future__ import annotations

from collections.abc import Mapping
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
    """`checks` in the order the authority insists on. `practice` is true where everything is simulated."""

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
    """Of the joint certificate that is about to be replaced."""

    password: Secret


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
    """Issue, reissue or renew, as the journey's task says; the server refuses what does not fit it.

    `pin` for a financial, `password` for a joint certificate. `usage` is an id of the product's usages.
    `credential_id` is the certificate that is replaced or renewed. `replace_elsewhere`: the person has agreed that
    certificates of other banks are revoked (C1).
    """

    pin: Secret | None = None
    password: Secret | None = None
    usage: str = ""
    credential_id: str = ""
    replace_elsewhere: bool = False


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


class PracticePhone(Protocol):
    """The virtual phone beside the wizard. Exists in practice only."""

    async def events(self, *, after: int, wait: float) -> tuple[PhoneEvent, ...]:
        """Events with an id above `after`; waits up to `wait` seconds for the first."""
        ...

    async def answer(self, event: int, text: str) -> None:
        """Replies to an SMS, or keys digits during a call."""
        ...
