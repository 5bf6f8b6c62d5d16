"""The hand-off to the bank's app: one ticket, minutes of time, pressed on the phone, and one mobile certificate."""

import threading

import pytest
from cryptography import x509

from desktop.services.api import Channel, Check, HandOff, Issued, Kind, Reason, ServiceError, Status, Task
from tests.services.authority.desk import KIM, WHO, Clock, Desk, refused

GUKMIN = WHO["kim_gukmin"]


def ready(desk: Desk) -> str:
    return desk.at(None, GUKMIN, kind=Kind.MOBILE)


def handed(desk: Desk, journey: str) -> tuple[HandOff, int]:
    return desk.handoffs.hand_off(journey, desk.key()), desk.last_event().id


def certificates(desk: Desk) -> int:
    with desk.store.read() as cx:
        found: int = cx.execute("SELECT count(*) FROM cloud_credentials WHERE kind = 'mobile'").fetchone()[0]
    return found


def test_the_phone_is_told_and_pressing_there_brings_the_certificate(desk: Desk) -> None:
    journey = ready(desk)
    handoff, event = handed(desk, journey)
    notice = desk.last_event()
    assert handoff.url.startswith("changgu-practice://kb/mobile?ticket=")
    assert (Channel.APP, "press", None, GUKMIN.phone) == (notice.channel, notice.expects, notice.code, notice.phone)
    assert handoff.url.rpartition("=")[2] not in notice.data.values()
    assert None is desk.handoffs.reply(journey)
    assert desk.handoffs.press(event)
    issued = desk.handoffs.reply(journey)
    assert isinstance(issued, Issued)
    assert (Kind.MOBILE, Task.ISSUE, Status.GOOD) == (issued.kind, issued.task, desk.status_of(issued.serial))
    x509.load_der_x509_certificate(issued.certificate).verify_directly_issued_by(
        x509.load_der_x509_certificate(issued.chain[0])
    )
    assert desk.last_event().answered


def test_pressing_again_and_again_makes_one_certificate(desk: Desk) -> None:
    journey = ready(desk)
    _, event = handed(desk, journey)
    threads = [threading.Thread(target=desk.handoffs.press, args=(event,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    desk.handoffs.press(event)
    assert 1 == certificates(desk)
    with refused(Reason.ALREADY_ISSUED):
        handed(desk, journey)


def test_a_ticket_is_good_for_minutes(desk: Desk, clock: Clock) -> None:
    journey = ready(desk)
    handoff, event = handed(desk, journey)
    clock.advance(handoff.expires_in + 1)
    for late in (lambda: desk.handoffs.press(event), lambda: desk.handoffs.reply(journey)):
        with refused(Reason.HANDOFF_EXPIRED):
            late()
    _, again = handed(desk, journey)
    assert desk.handoffs.press(again)


def test_a_new_ticket_ends_the_one_before(desk: Desk) -> None:
    journey = ready(desk)
    _, first = handed(desk, journey)
    _, second = handed(desk, journey)
    with refused(Reason.HANDOFF_EXPIRED):
        desk.handoffs.press(first)
    desk.handoffs.press(second)


def test_asked_again_under_its_key_it_is_the_same_ticket(desk: Desk) -> None:
    journey = ready(desk)
    assert desk.handoffs.hand_off(journey, "k") == desk.handoffs.hand_off(journey, "k")


def test_who_has_one_already_gets_no_second(desk: Desk) -> None:
    one, two = ready(desk), ready(desk)
    _, event = handed(desk, one)
    _, other = handed(desk, two)
    desk.handoffs.press(event)
    with refused(Reason.ALREADY_ISSUED):
        desk.handoffs.press(other)
    assert 1 == certificates(desk)


def test_only_a_proven_mobile_issue_is_handed_off(desk: Desk) -> None:
    with refused(Reason.OUT_OF_ORDER):
        handed(desk, desk.at(Check.DOCUMENT, GUKMIN, kind=Kind.MOBILE))
    with refused(Reason.NOT_OFFERED):
        handed(desk, desk.at(None))
    with refused(Reason.NOT_OFFERED):
        desk.obtain(ready(desk), pin="915036")


def test_a_closed_journey_is_not_gone_on_with_on_the_phone(desk: Desk) -> None:
    journey = ready(desk)
    _, event = handed(desk, journey)
    with desk.store.transaction() as cx:
        desk.parts.journeys.close(cx, journey)
    with refused(Reason.JOURNEY_CLOSED):
        desk.handoffs.press(event)


def test_what_is_no_notice_of_the_app_is_not_pressed(desk: Desk) -> None:
    desk.send(desk.at(Check.PHONE, KIM))
    assert not desk.handoffs.press(desk.last_event().id)
    assert not desk.handoffs.press(999)


def test_the_certificate_of_the_phone_can_be_revoked_and_issued_anew(desk: Desk) -> None:
    _, event = handed(desk, ready(desk))
    desk.handoffs.press(event)
    with pytest.raises(ServiceError):
        ready(desk)
    desk.change(desk.at(None, GUKMIN, Task.REVOKE, kind=Kind.MOBILE))
    assert ready(desk)
