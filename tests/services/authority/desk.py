"""A whole authority on a folder with a clock that tests move, and a customer's way through it, call by call."""

import base64
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from desktop.banks import Bank
from desktop.secret import Secret
from desktop.services.api import (
    AcceptTerms,
    AccountVerified,
    AnswerMedium,
    ChallengeMedium,
    Change,
    Changed,
    Channel,
    Check,
    CloudCodeSent,
    CloudVerified,
    CodeSent,
    ConfirmCloud,
    ConfirmCode,
    Document,
    DocumentVerified,
    Enrol,
    Enrolment,
    IdentityVerified,
    Issue,
    Issued,
    Kind,
    Medium,
    MediumChallenge,
    MediumVerified,
    OpenCloud,
    OpenJourney,
    PasswordVerified,
    PhoneEvent,
    PhoneVerified,
    Reason,
    SendCode,
    ServiceError,
    Status,
    Task,
    TermsAccepted,
    VerifyAccount,
    VerifyDocument,
    VerifyIdentity,
)
from desktop.services.authority.answering import Answering
from desktop.services.authority.changing import Changing
from desktop.services.authority.checks import Checks
from desktop.services.authority.enrolling import Enrolling
from desktop.services.authority.handoff import HandOffs
from desktop.services.authority.idempotency import Call
from desktop.services.authority.identity import asked
from desktop.services.authority.issuing import Issuing
from desktop.services.authority.local import DATABASE_NAME
from desktop.services.authority.opened import open_store
from desktop.services.authority.otp import password
from desktop.services.authority.parts import assemble
from desktop.services.authority.practice import Holding, Person, Registry, load_people, seed
from desktop.services.authority.proofs import Proofs
from desktop.services.authority.upkeep import tidy
from desktop.services.authority.vault import Vault
from desktop.services.authority.wrapping import Hardness
from desktop.shipped import shipped
from tests.conftest import FakeClock
from tests.services.authority.offered import offered
from tests.services.authority.purse import Fetched, Purse

START = 1_795_000_000.0
QUICK = Hardness(iterations=1, lanes=1, memory_kib=64)
PEOPLE = load_people(shipped("practice", "people.toml"))
KIM, LEE, PARK, CHOI, JUNG, HAN, NAMGUNG = PEOPLE.people[:7]
WHO = {person.id: person for person in PEOPLE.people}
PIN = "470382"


class Clock(FakeClock):
    """Begins at START."""

    def __init__(self, now: float = START) -> None:
        super().__init__(now)


def epost(**policies: Any) -> Mapping[str, Bank]:
    return offered(**policies)


def at_epost(person: Person) -> Holding:
    return person.at[0]


def make_folder(folder: Path, database: str | None = None) -> None:
    """With CA keys and practice customers in it or in the database, to be copied for each test."""
    Desk(folder, Clock(), database=database).close()


class Desk:
    """The authority's blocking core, and its customers' known answers."""

    def __init__(self, folder: Path, clock: Clock, *, database: str | None = None, **policies: Any) -> None:
        self.folder, self.clock, self.banks = folder, clock, epost(**policies)
        self.database = database
        self._start()

    def _start(self) -> None:
        self.store = open_store(self.folder / DATABASE_NAME, self.database)
        self.vault = Vault.open(self.folder)
        self.parts = assemble(
            self.store, self.vault, self.clock, self.banks, PEOPLE, practice=True, hardness=QUICK, home=self.folder
        )
        with self.store.transaction() as cx:
            tidy(cx, self.parts, self.banks)
            seed(cx, self.registry(), PEOPLE, self.banks)
        self.checks, self.proofs = Checks(self.parts), Proofs(self.parts)
        self.answering = Answering(self.parts)
        self.issuing, self.changing = Issuing(self.parts), Changing(self.parts)
        self.handoffs = HandOffs(self.parts, self.issuing)
        self.enrolling = Enrolling(self.parts)
        self.purse = Purse(self.enrolling.door, self.folder)

    def registry(self) -> Registry:
        return Registry(self.parts.customers, self.parts.cards, self.parts.tokens, self.parts.documents)

    def close(self) -> None:
        self.store.close()

    def restart(self) -> None:
        """As another start of the program finds the folder."""
        self.close()
        self._start()

    def key(self) -> str:
        return f"key-{secrets.token_hex(8)}"

    # ── Calls with the right answers, unless told otherwise ──

    def open(
        self, bank: str = "epost", kind: Kind = Kind.FINANCIAL, task: Task = Task.ISSUE, *, device: str = ""
    ) -> str:
        request = OpenJourney(bank, kind, task, device)
        call = Call(self.key(), "", "open_journey", request, object)
        opened: Any = self.parts.calls.once(call, lambda cx: self.parts.journeys.open(cx, request))
        name: str = opened.journey
        return name

    def terms(self, journey: str, *, key: str | None = None) -> TermsAccepted:
        terms = tuple((term.id, term.version) for term in self.banks["epost"].terms)
        return self.checks.accept_terms(journey, AcceptTerms(terms), key or self.key())

    def identity(self, journey: str, person: Person = KIM, *, key: str | None = None, **given: str) -> IdentityVerified:
        held = person.at[0]
        known = {
            "rrn": person.rrn,
            "account": held.account,
            "account_password": held.account_password,
            "user_id": held.user_id,
            "phone": person.phone,
        }
        with self.store.read() as cx:
            found = self.parts.journeys.enter(cx, journey, touch=False)
        fields = {**{name: known[name] for name in asked(found.bank, found)}, **given}
        request = VerifyIdentity({name: Secret.of(value) for name, value in fields.items()})
        return self.checks.verify_identity(journey, request, key or self.key())

    def document(
        self, journey: str, person: Person, kind: Document = Document.RESIDENT, *, key: str | None = None, **given: str
    ) -> DocumentVerified:
        driver = kind is Document.DRIVER
        right = {"issued_on": person.licence_issued if driver else person.resident_issued}
        fields = {**right, **({"number": person.licence} if driver else {}), **given}
        request = VerifyDocument(kind, **{name: Secret.of(text) for name, text in fields.items()})
        return self.proofs.verify_document(journey, request, key or self.key())

    def account(self, journey: str, person: Person, *, key: str | None = None, **given: str) -> AccountVerified:
        held = person.at[0]
        right = {"account": held.account, "account_password": held.account_password}
        plain = {"email": given.pop("email", "gil@example.com"), "phone": given.pop("phone", person.phone)}
        secret = {name: Secret.of(text) for name, text in {**right, **given}.items()}
        return self.proofs.verify_account(journey, VerifyAccount(**secret, **plain), key or self.key())  # type: ignore[arg-type]  # by name

    def password(self, journey: str, person: Person, *, key: str | None = None) -> PasswordVerified:
        """Of the person's first certificate, tried on its file."""
        held = self.certificate(person)
        request = self.purse.prove(journey, held, person.certificates[0].password)
        return self.proofs.verify_password(journey, request, key or self.key())

    def certificate(self, person: Person) -> bytes:
        """Their newest."""
        with self.store.read() as cx:
            customer = self.parts.customers.by_rrn(cx, person.rrn)
            return self.parts.portfolio.of(cx, customer or 0)[0].credential.certificate

    def change(self, journey: str, credential: str = "", *, key: str | None = None, **given: Any) -> Changed:
        secret: dict[str, Any] = {n: Secret.of(given.pop(n)) for n in ("current_pin", "pin") if n in given}
        return self.changing.change(journey, Change(credential, **secret, **given), key or self.key())

    def obtain(self, journey: str, *, key: str | None = None, **given: Any) -> Issued:
        """`issue` with any of its request's fields; `pin` as text."""
        secret: dict[str, Any] = {n: Secret.of(given.pop(n)) for n in ("pin",) if n in given}
        return self.issuing.issue(journey, Issue(**secret, **given), key or self.key())

    def enrol(self, journey: str, *, key: str | None = None, **given: Any) -> Enrolment:
        """With any of its request's fields."""
        return self.enrolling.enrol(journey, Enrol(**given), key or self.key())

    def fetch(self, journey: str, **given: Any) -> Fetched:
        """As far as the answer to `ir` or `kur`."""
        return self.purse.fetch(self.enrol(journey, **given))

    def gain(self, journey: str, **given: Any) -> Issued:
        """A joint certificate, as its owner's own side gets it."""
        self.purse.confirm(self.fetch(journey, **given))
        issued = self.enrolling.issued(journey)
        assert issued is not None
        return issued

    def status_of(self, serial: str) -> Status:
        with self.store.read() as cx:
            return self.parts.ca.status(cx, int(serial))

    def send(self, journey: str, channel: Channel = Channel.SMS, *, key: str | None = None) -> CodeSent:
        return self.checks.send_code(journey, SendCode(channel), key or self.key())

    def confirm(self, journey: str, code: str, *, key: str | None = None) -> PhoneVerified:
        return self.checks.confirm_code(journey, ConfirmCode(Secret.of(code)), key or self.key())

    def challenge(self, journey: str, medium: Medium = Medium.CARD, *, key: str | None = None) -> MediumChallenge:
        return self.checks.challenge_medium(journey, ChallengeMedium(medium), key or self.key())

    def answer(self, journey: str, answer: AnswerMedium, *, key: str | None = None) -> MediumVerified:
        return self.checks.answer_medium(journey, answer, key or self.key())

    def open_cloud(self, journey: str, person: Person = KIM, *, key: str | None = None, **given: str) -> CloudCodeSent:
        fields = {"name": person.name, "phone": person.phone, "birth_date": "18" + person.rrn[:6], **given}
        return self.checks.open_cloud(journey, OpenCloud(**fields), key or self.key())

    def confirm_cloud(self, journey: str, code: str, *, key: str | None = None) -> CloudVerified:
        return self.checks.confirm_cloud(journey, ConfirmCloud(Secret.of(code)), key or self.key())

    def issue(self, journey: str, pin: str = PIN, *, key: str | None = None) -> Issued:
        return self.issuing.issue(journey, Issue(pin=Secret.of(pin)), key or self.key())

    # ── What the customer reads off the phone, the card and the token ──

    def last_event(self) -> PhoneEvent:
        with self.store.read() as cx:
            return self.parts.phone.events(cx, after=0)[-1]

    def code(self) -> str:
        """The digits in the last message; for a call to be keyed, those to type instead."""
        return self.last_event().data["code"]

    def wrong_code(self) -> str:
        code = self.code()
        return code[:-1] + str((int(code[-1]) + 1) % 10)

    def card_answer(self, challenge: MediumChallenge, person: Person = KIM, **given: str) -> AnswerMedium:
        held, (first, second) = at_epost(person), challenge.positions
        right = {
            "serial": held.card_serial,
            "first": held.card_codes[first - 1][:2],
            "second": held.card_codes[second - 1][2:],
        }
        return AnswerMedium(**{name: Secret.of(text) for name, text in {**right, **given}.items()})

    def otp_answer(self, person: Person = KIM, *, drift: int = 0) -> AnswerMedium:
        secret = base64.b32decode(at_epost(person).otp_secret)
        return AnswerMedium(otp=Secret(password(secret, self.clock() + 30 * drift)))

    # ── The way ──

    def at(
        self,
        check: Check | None,
        person: Person = KIM,
        task: Task = Task.ISSUE,
        *,
        kind: Kind = Kind.FINANCIAL,
        device: str = "",
    ) -> str:
        """A journey at the person's bank whose next check this is; None for one with every check done."""
        bank = person.at[0].bank
        journey = self.open(bank, kind, task, device=device)
        for done in self.banks[bank].checks(kind, task):
            if done == check:
                break
            self.do(journey, done, person)
        return journey

    def do(self, journey: str, check: Check, person: Person = KIM) -> None:
        match check:
            case Check.TERMS:
                self.terms(journey)
            case Check.IDENTITY:
                self.identity(journey, person)
            case Check.PHONE:
                self.send(journey)
                self.confirm(journey, self.code())
            case Check.MEDIUM:
                self.do_medium(journey, person)
            case Check.CLOUD:
                self.open_cloud(journey, person)
                self.confirm_cloud(journey, self.code())
            case Check.DOCUMENT:
                self.document(journey, person)
            case Check.ACCOUNT:
                self.account(journey, person)
            case Check.PASSWORD:
                self.password(journey, person)

    def do_medium(self, journey: str, person: Person) -> None:
        if at_epost(person).card_codes:
            self.answer(journey, self.card_answer(self.challenge(journey), person))
        else:
            self.challenge(journey, Medium.OTP)
            self.answer(journey, self.otp_answer(person))


def refused(reason: Reason, **data: Any) -> "pytest.RaisesExc[ServiceError]":
    """`pytest.raises` for one reason with exactly this data."""

    def matches(error: ServiceError) -> bool:
        return error.reason == reason and all(getattr(error, name) == value for name, value in data.items())

    return pytest.raises(ServiceError, check=matches)


def copied(template: Path, folder: Path) -> Path:
    shutil.copytree(template, folder)
    return folder
