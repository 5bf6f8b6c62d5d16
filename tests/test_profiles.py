"""Every bank × kind × task can be walked, says its piece in both languages, and can be practised."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from math import ceil

import msgspec
import pytest

from desktop.answers import read_answers
from desktop.banks import Bank, JourneyData, Text, load_banks, term_text
from desktop.password_rules import broken_password_rules
from desktop.pin_rules import broken_rule
from desktop.services.api import Check, Reason, Task
from desktop.services.authority.practice import Holding, Person, load_people
from desktop.shipped import shipped
from desktop.text import LANGUAGES
from desktop.wizard.flow.drawing import draw
from desktop.wizard.flow.fields import FIELDS
from desktop.wizard.flow.journey import Journey
from desktop.wizard.flow.plan import Plan, make_plan
from desktop.wizard.flow.steps import Effect

BANKS = load_banks(shipped("banks"))
JOURNEYS = [(bank, journey) for bank in BANKS.values() for journey in bank.journeys]
PEOPLE = load_people(shipped("practice", "people.toml")).people
#: Tasks of each bank and kind that the guides and the CA know.
OFFERED = {
    ("epost", "financial"): set(Task),
    ("kb", "financial"): {"issue", "reissue", "renew", "revoke", "register", "pin", "loss"},
    ("kb", "mobile"): {"issue", "revoke"},
    ("woori", "joint"): {"issue", "reissue", "renew", "revoke", "suspend", "resume", "register", "loss"},
    ("kbank", "joint"): {"issue", "reissue", "renew", "revoke", "register", "loss"},
}
#: Fields whose answers come from a card, a token, the phone or the rest of the file.
ANSWERED_OTHERWISE = {"card_serial", "card_first", "card_second", "otp", "code", "cloud_code", "pin_again"}
ANSWERED_OTHERWISE |= {"password_again", "existing", "document_number", "place", "token_pin"}

every_journey = pytest.mark.parametrize(
    ("bank", "journey"), JOURNEYS, ids=[f"{b.id}-{j.kind.value}-{j.task.value}" for b, j in JOURNEYS]
)
every_bank = pytest.mark.parametrize("bank", BANKS.values(), ids=BANKS)


def plan_of(bank: Bank, journey: JourneyData) -> Plan:
    return make_plan(bank, journey.kind, journey.task)


def practised(bank: Bank, journey: JourneyData) -> tuple[dict[str, str], Person, Holding]:
    """The practice answers of a journey, and whose they are."""
    path = shipped("practice", f"{bank.id}-{journey.kind.value}-{journey.task.value}.toml")
    answers = read_answers(path)
    assert answers.practice
    person = next(person for person in PEOPLE if person.rrn == answers.answers["rrn"])
    held = next(held for held in person.at if held.bank == bank.id)
    if answers.card:
        assert (held.card_serial, held.card_codes) == (answers.card.serial, answers.card.codes)
    if answers.otp:
        assert held.otp_secret == answers.otp.secret
    return answers.answers, person, held


def texts(value: object, place: str) -> Iterator[tuple[str, Text]]:
    """Every text of a profile, with where it stands."""
    if isinstance(value, Text):
        yield place, value
    elif isinstance(value, msgspec.Struct):
        for field in msgspec.structs.fields(value):
            yield from texts(getattr(value, field.name), f"{place}.{field.name}")
    elif isinstance(value, tuple):
        for n, item in enumerate(value):
            yield from texts(item, f"{place}[{n}]")


def sentences(text: str) -> list[str]:
    return [sentence for sentence in re.split(r"(?<=[.?!])\s+", text) if sentence]


def test_each_bank_offers_what_its_guide_describes_and_what_its_ca_can_do() -> None:
    offered: dict[tuple[str, str], set[str]] = {}
    for bank, journey in JOURNEYS:
        offered.setdefault((bank.id, journey.kind.value), set()).add(journey.task.value)
    assert offered == OFFERED


# ── Walking ──


@every_journey
def test_every_journey_makes_a_plan_of_at_most_ten_pages(bank: Bank, journey: JourneyData) -> None:
    plan = plan_of(bank, journey)
    assert len([step for step in plan.steps if plan.condition(step) is None and not step.rare]) <= 10
    assert len(draw(Journey.begin(plan), practice=True).rail) <= 10


@every_journey
def test_the_minutes_promised_are_those_of_the_model_or_a_minute_more(bank: Bank, journey: JourneyData) -> None:
    best, worst = draw(Journey.begin(plan_of(bank, journey)), practice=True).seconds_left
    assert ceil(best / 60) <= journey.minutes[0] <= ceil(best / 60) + 1
    assert ceil(worst / 60) <= journey.minutes[1] <= ceil(worst / 60) + 1


@every_journey
def test_every_act_says_before_what_it_changes_for_good(bank: Bank, journey: JourneyData) -> None:
    assert journey.consequence is not None
    acts = {stage.effect for step in plan_of(bank, journey).steps for stage in step.stages}
    assert acts & {Effect.ISSUE, Effect.CHANGE, Effect.HAND_OFF}


@every_journey
def test_every_journey_proves_who_asks_before_it_acts(bank: Bank, journey: JourneyData) -> None:
    checks = bank.checks(journey.kind, journey.task)
    assert Check.IDENTITY in checks
    if journey.task is not Task.LOSS:
        assert {Check.PHONE, Check.MEDIUM, Check.DOCUMENT} & set(checks)


@every_journey
def test_what_is_issued_is_agreed_to(bank: Bank, journey: JourneyData) -> None:
    issues = journey.task in {Task.ISSUE, Task.REISSUE}
    assert issues == bool(journey.terms) == (Check.TERMS in bank.checks(journey.kind, journey.task))
    for term in (term for term in bank.terms if term.id in journey.terms):
        assert all(term_text(shipped("terms"), bank, term, language) for language in LANGUAGES)


@every_journey
def test_guidance_is_written_where_it_is_shown(bank: Bank, journey: JourneyData) -> None:
    assert ("guidance" in journey.steps) == bool(journey.guidance)


@every_journey
def test_a_certificate_is_chosen_before_it_is_changed(bank: Bank, journey: JourneyData) -> None:
    if journey.task is not Task.ISSUE:
        asked = [name for step in plan_of(bank, journey).steps for stage in step.stages for name in stage.asks]
        assert "certificate" in asked


# ── Practising ──


@every_journey
def test_the_practice_answers_are_those_of_a_person_who_exists(bank: Bank, journey: JourneyData) -> None:
    answers, person, held = practised(bank, journey)
    known = {"name": person.name, "rrn": person.rrn, "phone": person.phone, "user_id": held.user_id}
    known |= {"account": held.account, "account_password": held.account_password}
    known |= {"birth_date": f"18{person.rrn[:6]}"}
    assert {name: value for name, value in answers.items() if name in known} == {
        name: value for name, value in known.items() if name in answers
    }
    pins = {certificate.pin for certificate in person.certificates}
    passwords = {certificate.password for certificate in person.certificates}
    assert answers.get("current_pin") in {None, *pins}
    assert answers.get("current_password") in {None, *passwords}
    if "document" in answers:
        dates = {"resident": person.resident_issued, "driver": person.licence_issued}
        assert dates[answers["document"]] == answers["document_date"]
        assert answers.get("document_number", person.licence) == person.licence


@every_journey
def test_the_practice_answers_answer_every_question(bank: Bank, journey: JourneyData) -> None:
    answers, _, held = practised(bank, journey)
    steps = plan_of(bank, journey).steps
    asked = {name for step in steps for stage in step.stages if not stage.auto for name in stage.asks}
    assert set() == asked - answers.keys() - ANSWERED_OTHERWISE
    assert set() == answers.keys() - FIELDS.keys() - {"medium"}
    if any(step.id == "medium" for step in steps):
        assert held.card_codes or held.otp_secret


@every_journey
def test_the_practice_secrets_keep_the_rules(bank: Bank, journey: JourneyData) -> None:
    answers, _, _ = practised(bank, journey)
    given = {name: memoryview(text.encode()) for name, text in answers.items()}
    if "pin" in given:
        owned = {name: given.get(name) for name in ("rrn", "birth_date", "phone", "account")}
        assert broken_rule(given["pin"], **owned) is None
    if "password" in given:
        assert () == broken_password_rules(given["password"])


# ── Words ──


@every_bank
def test_every_sentence_is_short_in_korean_and_in_english(bank: Bank) -> None:
    for place, text in texts(bank, bank.id):
        assert [] == [s for s in sentences(text.ko) if len(s) > 40], place
        assert [] == [s for s in sentences(text.en) if len(s) > 110], place


@every_bank
def test_korean_advice_ends_politely_and_alike(bank: Bank) -> None:
    spoken = (
        "remedy",
        "fee",
        "off_peak",
        "consequence",
        "answer",
    )
    for place, text in texts(bank, bank.id):
        told = place.rpartition(".")[2] in spoken or re.search(r"(guidance|facts|app\.steps)\[\d+\]$", place)
        if told or place.startswith(f"{bank.id}.remedies"):
            assert all(re.search(r"(니다|주세요)\.$", s) for s in sentences(text.ko)), f"{place}: {text.ko}"


@every_bank
def test_every_item_to_have_comes_with_its_remedy_and_is_used(bank: Bank) -> None:
    used = {name for journey in bank.journeys for name in journey.checklist}
    assert used == {item.id for item in bank.checklist}
    assert {term.id for term in bank.terms} == {name for journey in bank.journeys for name in journey.terms}


@every_bank
def test_advice_for_a_failure_comes_once_and_its_symptoms_can_be_searched(bank: Bank) -> None:
    codes = [remedy.code for remedy in bank.remedies]
    assert sorted(codes) == sorted(set(codes))
    assert set(codes) <= set(Reason)
    assert all(faq.symptoms for faq in bank.faq)


def test_no_file_of_answers_is_left_without_a_journey() -> None:
    files = {path.stem for path in shipped("practice").glob("*.toml")} - {"people"}
    assert files == {f"{bank.id}-{journey.kind.value}-{journey.task.value}" for bank, journey in JOURNEYS}
    for name in files:
        head = tomllib.loads(shipped("practice", f"{name}.toml").read_text(encoding="utf-8"))
        assert head["practice"] is True
