"""Every page of every journey as the flow draws it: each practice customer walks theirs once, without a window."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from desktop.answers import Answerer, read_answers
from desktop.banks import Bank
from desktop.demo import answers_for
from desktop.services.api import PhoneEvent, Place, PlaceKind
from desktop.services.authority.local import LocalAuthority
from desktop.services.authority.wrapping import Hardness
from desktop.services.wallet import LocalWallet
from desktop.wizard.flow.journal import Journal
from desktop.wizard.flow.plan import make_plan
from desktop.wizard.flow.runner import Runner
from desktop.wizard.flow.view import View
from desktop.wizard.offers import Offer, offers_of

#: Keys are made under no real password here.
QUICK = Hardness(iterations=1, lanes=1, memory_kib=64)
#: No journey has more pages; more means that a page is not left.
_MOST = 40


@dataclass(frozen=True, slots=True)
class Met:
    """A page at the moment it was drawn: `at` is the runner's clock, `events` what the phone got in its step."""

    view: View
    at: float
    events: tuple[PhoneEvent, ...] = ()

    @property
    def name(self) -> str:
        """Short enough for a line; several pages may share it."""
        view = self.view
        parts = [view.step, *([str(view.stage)] if view.stage else []), *([view.busy.effect] if view.busy else [])]
        if view.problem:
            parts.append(view.problem.code)
        return "-".join(parts)

    @property
    def kind(self) -> tuple[object, ...]:
        """What it is made of. Pages of one kind differ by the bank's own words alone."""
        view = self.view
        if view.busy is not None:
            return view.step, view.stage, view.busy.effect
        fields = tuple(
            (f.id, f.entry, f.enabled, bool(f.mask), f.groups, f.problem and f.problem.code) for f in view.fields
        )
        actions = tuple(action.id for action in view.actions)
        rows = tuple((row.field, row.change) for row in view.rows)
        return view.step, view.stage, fields, actions, rows, view.problem and view.problem.code


def _places(folder: Path) -> tuple[Place, ...]:
    """This PC, whose practice customers have older certificates here, and a stick."""
    places = (
        Place("pc", PlaceKind.PC, path=str(folder), free=10**11),
        Place("usb:1", PlaceKind.REMOVABLE, "가온 스틱", str(folder / "stick"), free=14_200_000_000),
    )
    for place in places:
        Path(place.path).mkdir(parents=True, exist_ok=True)
    return places


async def walked(offer: Offer, banks: Mapping[str, Bank], folder: Path) -> list[Met]:
    """One journey to its end. Raises RuntimeError for one that does not end."""
    places = _places(folder)
    authority = LocalAuthority.open(folder, banks, hardness=QUICK)
    met: list[Met] = []
    events: list[PhoneEvent] = []
    old = 0  # the newest event of the steps before

    def arrived() -> tuple[PhoneEvent, ...]:
        return tuple(event for event in events if event.id > old)

    def drawn(view: View) -> None:
        nonlocal old
        if met and met[-1].view.step != view.step and events:
            old = events[-1].id
        met.append(Met(view, time.monotonic(), arrived()))

    runner = Runner(
        services=authority,
        wallet=LocalWallet(find=lambda: places),
        plan=make_plan(banks[offer.bank], offer.kind, offer.task),
        journal=Journal(folder),
        on_view=drawn,
        practice=True,
    )
    answerer = Answerer(read_answers(answers_for(offer)), authority)
    try:
        runner.start()
        for _ in range(_MOST):
            view = await runner.settled()
            events[:] = await authority.events(after=0, wait=0)
            met[-1] = replace(met[-1], events=arrived())  # which came while it stood there
            if view.finished or view.end is not None:
                return met
            await _answer(runner, answerer, view)
        raise RuntimeError(f"{offer.id} stands at {runner.view.step}")
    finally:
        await runner.aclose()
        await authority.aclose()


async def _answer(runner: Runner, answerer: Answerer, view: View) -> None:
    if (name := answerer.action(view)) is not None:
        runner.act(name)
    elif not await answerer.press(view) and runner.view.step == view.step:
        for field, value in (await answerer.choices(view)).items():
            runner.choose(field, value)
        runner.next(await answerer.give(runner.view))


async def every_page(banks: Mapping[str, Bank], folder: Path) -> list[tuple[Offer, list[Met]]]:
    return [
        (offer, await walked(offer, banks, folder / offer.id.replace("/", "-")))
        for bank in banks.values()
        for offer in offers_of(bank)
    ]
