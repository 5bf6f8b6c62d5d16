"""Turns the journey's effects into service calls, one at a time, with time-out, cancel, retry and a journal."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import date

from desktop.services.api import (
    UNCERTAIN,
    IdentityVerified,
    JourneyOpened,
    JourneyStatus,
    Reason,
    ServiceError,
    Services,
    Wallet,
)
from desktop.wizard.flow.calls import LIMITS, perform
from desktop.wizard.flow.drawing import draw
from desktop.wizard.flow.fields import birth_date
from desktop.wizard.flow.journal import Interrupted, Journal, JournalError
from desktop.wizard.flow.journey import IRREVERSIBLE, Journey
from desktop.wizard.flow.judging import judge
from desktop.wizard.flow.plan import Plan
from desktop.wizard.flow.session import Session
from desktop.wizard.flow.steps import Effect
from desktop.wizard.flow.view import End, Given, Problem, View

#: Waits before the same call is made again under the same key (seconds).
RETRY_AFTER = (0.5, 1.5)
#: How long one question for an answer on the phone may hang (seconds).
REPLY_WAIT = 20.0


@dataclass(frozen=True, slots=True)
class Ticket:
    """The idempotency key of a call whose outcome may be unknown, kept for as long as it is the same call."""

    step: str
    effect: Effect
    key: str


class Runner:
    """Drives one journey. All moves are plain calls from inside a running asyncio loop.

    `on_view` is called after every change. `report` gets event names with codes, never data of the person.
    """

    def __init__(
        self,
        *,
        services: Services,
        wallet: Wallet,
        plan: Plan,
        journal: Journal,
        on_view: Callable[[View], None],
        practice: bool = False,
        device: str = "",
        clock: Callable[[], float] = time.monotonic,
        today: Callable[[], date] = date.today,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
        report: Callable[..., None] = lambda event, **codes: None,
    ) -> None:
        self._services, self._wallet, self._journal, self._on_view = services, wallet, journal, on_view
        self._clock, self._today, self._pause, self._report = clock, today, pause, report
        self._practice, self._device = practice, device
        self._session = Session()
        self._journey = Journey.begin(plan)
        self._call: asyncio.Task[None] | None = None
        self._watch: asyncio.Task[None] | None = None
        self._ticket: Ticket | None = None
        self._resume_id = ""
        self._closed = False
        self._running: set[asyncio.Task[None]] = set()

    # ── For pages ─────────────────────────────────────────────────────────────────────────────────────────

    @property
    def view(self) -> View:
        return draw(self._journey, practice=self._practice)

    @property
    def journey(self) -> Journey:
        return self._journey

    def start(self) -> None:
        self._on_view(self.view)

    def resume(self, interrupted: Interrupted) -> None:
        """Asks what became of an interrupted journey, and goes on where the truth is."""
        self._resume_id = interrupted.journey
        self._move(Journey.resume(self._journey.plan, self._clock()))

    def next(self, given: Given) -> None:
        if self._take(given):
            self._move(self._journey.next(self._clock()))

    def act(self, action: str, given: Given | None = None) -> None:
        """A secondary way on. Secrets typed meanwhile are for another code or medium, so they are wiped."""
        for secret in (given.secrets if given else {}).values():
            secret.wipe()
        if not self._busy:
            self._move(self._journey.act(action, self._clock()))

    def choose(self, field: str, value: str) -> None:
        """A choice that changes what else the page asks; nothing is sent."""
        self._move(self._journey.chosen(field, value))

    def back(self) -> None:
        self._step_back(self._journey.back())

    def go_to(self, step: str) -> None:
        self._step_back(self._journey.go_to(step))

    def cancel_call(self) -> None:
        """Stops waiting for the call under way. Whether it took effect is found out by asking again."""
        if self._call is not None and not self._call.done():
            self._call.cancel()

    def leave(self) -> None:
        """Gives the journey up; secrets are wiped at once."""
        self.cancel_call()
        self._move(self._journey.leave())

    async def settled(self) -> View:
        """Waits until no call is under way."""
        while self._call is not None and not self._call.done():
            await asyncio.wait([self._call])
        return self.view

    async def aclose(self, *, resumable: bool = False) -> None:
        """Lets nothing run on and wipes. An open journey is left, or stays in the journal for a later run."""
        if self._journey.end is None and not resumable and not self._closed:
            self.leave()
        self._closed = True
        for task in (self._watch, self._call if resumable else None):
            if task is not None:
                task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._session.close()
        # A cancelled task holds the frame it was cancelled in, and Python 3.11 does not see that ring when it collects.
        self._call = self._watch = None

    def _spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    # ── Moves ─────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _busy(self) -> bool:
        return self._journey.pending is not None or self._journey.end is not None

    def _take(self, given: Given) -> bool:
        """Judges what a page gave and keeps it. False when a call is under way: then it is wiped and ignored."""
        if self._busy:
            for secret in given.secrets.values():
                secret.wipe()
            return False
        typed = any(len(secret) > 0 for secret in given.secrets.values())
        before = self._journey
        self._journey = judge(before, self._session, given, today=self._today())
        # Other input makes another call. An issue in doubt takes no input, so it keeps its key.
        if typed or before.answers != self._journey.answers:
            self._ticket = None
        return True

    def _step_back(self, journey: Journey) -> None:
        if journey is self._journey:
            return
        if not journey.settled:
            self._session.drop(name for stage in journey.step.stages for name in stage.asks)
        self._move(journey)

    def _move(self, journey: Journey) -> None:
        """Every change comes through here: secrets no longer needed go, the journal follows, a call starts."""
        if journey.end is not None:
            self._session.close()
        else:
            stage = journey.pending.stage if journey.pending else journey.stage_index
            self._session.keep_only(journey.plan.uses_from(journey.step.id, stage))
        self._journey = journey.holding(self._session.held)
        if journey.end is None and journey.pending is not None:
            if self._call is None or self._call.done():
                self._call = self._spawn(self._run())
        elif journey.end is not None:
            self._finish()
        self._follow_phone()
        self._on_view(self.view)

    def _finish(self) -> None:
        if self._journey.end is not End.UNKNOWN:
            opened = self._journey.facts.get(JourneyOpened)
            with contextlib.suppress(JournalError):
                self._journal.clear(opened.journey if opened else self._resume_id)
        self._report("journey_ended", end=str(self._journey.end))
        opened = self._journey.facts.get(JourneyOpened)
        if opened is not None and self._journey.end is not End.UNKNOWN:
            self._call = self._spawn(self._close(opened.journey))

    async def _close(self, journey: str) -> None:
        """Tells the service, as a courtesy: the journey would end there by itself when it idles."""
        try:
            async with asyncio.timeout(5):
                await self._services.close_journey(journey, key=secrets.token_urlsafe(16))
        except (ServiceError, TimeoutError) as error:
            self._report("close_failed", reason=str(error) or "timed_out")

    # ── Calls ─────────────────────────────────────────────────────────────────────────────────────────────

    async def _run(self) -> None:
        """Runs pending effects until the journey waits for the person again."""
        while (pending := self._journey.pending) is not None:
            key = self._key(pending.effect)
            try:
                await self._note(pending.effect, key)
                fact = await self._attempt(pending.effect, key)
            except ServiceError as error:
                moved = self._failed(pending.effect, error)
            except JournalError as error:
                moved = self._failed(pending.effect, ServiceError(error.reason))
            except asyncio.CancelledError:
                if self._journey.end is not None:
                    raise
                moved = self._failed(pending.effect, ServiceError(Reason.CANCELLED))
            except Exception as error:  # noqa: BLE001 — a fault of ours must not leave a page that waits for ever
                self._report("failure", error=type(error).__name__)
                moved = self._failed(pending.effect, ServiceError(Reason.INTERNAL), in_doubt=True)
            else:
                self._ticket = None
                moved = self._succeeded(fact)
            await self._note_step(moved)
            if self._journey.end is not None:
                return
            self._report("effect_ended", effect=pending.effect.value, reason=_code(moved.problem))
            self._move(moved)

    def _key(self, effect: Effect) -> str:
        """The same call asked again keeps its key, so that it takes effect at most once."""
        step = self._journey.step.id
        if self._ticket is None or (self._ticket.step, self._ticket.effect) != (step, effect):
            self._ticket = Ticket(step, effect, secrets.token_urlsafe(16))
        return self._ticket.key

    async def _attempt(self, effect: Effect, key: str) -> object:
        """One call, repeated under the same key while its outcome is uncertain."""
        last = ServiceError(Reason.UNREACHABLE)
        for wait in (0.0, *RETRY_AFTER):
            if wait:
                await self._pause(wait)
            try:
                async with asyncio.timeout(LIMITS[effect].most):
                    return await perform(
                        effect,
                        self._journey,
                        self._services,
                        self._wallet,
                        self._session,
                        key=key,
                        resume=self._resume_id,
                        device=self._device,
                    )
            except TimeoutError:
                last = ServiceError(Reason.TIMED_OUT)
            except ServiceError as error:
                if error.reason not in UNCERTAIN:
                    raise
                last = error
        raise last

    def _succeeded(self, fact: object) -> Journey:
        now = self._clock()
        if isinstance(fact, JourneyStatus):
            return self._journey.found(fact, now)
        journey = self._journey
        if isinstance(fact, IdentityVerified) and (rrn := self._session.get("rrn")) is not None:
            journey = journey.prefilled({"birth_date": birth_date(rrn.view())})
        return journey.succeeded(fact, now)

    def _failed(self, effect: Effect, error: ServiceError, *, in_doubt: bool = False) -> Journey:
        in_doubt = in_doubt or error.reason in UNCERTAIN or error.reason is Reason.CANCELLED
        if not in_doubt:
            self._ticket = None
            self._wipe_refused(error)
        reason = Reason.OUTCOME_UNKNOWN if in_doubt and effect in IRREVERSIBLE else error.reason
        problem = Problem(reason, error.field, error.tries_left, error.retry_after, error.detail, error.where)
        return self._journey.failed(problem)

    def _wipe_refused(self, error: ServiceError) -> None:
        """Secrets that were refused are asked again; the ones not at fault stay."""
        asks = self._journey.stage.asks
        self._session.drop([error.field] if error.field else asks)

    # ── The journal ───────────────────────────────────────────────────────────────────────────────────────

    async def _note(self, effect: Effect, key: str) -> None:
        """In a thread: a slow disk must not stop the window."""
        opened = self._journey.facts.get(JourneyOpened)
        if opened is not None:
            entry = self._entry(self._journey, opened.journey, effect.value, key)
            await asyncio.to_thread(self._journal.write, entry)

    async def _note_step(self, journey: Journey) -> None:
        """After a call. A disk that refuses here is said by the next call, before anything else is begun."""
        opened = journey.facts.get(JourneyOpened)
        if opened is not None and journey.end is None:
            with contextlib.suppress(JournalError):
                await asyncio.to_thread(self._journal.write, self._entry(journey, opened.journey, "", ""))

    def _entry(self, journey: Journey, opened: str, effect: str, key: str) -> Interrupted:
        data = journey.plan.data
        return Interrupted(journey.plan.bank.id, data.kind, data.task, opened, journey.step.id, effect, key)

    # ── Answers on the phone ──────────────────────────────────────────────────────────────────────────────

    def _follow_phone(self) -> None:
        """Watches for an answer on the phone exactly while a stage can be completed by one."""
        wanted = self._journey.stage.watch and not self._journey.settled and self._journey.end is None
        watching = self._watch is not None and not self._watch.done()
        if wanted and not watching:
            self._watch = self._spawn(self._await_reply())
        elif watching and not wanted and self._watch is not None and self._watch is not asyncio.current_task():
            self._watch.cancel()

    async def _await_reply(self) -> None:
        opened = self._journey.facts.get(JourneyOpened)
        assert opened is not None, "a watched stage needs an open journey"
        while True:
            try:
                fact = await self._services.await_reply(opened.journey, wait=REPLY_WAIT)
            except ServiceError as error:
                self._report("watch_failed", reason=error.reason.value)
                if error.reason not in UNCERTAIN:
                    return
                await self._pause(RETRY_AFTER[-1])
                continue
            # A call under way may do the same; when it does, this watch is cancelled while it waits here.
            await self.settled()
            if type(fact) is self._journey.stage.gives:
                moved = self._journey.succeeded(fact, self._clock())
                self._move(moved)
                await self._note_step(moved)
                return


def _code(problem: Problem | None) -> str:
    return problem.code if problem else "ok"
