"""Messages by the bank's gateway: written with their code, sent after the commit at least once, and their replies."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.services.api import Channel, Check, CloudVerified, PhoneVerified, Reason, ServiceError
from desktop.services.authority.outbox import LEASE
from tests.services.authority.desk import KIM, Clock, refused
from tests.services.hooks.banks import AWAY
from tests.services.hooks.desk import BankDesk


@pytest.fixture
def journey(desk: BankDesk) -> str:
    return desk.at(Check.PHONE)


def test_a_message_is_sent_when_it_is_on_disk_and_says_what_to_fill_in(desk: BankDesk, journey: str) -> None:
    desk.send(journey)
    assert [] == desk.gateway.sent
    desk.deliver()
    ((key, dispatch),) = desk.gateway.sent
    assert (Channel.SMS, KIM.phone, "epost", "sms", "type") == (
        dispatch.channel,
        dispatch.phone,
        dispatch.sender,
        dispatch.says,
        dispatch.expects,
    )
    assert (32, {"bank", "code", "minutes"}) == (len(key), set(dispatch.data))
    assert desk.clock() + 180 == dispatch.expires_at
    desk.confirm(journey, dispatch.data["code"])
    desk.deliver()
    assert 1 == len(desk.gateway.sent)


def test_a_gateway_that_is_away_gets_it_later_under_the_same_key(desk: BankDesk, journey: str) -> None:
    desk.send(journey)
    desk.gateway.trouble.before = [AWAY]
    desk.gateway.trouble.after = [ServiceError(Reason.TIMED_OUT)]
    for seconds in (1.0, 2.0, 4.0):
        desk.deliver()
        desk.clock.now += seconds
    assert 3 == len(desk.gateway.keys) - 1
    assert 1 == len(set(desk.gateway.keys[1:])) == len(desk.gateway.sent)


def test_what_a_gateway_will_not_send_is_given_up(desk: BankDesk, journey: str) -> None:
    desk.send(journey)
    desk.gateway.trouble.before = [ServiceError(Reason.BAD_REQUEST)]
    desk.deliver()
    desk.clock.now += 60
    desk.deliver()
    assert [] == desk.gateway.sent


def test_a_message_that_helps_nobody_any_more_is_not_sent(desk: BankDesk, journey: str) -> None:
    desk.send(journey)
    desk.clock.now += 40
    desk.send(journey)
    desk.deliver()
    assert 1 == len(desk.gateway.sent)
    desk.clock.now += 40
    desk.send(journey)
    desk.clock.now += 181
    desk.deliver()
    assert 1 == len(desk.gateway.sent)


def test_who_dies_on_the_way_leaves_the_message_to_another_after_the_lease(desk: BankDesk, journey: str) -> None:
    desk.send(journey)
    with desk.store.transaction() as cx:
        (letter,) = desk.parts.outbox.take(cx, desk.parts.phone)
        assert () == desk.parts.outbox.take(cx, desk.parts.phone)
    desk.deliver()
    assert [] == desk.gateway.sent
    desk.clock.now += LEASE + 1
    desk.deliver()
    assert [letter.key] == [key for key, _ in desk.gateway.sent]


def test_what_came_back_by_sms_is_an_answer_like_any_other(desk: BankDesk) -> None:
    journey = desk.at(Check.CLOUD)
    desk.open_cloud(journey)
    desk.deliver()
    key, dispatch = desk.gateway.sent[-1]
    assert "reply" == dispatch.expects
    desk.answering.take_reply(key, f" {dispatch.data['code']} ", "r-1")
    assert CloudVerified(new_account=True, by_reply=True) == desk.answering.reply(journey)


def test_keys_that_were_pressed_during_the_call_are_an_answer_too(folder: Path, clock: Clock) -> None:
    desk = BankDesk(folder, clock, ars="keyed")
    try:
        journey = desk.at(Check.PHONE)
        sent = desk.send(journey, Channel.ARS)
        desk.deliver()
        key, dispatch = desk.gateway.sent[-1]
        assert ("key", "ars_keyed") == (dispatch.expects, dispatch.says)
        assert sent.shown not in dispatch.data.values()
        desk.answering.take_reply(key, sent.shown or "", "r-1")
        assert PhoneVerified(Channel.ARS) == desk.answering.reply(journey)
    finally:
        desk.close()


def test_the_same_reply_twice_is_one_try(desk: BankDesk) -> None:
    journey = desk.at(Check.CLOUD)
    desk.open_cloud(journey)
    desk.deliver()
    key, _ = desk.gateway.sent[-1]
    for _ in range(2):
        with refused(Reason.WRONG_CLOUD_CODE, tries_left=2):
            desk.answering.take_reply(key, "x", "r-1")
    with refused(Reason.WRONG_CLOUD_CODE, tries_left=1):
        desk.answering.take_reply(key, "x", "r-2")


def test_a_reply_to_no_message_or_to_one_that_expects_none_is_refused(desk: BankDesk, journey: str) -> None:
    desk.send(journey)
    desk.deliver()
    key, dispatch = desk.gateway.sent[-1]
    for message in (key, "0" * 32):
        with refused(Reason.BAD_REQUEST, field="message"):
            desk.answering.take_reply(message, dispatch.data["code"], f"r-{message}")


def test_nothing_is_left_of_messages_after_a_day(desk: BankDesk, journey: str) -> None:
    desk.send(journey)
    desk.deliver()
    desk.clock.now += 86_401
    desk.restart()
    with desk.store.read() as cx:
        assert None is cx.execute("SELECT 1 FROM outbox").fetchone()
        assert None is cx.execute("SELECT 1 FROM phone_event").fetchone()
