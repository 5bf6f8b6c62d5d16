"""A plan is one bank's journey: its steps in the bank's order, checked to be able to work before anybody starts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from desktop.banks import Bank, Condition, JourneyData
from desktop.services.api import JourneyOpened, Kind, Task
from desktop.wizard.flow.fields import FIELDS
from desktop.wizard.flow.steps import STEPS, Effect, Stage, Step

#: Fields that have a meaning for one kind alone: what opens its key, and where that is kept.
OWN_FIELDS = {Kind.FINANCIAL: ("pin",), Kind.JOINT: ("place", "password", "token_pin"), Kind.MOBILE: ()}


class PlanError(Exception):
    """A profile's journey that is not offered or cannot work. Says which step and what to change in the profile."""


@dataclass(frozen=True, slots=True)
class Plan:
    bank: Bank
    data: JourneyData
    steps: tuple[Step, ...]

    @property
    def required_terms(self) -> tuple[str, ...]:
        wanted = set(self.data.terms)
        return tuple(term.id for term in self.bank.terms if term.id in wanted and term.required)

    def condition(self, step: Step) -> Condition | None:
        """When the step is walked at all; None for always."""
        return self.data.when.get(step.id)

    def step(self, name: str) -> Step:
        return next(step for step in self.steps if step.id == name)

    def asked_in(self, field: str) -> str | None:
        """The step that asks for a field, to go back to when a later call finds fault with it."""
        return next((s.id for s in self.steps for stage in s.stages if field in stage.asks), None)

    def uses_from(self, step: str, stage: int) -> frozenset[str]:
        """Fields that this stage or a later one asks or uses; every other secret can be wiped."""
        here = next(n for n, candidate in enumerate(self.steps) if candidate.id == step)
        ahead = [*self.steps[here].stages[stage:], *(s for later in self.steps[here + 1 :] for s in later.stages)]
        return frozenset(name for part in ahead for name in (*part.asks, *part.uses))


def make_plan(bank: Bank, kind: Kind, task: Task) -> Plan:
    """Derives the plan from the profile. Raises PlanError naming the step that cannot work and why."""
    data = bank.journey(kind, task)
    if data is None:
        raise PlanError(f"{bank.id} offers no {task.value} of a {kind.value} certificate; add a [[journeys]] table")
    where = f"{bank.id}, {kind.value} {task.value}"
    steps = [_step(name, data, where) for name in data.steps]
    # The first page must come at once, so the journey is opened when it is left and not before it is shown.
    opening = Stage(Effect.OPEN_JOURNEY, needs=(), gives=JourneyOpened)
    steps = [_fitted(step, kind, frozenset(n for s in steps for st in s.stages for n in st.asks)) for step in steps]
    if any(stage.effect or stage.asks for stage in steps[0].stages):
        raise PlanError(f"{where}: step {steps[0].id!r} cannot come first; begin with 'checklist' or 'guidance'")
    steps[0] = replace(steps[0], stages=(opening,))
    _check_order(steps, where)
    return Plan(bank, data, tuple(steps))


def _fitted(step: Step, kind: Kind, asked: frozenset[str]) -> Step:
    """Leaves out what only other kinds of certificate have, and what a change can do without."""
    foreign = frozenset(name for other, names in OWN_FIELDS.items() if other != kind for name in names)

    def fit(stage: Stage) -> Stage:
        uses = tuple(n for n in stage.uses if n not in foreign)
        if stage.effect is not Effect.ISSUE:
            uses = tuple(n for n in uses if n in asked)
        asks = tuple(n for n in stage.asks if n not in foreign) if stage.auto else stage.asks
        return replace(stage, asks=asks, uses=uses)

    return replace(step, stages=tuple(map(fit, step.stages)))


def _step(name: str, data: JourneyData, where: str) -> Step:
    step = STEPS.get(name)
    if step is None:
        raise PlanError(f"{where}: there is no step {name!r}; the steps are {', '.join(STEPS)}")
    wanted = data.asks.get(name)
    if wanted is None:
        return step
    if unknown := [field for field in wanted if field not in FIELDS]:
        raise PlanError(f"{where}: step {name!r} asks {unknown}; the fields are {', '.join(FIELDS)}")
    asking = next((n for n, stage in enumerate(step.stages) if stage.asks), None)
    if asking is None:
        raise PlanError(f"{where}: step {name!r} asks nothing, so asks.{name} has no meaning; remove it")
    stages = tuple(replace(s, asks=wanted) if n == asking else s for n, s in enumerate(step.stages))
    return replace(step, stages=stages)


def _check_order(steps: list[Step], where: str) -> None:
    known: set[type] = set()
    asked: set[str] = set()
    seen: set[str] = set()
    for step in steps:
        if step.id in seen:
            raise PlanError(f"{where}: step {step.id!r} comes twice; each step comes once")
        seen.add(step.id)
        for stage in step.stages:
            if missing := [need.__name__ for need in stage.needs if need not in known]:
                raise PlanError(f"{where}: step {step.id!r} needs {', '.join(missing)}, which no earlier step gives")
            asked.update(stage.asks)
            if stage.gives:
                known.add(stage.gives)
            if stage.effect is Effect.ISSUE and (lost := set(stage.uses) - asked):
                raise PlanError(f"{where}: step {step.id!r} uses {sorted(lost)}, which no earlier step asks")
