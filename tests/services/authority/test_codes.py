"""Codes to the phone: they expire, are counted, are not sent too often, and can be answered both ways."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.services.api import Channel, Check, CloudVerified, IdentityVerified, PhoneVerified, Reason, ServiceError
from tests.services.authority.desk import KIM, LEE, Clock, Desk, refused


@pytest.fixture
def keyed(folder: Path, clock: Clock) -> Iterator[Desk]:
    made = Desk(folder, clock, ars="keyed")
    yield made
    made.close()


def test_an_sms_code_is_typed_on_the_screen(desk: Desk) -> None:
    journey = desk.at(Check.PHONE)
    sent = desk.send(journey)
    assert (sent.channel, sent.phone, sent.digits, sent.shown, sent.reply) == (
        Channel.SMS,
        "010-0000-****",
        6,
        None,
        False,
    )
    assert (sent.expires_in, sent.resend_in) == (180.0, 30.0)
    event = desk.last_event()
    assert (event.phone, event.sender, event.expects, event.code) == (KIM.phone, sent.sender, "type", desk.code())
    assert desk.confirm(journey, desk.code()) == PhoneVerified(Channel.SMS)


def test_a_call_reads_a_number_out_to_be_typed(desk: Desk) -> None:
    journey = desk.at(Check.PHONE)
    sent = desk.send(journey, Channel.ARS)
    assert (sent.shown, sent.reply, desk.last_event().expects) == (None, False, "type")
    assert desk.confirm(journey, desk.code()) == PhoneVerified(Channel.ARS)


def test_a_number_shown_on_the_screen_is_keyed_during_the_call(keyed: Desk) -> None:
    journey = keyed.at(Check.PHONE)
    sent = keyed.send(journey, Channel.ARS)
    assert sent.shown is not None
    assert (len(sent.shown), sent.reply) == (2, True)
    assert keyed.answering.reply(journey) is None
    event = keyed.last_event()
    assert (event.expects, event.code) == ("key", sent.shown)
    keyed.answering.answer_phone(event.id, sent.shown)
    assert keyed.answering.reply(journey) == PhoneVerified(Channel.ARS)
    keyed.challenge(journey)


def test_in_such_a_call_the_number_read_out_may_be_typed_instead(keyed: Desk) -> None:
    journey = keyed.at(Check.PHONE)
    keyed.send(journey, Channel.ARS)
    assert keyed.confirm(journey, keyed.code()) == PhoneVerified(Channel.ARS)
    assert keyed.answering.reply(journey) is None


def test_the_number_shown_on_the_screen_proves_nothing_when_typed_there(keyed: Desk) -> None:
    journey = keyed.at(Check.PHONE)
    sent = keyed.send(journey, Channel.ARS)
    with refused(Reason.BAD_REQUEST, field="code"):
        keyed.confirm(journey, sent.shown or "")


def test_typing_after_the_phone_has_answered_is_no_mistake(keyed: Desk) -> None:
    journey = keyed.at(Check.PHONE)
    sent = keyed.send(journey, Channel.ARS)
    keyed.answering.answer_phone(keyed.last_event().id, sent.shown or "")
    assert keyed.confirm(journey, "000000") == PhoneVerified(Channel.ARS)


def test_a_wrong_key_is_counted_and_the_last_locks_the_code(keyed: Desk) -> None:
    journey = keyed.at(Check.PHONE)
    sent = keyed.send(journey, Channel.ARS)
    event, wrong = keyed.last_event(), f"{(int(sent.shown or 0) + 1) % 100:02}"
    for left in (4, 3, 2, 1):
        with refused(Reason.WRONG_CODE, tries_left=left):
            keyed.answering.answer_phone(event.id, wrong)
    with refused(Reason.CODE_LOCKED, tries_left=0):
        keyed.answering.answer_phone(event.id, wrong)
    with refused(Reason.CODE_LOCKED):
        keyed.answering.answer_phone(event.id, sent.shown or "")
    assert keyed.answering.reply(journey) is None


def test_answers_to_what_expects_none_or_was_replaced_do_nothing(keyed: Desk, clock: Clock) -> None:
    journey = keyed.at(Check.PHONE)
    keyed.send(journey)
    keyed.answering.answer_phone(keyed.last_event().id, keyed.code())
    clock.advance(30)
    keyed.send(journey, Channel.ARS)
    old = keyed.last_event()
    assert not old.answered
    clock.advance(30)
    keyed.send(journey, Channel.ARS)
    keyed.answering.answer_phone(old.id, old.code or "")
    assert keyed.answering.reply(journey) is None
    with refused(Reason.BAD_REQUEST, field="event"):
        keyed.answering.answer_phone(999, "1")


def test_wrong_codes_lock_and_only_a_new_code_helps(desk: Desk, clock: Clock) -> None:
    journey = desk.at(Check.PHONE)
    desk.send(journey)
    for left in (4, 3, 2, 1):
        with refused(Reason.WRONG_CODE, field="code", tries_left=left):
            desk.confirm(journey, desk.wrong_code())
    with refused(Reason.CODE_LOCKED, field="code", tries_left=0):
        desk.confirm(journey, desk.wrong_code())
    with refused(Reason.CODE_LOCKED, tries_left=0):
        desk.confirm(journey, desk.code())
    clock.advance(30)
    desk.send(journey)
    desk.confirm(journey, desk.code())


def test_a_code_expires_and_that_is_not_a_try(desk: Desk, clock: Clock) -> None:
    journey = desk.at(Check.PHONE)
    desk.send(journey)
    clock.advance(180.5)
    with refused(Reason.CODE_EXPIRED, field="code"):
        desk.confirm(journey, desk.code())


def test_without_a_code_there_is_nothing_to_confirm(desk: Desk) -> None:
    with refused(Reason.CODE_NOT_SENT):
        desk.confirm(desk.at(Check.PHONE), "123456")
    with refused(Reason.CODE_NOT_SENT):
        desk.confirm_cloud(desk.at(Check.CLOUD), "12")


def test_the_other_channel_need_not_wait(desk: Desk) -> None:
    journey = desk.at(Check.PHONE)
    desk.send(journey)
    assert Channel.ARS == desk.send(journey, Channel.ARS).channel


def test_a_code_is_not_sent_again_too_soon(desk: Desk, clock: Clock) -> None:
    journey = desk.at(Check.PHONE)
    desk.send(journey)
    clock.advance(10)
    with refused(Reason.RESEND_TOO_SOON, retry_after=20.0):
        desk.send(journey)
    clock.advance(20)
    desk.send(journey)


def test_codes_of_a_journey_run_out(desk: Desk, clock: Clock) -> None:
    journey = desk.at(Check.PHONE)
    for _ in range(5):
        desk.send(journey)
        clock.advance(30)
    with refused(Reason.TOO_MANY_CODES):
        desk.send(journey)


def test_an_older_code_no_longer_counts(desk: Desk, clock: Clock) -> None:
    journey = desk.at(Check.PHONE)
    desk.send(journey)
    old = desk.code()
    clock.advance(30)
    desk.send(journey)
    assert old != desk.code()
    with refused(Reason.WRONG_CODE, tries_left=4):
        desk.confirm(journey, old)


def test_a_code_replaced_while_its_try_was_under_way_is_expired(desk: Desk, clock: Clock) -> None:
    journey = desk.at(Check.PHONE)
    desk.send(journey)
    with desk.store.transaction() as cx:
        cx.execute("UPDATE code SET id = id + 1000")
        cx.execute("CREATE TRIGGER swap AFTER UPDATE OF tries ON code BEGIN UPDATE code SET id = id + 1; END")
    with refused(Reason.CODE_EXPIRED, field="code"):
        desk.confirm(journey, desk.code())


def test_a_channel_that_the_bank_does_not_offer_is_refused(folder: Path, clock: Clock) -> None:
    desk = Desk(folder, clock, channels=(Channel.SMS,))
    with refused(Reason.BAD_REQUEST, field="channel"):
        desk.send(desk.at(Check.PHONE), Channel.ARS)
    desk.close()


@pytest.mark.parametrize("text", ["12345", "1234567", "12345a", ""])
def test_what_cannot_be_a_code_is_not_counted(desk: Desk, text: str) -> None:
    journey = desk.at(Check.PHONE)
    desk.send(journey)
    with refused(Reason.BAD_REQUEST, field="code"):
        desk.confirm(journey, text)
    with refused(Reason.WRONG_CODE, tries_left=4):
        desk.confirm(journey, desk.wrong_code())


# ── Coming back to an interrupted journey ──


def come_back(desk: Desk, journey: str) -> IdentityVerified:
    desk.restart()
    with desk.store.transaction() as cx:
        desk.parts.journeys.status(cx, journey)
    return desk.identity(journey)


def test_who_comes_back_is_told_of_the_code_on_its_way_and_types_it(desk: Desk, clock: Clock) -> None:
    journey = desk.at(Check.PHONE)
    sent = desk.send(journey)
    clock.advance(20)
    found = come_back(desk, journey)
    assert found.code_sent == replace(sent, expires_in=160.0, resend_in=10.0)
    assert found.cloud_code_sent is None
    desk.confirm(journey, desk.code())


def test_who_comes_back_to_the_cloud_is_told_of_its_code(desk: Desk, clock: Clock) -> None:
    journey = desk.at(Check.CLOUD)
    sent = desk.open_cloud(journey)
    clock.advance(50)
    found = come_back(desk, journey)
    assert found.cloud_code_sent == replace(sent, expires_in=130.0, resend_in=0.0)
    assert found.code_sent is None
    desk.answering.answer_phone(desk.last_event().id, desk.code())
    assert come_back(desk, journey).cloud_code_sent is None


def test_who_comes_back_where_no_code_is_due_is_told_of_none(desk: Desk) -> None:
    assert come_back(desk, desk.at(Check.PHONE)).code_sent is None
    assert come_back(desk, desk.at(Check.CLOUD)).cloud_code_sent is None


@pytest.mark.parametrize("spoilt_by", ["time", "tries"])
def test_who_comes_back_is_not_told_of_a_code_that_is_of_no_more_use(desk: Desk, clock: Clock, spoilt_by: str) -> None:
    journey = desk.at(Check.PHONE)
    desk.send(journey)
    for _ in range(5):
        if spoilt_by == "time":
            clock.advance(40)
        else:
            with pytest.raises(ServiceError):
                desk.confirm(journey, desk.wrong_code())
    assert come_back(desk, journey).code_sent is None


def test_digits_to_be_keyed_are_shown_once(keyed: Desk) -> None:
    journey = keyed.at(Check.PHONE)
    keyed.send(journey, Channel.ARS)
    assert come_back(keyed, journey).code_sent is None


# ── The cloud's two digits ──


def test_the_cloud_code_may_be_typed(desk: Desk) -> None:
    journey = desk.at(Check.CLOUD)
    sent = desk.open_cloud(journey)
    assert (sent.phone, sent.digits, sent.expires_in) == ("010-0000-****", 2, 180.0)
    assert desk.confirm_cloud(journey, desk.code()) == CloudVerified(new_account=True, by_reply=False)
    assert desk.answering.reply(journey) is None


def test_the_cloud_code_may_be_sent_back(desk: Desk) -> None:
    journey = desk.at(Check.CLOUD)
    desk.open_cloud(journey)
    event = desk.last_event()
    assert event.expects == "reply"
    desk.answering.answer_phone(event.id, f" {event.code} ")
    assert desk.answering.reply(journey) == CloudVerified(new_account=True, by_reply=True)
    assert desk.last_event().answered
    assert desk.confirm_cloud(journey, event.code or "").by_reply
    desk.issue(journey)


def test_a_second_journey_finds_the_account_there(desk: Desk) -> None:
    desk.at(None)
    journey = desk.at(Check.CLOUD)
    desk.open_cloud(journey)
    assert not desk.confirm_cloud(journey, desk.code()).new_account


def test_a_new_cloud_code_brings_no_new_tries(desk: Desk, clock: Clock) -> None:
    journey = desk.at(Check.CLOUD)
    desk.open_cloud(journey)
    with refused(Reason.WRONG_CLOUD_CODE, field="cloud_code", tries_left=2):
        desk.confirm_cloud(journey, desk.wrong_code())
    clock.advance(30)
    desk.open_cloud(journey)
    with refused(Reason.WRONG_CLOUD_CODE, tries_left=1):
        desk.answering.answer_phone(desk.last_event().id, desk.wrong_code())
    with refused(Reason.CLOUD_LOCKED, tries_left=0):
        desk.confirm_cloud(journey, desk.wrong_code())
    clock.advance(30)
    with refused(Reason.CLOUD_LOCKED, tries_left=0):
        desk.open_cloud(journey)
    with refused(Reason.CLOUD_LOCKED):
        desk.confirm_cloud(journey, desk.code())


def test_a_cloud_code_expires(desk: Desk, clock: Clock) -> None:
    journey = desk.at(Check.CLOUD)
    desk.open_cloud(journey)
    clock.advance(181)
    with refused(Reason.CLOUD_CODE_EXPIRED, field="cloud_code"):
        desk.confirm_cloud(journey, desk.code())


@pytest.mark.parametrize(
    ("field", "value"), [("name", LEE.name), ("phone", LEE.phone), ("birth_date", "19850314"), ("name", "kim")]
)
def test_the_cloud_opens_for_the_person_of_the_journey_alone(desk: Desk, field: str, value: str) -> None:
    with refused(Reason.CLOUD_MISMATCH, field=field):
        desk.open_cloud(desk.at(Check.CLOUD), KIM, **{field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "가" * 41),
        ("phone", "010-0000-1885"),
        ("phone", "٠١٠٠٠٠٠١٨٨٥"),
        ("birth_date", "850314"),
    ],
)
def test_what_cannot_be_a_persons_data_is_a_bad_request(desk: Desk, field: str, value: str) -> None:
    with refused(Reason.BAD_REQUEST, field=field):
        desk.open_cloud(desk.at(Check.CLOUD), KIM, **{field: value})


def test_a_name_typed_another_way_is_the_same_name(desk: Desk) -> None:
    desk.open_cloud(desk.at(Check.CLOUD), name="김 우체")
