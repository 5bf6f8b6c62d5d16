"""The virtual phone, and the bell that wakes who waits for it."""

import asyncio
import threading

from desktop.services.api import Check
from desktop.services.authority.phone import KEPT_SECONDS, Bell
from tests.services.authority.desk import Clock, Desk


def test_events_come_in_order_and_only_after_the_one_given(desk: Desk, clock: Clock) -> None:
    journey = desk.at(Check.PHONE)
    desk.send(journey)
    clock.advance(30)
    desk.send(journey)
    with desk.store.read() as cx:
        first, second = desk.parts.phone.events(cx, after=0)
        assert desk.parts.phone.events(cx, after=first.id) == (second,)
        assert desk.parts.phone.events(cx, after=second.id) == ()
    assert second.at - first.at == 30
    assert (first.code or "none") in first.text


def test_old_events_are_forgotten_and_ids_never_come_again(desk: Desk, clock: Clock) -> None:
    desk.send(desk.at(Check.PHONE))
    old = desk.last_event().id
    clock.advance(KEPT_SECONDS + 1)
    with desk.store.transaction() as cx:
        desk.parts.phone.forget_old(cx)
        assert desk.parts.phone.events(cx, after=0) == ()
    desk.send(desk.at(Check.PHONE))
    assert desk.last_event().id > old


def test_messages_say_that_they_are_practice(desk: Desk, clock: Clock) -> None:
    journey = desk.at(Check.CLOUD)
    desk.open_cloud(journey)
    with desk.store.read() as cx:
        events = desk.parts.phone.events(cx, after=0)
    assert {True} == {e.text.startswith("[연습]") and e.sender.startswith("연습") for e in events}


def test_a_ring_wakes_every_listener_from_another_thread() -> None:
    async def listen(bell: Bell) -> None:
        with bell.listening() as heard:
            ringer = threading.Thread(target=bell.ring)
            ringer.start()
            await asyncio.wait_for(heard.wait(), 5)
            ringer.join()
        bell.ring()
        assert heard.is_set()

    asyncio.run(listen(Bell()))


def test_a_listener_whose_loop_has_closed_disturbs_nobody() -> None:
    bell = Bell()
    listening = bell.listening()

    async def begin() -> None:
        listening.__enter__()

    asyncio.run(begin())
    bell.ring()
    listening.__exit__(None, None, None)
