"""What a person is shown of their certificates, and which tasks are possible with each now."""

import pytest

from desktop.services.api import Check, Kind, Reason, Status, Task
from tests.services.authority.desk import KIM, WHO, Desk, refused

JOINT = Kind.JOINT


def tasks(desk: Desk, who: str, task: Task, kind: Kind = Kind.FINANCIAL) -> set[Task]:
    journey = desk.at(None, WHO[who], task, kind=kind)
    (held,) = desk.changing.holdings(journey).certificates
    return set(held.tasks)


@pytest.mark.parametrize(
    ("who", "task", "possible"),
    [
        ("song_ujeong", Task.REISSUE, "reissue revoke suspend devices pin loss"),
        ("yun_somun", Task.RENEW, "reissue renew revoke suspend devices pin loss"),
        ("im_boryu", Task.RESUME, "reissue revoke resume loss"),
        ("ma_gigan", Task.REISSUE, "reissue"),
    ],
)
def test_the_tasks_follow_the_state_and_the_date(desk: Desk, who: str, task: Task, possible: str) -> None:
    assert {Task(name) for name in possible.split()} == tasks(desk, who, task)


def test_only_what_the_bank_offers_is_possible(desk: Desk) -> None:
    assert {Task.REISSUE} == tasks(desk, "ko_byeolbit", Task.REISSUE)
    assert {Task.REVOKE, Task.PIN} == tasks(desk, "no_moba", Task.REVOKE, Kind.MOBILE)


def test_a_reported_loss_closes_what_it_should(desk: Desk) -> None:
    journey = desk.at(Check.DOCUMENT, WHO["do_bunsil"], Task.REISSUE, kind=JOINT)
    (held,) = desk.changing.holdings(journey).certificates
    assert {Task.REISSUE, Task.REVOKE, Task.LOSS} == set(held.tasks)


def test_identity_suffices_and_is_needed_again_after_a_restart(desk: Desk) -> None:
    journey = desk.at(Check.IDENTITY)
    with refused(Reason.OUT_OF_ORDER):
        desk.changing.holdings(journey)
    desk.identity(journey)
    assert ((), ()) == (desk.changing.holdings(journey).certificates, desk.changing.holdings(journey).elsewhere)
    with desk.store.transaction() as cx:
        desk.parts.journeys.status(cx, journey)
    with refused(Reason.OUT_OF_ORDER):
        desk.changing.holdings(journey)


def test_a_suspended_certificate_tells_until_when(desk: Desk) -> None:
    journey = desk.at(None, WHO["im_boryu"], Task.RESUME)
    (held,) = desk.changing.holdings(journey).certificates
    assert Status.SUSPENDED is held.status
    assert held.held_until is not None
    assert 120 * 86_400 < held.held_until - desk.clock() < 125 * 86_400


def test_the_newest_comes_first_and_revoked_ones_stay_to_be_seen(desk: Desk) -> None:
    journey = desk.at(None, WHO["song_ujeong"], Task.REISSUE)
    new = desk.obtain(journey, pin="915036")
    desk.clock.advance(1)
    found = desk.changing.holdings(journey).certificates
    assert [(new.credential_id, Status.GOOD), ("", Status.REVOKED)] == [
        (found[0].credential_id, found[0].status),
        ("", found[1].status),
    ]


def test_the_owner_is_masked(desk: Desk) -> None:
    journey = desk.at(Check.PHONE, WHO["song_ujeong"], Task.PIN)
    assert "송*정" == desk.changing.holdings(journey).certificates[0].owner


def test_other_banks_credentials_are_used_only_once_registered(desk: Desk) -> None:
    seo = WHO["seo_tahaeng"]
    journey = desk.at(None, seo, Task.REGISTER)
    (other,) = desk.changing.holdings(journey).elsewhere
    with refused(Reason.NO_CERTIFICATE):
        desk.issuing.credentials_info(journey, other.credential_id)
    assert () == desk.issuing.credentials_list(journey).credential_ids
    desk.change(journey, current_pin=seo.certificates[0].pin)
    assert (other.credential_id,) == desk.issuing.credentials_list(journey).credential_ids
    assert Status.GOOD is desk.issuing.credentials_info(journey, other.credential_id).cert_status
    assert ("epost",) == desk.changing.holdings(journey).elsewhere[0].registered_at


def test_who_has_no_cloud_account_has_no_credentials(desk: Desk) -> None:
    journey = desk.at(Check.CLOUD, KIM)
    assert () == desk.changing.holdings(journey).certificates
    with refused(Reason.NO_CERTIFICATE):
        desk.changing.devices(journey, "0" * 32)
