"""A journey as a page sees it: the one place where state becomes a View."""

from __future__ import annotations

from math import ceil

from desktop.services.api import Changed, CloudCodeSent, CodeSent, Issued, JourneyOpened
from desktop.wizard.flow.calls import LIMITS
from desktop.wizard.flow.effort import Way, step_seconds
from desktop.wizard.flow.fields import FIELDS, Field
from desktop.wizard.flow.journey import Journey
from desktop.wizard.flow.masks import mask_email, mask_name, mask_phone
from desktop.wizard.flow.steps import Effect
from desktop.wizard.flow.view import ActionView, Busy, Entry, FieldView, Progress, RailItem, Row, View

#: Secrets worth recognising on the check page, by their masks.
_REVIEWED = frozenset({"rrn", "account", "pin", "password", "token_pin"})


def draw(journey: Journey, *, practice: bool) -> View:
    opened = journey.facts.get(JourneyOpened)
    waiting = journey.pending is not None
    deciding = journey.stage.effect in {Effect.ISSUE, Effect.CHANGE}
    return View(
        bank=journey.plan.bank.id,
        kind=journey.plan.data.kind,
        task=journey.plan.data.task,
        step=journey.step.id,
        stage=journey.stage_index,
        fields=_fields(journey),
        facts=journey.facts,
        rail=_rail(journey),
        seconds_left=_seconds_left(journey),
        rows=_rows(journey) if deciding else (),
        actions=_actions(journey),
        problem=journey.problem,
        busy=_busy(journey),
        can_next=not (waiting or journey.over or journey.end),
        can_back=journey.can_back,
        can_cancel=journey.end is None,
        irreversible=deciding,
        code_ends_at=_code_ends_at(journey),
        practice=practice or (opened is not None and opened.practice),
        resumed=journey.resumed,
        finished=journey.step is journey.plan.steps[-1] and journey.stage.effect is None,
        end=journey.end,
        switch_to=journey.switch_to,
        certificate=journey.answers.get("certificate", ""),
    )


def _fields(journey: Journey) -> tuple[FieldView, ...]:
    """The fields of every stage reached; what is proven stays to be read but no longer to be changed."""
    shown: list[FieldView] = []
    for index, stage in enumerate(journey.step.stages[: journey.stage_index + 1]):
        current = index == journey.stage_index and not journey.settled
        for name in stage.asks:
            asked = FIELDS[name]
            # A proof that runs by itself asks only while what it needs is missing.
            silent = stage.auto and (name in journey.held or not current)
            if asked.applies(journey.facts, journey.answers) and not silent:
                shown.append(_field(journey, asked, enabled=current))
    return tuple(shown)


def _field(journey: Journey, asked: Field, *, enabled: bool) -> FieldView:
    most = asked.length_range(journey.facts)[1]
    groups = asked.groups or ((most,) if asked.entry == Entry.CODE else ())
    held = asked.id in journey.held or not enabled
    return FieldView(
        id=asked.id,
        entry=asked.entry,
        secret=asked.secret,
        readable=asked.readable,
        value="" if asked.secret else journey.answers.get(asked.id, ""),
        mask=journey.masks.get(asked.id, "") if asked.secret and held else "",
        groups=groups,
        max_length=most,
        options=_options(journey, asked),
        problem=journey.problems.get(asked.id),
        warning=journey.warnings.get(asked.id),
        enabled=enabled and journey.pending is None,
    )


def _options(journey: Journey, asked: Field) -> tuple[str, ...]:
    if asked.id == "terms":
        return journey.plan.data.terms
    return journey.choices(asked.id) or asked.options


def _rail(journey: Journey) -> tuple[RailItem, ...]:
    """Every step of the plan. A step counts as done once it is behind, by visit or by proof before a restart."""
    here = journey.plan.steps.index(journey.step)
    return tuple(
        RailItem(step.id, _progress(journey, n, here), reachable=journey.can_go_to(step.id))
        for n, step in enumerate(journey.plan.steps)
        if journey.expects(step)
    )


def _progress(journey: Journey, index: int, here: int) -> Progress:
    if journey.end is not None and (Issued in journey.facts or Changed in journey.facts):
        return Progress.DONE
    if index == here:
        return Progress.CURRENT
    return Progress.DONE if index < here else Progress.TODO


def _seconds_left(journey: Journey) -> tuple[int, int]:
    here = journey.plan.steps.index(journey.step)
    left = [] if journey.end else [step for step in journey.plan.steps[here:] if journey.expects(step)]
    way = Way.chosen(journey.plan.bank, journey.answers)
    seconds = [step_seconds(journey.plan, step, way) for step in left]
    return ceil(sum(best for best, _ in seconds)), ceil(sum(worst for _, worst in seconds))


def _rows(journey: Journey) -> tuple[Row, ...]:
    """What was given, to be read once more. Secrets by their masks; names and phones masked alike."""
    rows: list[Row] = []
    for step in journey.plan.steps:
        for name in (name for stage in step.stages for name in stage.asks):
            text = _shown(journey, FIELDS[name])
            if text and step.id in journey.history[:-1]:
                rows.append(Row(step.id, name, text, change=not journey.is_settled(step) and journey.can_back))
    return tuple(rows)


def _shown(journey: Journey, asked: Field) -> str:
    if asked.secret:
        return journey.masks.get(asked.id, "") if asked.id in _REVIEWED else ""
    value = journey.answers.get(asked.id, "")
    match asked.id:
        case "name":
            return mask_name(value) if value else ""
        case "phone":
            return mask_phone(value) if value else ""
        case "terms" | "birth_date" | "certificate":
            return ""
        case "email":
            return mask_email(value) if value else ""
        case _:
            return value


def _actions(journey: Journey) -> tuple[ActionView, ...]:
    extra = [("restart", journey.can_restart), ("finish", journey.can_finish)]
    ready = _resend_at(journey)
    offered = [ActionView(action.id, ready if action.id == "resend" else 0.0) for action in journey.actions]
    return (*offered, *(ActionView(name) for name, offer in extra if offer))


def _code_sent(journey: Journey) -> tuple[CodeSent | CloudCodeSent, float] | None:
    """The code this step waits for, and when it was sent."""
    gives = journey.step.stages[0].gives
    sent = journey.facts.get(CodeSent) if gives is CodeSent else journey.facts.get(CloudCodeSent)
    if journey.settled or sent is None or gives is not type(sent):
        return None
    return sent, journey.facts.at(type(sent))


def _resend_at(journey: Journey) -> float:
    found = _code_sent(journey)
    return found[1] + found[0].resend_in if found else 0.0


def _code_ends_at(journey: Journey) -> float | None:
    found = _code_sent(journey)
    return found[1] + found[0].expires_in if found else None


def _busy(journey: Journey) -> Busy | None:
    if journey.pending is None:
        return None
    effect = journey.pending.effect
    return Busy(
        effect.value, journey.pending.since, LIMITS[effect].usual, cancellable=effect is not Effect.OPEN_JOURNEY
    )
