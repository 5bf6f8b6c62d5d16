"""Who is at the counter: exactly the fields that the bank asks, nothing told to who guesses, nobody sent on in vain."""

import pytest

from desktop.secret import Secret
from desktop.services.api import Check, IdentityVerified, Kind, Reason, Task, VerifyIdentity
from tests.services.authority.desk import KIM, WHO, Desk, refused

KO, MUN, CHU, SEO = WHO["ko_byeolbit"], WHO["mun_noeul"], WHO["chu_haneul"], WHO["seo_tahaeng"]
JOINT = Kind.JOINT


def test_user_id_and_number_find_the_customer_without_an_account(desk: Desk) -> None:
    verified = desk.identity(desk.open("kb", Kind.FINANCIAL, Task.REISSUE), KO)
    assert verified == IdentityVerified(
        name="고*빛", phone="010-0013-****", media=verified.media, channels=verified.channels
    )


def test_number_and_phone_find_the_customer(desk: Desk) -> None:
    assert desk.identity(desk.open("kbank", JOINT, Task.REISSUE), CHU).name == "추*늘"


@pytest.mark.parametrize("given", [{"user_id": "nobody99"}, {"rrn": KIM.rrn}, {"user_id": "urikim86"}])
def test_a_mismatch_does_not_say_which_part_and_is_counted_on_the_journey(desk: Desk, given: dict[str, str]) -> None:
    journey = desk.open("woori", JOINT, Task.REISSUE)
    for left in (4, 3, 2, 1):
        with refused(Reason.IDENTITY_MISMATCH, field=None, tries_left=left):
            desk.identity(journey, MUN, **given)
    with refused(Reason.IDENTITY_LOCKED, tries_left=0):
        desk.identity(journey, MUN, **given)
    with refused(Reason.JOURNEY_CLOSED):
        desk.identity(journey, MUN)


def test_a_wrong_phone_is_a_mismatch_too(desk: Desk) -> None:
    journey = desk.open("kbank", JOINT, Task.REISSUE)
    with refused(Reason.IDENTITY_MISMATCH, field=None, tries_left=4):
        desk.identity(journey, CHU, phone=KIM.phone)
    desk.identity(journey, CHU)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"user_id": "noeul92"}, "rrn"),
        ({"rrn": MUN.rrn}, "user_id"),
        ({"rrn": MUN.rrn, "user_id": "noeul92", "account": "1234567890"}, "account"),
        ({"rrn": MUN.rrn, "user_id": ""}, "user_id"),
        ({"rrn": MUN.rrn, "user_id": "문"}, "user_id"),
    ],
)
def test_other_fields_than_the_bank_asks_are_a_bad_request(desk: Desk, fields: dict[str, str], field: str) -> None:
    journey = desk.open("woori", JOINT, Task.REISSUE)
    with refused(Reason.BAD_REQUEST, field=field):
        request = VerifyIdentity({name: Secret.of(value) for name, value in fields.items()})
        desk.checks.verify_identity(journey, request, desk.key())


def test_a_customer_of_another_bank_is_not_known_here(desk: Desk) -> None:
    with refused(Reason.IDENTITY_MISMATCH):
        desk.identity(desk.open("kb", Kind.FINANCIAL, Task.REISSUE), MUN)


@pytest.mark.parametrize(
    ("who", "task", "kind", "reason"),
    [
        ("song_ujeong", Task.ISSUE, Kind.FINANCIAL, Reason.ALREADY_ISSUED),
        ("im_boryu", Task.ISSUE, Kind.FINANCIAL, Reason.CERTIFICATE_SUSPENDED),
        ("do_bunsil", Task.ISSUE, JOINT, Reason.LOSS_REPORTED),
        ("kim_uche", Task.REISSUE, Kind.FINANCIAL, Reason.NO_CERTIFICATE),
        ("kim_uche", Task.REGISTER, Kind.FINANCIAL, Reason.NO_CERTIFICATE),
        ("song_ujeong", Task.RENEW, Kind.FINANCIAL, Reason.RENEWAL_TOO_EARLY),
        ("song_ujeong", Task.RESUME, Kind.FINANCIAL, Reason.NOT_SUSPENDED),
        ("im_boryu", Task.SUSPEND, Kind.FINANCIAL, Reason.CERTIFICATE_SUSPENDED),
        ("im_boryu", Task.PIN, Kind.FINANCIAL, Reason.CERTIFICATE_SUSPENDED),
        ("ma_gigan", Task.RENEW, Kind.FINANCIAL, Reason.CERTIFICATE_EXPIRED),
        ("ma_gigan", Task.REVOKE, Kind.FINANCIAL, Reason.CERTIFICATE_EXPIRED),
        ("do_bunsil", Task.RENEW, JOINT, Reason.LOSS_REPORTED),
        ("do_bunsil", Task.RESUME, JOINT, Reason.LOSS_REPORTED),
        ("ko_byeolbit", Task.REVOKE, Kind.MOBILE, Reason.NO_CERTIFICATE),
    ],
)
def test_nobody_is_led_through_ten_pages_in_vain(desk: Desk, who: str, task: Task, kind: Kind, reason: Reason) -> None:
    person = WHO[who]
    journey = desk.at(Check.IDENTITY, person, task, kind=kind)
    with refused(reason):
        desk.identity(journey, person)
    with refused(Reason.OUT_OF_ORDER):
        desk.changing.holdings(journey)


def test_who_is_hardened_is_told_of_the_extra_check(desk: Desk) -> None:
    hardened = desk.identity(desk.open("woori", JOINT, Task.REISSUE), WHO["do_bunsil"])
    plain = desk.identity(desk.open("woori", JOINT, Task.REISSUE), MUN)
    assert ((Check.DOCUMENT,), ()) == (hardened.extra, plain.extra)


def test_the_person_of_a_resumed_journey_is_found_by_the_other_fields_too(desk: Desk) -> None:
    journey = desk.at(Check.PHONE, MUN, Task.REISSUE, kind=JOINT)
    with desk.store.transaction() as cx:
        assert (Check.IDENTITY,) == desk.parts.journeys.status(cx, journey).reprove
    with refused(Reason.IDENTITY_MISMATCH):
        desk.identity(journey, WHO["kim_uri"])
    desk.identity(journey, MUN)


def test_a_phone_number_alone_finds_nobody(desk: Desk) -> None:
    with desk.store.read() as cx:
        assert None is desk.parts.customers.find(cx, "epost", {"phone": Secret.of(KIM.phone)}, only=None)
