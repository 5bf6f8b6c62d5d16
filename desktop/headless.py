"""The same journey without a window: answers from a file, from the practice phone, or from prompts."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from desktop.answers import Answerer, Answers, AnswersError, read_answers
from desktop.backend import Backend, open_backend
from desktop.banks import load_bank, load_banks
from desktop.config import Settings
from desktop.device import device_id
from desktop.failures import failure
from desktop.log import open_log
from desktop.outcome import save
from desktop.receipt import make_receipt
from desktop.services.api import Changed, Issued, Kind, Reason, ServiceError, Task
from desktop.shipped import shipped
from desktop.text import Text
from desktop.wizard.flow.journal import Interrupted, Journal
from desktop.wizard.flow.plan import Plan, PlanError, make_plan
from desktop.wizard.flow.runner import Runner
from desktop.wizard.flow.steps import Proof
from desktop.wizard.flow.view import End, Given, Problem, View
from desktop.wizard.memory import Memory

DONE, FAILED, USAGE, UNKNOWN = 0, 1, 2, 3


class Report:
    """stdout for programs (one JSON object) or for people; what is going on goes to stderr."""

    def __init__(self, plan: Plan, text: Text, *, as_json: bool) -> None:
        self._plan, self._text, self._as_json = plan, text, as_json

    def say(self, key: str, **data: object) -> None:
        print(self._text(key, **data), file=sys.stderr)

    def step(self, view: View) -> None:
        print(f"· {self._text(f'step.{view.step}.rail')}", file=sys.stderr)

    def problem(self, problem: Problem) -> None:
        name = f"problem.{problem.code}"
        print(f"{self._text(f'{name}.cause')} {self._text(f'{name}.remedy')}", file=sys.stderr)
        self.say("code.line", code=failure(problem.code).code)
        if problem.tries_left is not None:
            self.say("ui.tries_left", count=problem.tries_left)
        if problem.where:
            self.say("ui.where", where=problem.where)

    def end(self, outcome: str, subject: Issued | Changed | None, reason: str | None) -> None:
        last = datetime.fromtimestamp(subject.not_after, UTC).isoformat() if subject else None
        data = self._plan.data
        result = {
            "outcome": outcome,
            "bank": self._plan.bank.id,
            "kind": data.kind.value,
            "task": data.task.value,
            "serial": subject.serial if subject else None,
            "not_after": last,
            "reason": reason,
        }
        if self._as_json:
            print(json.dumps(result, ensure_ascii=False))
        else:
            until = make_receipt(self._plan.bank, data.task, subject).last_day if subject else ""
            print(self._text(f"cli.issue.{outcome}", until=until))


def run_issue(
    settings: Settings, *, bank: str, kind: Kind, task: Task, answers: Path, out: Path | None, as_json: bool
) -> int:
    """Returns 0 done, 1 failed with the reason said, 2 for what cannot be asked, 3 the outcome is unknown."""
    try:
        plan = make_plan(load_bank(shipped("banks", f"{bank}.toml")), kind, task)
    except PlanError as error:
        print(error, file=sys.stderr)
        return USAGE
    report = Report(plan, Text(settings.language), as_json=as_json)
    try:
        given = read_answers(answers)
    except AnswersError as error:
        report.say(f"cli.issue.{error.code}", path=answers, detail=error.detail)
        return USAGE
    try:
        return asyncio.run(_issue(plan, given, settings, out, report))
    except ServiceError as error:
        report.problem(Problem(error.reason, tries_left=error.tries_left, where=error.where))
        report.end("failed", None, error.reason)
        return FAILED


async def _issue(plan: Plan, answers: Answers, settings: Settings, out: Path | None, report: Report) -> int:
    journal, banks = Journal(settings.data), load_banks(shipped("banks"))
    async with open_backend(settings, banks, folders=(out,) if out else ()) as backend:
        if answers.practice and not backend.practice:
            report.say("cli.issue.practice_answers")
            return USAGE
        with open_log(settings.data) as log:
            runner = Runner(
                services=backend.services,
                wallet=backend.wallet,
                plan=plan,
                journal=journal,
                on_view=lambda view: None,
                practice=backend.practice,
                device=device_id(settings.data),
                report=log.event,
            )
            resumable = False
            try:
                if not _begin(runner, journal.interrupted(), plan, report):
                    return FAILED
                view = await _drive(runner, Answerer(answers, backend.phone), report)
                code = await _conclude(runner, view, backend, out, report)
                _remember(runner.view, plan, settings, report)
                return code
            except OSError as error:
                # The journey stays open in the journal, so the same command with another folder finishes it.
                report.say("cli.issue.out_refused", path=out, detail=os.strerror(error.errno or 0))
                resumable = True
                return FAILED
            finally:
                await runner.aclose(resumable=resumable)


def _begin(runner: Runner, interrupted: Interrupted | None, plan: Plan, report: Report) -> bool:
    """Goes on with an interrupted journey of this kind; one of another kind must be finished first."""
    if interrupted is None:
        runner.start()
        return True
    here = (plan.bank.id, plan.data.kind, plan.data.task)
    if (interrupted.bank, interrupted.kind, interrupted.task) != here:
        report.say("cli.issue.other_interrupted", bank=interrupted.bank, kind=interrupted.kind, task=interrupted.task)
        return False
    report.say("cli.issue.resumed")
    runner.resume(interrupted)
    return True


async def _drive(runner: Runner, answerer: Answerer, report: Report) -> View:
    """Answers page after page to the result, or until something is wrong that these answers cannot mend."""
    shown = ""
    while (view := await runner.settled()).end is None and not view.finished:
        if view.step != shown:
            report.step(view)
            shown = view.step
        faults = [view.problem] if view.problem else [f.problem for f in view.fields if f.problem]
        for problem in faults:
            if problem is not None:
                report.problem(problem)
        if any(action.id == "restart" for action in view.actions) and view.resumed and not answerer.restarted:
            answerer.restarted = True
            runner.act("restart")
        elif faults and not answerer.can_mend(view):
            return view
        elif (name := answerer.action(view)) is not None:
            runner.act(name)
        elif not await answerer.press(view) and runner.view.step == view.step:
            await _choose(runner, answerer)
            runner.next(await answerer.give(runner.view))
    return view


async def _choose(runner: Runner, answerer: Answerer) -> None:
    """What is chosen decides what else the page asks, so it is said first, as a click would."""
    for name, value in (await answerer.choices(runner.view)).items():
        runner.choose(name, value)


def _remember(view: View, plan: Plan, settings: Settings, report: Report) -> None:
    """For `changgu remind` and the window's lists. What was done stays done when the disk refuses."""
    try:
        Memory(settings.data).keep(view, plan.bank)
    except ServiceError as error:
        report.problem(Problem(error.reason))


async def _conclude(runner: Runner, view: View, backend: Backend, out: Path | None, report: Report) -> int:
    subject = view.facts.get(Issued) or view.facts.get(Changed)
    if view.finished and subject is not None:
        if out is not None:
            # Before the journey is confirmed, so that a kill in between is gone on with like any other.
            receipt = make_receipt(runner.journey.plan.bank, view.task, subject)
            await save(out, backend.services, subject, receipt, view.facts.get(Proof))
        runner.next(Given())
        await runner.settled()
        report.end("done", subject, None)
        return DONE
    if view.end is End.SWITCHED and view.switch_to is not None:
        report.say("cli.issue.switched", task=view.switch_to)
        report.end("failed", None, "switched")
        return FAILED
    faulty = next((f.problem for f in view.fields if f.problem), None)
    problem = view.problem or faulty or Problem(Reason.CANCELLED)
    if problem.code == Reason.OUTCOME_UNKNOWN:
        report.end("unknown", None, problem.code)
        return UNKNOWN
    report.end("failed", subject, problem.code)
    return FAILED
