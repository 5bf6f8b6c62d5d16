"""How what a view says in codes and seconds is put into sentences."""

from __future__ import annotations

import math
from dataclasses import dataclass

from desktop.banks import Bank
from desktop.failures import Severity, failure
from desktop.text import Text
from desktop.wizard.flow.view import Problem, Progress, View

#: Failures below this number are slips in typing (see desktop/failures.py).
TYPED = 2000


@dataclass(frozen=True, slots=True)
class Sentences:
    """Why it went wrong, what to do now, and the number to tell the centre (empty for a slip in a field)."""

    cause: str
    remedy: str
    number: str = ""


def sentences(text: Text, problem: Problem, bank: Bank) -> Sentences:
    """The problem's own words, what this bank adds, tries and seconds left, whom to call without a try, and where."""
    code = problem.detail if problem.code in {"weak_pin", "weak_password"} and problem.detail else problem.code
    if not text.has(f"problem.{code}.cause"):
        code = "internal"
    data = {"centre": bank.centre.phone, "bank": bank.name[text.language]}
    cause = text(f"problem.{code}.cause", **data)
    remedy = [text(f"problem.{code}.remedy", **data)]
    remedy += [own.text[text.language] for own in bank.remedies if own.code == problem.code]
    if problem.tries_left:
        remedy.append(text("ui.tries_left", count=problem.tries_left))
    if problem.tries_left == 0:
        remedy.append(text("ui.problem.call_centre", **data))
    if problem.retry_after:
        remedy.append(text("ui.problem.retry_after", seconds=math.ceil(problem.retry_after)))
    if problem.where:
        remedy.append(text("ui.where", where=problem.where))
    return Sentences(cause, " ".join(remedy), _number(code))


def _number(code: str) -> str:
    """Only of what a person may want to ask about: a slip in typing needs no number."""
    try:
        known = failure(code)
    except KeyError:
        return ""
    return "" if known.severity is Severity.FAULT and known.number < TYPED else known.code


def step_key(text: Text, view: View, part: str, step: str = "") -> str:
    """The key of a step's words (`title`, `why`, `primary`, `help`, `rail`), which may differ by task and by kind.

    The step shown unless another of the journey is named.
    """
    cases = (f"{view.kind}_{view.task}.", f"{view.task}.", f"{view.kind}.", "")
    return text.first(*(f"step.{step or view.step}.{case}{part}" for case in cases))


def time_left(text: Text, seconds: tuple[int, int]) -> str:
    """ "2–3 minutes left"; under a minute is said so rather than counted."""
    low, high = (math.ceil(s / 60) for s in seconds)
    if max(seconds) < 60:
        return text("ui.time.under_a_minute")
    if low == high:
        return text("ui.time.minutes", minutes=high)
    return text("ui.time.range", low=low, high=high)


def position(view: View) -> tuple[int, int]:
    """Which step this is, counted from 1, of how many."""
    here = next((n for n, item in enumerate(view.rail, 1) if item.progress == Progress.CURRENT), len(view.rail))
    return here, len(view.rail)


def step_place(text: Text, view: View) -> str:
    number, total = position(view)
    return text("ui.rail.place", number=number, total=total, name=text(step_key(text, view, "rail")))
