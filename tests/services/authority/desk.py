"""A whole authority on a folder with a clock that tests move, and a customer's way through it, call by call."""

import base64
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desktop.banks import Bank, load_banks
from desktop.secret import Secret
from desktop.services.api import (
    AcceptTerms,
    AnswerMedium,
    ChallengeMedium,
    Channel,
    Check,
    CloudCodeSent,
    CloudVerified,
    CodeSent,
    ConfirmCloud,
    ConfirmCode,
    IdentityVerified,
    Issue,
    Issued,
    Kind,
    Medium,
    MediumChallenge,
    MediumVerified,
    OpenCloud,
    OpenJourney,
    PhoneEvent,
    PhoneVerified,
    Reason,
    SendCode,
    ServiceError,
    Task,
    TermsAccepted,
    VerifyIdentity,
)
from desktop.services.authority.checks import Checks
from desktop.services.authority.idempotency import Call
from desktop.services.authority.issuing import Issuing
from desktop.services.authority.local import DATABASE_NAME
from desktop.services.authority.otp import password
from desktop.services.authority.parts import SCHEMAS, assemble
from desktop.services.authority.practice import Holding, Person, Registry, load_people, seed
from desktop.services.authority.store import Store
from desktop.services.authority.vault import Vault
from desktop.services.authority.wrapping import Hardness
from desktop.shipped import shipped
from tests.conftest import FakeClock

START = 1_795_000_000.0
QUICK = Hardness(iterations=1, lanes=1, memory_kib=64)
PEOPLE = load_people(shipped("practice", "people.toml"))
KIM, LEE, PARK, CHOI, JUNG, HAN, NAMGUNG = PEOPLE.people[:7]
PIN = "470382"


class Clock(FakeClock):
    """Begins at START."""

    def __init__(self, now: float = START) -> None:
        super().__init__(now)


def epost(**policies: Any) -> Mapping[str, Bank]:
    bank = load_banks(shipped("banks"))["epost"]
    return {"epost": msgspec.structs.replace(bank, policies=msgspec.structs.replace(bank.policies, **policies))}


def at_epost(person: Person) -> Holding:
    return person.at[0]


def make_folder(folder: Path) -> None:
    """With CA keys and practice customers in it, to be copied for each test."""
    Desk(folder, Clock()).close()


class Desk:
    """The authority's blocking core, and its customers' known answers."""

    def __init__(self, folder: Path, clock: Clock, **policies: Any) -> None:
        self.folder, self.clock, self.banks = folder, clock, epost(**policies)
        self._start(Store)

    def _start(self, store: type[Store]) -> None:
        self.store = store(self.folder / DATABASE_NAME, schemas=SCHEMAS)
        self.vault = Vault.open(self.folder)
        self.parts = assemble(
            self.store, self.vault, self.clock, self.banks, PEOPLE.messages, practice=True, hardness=QUICK
        )
        with self.store.transaction() as cx:
            seed(cx, Registry(self.parts.customers, self.parts.cards, self.parts.tokens), PEOPLE, self.banks)
        self.checks, self.issuing = Checks(self.parts), Issuing(self.parts)

    def close(self) -> None:
        self.store.close()

    def restart(self, store: type[Store] = Store) -> None:
        """As another start of the program finds the folder."""
        self.close()
        self._start(store)

    def key(self) -> str:
        return f"key-{secrets.token_hex(8)}"

    # ── Calls with the right answers, unless told otherwise ──

    def open(self, bank: str = "epost", kind: Kind = Kind.FINANCIAL, task: Task = Task.ISSUE) -> str:
        call = Call(self.key(), "", "open_journey", OpenJourney(bank, kind, task), object)
        opened: Any = self.parts.calls.once(
            call, lambda cx: self.parts.journeys.open(cx, OpenJourney(bank, kind, task))
        )
        name: str = opened.journey
        return name

    def terms(self, journey: str, *, key: str | None = None) -> TermsAccepted:
        terms = tuple((term.id, term.version) for term in self.banks["epost"].terms)
        return self.checks.accept_terms(journey, AcceptTerms(terms), key or self.key())

    def identity(self, journey: str, person: Person = KIM, *, key: str | None = None, **given: str) -> IdentityVerified:
        held = at_epost(person)
        fields = {"rrn": person.rrn, "account": held.account, "account_password": held.account_password, **given}
        request = VerifyIdentity({name: Secret.of(value) for name, value in fields.items()})
        return self.checks.verify_identity(journey, request, key or self.key())

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
        return self.issuing.issue(journey, Issue(Secret.of(pin)), key or self.key())

    # ── What the customer reads off the phone, the card and the token ──

    def last_event(self) -> PhoneEvent:
        with self.store.read() as cx:
            return self.parts.phone.events(cx, after=0)[-1]

    def code(self) -> str:
        """The digits in the last message; for a call to be keyed, those to type instead."""
        event = self.last_event()
        return max("".join(c if c.isdigit() else " " for c in event.text).split(), key=len)

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

    def at(self, check: Check | None, person: Person = KIM) -> str:
        """A journey whose next check this is; None for one with every check done."""
        journey = self.open()
        for done in Check:
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
