"""Thousands of random moves over a journey: nothing breaks, nothing is kept, nothing is issued twice."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from desktop.banks import load_banks
from desktop.services.api import Channel, Check, CloudVerified, Issued, PhoneVerified, Reason, ServiceError, Task
from desktop.wizard.flow.journal import Journal
from desktop.wizard.flow.plan import Plan, make_plan
from desktop.wizard.flow.view import End, Given
from tests.fakes import RIGHT, ROOT, FakeServices, holding, right_answers
from tests.wizard.flow.driving import Drive

CALLS = (
    "open_journey",
    "accept_terms",
    "verify_identity",
    "send_code",
    "confirm_code",
    "challenge_medium",
    "answer_medium",
    "open_cloud",
    "confirm_cloud",
    "verify_document",
    "verify_account",
    "verify_password",
    "holdings",
    "devices",
    "change",
    "hand_off",
    "issue",
    "enrol",
    "places",
    "keep",
    "pkix",
    "sign",
    "credentials_authorize",
    "sign_hash",
    "journey_status",
)
WRONG = ("", "1", "000000", "ㅁㄴㅇ", "99999999999999", "9999", "<&>")
STEPS = (
    "checklist",
    "terms",
    "identity",
    "phone",
    "medium",
    "cloud",
    "pin",
    "place",
    "password",
    "review",
    "done",
    "nowhere",
)


def every_plan() -> list[Plan]:
    """Every journey of every bank that comes with the program."""
    banks = load_banks(ROOT / "resources/banks").values()
    return [make_plan(bank, journey.kind, journey.task) for bank in banks for journey in bank.journeys]


PLANS = every_plan()


class Walk(RuleBasedStateMachine):
    """Every rule is something that a person, a bank or a crash can do at any moment."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.steps = 0
        self.begin(PLANS[0], elsewhere=False, hardened=False)

    def begin(self, plan: Plan, *, elsewhere: bool, hardened: bool) -> None:
        self.plan = plan
        self.services = FakeServices()
        self.services.task = plan.data.task
        kind = plan.data.kind
        self.services.certificates = tuple(holding(name, *Task, kind=kind) for name in ("one", "two"))
        if elsewhere:
            self.services.elsewhere = (holding("far", *Task, bank="other", kind=kind),)
        self.services.extra = (Check.DOCUMENT,) if hardened else ()
        self.drive = Drive(self.services, Path(self.folder.name), plan)

    @initialize(plan=st.sampled_from(PLANS), elsewhere=st.booleans(), hardened=st.booleans())
    def choose_a_journey(self, plan: Plan, elsewhere: bool, hardened: bool) -> None:
        """Any task of any bank, for somebody with certificates here, and perhaps elsewhere or after a loss."""
        self.begin(plan, elsewhere=elsewhere, hardened=hardened)

    def run(self, work: object) -> None:
        async def whole() -> None:
            if callable(work):
                work()
            for _ in range(3):
                await asyncio.sleep(0)
            await self.drive.runner.settled()
            while self.drive.view.busy:  # an answer on the phone may have begun the next call meanwhile
                await asyncio.sleep(0)
                await self.drive.runner.settled()

        self.steps += 1
        self.loop.run_until_complete(whole())

    @rule()
    def go_on(self) -> None:
        self.run(lambda: self.drive.runner.next(right_answers(self.drive.view)))

    @rule(field=st.sampled_from(sorted(RIGHT)), text=st.sampled_from(WRONG))
    def go_on_with_a_mistake(self, field: str, text: str) -> None:
        self.run(lambda: self.drive.runner.next(right_answers(self.drive.view, **{field: text})))

    @rule()
    def give_nothing(self) -> None:
        self.run(lambda: self.drive.runner.next(Given()))

    @rule()
    def back(self) -> None:
        self.run(self.drive.runner.back)

    @rule(step=st.sampled_from(STEPS))
    def go_to(self, step: str) -> None:
        self.run(lambda: self.drive.runner.go_to(step))

    @rule(data=st.data())
    def act(self, data: st.DataObject) -> None:
        actions = [action.id for action in self.drive.view.actions] or ["resend"]
        name = data.draw(st.sampled_from(actions))
        self.run(lambda: self.drive.runner.act(name))

    @rule(call=st.sampled_from(CALLS), reason=st.sampled_from(Reason), times=st.integers(1, 4))
    def the_service_fails(self, call: str, reason: Reason, times: int) -> None:
        self.services.fail(call, *[ServiceError(reason, field="pin" if reason is Reason.WEAK_PIN else None)] * times)
        self.go_on()

    @rule(call=st.sampled_from(CALLS))
    def a_reply_is_lost(self, call: str) -> None:
        self.services.lose_reply(call)
        self.go_on()

    @rule()
    def the_call_is_stopped(self) -> None:
        self.services.hang.update(CALLS)

        def work() -> None:
            self.drive.runner.next(right_answers(self.drive.view))
            self.loop.call_soon(self.drive.runner.cancel_call)

        self.run(work)
        self.services.hang.clear()

    @rule(by_cloud=st.booleans())
    def the_phone_answers(self, by_cloud: bool) -> None:
        reply = CloudVerified(new_account=True, by_reply=True) if by_cloud else PhoneVerified(Channel.ARS)
        self.services.replies.put_nowait(reply)
        self.run(None)

    @rule()
    def the_program_is_killed_and_started(self) -> None:
        async def die() -> None:
            running = list(self.drive.runner._running)
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

        self.loop.run_until_complete(die())
        self.restart()

    @rule()
    def leave_and_start_again(self) -> None:
        self.run(self.drive.runner.leave)
        assert frozenset() == self.drive.journey.held
        self.restart()

    def restart(self) -> None:
        """Another run of the program on the same folder, which asks what became of an interrupted journey."""
        self.drive = Drive(self.services, self.drive.folder, self.plan)
        self.services.replies = asyncio.Queue()
        found = Journal(self.drive.folder).interrupted()
        if found is not None:
            self.services.reprove = ()
            self.run(lambda: self.drive.runner.resume(found))

    @invariant()
    def there_is_always_a_way_on(self) -> None:
        view = self.drive.view
        if view.end is None:
            assert view.busy is None
            assert view.can_next or view.actions, f"dead end on {view.step}: {view.problem}"

    @invariant()
    def no_secret_outlives_the_journey(self) -> None:
        if self.drive.view.end is not None:
            assert frozenset() == self.drive.runner._session.held

    @invariant()
    def a_journey_issues_once(self) -> None:
        credentials = [issued.credential_id for issued in self.services.certificates_issued]
        assert len(credentials) == len(set(credentials))

    @invariant()
    def nothing_secret_is_in_the_view_or_the_journal(self) -> None:
        text = repr(self.drive.view)
        journal = self.drive.folder / "journal.json"
        if journal.exists():
            text += journal.read_text()
        for field in ("rrn", "account", "pin", "code", "otp", "password", "current_password", "document_number"):
            assert RIGHT[field] not in text

    @invariant()
    def an_ended_journey_is_known(self) -> None:
        if self.drive.view.end is End.DONE:
            assert self.services.certificates_issued or self.services.changes or Issued in self.drive.view.facts

    def teardown(self) -> None:
        self.loop.run_until_complete(self.drive.runner.aclose())
        self.loop.close()
        with contextlib.suppress(OSError):
            self.folder.cleanup()


def walk(steps: int) -> int:
    """About `steps` random moves, in walks of up to 100; returns how many were made."""
    taken = 0

    class Counted(Walk):
        def teardown(self) -> None:
            nonlocal taken
            taken += self.steps
            super().teardown()

    Counted.TestCase.settings = settings(
        max_examples=steps // 85,
        stateful_step_count=100,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    with pytest.MonkeyPatch.context() as patch:
        # That a file survives a power cut is not what is walked here, and waiting for the disk is most of the time.
        patch.setattr(os, "fsync", lambda handle: None)
        Counted.TestCase().runTest()
    return taken


@pytest.mark.no_cover  # what is reached is tested elsewhere; tracing it doubles the time
def test_a_random_walk_of_20000_steps_finds_no_dead_end_and_no_second_certificate() -> None:
    assert 20_000 <= walk(20_000)


@pytest.mark.soak
def test_a_random_walk_of_100000_steps_finds_nothing_either() -> None:
    assert 100_000 <= walk(100_000)
