"""What opens on a page: help and its answers, the practice phone, a text to agree to, what a result leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from desktop.banks import Bank
from desktop.wizard.blocks import Disclosure
from desktop.wizard.frame import Frame
from desktop.wizard.page import Page
from desktop.wizard.pages.result import ResultPage
from desktop.wizard.pages.terms import TermsPage
from scripts.pagecheck.pages import Shown
from scripts.pagecheck.stage import Stage
from scripts.pagecheck.walks import Met
from tests.wizard.task_views import TASK_VIEWS
from tests.wizard.views import NOW, VIEWS

#: What may become of a drive that was to be pulled out.
REMOVALS = ("releasing", "released", "written", "gone", "failed")
Open = Callable[[Stage], None]


def of_openings(banks: Mapping[str, Bank], walks: Iterable[Met]) -> Iterator[Shown]:
    """`walks`: every page that the journeys come to."""
    met = list(walks)
    yield _opened("help", Met(VIEWS["identity"], NOW), again=_help)
    yield _opened("steps", Met(VIEWS["checklist"], NOW), _unfold)
    yield from _answers(banks, met)
    yield from _phones(met)
    yield from _terms(met)
    for outcome in REMOVALS:
        yield _opened(f"stick-{outcome}", Met(TASK_VIEWS["done-stick"], NOW), partial(_remove, outcome))


def of_receipts() -> Iterator[Shown]:
    """What a PC says of a receipt in a file; at a kiosk there are none."""
    for kept in (True, False):
        saved = partial(_save, kept)
        yield _opened(f"receipt-{'kept' if kept else 'refused'}", Met(VIEWS["done"], NOW), saved)


def _opened(name: str, met: Met, then: Open | None = None, *, again: Open | None = None, alike: bool = False) -> Shown:
    """`then` opens it once; `again`, in each look, what a window of another size may have closed."""

    def show(stage: Stage) -> None:
        stage.journey(met)
        if then is not None:
            then(stage)
            stage.settle()

    return Shown(f"opened/{name}", show, alike, again)


def _answers(banks: Mapping[str, Bank], met: list[Met]) -> Iterator[Shown]:
    """Each question that a bank is often asked, where the help tells of it."""
    first = True
    for bank in banks.values():
        for faq in bank.faq:
            told = {(bank.id, step) for step in faq.steps}
            at = next((one for one in met if _asks(one) and (one.view.bank, one.view.step) in told), None)
            if at is not None:
                yield _opened(f"answer-{bank.id}-{faq.id}", at, again=partial(_answer, faq.id), alike=not first)
                first = False


def _phones(met: list[Met]) -> Iterator[Shown]:
    """The first message or call of each sort, as it comes to lie over the page."""
    seen: set[tuple[str, str]] = set()
    for one in met:
        for event in one.events:
            if (sort := (event.says, event.expects)) not in seen:
                seen.add(sort)
                yield _opened(f"phone-{event.says}-{event.expects}", one, again=_phone)


def _terms(met: list[Met]) -> Iterator[Shown]:
    """Each text of each bank that is agreed to, opened to be read."""
    seen: set[tuple[str, str]] = set()
    for one in met:
        for term in next((field.options for field in one.view.fields if field.id == "terms"), ()):
            if _asks(one) and (one.view.bank, term) not in seen:
                seen.add((one.view.bank, term))
                yield _opened(f"term-{one.view.bank}-{term}", one, partial(_read, term), alike=len(seen) > 1)


def _asks(met: Met) -> bool:
    """While an answer is awaited nobody looks for help."""
    return met.view.busy is None


def frame_of(stage: Stage) -> Frame:
    frame = stage.window.frame
    assert frame is not None, "a journey is shown"
    return frame


def page_of(stage: Stage) -> Page:
    page = frame_of(stage).page
    assert page is not None, "as above"
    return page


def _help(stage: Stage) -> None:
    frame = frame_of(stage)
    if frame.side.isHidden() or not frame.side.helping:
        frame.toggle_help()
    stage.settle()


def _answer(name: str, stage: Stage) -> None:
    _help(stage)
    frame_of(stage).side.help.chosen.emit(name)
    stage.settle()


def _phone(stage: Stage) -> None:
    frame_of(stage).message.opened.emit()
    stage.settle()


def _unfold(stage: Stage) -> None:
    for answer in stage.window.findChildren(Disclosure):
        answer.unfold(True)


def _read(term: str, stage: Stage) -> None:
    page = page_of(stage)
    assert isinstance(page, TermsPage), "its options are texts"
    page.read(term)


def _save(saved: bool, stage: Stage) -> None:
    page = page_of(stage)
    assert isinstance(page, ResultPage), "there is something to keep"
    assert page.view is not None, "it is drawn"
    paper = page.receipt(page.view)
    assert paper is not None, "as above"
    page.tell_saved(f"{paper.file}.pdf", saved=saved)


def _remove(outcome: str, stage: Stage) -> None:
    page_of(stage).tell_removal(outcome)
