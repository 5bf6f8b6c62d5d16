"""The virtual phone, and the bell that wakes who waits for it."""

import asyncio
import threading

import msgspec

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
    assert first.code == first.data["code"]


def test_old_events_are_forgotten_and_ids_never_come_again(desk: Desk, clock: Clock) -> None:
    desk.send(desk.at(Check.PHONE))
    old = desk.last_event().id
    clock.advance(KEPT_SECONDS + 1)
    with desk.store.transaction() as cx:
        desk.parts.phone.forget_old(cx)
        assert desk.parts.phone.events(cx, after=0) == ()
    desk.send(desk.at(Check.PHONE))
    assert desk.last_event().id > old


def test_a_message_has_no_language_and_says_what_it_is_about(desk: Desk, clock: Clock) -> None:
    journey = desk.at(Check.CLOUD)
    desk.open_cloud(journey)
    with desk.store.read() as cx:
        *_, event = desk.parts.phone.events(cx, after=0)
    assert ("cloud", "cloud", event.code) == (event.sender, event.says, event.data["code"])
    assert ("epost", "3") == (event.data["bank"], event.data["minutes"])


def test_what_an_older_program_received_can_still_be_read(desk: Desk, clock: Clock) -> None:
    old = {
        "channel": "sms",
        "phone": "010",
        "sender": "연습 우체국",
        "text": "[연습] …",
        "code": "1",
        "expects": "type",
    }
    with desk.store.transaction() as cx:
        sealed = desk.parts.vault.seal(msgspec.msgpack.encode(old), "phone-event")
        cx.execute("INSERT INTO phone_event (code, at, message) VALUES (0, ?, ?)", (clock(), sealed))
    assert ("연습 우체국", "") == (desk.last_event().sender, desk.last_event().says)


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
