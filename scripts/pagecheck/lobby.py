"""What stands between journeys on a PC: every place of the lobby in every state it comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from desktop.banks import Bank
from desktop.demo import USUAL
from desktop.history import History, Outcome
from desktop.known import KnownCertificates
from desktop.services.api import Kind, Status, Task
from desktop.widgets.notice import NoticeKind
from desktop.widgets.secret_entry import SecretEntry
from desktop.wizard.blocks import Disclosure
from desktop.wizard.flow.choose import Answers, Question, Situation, ask
from desktop.wizard.home import PAGES, News
from desktop.wizard.lobby.apps import AppsPage
from desktop.wizard.lobby.chooser import ChooserPage
from desktop.wizard.lobby.file import FilePage
from desktop.wizard.lobby.fileforms import JOBS
from desktop.wizard.lobby.filejob import FileEntry, FileJobPage
from scripts.pagecheck.pages import Shown
from scripts.pagecheck.stage import Stage
from tests.made import PASSWORD, RRN, gildong, office
from tests.wizard.task_views import holding

#: A job on files with what is typed into its fields; files lie beside the certificates.
FILLED: dict[str, tuple[str, dict[str, str]]] = {
    "verified": ("verify", {"password": PASSWORD}),
    "refused": ("verify", {"password": "wrong"}),
    "owner": ("owner", {"password": PASSWORD, "rrn": RRN}),
    "somebody-else": ("owner", {"password": PASSWORD, "rrn": "9001010123456"}),
    "signed": ("sign", {"password": PASSWORD, "document": "letter.txt", "signature_out": "letter.p7s"}),
    "exported": (
        "export",
        {"password": PASSWORD, "pfx_password": PASSWORD, "pfx_password_again": PASSWORD, "pfx_out": "a.pfx"},
    ),
    "different": (
        "export",
        {"password": PASSWORD, "pfx_password": PASSWORD, "pfx_password_again": "other", "pfx_out": "a.pfx"},
    ),
    "not-checked": ("check", {"signature": "letter.txt", "document": "letter.txt"}),
}
EMPTY = "empty"


def of_lobby(certificate: Path, banks: Mapping[str, Bank]) -> Iterator[Shown]:
    """`certificate` is the folder of a joint certificate among what the stage's data holds."""
    yield Shown("lobby/front", partial(_lobby, "front", ""))
    yield Shown("lobby/front-news", _news)
    yield Shown("lobby/front-resume", _resume)
    for place in PAGES:
        if place == "file_job":
            continue
        about = {"tasks": next(iter(banks)), "file": str(certificate)}.get(place, "")
        yield Shown(f"lobby/{place}", partial(_lobby, place, about))
    for bank in [*banks][1:]:
        yield Shown(f"lobby/tasks-{bank}", partial(_lobby, "tasks", bank), alike=True)
    for place in ("mine", "files", "history"):
        yield Shown(f"lobby/{place}-none", partial(_nothing, place))
    yield Shown("lobby/file-technical", partial(_technical, certificate))
    yield Shown("lobby/help-found", partial(_help, "USB"))
    yield Shown("lobby/help-none", partial(_help, "qqqq"))
    yield from _choices(banks)
    yield from _apps(banks)
    yield from _jobs(certificate)


def remember(data: Path) -> Path:
    """What this PC is to know: certificates, past journeys, and some in files. The folder of a good one is returned."""
    KnownCertificates(data).remember(
        holding("epost", "a", days=24),
        replace(holding("kb", "b", status=Status.SUSPENDED), serial="22224444"),
        replace(holding("woori", "c", days=-3), kind=Kind.JOINT, serial="55556666"),
    )
    history = History(data)
    for outcome in (Outcome.DONE, Outcome.CANCELLED, Outcome.FAILED):
        history.add(day=date(2026, 11, 20), bank="epost", kind=Kind.FINANCIAL, task=Task.REVOKE, outcome=outcome)
    (data / EMPTY).mkdir()
    (data / "letter.txt").write_text("made up", encoding="utf-8")
    office().person(days_ago=500, sequence=2).kept_below(data)
    broken = office().person(sequence=3).kept_below(data)
    (broken / "signPri.key").write_bytes(b"broken")
    return gildong().kept_below(data)


def _choices(banks: Mapping[str, Bank]) -> Iterator[Shown]:
    """Each question, and each thing that the answers can lead to."""
    seen: set[object] = set()
    left = [Answers(bank=bank) for bank in banks]
    while left:
        answers = left.pop(0)
        asked = ask(banks, answers, known=(), today=date(2026, 11, 20))
        if isinstance(asked, Question):
            said: object = answers.bank, asked.name, asked.options
            left += [_answered(answers, asked.name, option) for option in asked.options]
        else:
            said = asked.reason, asked.centre
        if said not in seen:
            seen.add(said)
            yield Shown(f"lobby/chooser-{len(seen)}", partial(_choose, answers), alike=len(seen) > len(banks))


def _apps(banks: Mapping[str, Bank]) -> Iterator[Shown]:
    """The way through each bank's app, for each task it has one for."""
    guides = [
        f"{bank.id}/{journey.kind}/{journey.task}"
        for bank in banks.values()
        for journey in bank.journeys
        if journey.app is not None
    ]
    for guide in guides[1:]:
        yield Shown(f"lobby/apps-{guide.replace('/', '-')}", partial(_app, guide), alike=True)


def _jobs(certificate: Path) -> Iterator[Shown]:
    for job in JOBS:
        about = job if job in {"import", "check"} else f"{job} {certificate}"
        yield Shown(f"lobby/file-{job}", partial(_lobby, "file_job", about))
        if job not in {"copy", "delete"}:  # which would be done: nothing is typed for them
            yield Shown(f"lobby/file-{job}-empty", partial(_job, about, {}))
    for name, (job, given) in FILLED.items():
        about = job if job == "check" else f"{job} {certificate}"
        yield Shown(f"lobby/file-{name}", partial(_job, about, given))


def _lobby(place: str, about: str, stage: Stage) -> None:
    stage.lobby(place, about)


def _news(stage: Stage) -> None:
    stage.window.show_home(News("failed", NoticeKind.DANGER, {"cause": "…", "remedy": "…"}))
    stage.settle()


def _resume(stage: Stage) -> None:
    stage.lobby("front")
    stage.window.home.offer_resume(USUAL)
    stage.settle()


def _nothing(place: str, stage: Stage) -> None:
    """Where this PC knows of nothing yet."""
    room = stage.window.home.room
    assert room.data is not None, "a PC remembers"
    stage.lobby("front")
    room.data = room.data / EMPTY
    stage.window.home.open(place)
    stage.settle()


def _technical(certificate: Path, stage: Stage) -> None:
    stage.lobby("file", str(certificate))
    page = stage.window.home.leaf
    assert isinstance(page, FilePage), "it was opened"
    page.unfold.click()
    stage.settle()


def _help(query: str, stage: Stage) -> None:
    """All answers unfolded."""
    stage.lobby("help", query)
    for answer in stage.window.findChildren(Disclosure):
        answer.unfold(True)
    stage.settle()


def _answered(answers: Answers, question: str, option: str) -> Answers:
    if question == "situation":
        return replace(answers, situation=Situation(option))
    return replace(answers, kind=Kind(option))


def _choose(answers: Answers, stage: Stage) -> None:
    stage.lobby("chooser", answers.bank)
    page = stage.window.home.leaf
    assert isinstance(page, ChooserPage), "it was opened"
    page.answers = answers
    page.retext()
    stage.settle()


def _app(guide: str, stage: Stage) -> None:
    stage.lobby("apps")
    page = stage.window.home.leaf
    assert isinstance(page, AppsPage), "it was opened"
    page.choices.set_value(guide)
    page.choices.chosen.emit(guide)
    stage.settle()


def _job(about: str, given: Mapping[str, str], stage: Stage) -> None:
    """Filled in, and done."""
    stage.lobby("file_job", about)
    page, data = stage.window.home.leaf, stage.window.home.room.data
    assert isinstance(page, FileJobPage), "it was opened"
    assert data is not None, "a PC remembers"
    for name, value in given.items():
        match page.entries[name]:
            case SecretEntry() as entry:
                entry.enter(value)
            case FileEntry() as entry:
                entry.set_path(str(data / value))
    page.press_primary()
    stage.settle()
