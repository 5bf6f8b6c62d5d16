"""Whole journeys at the kiosk by touch alone, from the first page to a proven certificate and the next person."""

from __future__ import annotations

from desktop.services.api import Issued
from desktop.wizard.flow.steps import Proof
from tests.kiosk.floor import Floor, Guest


def test_a_journey_by_touch_alone_ends_with_a_proven_certificate_and_a_new_first_page(floor: Floor) -> None:
    async def work(guest: Guest) -> None:
        view = await guest.walk_to("done", stage=1)
        assert view.facts.get(Issued) is not None
        assert view.facts.get(Proof) is not None
        first = guest.visit
        assert guest.window.frame is not None
        guest.touch(guest.window.frame.footer.primary)
        await guest.next_visit(first)
        assert guest.window is not first.window
        assert guest.window.frame is None

    floor.run(work)
