"""A made-up bank's own services within this process: who knows 김우체, sends, challenges and signs, and may fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ReasonFlags

from desktop.secret import Secret
from desktop.services.api import Document, Medium, Reason, ServiceError, Status
from desktop.services.authority.practice import Person as Known
from desktop.services.hooks.directory import DocumentInquiry, Inquiry, Person
from desktop.services.hooks.gateway import Dispatch
from desktop.services.hooks.issuer import Wanted
from desktop.services.hooks.media import Answer, Holder, Question
from tests.services.cmp.pki import named, pki, usage

T = TypeVar("T")
AWAY = ServiceError(Reason.UNREACHABLE)


class KilledError(BaseException):
    """As kill -9 ends a call: nothing after it is done, and nobody catches it."""


@dataclass(slots=True)
class Trouble:
    """What goes wrong with the next calls, one each: before anything is done, or after it, as the answer gets lost."""

    before: list[BaseException] = field(default_factory=list)
    after: list[BaseException] = field(default_factory=list)

    def around(self, work: Callable[[], T]) -> T:
        if self.before:
            raise self.before.pop(0)
        done = work()
        if self.after:
            raise self.after.pop(0)
        return done


class Remembered:
    """The same key is the same call; a refusal is remembered too. `looks` is called within each, by the test."""

    def __init__(self) -> None:
        self.trouble, self.keys = Trouble(), [""]
        self.looks: Callable[[], None] = lambda: None
        self._answers: dict[str, Any] = {}

    def once(self, key: str, work: Callable[[], T]) -> T:
        self.keys.append(key)
        self.looks()

        def remembered() -> Any:
            if key not in self._answers:
                try:
                    self._answers[key] = work()
                except ServiceError as error:
                    self._answers[key] = error
            return self._answers[key]

        answer = self.trouble.around(remembered)
        if isinstance(answer, ServiceError):
            raise answer
        return answer  # type: ignore[no-any-return]  # what `work` gave for this key

    def close(self) -> None:
        pass


class FakeDirectory(Remembered):
    """Counts tries of an account password before it compares, over all journeys."""

    def __init__(self, known: Known) -> None:
        super().__init__()
        self.known, self.tries_left = known, 5
        self.phone, self.joined, self.asked = known.phone, True, 0
        self.slips = False  # and tells of an account that nobody has asked for

    def becomes(self, known: Known) -> None:
        """The bank's one customer is another person."""
        self.known, self.phone = known, known.phone

    def identify(self, inquiry: Inquiry, *, key: str) -> Person:
        told = {name: secret.reveal() for name, secret in inquiry.told.items()}
        held = self.known.at[0]

        def look() -> Person:
            self.asked += 1
            right = {"rrn": self.known.rrn, "account": held.account, "user_id": held.user_id, "phone": self.phone}
            if any(told[name] != value for name, value in right.items() if name in told):
                raise ServiceError(Reason.IDENTITY_MISMATCH, field="account")
            if "account_password" in told:
                self._try(told["account_password"] == held.account_password)
            return Person(
                "C-1", Secret(), self.known.name, self.phone, self.joined, held.account, (Medium.CARD, Medium.OTP)
            )

        found = self.once(key, look)
        return Person(
            id=found.id,
            rrn=Secret.of(self.known.rrn),
            name=found.name,
            phone=found.phone,
            joined=found.joined,
            account="10000000000000" if self.slips else found.account,
            media=found.media,
        )

    def check_document(self, inquiry: DocumentInquiry, *, key: str) -> None:
        assert "C-1" == inquiry.person
        right = inquiry.document == Document.RESIDENT and inquiry.issued_on.reveal() == self.known.resident_issued

        def look() -> None:
            if not right:
                raise ServiceError(Reason.DOCUMENT_MISMATCH)

        self.once(key, look)

    def _try(self, right: bool) -> None:
        if not self.tries_left:
            raise ServiceError(Reason.ACCOUNT_LOCKED, tries_left=0)
        self.tries_left -= 1
        if not right:
            raise ServiceError(Reason.WRONG_ACCOUNT_PASSWORD, tries_left=self.tries_left)
        self.tries_left = 5


class FakeGateway(Remembered):
    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, Dispatch]] = []

    def send(self, dispatch: Dispatch, *, key: str) -> None:
        self.once(key, lambda: self.sent.append((key, dispatch)))

    def code(self) -> str:
        return self.sent[-1][1].data["code"]


class FakeMedia(Remembered):
    """The card of practice, whose one challenge stays until it is answered rightly."""

    def __init__(self, known: Known) -> None:
        super().__init__()
        self.held, self.tries_left, self.positions = known.at[0], 5, (4, 30)
        self.answered = 0

    def challenge(self, holder: Holder, *, key: str) -> Question:
        assert ("epost", "C-1") == (holder.bank, holder.person)
        positions = self.positions if holder.medium == Medium.CARD else None
        return self.once(key, lambda: Question("4-30", positions, self.tries_left))

    def answer(self, holder: Holder, question: str, answer: Answer, *, key: str) -> None:
        assert "4-30" == question
        codes, first, second = self.held.card_codes, *self.positions
        card = (Secret.of(codes[first - 1][:2]), Secret.of(codes[second - 1][2:]), Secret.of(self.held.card_serial))
        right = (answer.first, answer.second, answer.serial) == card or answer.otp == Secret.of("123456")

        def look() -> None:
            self.answered += 1
            if not self.tries_left:
                raise ServiceError(Reason.CARD_LOCKED, tries_left=0)
            self.tries_left -= 1
            if not right:
                wrong = Reason.WRONG_CARD if holder.medium == Medium.CARD else Reason.WRONG_OTP
                raise ServiceError(wrong, tries_left=self.tries_left)
            self.tries_left = 5

        self.once(key, look)


class FakeIssuer:
    """Signs by the CA of the CMP tests. What is confirmed and not revoked is good."""

    def __init__(self) -> None:
        self.asking, self.confirming, self.revoking = Trouble(), Trouble(), Trouble()
        self.made: list[bytes] = []
        self.confirmed: set[bytes] = set()
        self.revoked: list[tuple[bytes, ReasonFlags]] = []
        self.states: dict[bytes, Status] = {}
        self.wanted: list[Wanted] = []
        self.holds = False
        self.looks: Callable[[], None] = lambda: None

    @property
    def chain(self) -> tuple[bytes, bytes]:
        return pki().chain

    def issue(self, wanted: Wanted, store: Callable[[bytes], None], *, key: str) -> bytes:
        self.looks()
        self.wanted.append(wanted)
        der = self.asking.around(lambda: self._make(wanted))
        self.made.append(der)
        store(der)
        self.confirming.around(lambda: self.confirmed.add(der))
        return der

    def revoke(self, certificate: bytes, reason: ReasonFlags, *, key: str) -> None:
        self.looks()
        self.revoking.around(lambda: self.revoked.append((certificate, reason)))

    def status(self, certificate: bytes) -> Status | None:
        self.looks()
        return self.states.get(certificate)

    def close(self) -> None:
        pass

    def good(self) -> set[bytes]:
        return self.confirmed - {certificate for certificate, _ in self.revoked}

    def _make(self, wanted: Wanted) -> bytes:
        policy = x509.PolicyInformation(x509.ObjectIdentifier(wanted.policy), None)
        made = pki().ca.issue(
            named(wanted.person),
            wanted.key.public_key(),
            usage("digital_signature"),
            x509.CertificatePolicies([policy]),
        )
        return made.public_bytes(Encoding.DER)
