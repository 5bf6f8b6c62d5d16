"""Every failure that can be seen has one number, for good, with its words, and the page of numbers is up to date."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from desktop import doctor
from desktop.failures import FAILURES, Failure, Next, Retry, Severity, by_code, failure
from desktop.password_rules import RULES as PASSWORD_RULES
from desktop.pin_rules import RULES as PIN_RULES
from desktop.services.api import UNCERTAIN, Reason
from desktop.shipped import shipped
from desktop.text import LANGUAGES, Text, read_table
from desktop.wizard.flow.journey import NEEDS_NEW_CODE, OVER
from scripts.failure_codes import PAGE, page
from tests.test_text import _validator_codes

FROZEN = Path(__file__).parent / "frozen_codes.txt"
NAMES = {(found.domain, found.name) for found in FAILURES}


def _frozen() -> list[str]:
    return FROZEN.read_text(encoding="utf-8").splitlines()


# ── Total ──


def test_there_are_more_than_ninety() -> None:
    assert 90 < len(FAILURES)


@pytest.mark.parametrize("code", sorted({*Reason, *_validator_codes(), *PIN_RULES, *PASSWORD_RULES}))
def test_every_reason_and_every_fault_of_what_was_typed_has_a_number(code: str) -> None:
    assert code == failure(code).name


def test_every_problem_that_has_words_has_a_number() -> None:
    table = tomllib.loads(shipped("text", "ko", "problem.toml").read_text(encoding="utf-8"))
    assert set() == {("problem", name) for name in table} - NAMES


def test_every_finding_of_the_doctor_that_is_not_well_has_a_number() -> None:
    ill = {("doctor", code) for code, state in doctor.STATES.items() if state != doctor.State.OK}
    assert ill == {name for name in NAMES if name[0] == "doctor"}


@pytest.mark.parametrize("domain", ["config", "error"])
def test_every_refusal_of_a_setting_or_a_command_has_a_number(domain: str) -> None:
    table = read_table(shipped("text", "ko", "cli.toml"))
    refusals = {(domain, key.rpartition(".")[2]) for key in table if key.startswith(f"cli.{domain}.")}
    assert refusals - {("error", "hint")} == {name for name in NAMES if name[0] == domain}


#: What else a command says: its help, and how it ended well.
SAID = {
    *("brief", "about", "examples", "done", "unknown", "resumed", "window"),
    "issue.failed",  # follows the failure itself
}


@pytest.mark.parametrize("command", ["issue", "demo", "remind", "certs"])
def test_whatever_else_a_command_says_is_a_failure_with_a_number(command: str) -> None:
    table = read_table(shipped("text", "ko", "cli.toml"))
    said = {key.removeprefix("cli.") for key in table if key.startswith(f"cli.{command}.")}
    faults = {key for key in said if key not in SAID and key.partition(".")[2] not in SAID}
    assert faults == {f"{domain}.{name}" for domain, name in NAMES if domain == command}


# ── For good ──


def test_no_number_and_no_name_comes_twice() -> None:
    assert len(FAILURES) == len({found.number for found in FAILURES}) == len(NAMES)


def test_a_number_given_out_keeps_its_meaning_and_a_new_one_is_written_down() -> None:
    """A failure that can no longer happen keeps its line in the table; its number is never free again."""
    now = [f"{found.code} {found.domain}.{found.name}" for found in FAILURES]
    assert sorted(_frozen()) == sorted(now), "append the new line to tests/frozen_codes.txt; never change one"


def test_a_number_has_four_digits_and_is_found_however_it_is_read_out() -> None:
    assert all(re.fullmatch(r"CG-[1-9]\d{3}", found.code) for found in FAILURES)
    locked = failure("account_locked")
    assert [locked] * 4 == [by_code(said) for said in ("CG-2104", "cg2104", " 2104", "CG 2104")]
    assert [None] * 4 == [by_code(said) for said in ("", "CG-", "9999", "21042104")]


# ── In words ──


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("found", FAILURES, ids=lambda found: found.code)
def test_every_failure_has_cause_and_remedy(found: Failure, language: str) -> None:
    text = Text(language)
    assert text.has(found.cause), found.cause
    assert text.has(found.remedy), found.remedy


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_severity_retry_and_next_action_has_its_words(language: str) -> None:
    text = Text(language)
    for table, kinds in (("severity", Severity), ("retry", Retry), ("next", Next)):
        assert all(text(f"code.{table}.{kind}") for kind in kinds)


def test_the_page_of_numbers_is_up_to_date() -> None:
    assert page() == PAGE.read_text(encoding="utf-8"), "python -m scripts.failure_codes"


# ── True ──


def test_what_the_flow_asks_again_by_itself_is_safe_to_ask_again() -> None:
    assert {Retry.SAFE} == {failure(reason).retry for reason in UNCERTAIN}


def test_what_ends_a_journey_is_not_offered_again_in_it() -> None:
    assert {Retry.USELESS} == {failure(reason).retry for reason in OVER}
    assert {Severity.STOP} == {failure(reason).severity for reason in OVER}


def test_a_dead_code_leads_to_a_new_one_or_another_way() -> None:
    assert {failure(reason).next for reason in NEEDS_NEW_CODE} <= {Next.NEW_CODE, Next.OTHER_WAY}


def test_what_is_locked_is_opened_by_people_or_a_new_start() -> None:
    locked = [found for found in FAILURES if found.name.endswith("_locked") and found.name != "code_locked"]
    assert {found.next for found in locked} <= {Next.BRANCH, Next.CENTRE, Next.REISSUE, Next.RESTART}
    assert {Retry.USELESS} == {found.retry for found in locked}


def test_a_joint_certificates_password_may_be_tried_for_ever_and_a_pin_may_not() -> None:
    assert (Retry.SAFE, Retry.COUNTED) == (failure("wrong_password").retry, failure("wrong_pin").retry)
