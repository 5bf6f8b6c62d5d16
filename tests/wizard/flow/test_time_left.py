"""The time left is a range that begins within what the bank promises and shrinks with every step."""

from pathlib import Path

from desktop.wizard.flow.view import End
from tests.fakes import epost_plan
from tests.wizard.flow.driving import driving


async def test_the_time_left_begins_within_the_minutes_promised_and_shrinks_with_every_step(tmp_path: Path) -> None:
    low, high = epost_plan().data.minutes
    async with driving(tmp_path) as drive:
        best, worst = drive.view.seconds_left
        assert (low - 1) * 60 < best <= low * 60
        assert (high - 1) * 60 < worst <= high * 60
        left = {drive.view.step: drive.view.seconds_left}
        drive.runner.start()
        while drive.view.end is None:
            await drive.next()
            left.setdefault(drive.view.step, drive.view.seconds_left)
        assert End.DONE == drive.view.end
        ranges = list(left.values())
        assert 10 == len(ranges)
        assert ranges == sorted(set(ranges), reverse=True)
        assert all(0 < low <= high for low, high in ranges)
        assert (0, 0) == drive.view.seconds_left
