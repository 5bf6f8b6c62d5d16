"""A bank nobody has heard of is added by one file: another order, other factors, its own words. Its journeys run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from cryptography import x509

import desktop.services.authority.local as authority
from desktop.banks import Bank, load_bank, load_banks
from desktop.services.api import Changed, CodeSent, Issued, Kind, MediumChallenge, PhoneVerified, Status, Task
from desktop.services.authority.practice import Holding, People, Person, load_people
from desktop.shipped import shipped
from desktop.wizard.flow.plan import make_plan
from desktop.wizard.flow.view import View
from tests.conftest import FakeClock
from tests.walking import PEOPLE, Town, answers_of, town

DASOM = load_bank(Path(__file__).parent / "banks" / "dasom.toml")
BANKS: Mapping[str, Bank] = {**load_banks(shipped("banks")), DASOM.id: DASOM}
#: A customer of the post office who has become one here as well.
AT_DASOM = Holding("dasom", "10020030040", "4471", user_id="uche85", otp_secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
KIM = msgspec.structs.replace(PEOPLE["kim_uche"], at=(*PEOPLE["kim_uche"].at, AT_DASOM), resident_issued="19041103")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def here(tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    def with_kim(path: Path) -> People:
        shipped_people = load_people(path)
        others: tuple[Person, ...] = tuple(p for p in shipped_people.people if p.id != KIM.id)
        return msgspec.structs.replace(shipped_people, people=(KIM, *others))

    monkeypatch.setattr(authority, "load_people", with_kim)
    async with town(tmp_path, BANKS, clock=clock) as found:
        yield found


def test_every_journey_of_the_fifth_bank_makes_a_plan_in_its_own_order() -> None:
    for journey in DASOM.journeys:
        plan = make_plan(DASOM, journey.kind, journey.task)
        assert journey.steps == tuple(step.id for step in plan.steps)


async def test_its_financial_certificate_is_issued_in_its_order_by_its_factors(here: Town) -> None:
    def called(view: View) -> bool:
        return (view.step, view.stage) == ("phone", 1)

    answers = answers_of(KIM, "dasom")
    async with here.begin("dasom", Kind.FINANCIAL, Task.ISSUE) as walker:
        view = await walker.walk(answers, until=called)
        challenge, sent = view.facts.get(MediumChallenge), view.facts.get(CodeSent)
        assert challenge is not None
        assert sent is not None
        assert ("otp", 8, "ars", 8) == (challenge.medium, challenge.otp_digits, sent.channel, sent.digits)
        view = await walker.answer_phone(lambda event, view: sent.shown or "")
        assert view.facts.get(PhoneVerified) is not None
        view = await walker.walk(answers)
        assert ["guidance", "identity", "medium", "pin", "cloud", "phone", "terms", "review", "done"] == walker.pages
    issued = view.facts.get(Issued)
    assert issued is not None
    certificate = x509.load_der_x509_certificate(issued.certificate)
    assert "DASOM" in {a.value for a in certificate.subject}
    years = datetime.fromtimestamp(issued.not_after, UTC).year - datetime.fromtimestamp(issued.not_before, UTC).year
    assert (2, "by_hand") == (years, issued.renewal)


async def test_its_certificate_is_suspended_for_the_month_it_allows(here: Town, clock: FakeClock) -> None:
    async with here.begin("dasom", Kind.FINANCIAL, Task.ISSUE) as walker:
        assert (await walker.walk(answers_of(KIM, "dasom"))).finished
    clock.advance(60)  # the token shows another number
    async with here.begin("dasom", Kind.FINANCIAL, Task.SUSPEND) as walker:
        view = await walker.walk(answers_of(KIM, "dasom"))
    changed = view.facts.get(Changed)
    assert changed is not None, view.problem
    assert changed.held_until is not None
    assert Status.SUSPENDED is changed.status
    assert 27 <= (changed.held_until - clock()) / 86_400 <= 32


async def test_its_joint_certificate_is_of_its_own_type(here: Town) -> None:
    async with here.begin("dasom", Kind.JOINT, Task.ISSUE) as walker:
        view = await walker.walk(answers_of(KIM, "dasom", usage="small"))
    issued = view.facts.get(Issued)
    assert issued is not None, view.problem
    assert ("small", "1.2.410.200005.1.1.6.8") == (issued.usage, issued.policy)
