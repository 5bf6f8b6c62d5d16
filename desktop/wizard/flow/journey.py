"""The state of one journey and every move it knows, pure: each move returns a new journey and touches nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from desktop.services.api import (
    AccountVerified,
    Changed,
    Channel,
    Check,
    CloudVerified,
    Document,
    DocumentVerified,
    IdentityVerified,
    Issued,
    JourneyOpened,
    JourneyStatus,
    Medium,
    MediumVerified,
    PasswordVerified,
    PhoneVerified,
    Places,
    Reason,
    Task,
    TermsAccepted,
)
from desktop.wizard.flow.choices import asks_nothing, choices, with_defaults
from desktop.wizard.flow.facts import Facts
from desktop.wizard.flow.fields import FIELDS
from desktop.wizard.flow.plan import Plan
from desktop.wizard.flow.steps import Action, Effect, Stage, Step
from desktop.wizard.flow.view import End, Problem

#: The code can no longer be right: the next thing to do is to have a new one sent.
NEEDS_NEW_CODE = frozenset(
    {
        Reason.CODE_EXPIRED,
        Reason.CODE_LOCKED,
        Reason.CODE_NOT_SENT,
        Reason.CALL_NOT_ANSWERED,
        Reason.CLOUD_CODE_EXPIRED,
        Reason.HANDOFF_EXPIRED,
    }
)
#: What cannot be taken back: when its outcome is unknown, only asking again leads on.
IRREVERSIBLE = frozenset({Effect.ISSUE, Effect.CHANGE})
#: Nothing more can be done in this journey; a new one may be started with what was typed.
OVER = frozenset(
    {
        Reason.IDENTITY_LOCKED,
        Reason.SESSION_EXPIRED,
        Reason.JOURNEY_CLOSED,
        Reason.JOURNEY_UNKNOWN,
        Reason.OUT_OF_ORDER,
        Reason.TOO_MANY_CODES,
        Reason.CLOUD_LOCKED,
        Reason.DOCUMENT_LOCKED,
    }
)


def _nothing() -> Mapping[str, Problem]:
    return MappingProxyType({})


def _no_text() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Pending:
    """An effect under way for a stage, since a time of the runner's clock.

    `redo`: an action asked for it; `before` are the answers to go back to when it fails.
    """

    effect: Effect
    stage: int
    since: float
    redo: bool = False
    before: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What the validators said of a stage's fields, and which secrets the session now holds and how they look."""

    plain: Mapping[str, str]
    problems: Mapping[str, Problem]
    warnings: Mapping[str, Problem]
    masks: Mapping[str, str]
    held: frozenset[str]


@dataclass(frozen=True, slots=True)
class Journey:
    """`history` is the stack of visited steps, the last one shown. `floor` is how far down Back may go.

    `uncertain`: an issue was asked for and its outcome is not known; only asking again leads on.
    """

    plan: Plan
    history: tuple[str, ...]
    answers: Mapping[str, str] = field(default_factory=_no_text)
    masks: Mapping[str, str] = field(default_factory=_no_text)
    held: frozenset[str] = frozenset()
    problems: Mapping[str, Problem] = field(default_factory=_nothing)
    warnings: Mapping[str, Problem] = field(default_factory=_nothing)
    problem: Problem | None = None
    facts: Facts = field(default_factory=Facts)
    pending: Pending | None = None
    floor: int = 1
    uncertain: bool = False
    over: bool = False
    interrupted: bool = False
    resumed: bool = False
    end: End | None = None
    switch_to: Task | None = None

    @classmethod
    def begin(cls, plan: Plan) -> Journey:
        return cls(plan, (plan.steps[0].id,))

    @classmethod
    def resume(cls, plan: Plan, now: float) -> Journey:
        """Starts by asking the service what became of an interrupted journey."""
        return replace(cls.begin(plan), interrupted=True).retry_resume(now)

    # ── Where we are ──────────────────────────────────────────────────────────────────────────────────────

    @property
    def step(self) -> Step:
        return self.plan.step(self.history[-1])

    @property
    def stage_index(self) -> int:
        """The first stage of the step whose fact is missing; the last one once the step is settled."""
        stages = self.step.stages
        if self.settled:
            return len(stages) - 1
        return next(n for n, stage in enumerate(stages) if not self._has(stage))

    @property
    def stage(self) -> Stage:
        return self.step.stages[self.stage_index]

    @property
    def settled(self) -> bool:
        """All that this step can prove is proven; its fields are closed and Next only moves on."""
        return self.is_settled(self.step)

    @property
    def can_back(self) -> bool:
        return len(self.history) > self.floor and not (self.pending or self.uncertain or self.over or self.end)

    def can_go_to(self, step: str) -> bool:
        return self.can_back and step in self.history[self.floor - 1 : -1]

    @property
    def actions(self) -> tuple[Action, ...]:
        """Secondary ways on that make sense now. Redoing needs the stage after it to be open."""
        if self.pending or self.settled or self.over or self.end:
            return ()
        return tuple(action for action in self.step.actions if self._offers(action))

    def _offers(self, action: Action) -> bool:
        """A stage behind can be done again; the one here too where it ran by itself and failed."""
        if action.redo is None:
            return action.id in self.plan.data.when.values()  # where the bank has another way
        if not (action.redo < self.stage_index or self.stage.auto):
            return False
        return all(self.answers.get(name) != value and self._choosable(name, value) for name, value in action.sets)

    def _choosable(self, name: str, value: str) -> bool:
        choices = self.choices(name)
        return not choices or value in choices

    def choices(self, name: str) -> tuple[str, ...]:
        """What this person can choose from; empty where that does not depend on the person."""
        return choices(name, self.plan, self.facts)

    def expects(self, step: Step) -> bool:
        """Whether the person can be told of it: it applies, and is not one that is mostly passed over."""
        return self.applies(step) and (not step.rare or step.id in self.history)

    def applies(self, step: Step) -> bool:
        """Whether this person walks the step, as far as is known by now."""
        match self.plan.condition(step):
            case "hardened":
                identity = self.facts.get(IdentityVerified)
                return identity is not None and step.id in identity.extra
            case "forgot_password":
                return self.answers.get("password_route") == "forgot" and PasswordVerified not in self.facts
            case _:
                return True

    # ── Moves by the person ───────────────────────────────────────────────────────────────────────────────

    def answered(self, judged: Judged) -> Journey:
        """Takes in what a page gave and how it was judged."""
        return replace(
            self,
            answers=MappingProxyType({**self.answers, **judged.plain}),
            masks=MappingProxyType({**self.masks, **judged.masks}),
            held=judged.held,
            problems=judged.problems,
            warnings=judged.warnings,
            problem=None,
        )

    def next(self, now: float) -> Journey:
        """Goes on from the current stage: an effect to run, the next step, or the end. Faults keep it here."""
        if self.pending or self.end or self.problems or self.over:
            return self
        if self.interrupted:
            return self.retry_resume(now)
        if self.settled:
            return self._advance(now)
        stage = self.stage
        if stage.effect is None:
            return self._switched() or self._advance(now)
        return replace(self, pending=Pending(stage.effect, self.stage_index, now), problem=None)

    def back(self) -> Journey:
        if not self.can_back:
            return self
        return replace(self._clean(), history=self.history[:-1])

    def go_to(self, step: str) -> Journey:
        """Back over several steps at once, to one in the history."""
        if not self.can_go_to(step):
            return self
        return replace(self._clean(), history=self.history[: self.history.index(step) + 1])

    def chosen(self, field: str, value: str) -> Journey:
        """A choice that changes what else the page asks."""
        if self.pending or self.end or self.settled or field not in self.stage.asks:
            return self
        return replace(self._clean(), answers=MappingProxyType({**self.answers, field: value}))

    def act(self, name: str, now: float) -> Journey:
        """Does one of the offered actions; `restart` and `finish` exist on every step where they make sense."""
        if name == "restart" and self.can_restart:
            return self._restarted()
        if name == "finish" and self.can_finish:
            return replace(self, end=End.DONE)
        for action in self.actions:
            if action.id == name:
                answers = MappingProxyType({**self.answers, **dict(action.sets)})
                if action.redo is None:
                    return replace(self, answers=answers)._advance(now)
                effect = self.step.stages[action.redo].effect
                assert effect is not None, "an action redoes a stage with an effect"
                return replace(
                    self._clean(),
                    answers=answers,
                    pending=Pending(effect, action.redo, now, redo=True, before=self.answers),
                )
        return self

    @property
    def can_restart(self) -> bool:
        return self.over and self.pending is None and self.end is None

    @property
    def can_finish(self) -> bool:
        """The certificate exists; its proof may be left for later."""
        return self._is_done and self.pending is None and self.end is None and not self._is_last_stage()

    @property
    def _is_done(self) -> bool:
        return Issued in self.facts or Changed in self.facts

    def _is_last_stage(self) -> bool:
        return self.stage_index == len(self.step.stages) - 1

    def leave(self) -> Journey:
        """Gives up. What was issued stays issued, and what is not known stays unknown."""
        if self.end:
            return self
        if self._is_done:
            return replace(self, pending=None, end=End.DONE)
        asking = self.pending is not None and self.pending.effect in IRREVERSIBLE
        return replace(self, pending=None, end=End.UNKNOWN if asking or self.uncertain else End.CANCELLED)

    # ── Moves by the services ─────────────────────────────────────────────────────────────────────────────

    def succeeded(self, fact: object, now: float) -> Journey:
        """An effect gave its fact: the next stage of the step, or the next step."""
        if self.end:
            return self
        step = self.step
        index = self.pending.stage if self.pending else self.stage_index
        later = frozenset(stage.gives for stage in step.stages[index:] if stage.gives)
        moved = replace(
            self._clean(),
            facts=_with_codes(self.facts.minus(later).plus(fact, now), fact, now),
            floor=len(self.history) + 1 if step.point_of_no_return else self.floor,
            pending=None,
            uncertain=False,
        )
        moved = replace(moved, answers=with_defaults(moved.answers, moved.plan, moved.facts))
        if moved.settled:
            return moved._advance(now)
        return moved._advance(now, leave_out=True) if moved._asks_nothing(step) else moved._run_auto(now)

    def failed(self, problem: Problem) -> Journey:
        """An effect failed: say it where it can be mended, which may be an earlier step or stage."""
        if self.end or self.pending is None:
            return self
        pending = self.pending
        answers = self.answers if pending.before is None else pending.before
        failed = replace(self._clean(), answers=answers, pending=None, problem=problem)
        if problem.code == Reason.OUTCOME_UNKNOWN:
            return replace(failed, uncertain=True)
        failed = replace(failed, uncertain=False, over=problem.code in OVER)
        if problem.field == "place":
            failed = replace(failed, facts=self.facts.minus(frozenset({Places})))
        if problem.code in NEEDS_NEW_CODE and not pending.redo:
            failed = replace(failed, facts=self.facts.minus(frozenset({_first_fact(self.step)})))
        if problem.field is None:
            return failed
        return failed._at_field(problem.field, problem)

    def holding(self, held: frozenset[str]) -> Journey:
        """Which secrets the session holds now."""
        return replace(self, held=held)

    def prefilled(self, answers: Mapping[str, str]) -> Journey:
        """Answers derived from what is known already, so that nothing is asked twice. What was typed stays."""
        return replace(self, answers=MappingProxyType({**answers, **self.answers}))

    def found(self, status: JourneyStatus, now: float) -> Journey:
        """The service said what became of the interrupted journey: go on where the truth is."""
        opened = JourneyOpened(status.journey, (), status.practice, 0.0)
        base = replace(self, pending=None, interrupted=False, resumed=True, problem=None)
        if (result := status.issued or status.changed) is not None:
            facts = Facts().plus(opened, now).plus(result, now)
            return replace(base, facts=facts, history=(self.plan.steps[-1].id,))._run_auto(now)
        if status.closed:
            return replace(base, over=True, problem=Problem(Reason.JOURNEY_CLOSED))
        facts = Facts().plus(opened, now)
        for check in status.done:
            if check not in status.reprove and (fact := _PROVEN.get(check)):
                facts = facts.plus(fact, now)
        found = replace(base, facts=facts)
        first = next((s.id for s in self.plan.steps if found.applies(s) and found._open_check(s)), self.history[0])
        return replace(found, history=(first,), floor=1)._run_auto(now)

    def retry_resume(self, now: float) -> Journey:
        return replace(self, pending=Pending(Effect.RESUME_JOURNEY, 0, now), problem=None)

    # ── Inside ────────────────────────────────────────────────────────────────────────────────────────────

    def _has(self, stage: Stage) -> bool:
        return stage.gives is not None and stage.gives in self.facts

    def is_settled(self, step: Step) -> bool:
        return self._has(step.stages[-1])

    def _asks_nothing(self, step: Step) -> bool:
        stage = next((stage for stage in step.stages if not self._has(stage)), None)
        return asks_nothing(stage, self.plan, self.facts, self.answers)

    def _switched(self) -> Journey | None:
        for switch in self.step.switches:
            if self.answers.get(switch.field) == switch.value:
                return replace(self._clean(), end=End.SWITCHED, switch_to=switch.task)
        return None

    def _open_check(self, step: Step) -> bool:
        return step.stages[-1].gives is not None and not self.is_settled(step)

    def _clean(self) -> Journey:
        return replace(self, problem=None, problems=_nothing(), warnings=_nothing())

    def _advance(self, now: float, *, leave_out: bool = False) -> Journey:
        """To the next step with something left to do; past the last one the journey is done.

        `leave_out` drops the step stood on from the history: it turned out to ask nothing, so Back passes it.
        """
        steps = self.plan.steps
        here = steps.index(self.step)
        behind = self.history[:-1] if leave_out else self.history
        for step in steps[here + 1 :]:
            if self.applies(step) and not self.is_settled(step) and not self._asks_nothing(step):
                return replace(self._clean(), history=(*behind, step.id))._run_auto(now)
        return replace(self._clean(), end=End.DONE)

    def _run_auto(self, now: float) -> Journey:
        stage = self.stage
        wanted = (name for name in stage.asks if FIELDS[name].applies(self.facts, self.answers))
        if not stage.auto or stage.effect is None or not set(wanted) <= self.held:
            return self
        return replace(self, pending=Pending(stage.effect, self.stage_index, now))

    def _at_field(self, name: str, problem: Problem) -> Journey:
        """The problem at its field, on the step that asks for it when the person may still go back there."""
        marked = MappingProxyType({name: problem})
        if name in self.stage.asks:
            return replace(self, problems=marked)
        home = self.plan.asked_in(name)
        if home is None or not self.can_go_to(home):
            return self
        return replace(self.go_to(home), problem=problem, problems=marked)

    def _restarted(self) -> Journey:
        """A new journey with everything typed so far, except secrets."""
        return replace(Journey.begin(self.plan), answers=self.answers)


def _with_codes(facts: Facts, fact: object, now: float) -> Facts:
    """A person who comes back may have a code in hand: then it is only to be typed."""
    sent = (fact.code_sent, fact.cloud_code_sent) if isinstance(fact, IdentityVerified) else ()
    for code in sent:
        if code is not None:
            facts = facts.plus(code, now)
    return facts


def _first_fact(step: Step) -> type:
    gives = step.stages[0].gives
    assert gives is not None, "a step with codes begins with a stage that gives one"
    return gives


#: What a finished check is worth after a restart; the person's masked data comes again with the identity.
_PROVEN: Mapping[Check, object] = MappingProxyType(
    {
        Check.TERMS: TermsAccepted(0.0),
        Check.PASSWORD: PasswordVerified(""),
        Check.DOCUMENT: DocumentVerified(Document.RESIDENT),
        Check.ACCOUNT: AccountVerified(""),
        Check.PHONE: PhoneVerified(Channel.SMS),
        Check.MEDIUM: MediumVerified(Medium.CARD),
        Check.CLOUD: CloudVerified(new_account=False, by_reply=False),
    }
)
