"""The clock that watches whether somebody is still there."""

from __future__ import annotations

from desktop.kiosk.config import IdleTimes
from desktop.kiosk.idle import Idle, Watch
from tests.conftest import FakeClock


def started() -> tuple[Idle, FakeClock]:
    clock = FakeClock(0.0)
    idle = Idle(IdleTimes(), clock)
    idle.touched()
    return idle, clock


def test_nobody_is_gone_who_never_came() -> None:
    clock = FakeClock(0.0)
    idle = Idle(IdleTimes(), clock)
    clock.advance(10_000)
    assert Watch.UNTOUCHED is idle.look(waiting=False)


def test_a_touch_begins_the_minute_anew() -> None:
    idle, clock = started()
    clock.advance(59)
    assert Watch.HERE is idle.look(waiting=False)
    idle.touched()
    clock.advance(59)
    assert Watch.HERE is idle.look(waiting=False)
    clock.advance(1)
    assert Watch.WARNED is idle.look(waiting=False)
    assert 30 == idle.seconds_left()
    clock.advance(30)
    assert Watch.GONE is idle.look(waiting=False)


def test_once_warned_only_the_button_helps_and_ten_times_at_most() -> None:
    idle, clock = started()
    for n in range(10):
        clock.advance(61)
        assert Watch.WARNED is idle.look(waiting=False)
        idle.touched()
        assert Watch.WARNED is idle.state
        idle.extend()
        assert n + 1 == idle.extended
    clock.advance(61)
    idle.look(waiting=False)
    assert not idle.can_extend
    idle.extend()
    assert Watch.WARNED is idle.state


def test_waiting_stops_the_clock_within_bounds() -> None:
    idle, clock = started()
    for _ in range(30):
        clock.advance(10)
        assert Watch.HERE is idle.look(waiting=True)
    clock.advance(59)
    assert Watch.HERE is idle.look(waiting=True)
    clock.advance(1)
    assert Watch.WARNED is idle.look(waiting=True)


def test_who_is_gone_stays_gone() -> None:
    idle, clock = started()
    clock.advance(1000)
    assert Watch.GONE is idle.look(waiting=False)
    idle.touched()
    idle.extend()
    assert Watch.GONE is idle.look(waiting=False)
