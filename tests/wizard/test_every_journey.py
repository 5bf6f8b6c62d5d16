"""Every task of every bank, walked to its end in the real window by the made-up person it is meant for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from desktop.app import run_in_loop
from desktop.banks import load_banks
from desktop.demo import Demo
from desktop.history import History, Outcome
from desktop.known import KnownCertificates
from desktop.services.api import Kind, Status, Task
from desktop.shipped import shipped
from desktop.wizard.flow.journal import Journal
from desktop.wizard.flow.view import End
from desktop.wizard.hands import Hands, Keyboard, Mouse
from desktop.wizard.offers import Offer, offers_of
from tests.wizard.office import Office

EVERY = [offer for bank in load_banks(shipped("banks")).values() for offer in offers_of(bank)]
#: How a certificate stands after each task.
AFTER = {
    Task.REVOKE: Status.REVOKED,
    Task.SUSPEND: Status.SUSPENDED,
    Task.LOSS: Status.SUSPENDED,
}
#: Where a click finds other things than the keys do: ticks, cards that ask more, a code for the phone.
BY_MOUSE = [o for o in EVERY if o.task is Task.DEVICES or (o.task, o.kind) == (Task.ISSUE, Kind.MOBILE)]


class Walk(Demo):
    """Without pictures, and noting the pages."""

    pages: list[str]

    async def _take(self, name: str) -> None:
        self.pages = [*getattr(self, "pages", []), name]
        self._taken += 1


def walk(office: Office, folder: Path, offer: Offer, hands: type[Hands]) -> Walk:
    walked = Walk(office.front, office.counter(), hands(office.front.window), folder, offer, office.clock)
    assert End.DONE is run_in_loop(office.front.application, walked.run())
    return walked


@pytest.mark.parametrize("offer", EVERY, ids=lambda offer: offer.id)
def test_the_keys_alone_lead_through_every_journey(office: Office, tmp_path: Path, offer: Offer) -> None:
    pages = walk(office, tmp_path, offer, Keyboard).pages
    assert len(set(pages) - {"home", "review-waiting", "confirm-waiting"}) <= 12
    receipt = json.loads((tmp_path / "receipt.json").read_text(encoding="utf-8"))
    assert (offer.bank, offer.kind, offer.task) == (receipt["bank"], receipt["kind"], receipt["task"])
    assert Journal(office.folder).interrupted() is None
    entry = History(office.folder).all()[0]
    assert (offer.bank, offer.kind, offer.task, Outcome.DONE) == (entry.bank, entry.kind, entry.task, entry.outcome)
    known = {k.serial[-4:]: k for k in KnownCertificates(office.folder).all()}[entry.serial_end]
    assert AFTER.get(offer.task, Status.GOOD) is known.status


@pytest.mark.parametrize("offer", BY_MOUSE, ids=lambda offer: offer.id)
def test_clicks_lead_where_keys_do(office: Office, tmp_path: Path, offer: Offer) -> None:
    walk(office, tmp_path, offer, Mouse)
