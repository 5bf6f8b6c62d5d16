"""Many people in a row at one kiosk: nothing grows, nothing stays open."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from statistics import median

import pytest

from desktop.answers import Answers
from desktop.wizard.hands import laid_out
from tests.fakes import RIGHT
from tests.kiosk.deaf import Opened
from tests.kiosk.floor import Floor, Guest, example


def resident() -> int:
    """Bytes of memory that this process has in use."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def handles() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - how many is all that is asked for


async def one(guest: Guest) -> None:
    visit = guest.visit
    guest.visit.touched()
    await guest.walk_to("done", stage=1)
    assert guest.window.frame is not None
    guest.touch(guest.window.frame.footer.primary)
    await guest.next_visit(visit)
    if guest.window.sheet is not None:
        guest.window.sheet.dismiss()
    guest.forget()
    del visit
    await guest.conductor.emptied()
    await laid_out()


async def many(guest: Guest, journeys: int, settled: int) -> tuple[list[int], list[int]]:
    """Memory and handles after each journey from the `settled`th on."""
    given = {**RIGHT, "terms": "all", "channel": "sms", "card_serial": "50917738"}
    guest.answers = Answers(given, practice=True)
    memory, files = [], []
    for n in range(journeys):
        await one(guest)
        if n >= settled:
            memory.append(resident())
            files.append(handles())
    return memory, files


#: So many people are let by before anything is compared; so many at the beginning and at the end are compared then.
SETTLED, COMPARED = 50, 20

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory and handles are counted in /proc")


@pytest.fixture
def soaked(floor: Floor) -> Floor:
    """Nothing but the kiosk itself is measured: the services are a double, and the same millimetres are few pixels."""
    return replace(floor, services=Opened(), screen=(540, 960), config=example(mm_per_pixel=0.7384))


def test_a_few_people_in_a_row_leave_no_handle_open(soaked: Floor) -> None:
    async def work(guest: Guest) -> None:
        _, files = await many(guest, 3, 1)
        assert max(files) - min(files) <= 2
        assert 4 == guest.conductor.visits

    soaked.run(work)


@pytest.mark.soak
def test_a_thousand_people_in_a_row(soaked: Floor, capsys: pytest.CaptureFixture[str]) -> None:
    """`SOAK_PEOPLE` sets another number of them. What one journey holds for a moment is no growth: so medians."""

    async def work(guest: Guest) -> None:
        people = int(os.environ.get("SOAK_PEOPLE", "1000"))
        compared = min(COMPARED, people // 4)
        memory, files = await many(guest, people, min(SETTLED, people // 4))
        first, last = median(memory[:compared]), median(memory[-compared:])
        growth = last / first - 1
        steps = [f"{held / 2**20:.1f}" for held in memory[:: max(1, len(memory) // 10)]]
        with capsys.disabled():
            sys.stdout.write(
                f"\n{people} people: {' '.join(steps)} MiB; median of {compared}: {first / 2**20:.1f}, "
                f"then {last / 2**20:.1f} ({growth:+.1%}); handles {files[0]}, then {files[-1]}, at most {max(files)}\n"
            )
        assert growth < 0.05
        assert max(files) <= files[0] + 2

    soaked.run(work)
