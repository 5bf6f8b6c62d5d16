import msgspec
import pytest

from desktop.banks import Bank
from desktop.services.api import Kind, Task
from desktop.wizard.flow.plan import PlanError, make_plan
from tests.fakes import epost, epost_plan


def changed(steps: tuple[str, ...] | None = None, **asks: tuple[str, ...]) -> Bank:
    bank = epost()
    journey = bank.journeys[0]
    wanted = msgspec.structs.replace(journey, steps=steps or journey.steps, asks=asks or journey.asks)
    return msgspec.structs.replace(bank, journeys=(wanted,))


def test_the_order_of_the_steps_is_the_banks() -> None:
    assert epost().journeys[0].steps == tuple(step.id for step in epost_plan().steps)


def test_terms_may_come_late() -> None:
    steps = ("checklist", "identity", "phone", "medium", "cloud", "terms", "pin", "review", "done")
    plan = make_plan(changed(steps), Kind.FINANCIAL, Task.ISSUE)
    assert steps == tuple(step.id for step in plan.steps)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        (("checklist", "identity", "phonograph"), "no step 'phonograph'"),
        (("checklist", "phone", "identity"), "'phone' needs IdentityVerified"),
        (("identity", "done"), "'identity' cannot come first"),
        (("checklist", "terms", "terms"), "'terms' comes twice"),
        (("checklist", "identity", "cloud", "review"), "'review' uses ['pin']"),
    ],
)
def test_an_order_that_cannot_work_is_refused_with_the_step_named(steps: tuple[str, ...], words: str) -> None:
    with pytest.raises(PlanError) as caught:
        make_plan(changed(steps), Kind.FINANCIAL, Task.ISSUE)
    assert words in str(caught.value)


def test_a_task_that_is_not_offered_is_refused() -> None:
    with pytest.raises(PlanError, match="offers no renew"):
        make_plan(epost(), Kind.JOINT, Task.RENEW)


def test_a_profile_chooses_what_a_step_asks() -> None:
    plan = make_plan(changed(identity=("rrn", "account")), Kind.FINANCIAL, Task.ISSUE)
    assert ("rrn", "account") == plan.step("identity").stages[0].asks


@pytest.mark.parametrize(
    ("asks", "words"), [({"identity": ("shoe_size",)}, "asks ['shoe_size']"), ({"guidance": ("rrn",)}, "asks nothing")]
)
def test_asking_what_there_is_not_is_refused(asks: dict[str, tuple[str, ...]], words: str) -> None:
    with pytest.raises(PlanError) as caught:
        make_plan(changed(**asks), Kind.FINANCIAL, Task.ISSUE)
    assert words in str(caught.value)


def test_a_secret_is_needed_until_the_last_stage_that_uses_it() -> None:
    plan = epost_plan()
    assert {"rrn", "account", "pin"} <= plan.uses_from("phone", 0)
    assert "account_password" not in plan.uses_from("phone", 0)
    assert {"pin"} == plan.uses_from("review", 0)
    assert "identity" == plan.asked_in("rrn")
    assert plan.asked_in("shoe_size") is None
