"""The time a journey takes a person follows from its fields, and stays within what the guides' flows allow."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from bench.human_time import BEGIN, END, GUIDES, MOST_POINTINGS, PAGE, Line, lines, table
from desktop.banks import Bank, load_banks
from desktop.services.api import Channel, Kind, Medium, Task
from desktop.wizard.flow.effort import SOURCES, Way, journey_effort, step_effort, step_seconds
from desktop.wizard.flow.fields import FIELDS
from desktop.wizard.flow.operators import FIRST_TIME, PRACTISED, Effort
from desktop.wizard.flow.plan import Plan, make_plan
from desktop.wizard.flow.view import Entry
from tests.fakes import ROOT, epost, epost_plan

BANKS = load_banks(ROOT / "resources" / "banks")
LINES = lines(BANKS)


def test_where_everything_typed_comes_from_is_known() -> None:
    typed = {name for name, field in FIELDS.items() if field.entry not in {Entry.CHOICE, Entry.AGREEMENTS}}
    assert typed == set(SOURCES)


def test_the_operators_are_those_of_the_model() -> None:
    everything = Effort(keys=1, copied=1, points=1, thinks=1, look_ups=1, phones=1, homes=1, waits=99)
    assert pytest.approx(0.28 + 0.50 + (1.10 + 0.20) + 1.35 + 2.0 + 6.0 + 0.40) == everything.human(PRACTISED)


def test_the_bank_details_of_the_post_office_are_counted_key_by_key() -> None:
    plan = epost_plan()
    # Resident number and password by heart, the account from the bankbook; a key to leave each, and Enter.
    expected = Effort(keys=(13 + 1) + (4 + 1) + 1, copied=14, look_ups=1, thinks=2, waits=1)
    assert expected == step_effort(plan, plan.step("identity"))


def test_what_is_prefilled_costs_a_glance_and_what_is_preselected_nothing_but_enter() -> None:
    plan = epost_plan()
    cloud = step_effort(plan, plan.step("cloud"))
    assert cloud.keys == (8 + 1) + (11 + 1) + 1 + 1  # name, phone, and Enter twice; the birth date is there
    assert cloud.copied == plan.bank.policies.cloud_code_digits
    phone = step_effort(plan, plan.step("phone"))
    assert (1, 2) == (phone.phones, phone.keys)


def test_another_medium_and_another_channel_change_the_time() -> None:
    plan = epost_plan()
    card = step_effort(plan, plan.step("medium"), Way(Channel.SMS, Medium.CARD))
    otp = step_effort(plan, plan.step("medium"), Way(Channel.SMS, Medium.OTP))
    assert (8 + 2 + 2, 6) == (card.copied, otp.copied)
    call = step_effort(plan, plan.step("phone"), Way(Channel.ARS, Medium.CARD))
    assert call.waits > step_effort(plan, plan.step("phone")).waits


def test_a_call_that_takes_the_digits_leaves_nothing_to_type() -> None:
    policies = msgspec.structs.replace(epost().policies, ars="keyed", channels=(Channel.ARS,))
    plan = make_plan(msgspec.structs.replace(epost(), policies=policies), Kind.FINANCIAL, Task.ISSUE)
    assert 2 == step_effort(plan, plan.step("phone")).copied


def test_a_first_timer_takes_longer_on_every_page_and_waits_are_in_both() -> None:
    plan = epost_plan()
    for step in plan.steps:
        practised, first = step_seconds(plan, step)
        effort = step_effort(plan, step)
        assert effort.waits <= practised <= first
        assert pytest.approx(effort.human(FIRST_TIME) + effort.waits) == first


def test_by_keyboard_alone_nothing_is_pointed_at() -> None:
    for bank in BANKS.values():
        for journey in bank.journeys:
            assert 0 == journey_effort(make_plan(bank, journey.kind, journey.task)).points


def test_the_post_office_takes_at_most_eighty_four_seconds_by_card_and_message() -> None:
    plan, way = epost_plan(), Way(Channel.SMS, Medium.CARD)
    assert journey_effort(plan, way).human() <= 84
    assert journey_effort(plan, way, pointing=True).human() <= 84


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_every_journey_keeps_its_budget_of_seconds_and_of_pointings(line: Line) -> None:
    assert line.good, line
    assert line.pointings <= MOST_POINTINGS


@pytest.mark.parametrize("bank", BANKS.values(), ids=lambda bank: bank.id)
def test_no_journey_takes_a_first_timer_longer_than_its_bank_says(bank: Bank) -> None:
    for journey in bank.journeys:
        plan: Plan = make_plan(bank, journey.kind, journey.task)
        effort = journey_effort(plan)
        assert effort.human(FIRST_TIME) + effort.waits <= journey.minutes[1] * 60, (journey.kind, journey.task)


def test_one_more_field_from_paper_breaks_the_budget_of_the_post_office() -> None:
    """The test above would notice: this is how near the limit we are."""
    journey = epost().journeys[0]
    asks = {**journey.asks, "identity": (*journey.asks["identity"], "document_date", "email", "user_id")}
    bank = msgspec.structs.replace(epost(), journeys=(msgspec.structs.replace(journey, asks=asks),))
    (line,) = lines({"epost": bank})
    assert not line.good


def test_every_guide_with_a_figure_belongs_to_a_bank_of_ours() -> None:
    assert all(bank not in BANKS or BANKS[bank].journey(kind, task) is not None for bank, kind, task in GUIDES), Path(
        "resources/banks"
    )


def test_the_seconds_in_the_documents_are_those_of_the_model() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert table(LINES) == page.partition(BEGIN)[2].partition(END)[0], "python -m bench.human_time --write"
