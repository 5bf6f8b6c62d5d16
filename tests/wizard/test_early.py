"""What a person asks of the window before the services are there is kept until they are."""

from __future__ import annotations

from desktop.app import run_in_loop
from desktop.demo import USUAL
from tests.wizard.office import Office, Visit


def test_a_language_and_a_journey_asked_for_early_are_there_when_the_counter_opens(office: Office) -> None:
    office.front.window.header.switch_language()
    office.front.window.home.begin(USUAL)

    async def look(visit: Visit) -> None:
        assert "en" == office.front.window.home.room.text.language
        assert (USUAL.bank, USUAL.task) == (visit.runner.view.bank, visit.runner.view.task)

    office.run(look)


def test_a_window_closed_early_is_closed_as_soon_as_there_is_somebody_to_do_it(office: Office) -> None:
    office.front.window.close()
    assert office.front.window.isVisible()

    async def serve() -> None:
        await office.counter().serve()

    run_in_loop(office.front.application, serve())
    assert not office.front.window.isVisible()
