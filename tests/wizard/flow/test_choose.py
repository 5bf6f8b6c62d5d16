"""Three questions at most lead every person to a task that their bank offers, or say why there is none."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta

import msgspec
import pytest

from desktop.banks import Bank, load_banks
from desktop.known import KST, Known, Where
from desktop.services.api import Kind, Renewal, Status, Task
from desktop.text import LANGUAGES, Text
from desktop.wizard.flow.choose import Answers, Choice, Question, Situation, ask, choose, kinds_for, situations
from tests.fakes import ROOT, epost

BANKS = load_banks(ROOT / "resources" / "banks")
ALL = [(bank, s, product.kind) for bank in BANKS.values() for s in Situation for product in bank.products]
TODAY = date(2026, 11, 22)


def known(bank: str = "epost", days: int = 400, **instead: object) -> Known:
    last = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=KST) + timedelta(days=days)
    first = Known(bank, Kind.FINANCIAL, "4217", "c", 0.0, last.timestamp(), Status.GOOD, Renewal.CHECK, Where.CLOUD)
    return msgspec.structs.replace(first, **instead)


def offering(*tasks: Task, kind: Kind = Kind.FINANCIAL, replaces: bool = False) -> Bank:
    """The post office with other journeys: what a bank is to the chooser."""
    journey = msgspec.structs.replace(epost().journeys[0], kind=kind)
    return msgspec.structs.replace(
        epost(),
        products=(msgspec.structs.replace(epost().products[0], kind=kind),),
        journeys=tuple(msgspec.structs.replace(journey, task=task) for task in tasks),
        policies=msgspec.structs.replace(epost().policies, replaces_elsewhere=replaces),
    )


# ── The table ──


@pytest.mark.parametrize(("bank", "situation", "kind"), ALL, ids=lambda x: getattr(x, "id", str(x)))
def test_every_bank_situation_and_kind_leads_to_what_the_bank_offers_with_a_reason(
    bank: Bank, situation: Situation, kind: Kind
) -> None:
    choice = choose(bank, situation, kind)
    assert choice.task is None or bank.journey(kind, choice.task) is not None
    assert choice.centre == choice.reason.endswith(".centre")
    assert all(Text(language).has(choice.reason) for language in LANGUAGES), choice.reason


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_bank_that_could_ever_be_has_words_for_its_reason(language: str) -> None:
    """Each task alone, each pair and none, with every kind and every way to renew."""
    text = Text(language)
    offers = [set(), *({task} for task in Task), *(set(pair) for pair in itertools.combinations(Task, 2))]
    for tasks, kind, replaces in itertools.product(offers, Kind, (False, True)):
        for renewal in Renewal if Task.RENEW in tasks else (Renewal.CHECK,):
            bank = offering(*tasks, kind=kind, replaces=replaces)
            product = msgspec.structs.replace(bank.products[0], renewal=renewal)
            bank = msgspec.structs.replace(bank, products=(product,))
            assert all(text.has(choose(bank, s, kind).reason) for s in Situation)


DECISIONS = [
    (Situation.NONE, {Task.ISSUE, Task.REISSUE}, Task.ISSUE, "none.issue"),
    (Situation.ELSEWHERE, {Task.ISSUE, Task.REGISTER}, Task.REGISTER, "elsewhere.register"),
    (Situation.ELSEWHERE, {Task.ISSUE}, Task.ISSUE, "elsewhere.issue"),
    (Situation.SOON, {Task.RENEW, Task.REISSUE}, Task.RENEW, "soon.renew_check"),
    (Situation.SOON, {Task.REISSUE}, Task.REISSUE, "soon.reissue"),
    (Situation.EXPIRED, {Task.RENEW, Task.REISSUE, Task.ISSUE}, Task.REISSUE, "expired.reissue"),
    (Situation.EXPIRED, {Task.ISSUE}, Task.ISSUE, "expired.issue"),
    (Situation.FORGOTTEN, {Task.PIN, Task.REISSUE, Task.REVOKE}, Task.REISSUE, "forgotten.reissue_financial"),
    (Situation.FORGOTTEN, {Task.PIN, Task.REVOKE}, Task.REVOKE, "forgotten.revoke"),
    (Situation.LOST, {Task.LOSS, Task.REVOKE}, Task.LOSS, "lost.loss"),
    (Situation.LOST, {Task.REVOKE, Task.SUSPEND}, Task.REVOKE, "lost.revoke"),
    (Situation.LOST, {Task.ISSUE}, None, "lost.centre"),
    (Situation.NEW_DEVICE, set(Task), None, "new_device.nothing_financial"),
    (Situation.CHANGE_SECRET, {Task.PIN, Task.REISSUE}, Task.PIN, "change_secret.pin"),
    (Situation.LIMIT, {Task.DEVICES}, Task.DEVICES, "limit.devices"),
    (Situation.LIMIT, {Task.ISSUE}, None, "limit.centre"),
    (Situation.PAUSE, {Task.SUSPEND, Task.REVOKE}, Task.SUSPEND, "pause.suspend"),
    (Situation.SUSPENDED, {Task.RESUME, Task.REISSUE}, Task.RESUME, "suspended.resume"),
    (Situation.STOP, {Task.REVOKE}, Task.REVOKE, "stop.revoke"),
    (Situation.VALID, set(Task), None, "valid.nothing_financial"),
]


@pytest.mark.parametrize(("situation", "tasks", "task", "reason"), DECISIONS)
def test_the_best_way_that_is_offered_is_taken_and_why_is_said(
    situation: Situation, tasks: set[Task], task: Task | None, reason: str
) -> None:
    choice = choose(offering(*tasks), situation, Kind.FINANCIAL)
    assert (task, f"choose.reason.{reason}") == (choice.task, choice.reason)


def test_a_file_moves_to_a_new_computer_by_a_reissue_and_the_phones_own_by_a_new_issue() -> None:
    joint = offering(Task.ISSUE, Task.REISSUE, kind=Kind.JOINT)
    assert Task.REISSUE == choose(joint, Situation.NEW_DEVICE, Kind.JOINT).task
    mobile = offering(Task.ISSUE, Task.REISSUE, kind=Kind.MOBILE)
    assert Task.ISSUE == choose(mobile, Situation.NEW_DEVICE, Kind.MOBILE).task


def test_a_forgotten_password_of_a_joint_certificate_is_set_anew_by_a_reissue() -> None:
    choice = choose(offering(Task.REISSUE, kind=Kind.JOINT), Situation.FORGOTTEN, Kind.JOINT)
    assert (Task.REISSUE, "choose.reason.forgotten.reissue_joint") == (choice.task, choice.reason)


def test_that_a_new_issue_revokes_another_banks_certificate_is_said_before() -> None:
    choice = choose(offering(Task.ISSUE, replaces=True), Situation.ELSEWHERE, Kind.FINANCIAL)
    assert "choose.reason.elsewhere.issue_replaces" == choice.reason


# ── The questions ──


@pytest.mark.parametrize(("bank", "situation", "kind"), ALL, ids=lambda x: getattr(x, "id", str(x)))
def test_at_most_three_questions_are_asked(bank: Bank, situation: Situation, kind: Kind) -> None:
    given, asked = Answers(), []
    while isinstance(said := ask(BANKS, given, known=(), today=TODAY), Question):
        asked.append(said.name)
        assert len(asked) <= 3
        told = {"bank": bank.id, "situation": situation, "kind": kind}
        given = Answers(**{n: told[n] if n in asked else getattr(given, n) for n in told})  # type: ignore[arg-type]  # by name
        if said.name == "kind" and kind not in said.options:
            return
    assert isinstance(said, Choice)
    assert asked == ["bank", "situation", "kind"][: len(asked)]


def test_the_kind_is_asked_only_where_several_would_help() -> None:
    for bank, situation, _ in ALL:
        kinds = kinds_for(bank, situation)
        said = ask(BANKS, Answers(bank.id, situation), known=(), today=TODAY)
        assert (len(kinds) > 1) == isinstance(said, Question)


def test_only_what_a_bank_can_help_with_is_among_the_options() -> None:
    assert Situation.LIMIT not in situations(offering(Task.ISSUE))
    assert Situation.SUSPENDED not in situations(offering(Task.ISSUE, Task.REISSUE))
    assert Situation.SUSPENDED in situations(offering(Task.ISSUE, Task.RESUME))
    assert {Situation.NONE, Situation.VALID} <= set(situations(offering(Task.ISSUE)))


SUGGESTED = [
    ((), Situation.NONE),
    ((known(),), Situation.VALID),
    ((known(days=24),), Situation.SOON),
    ((known(days=24, renewal=Renewal.AUTOMATIC),), Situation.VALID),
    ((known(days=-3),), Situation.EXPIRED),
    ((known(status=Status.SUSPENDED),), Situation.SUSPENDED),
    ((known(status=Status.REVOKED),), Situation.NONE),
    ((known("kb"),), Situation.ELSEWHERE),
    ((known("kb", days=-3),), Situation.NONE),
    ((known("kb", kind=Kind.JOINT),), Situation.NONE),
    ((known("kb"), known(days=5), known(serial="2")), Situation.SOON),
]


@pytest.mark.parametrize(("has", "situation"), SUGGESTED)
def test_what_the_person_has_suggests_what_is_the_matter(has: tuple[Known, ...], situation: Situation) -> None:
    banks = {"epost": offering(*Task)}
    said = ask(banks, Answers("epost"), known=has, today=TODAY)
    assert isinstance(said, Question)
    assert (situation, "situation") == (said.suggested, said.name)


def test_the_bank_of_the_certificate_that_expires_first_is_preselected() -> None:
    banks = {"kb": offering(*Task), "epost": offering(*Task)}
    said = ask(banks, Answers(), known=(known("epost", days=3), known("kb")), today=TODAY)
    assert Question("bank", ("kb", "epost"), "epost") == said
    assert Question("bank", ("kb", "epost"), "") == ask(banks, Answers(), known=(), today=TODAY)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_and_every_situation_has_its_words(language: str) -> None:
    text = Text(language)
    assert all(text(f"choose.question.{name}") for name in ("bank", "situation", "kind", "result"))
    assert all(text(f"choose.situation.{situation}") for situation in Situation)
