"""Whose messages a window shows, and for how long it waits for one."""

from __future__ import annotations

import asyncio

import pytest

from desktop.services.api import Channel, PhoneEvent, Reason, ServiceError
from desktop.services.in_hand import PhoneInHand


def message(number: int) -> PhoneEvent:
    return PhoneEvent(number, Channel.SMS, "01000000001", "epost", "sms", {}, "1", "type", 0.0, answered=False)


class Phones:
    """What came for each journey; `asked` is set whenever somebody waits."""

    def __init__(self, **messages: PhoneEvent) -> None:
        self.messages, self.asked, self.waits = messages, asyncio.Event(), list[float]()

    async def events_of(self, journey: str, *, after: int, wait: float) -> tuple[PhoneEvent, ...]:
        self.waits.append(wait)
        self.asked.set()
        if journey == "unknown":
            raise ServiceError(Reason.JOURNEY_UNKNOWN)
        if journey in self.messages:
            return (self.messages[journey],)
        await asyncio.sleep(wait)
        return ()


async def test_without_a_journey_there_is_nothing_to_show() -> None:
    phones = Phones(mine=message(1))
    assert () == await PhoneInHand(phones.events_of).events(after=0, wait=0.01)
    assert not phones.asked.is_set()


async def test_it_shows_what_came_for_the_journey_in_hand() -> None:
    hand = PhoneInHand(Phones(mine=message(1), other=message(2)).events_of)
    hand.turn_to("mine")
    assert (message(1),) == await hand.events(after=0, wait=0)
    hand.turn_to("other")
    assert (message(2),) == await hand.events(after=0, wait=0)


@pytest.mark.parametrize("before", ["", "silent"])
async def test_who_waits_hears_of_a_journey_that_begins_meanwhile(before: str) -> None:
    phones = Phones(mine=message(1))
    hand = PhoneInHand(phones.events_of)
    hand.turn_to(before)
    waiting = asyncio.create_task(hand.events(after=0, wait=30))
    if before:
        await phones.asked.wait()
    else:
        await asyncio.sleep(0)
    hand.turn_to("mine")
    async with asyncio.timeout(5):
        assert (message(1),) == await waiting
    assert 0 < phones.waits[-1] <= 30


async def test_silence_is_nothing_and_trouble_is_told() -> None:
    hand = PhoneInHand(Phones().events_of)
    hand.turn_to("silent")
    assert () == await hand.events(after=0, wait=0.01)
    hand.turn_to("unknown")
    with pytest.raises(ServiceError):
        await hand.events(after=0, wait=0.01)
