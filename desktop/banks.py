"""A bank is data: the schema of `resources/banks/*.toml`, and its loader, whose errors name file, line and remedy."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from desktop.services.vocabulary import Channel, Check, Kind, Medium, Reason, Renewal, Task
from desktop.shipped import shipped
from desktop.tables import shipped_table
from desktop.toml_lines import Place, explained, line_of

Id = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]*$", max_length=40)]
Colour = Annotated[str, Meta(pattern="^#[0-9a-f]{6}$")]
Oid = Annotated[str, Meta(pattern=r"^[0-2](\.\d+)+$")]
Tries = Annotated[int, Meta(ge=1, le=20)]
Seconds = Annotated[int, Meta(ge=1, le=86400)]
StepId = Id
#: When a step is walked: after a reported loss; instead of a forgotten password.
Condition = Literal["hardened", "forgot_password"]


class Data(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of every table in a profile: an unknown key is an error, not a silent default."""


class Text(Data, frozen=True):
    """One sentence or paragraph in every language of the program."""

    ko: Annotated[str, Meta(min_length=1)]
    en: Annotated[str, Meta(min_length=1)]

    def __getitem__(self, language: str) -> str:
        return self.en if language == "en" else self.ko


class Accent(Data, frozen=True):
    """The bank's colour, one for each theme, chosen to keep 4.5:1 against the text that lies on it."""

    light: Colour
    dark: Colour
    contrast: Colour


class Centre(Data, frozen=True):
    """Customer centre: number as people dial it, and where and when we checked it."""

    phone: str
    hours: Text
    off_peak: Text
    verified_on: date
    source: str


class Usage(Data, frozen=True):
    """One of the things a joint certificate may be for: 은행·보험·카드용, 범용 …"""

    id: Id
    name: Text
    policy: Oid
    fee: Text


class AppPath(Data, frozen=True):
    """How the same is done in the bank's phone app: the menus to touch, in order, and what changes."""

    app: Text
    store_url: str
    steps: Annotated[tuple[Text, ...], Meta(min_length=1)]


class Remedy(Data, frozen=True):
    """What this bank advises for a failure, added to the general advice: `code` is a Reason."""

    code: Reason
    text: Text


class Product(Data, frozen=True):
    kind: Kind
    name: Text
    policy: Oid
    years: Annotated[int, Meta(ge=1, le=5)]
    fee: Text
    renewal: Renewal
    uses: Annotated[tuple[Text, ...], Meta(min_length=1)]
    facts: tuple[Text, ...] = ()
    usages: tuple[Usage, ...] = ()
    checked_by: Text | None = None  # how the person is checked, for comparing kinds
    key_bits: Literal[2048, 3072, 4096] = 2048  # of the RSA key that the person's own side makes
    key_kinds: Annotated[tuple[Literal["rsa", "p256"], ...], Meta(min_length=1)] = (
        "rsa",
    )  # that CMP clients may bring


class ChecklistItem(Data, frozen=True):
    """One thing to have before the first field, and what to do for who has it not."""

    id: Id
    text: Text
    remedy: Text


class Term(Data, frozen=True):
    """One text to agree to, in `resources/terms/<bank>/<id>.<language>.txt`."""

    id: Id
    title: Text
    version: str
    required: bool = True


class Policies(Data, frozen=True):
    """Limits and times that the authority keeps. Seconds where a unit is not in the name."""

    account_tries: Tries = 5
    identity_tries: Tries = 5
    channels: Annotated[tuple[Channel, ...], Meta(min_length=1)] = (Channel.SMS, Channel.ARS)
    media: Annotated[tuple[Medium, ...], Meta(min_length=1)] = (Medium.CARD, Medium.OTP)
    code_digits: Annotated[int, Meta(ge=4, le=8)] = 6
    code_seconds: Seconds = 180
    resend_seconds: Seconds = 30
    codes_per_journey: Tries = 5
    code_tries: Tries = 5
    ars: Literal["typed", "keyed"] = "typed"  # on the screen, or on the phone during the call
    card_tries: Tries = 5
    card_serial_digits: Annotated[int, Meta(ge=0, le=12)] = 0
    otp_tries: Tries = 10
    otp_digits: Annotated[int, Meta(ge=6, le=8)] = 6
    cloud_code_digits: Annotated[int, Meta(ge=2, le=6)] = 2
    cloud_tries: Tries = 3
    pin_digits: Annotated[int, Meta(ge=6, le=8)] = 6
    pin_tries: Tries = 5
    idle_seconds: Seconds = 600
    document_tries: Tries = 5
    renewal_days: Annotated[int, Meta(ge=1, le=90)] = 30
    suspension_months: Annotated[int, Meta(ge=1, le=12)] = 6
    handoff_seconds: Seconds = 300
    enrolment_seconds: Seconds = 600
    replaces_elsewhere: bool = False  # issuing here revokes certificates of other banks (C1)


class JourneyData(Data, frozen=True):
    """One task for one kind of certificate: its steps in the bank's order, and what each asks where that differs."""

    kind: Kind
    task: Task
    minutes: tuple[int, int]
    steps: Annotated[tuple[StepId, ...], Meta(min_length=2)]
    asks: dict[StepId, tuple[Id, ...]] = {}
    checklist: tuple[Id, ...] = ()
    terms: tuple[Id, ...] = ()
    guidance: tuple[Text, ...] = ()
    consequence: Text | None = None
    when: dict[StepId, Condition] = {}
    app: AppPath | None = None


class Faq(Data, frozen=True):
    id: Id
    question: Text
    answer: Text
    symptoms: tuple[Text, ...] = ()
    steps: tuple[StepId, ...] = ()


class Bank(Data, frozen=True):
    """A whole profile. `code` is the three-digit bank code; `unit` its name in certificates (OU)."""

    id: Id
    name: Text
    code: Annotated[str, Meta(pattern="^[0-9]{3}$")]
    unit: Annotated[str, Meta(pattern="^[A-Z0-9]{2,12}$")]
    accent: Accent
    centre: Centre
    products: Annotated[tuple[Product, ...], Meta(min_length=1)]
    journeys: Annotated[tuple[JourneyData, ...], Meta(min_length=1)]
    checklist: tuple[ChecklistItem, ...] = ()
    terms: tuple[Term, ...] = ()
    policies: Policies = Policies()
    faq: tuple[Faq, ...] = ()
    remedies: tuple[Remedy, ...] = ()

    def product(self, kind: Kind) -> Product:
        return next(p for p in self.products if p.kind == kind)

    def journey(self, kind: Kind, task: Task) -> JourneyData | None:
        return next((j for j in self.journeys if (j.kind, j.task) == (kind, task)), None)

    def checks(self, kind: Kind, task: Task, *, hardened: bool = False) -> tuple[Check, ...]:
        """What the authority insists on, in the order of the journey's steps; empty when it is not offered.

        `hardened`: of a person who has reported a loss, from whom the bank may want more.
        """
        return self._checks(kind, task, frozenset({None, "hardened"}) if hardened else frozenset({None}))

    def stand_in(self, kind: Kind, task: Task) -> Check | None:
        """The check that counts instead of a forgotten password."""
        return next(iter(self._checks(kind, task, frozenset({"forgot_password"}))), None)

    def _checks(self, kind: Kind, task: Task, when: frozenset[Condition | None]) -> tuple[Check, ...]:
        journey = self.journey(kind, task)
        known = {check.value: check for check in Check}
        return tuple(known[s] for s in journey.steps if s in known and journey.when.get(s) in when) if journey else ()


class ProfileError(Exception):
    """A bank profile that cannot be used. `str()` reads `<file>:<line>: <what is wrong>`."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        super().__init__(f"{path}:{line}: {problem}")
        self.path, self.line, self.problem = path, line, problem


def load_bank(path: Path) -> Bank:
    """Reads and checks one profile. Raises ProfileError with the line of the faulty value."""
    source = _read(path)
    try:
        raw = shipped_table(path) if path.parent == shipped("banks") else tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else source.count("\n") + 1
        raise ProfileError(path, line, f"is not TOML: {error}") from error
    try:
        bank = msgspec.convert(raw, Bank)
    except msgspec.ValidationError as error:
        problem, place = explained(str(error))
        raise ProfileError(path, line_of(source, place), problem) from error
    for place, problem in _contradictions(bank, path.stem):
        raise ProfileError(path, line_of(source, place), problem)
    return bank


def load_banks(folder: Path) -> dict[str, Bank]:
    """Every `*.toml` of the folder, by id, in file-name order."""
    return {bank.id: bank for bank in map(load_bank, sorted(folder.glob("*.toml")))}


def term_text(folder: Path, bank: Bank, term: Term, language: str) -> str:
    """The whole text of a term; `folder` is `resources/terms`. Raises ProfileError when it cannot be read."""
    return _read(folder / bank.id / f"{term.id}.{language}.txt")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(path, 1, f"cannot be read ({type(error).__name__}); save it as UTF-8 text") from error


def _contradictions(bank: Bank, stem: str) -> Iterator[tuple[Place, str]]:
    """What a schema cannot say: names that point at each other, and the check that no issue may lack."""
    if bank.id != stem:
        yield ("id",), f"id is {bank.id!r}, but the file is named {stem!r}; make them the same"
    for table, key in (("checklist", "id"), ("terms", "id"), ("faq", "id"), ("remedies", "code")):
        ids = [getattr(item, key) for item in getattr(bank, table)]
        for twice in (name for name, times in Counter(ids).items() if times > 1):
            yield (table, len(ids) - 1 - ids[::-1].index(twice), key), f"{table} defines {str(twice)!r} twice"
    seen: set[tuple[Kind, Task]] = set()
    for n, journey in enumerate(bank.journeys):
        for key, problem in _journey_contradictions(bank, journey):
            yield ("journeys", n, key), problem
        if (journey.kind, journey.task) in seen:
            yield ("journeys", n, "task"), f"there is a {journey.kind.value} {journey.task.value} already"
        seen.add((journey.kind, journey.task))
    steps = {step for journey in bank.journeys for step in journey.steps}
    for n, faq in enumerate(bank.faq):
        if lost := sorted(set(faq.steps) - steps):
            yield ("faq", n, "steps"), f"steps names {lost}, which no journey of this file has"


def _journey_contradictions(bank: Bank, journey: JourneyData) -> Iterator[tuple[str, str]]:
    if journey.kind not in {product.kind for product in bank.products}:
        yield "kind", f"no product of kind {journey.kind.value!r}; add a [[products]] table"
    if not 0 < journey.minutes[0] <= journey.minutes[1]:
        yield "minutes", "minutes is [at best, at worst], both above 0 and the second not smaller"
    if journey.task == Task.ISSUE and Check.IDENTITY not in bank.checks(journey.kind, journey.task):
        yield "steps", "an issue without the step 'identity' is not allowed; add it to steps"
    for key, known in (("checklist", bank.checklist), ("terms", bank.terms)):
        if missing := sorted(set(getattr(journey, key)) - {item.id for item in known}):
            yield key, f"{key} names {missing}, which this file does not define"
    for key in ("asks", "when"):
        if idle := sorted(set(getattr(journey, key)) - set(journey.steps)):
            yield key, f"{key} names {idle}, which is not among the steps"
    if "existing" in journey.steps and bank.journey(journey.kind, Task.REGISTER) is None:
        yield "steps", "the step 'existing' offers to register, so add a register journey of this kind"
