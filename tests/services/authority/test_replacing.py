"""Reissue, renewal, and an issue beside a certificate of another bank: what is replaced, what lives on, how long."""

from datetime import datetime

from desktop.services.api import Check, Holding, Kind, Reason, Renewal, Status, Task
from desktop.services.authority.dates import DAY_SECONDS, KST
from tests.services.authority.desk import KIM, PIN, WHO, Clock, Desk, refused
from tests.services.authority.offered import offered

SONG, YUN, MA, SEO = (WHO[n] for n in ("song_ujeong", "yun_somun", "ma_gigan", "seo_tahaeng"))
BAE, JO, DO, URI = (WHO[n] for n in ("bae_deungnok", "jo_gaengsin", "do_bunsil", "kim_uri"))
JOINT = Kind.JOINT


def only(desk: Desk, journey: str) -> Holding:
    (held,) = desk.changing.holdings(journey).certificates
    return held


def day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, KST).strftime("%Y-%m-%d")


def test_a_reissue_kills_the_old_one_and_keeps_its_expiry(desk: Desk) -> None:
    journey = desk.at(None, SONG, Task.REISSUE)
    old = only(desk, journey)
    new = desk.obtain(journey, pin="915036", credential_id=old.credential_id)
    assert (Status.REVOKED, Status.GOOD) == (desk.status_of(old.serial), desk.status_of(new.serial))
    assert (old.not_after, Task.REISSUE) == (new.not_after, new.task)
    with refused(Reason.ALREADY_ISSUED):
        desk.obtain(journey, pin="915036")


def test_an_expired_certificate_is_reissued_for_full_years(desk: Desk) -> None:
    journey = desk.at(None, MA, Task.REISSUE)
    assert Status.EXPIRED is only(desk, journey).status
    new = desk.obtain(journey, pin="915036")
    assert new.not_after > desk.clock() + 3 * 365 * DAY_SECONDS - 2 * DAY_SECONDS


def test_a_reissue_after_a_loss_ends_the_hardening(desk: Desk) -> None:
    journey = desk.at(None, DO, Task.REISSUE, kind=JOINT)
    desk.document(journey, DO)
    old = only(desk, journey)
    assert Status.SUSPENDED is old.status
    new = desk.gain(journey)
    assert (Status.REVOKED, Status.GOOD) == (desk.status_of(old.serial), desk.status_of(new.serial))
    assert () == desk.identity(desk.open("woori", JOINT, Task.REISSUE), DO).extra


def test_a_bank_that_asks_nothing_more_ends_the_hardening_with_the_reissue(desk: Desk) -> None:
    lost = desk.at(None, SONG, Task.LOSS)
    desk.change(lost)
    journey = desk.at(None, SONG, Task.REISSUE)
    desk.obtain(journey, pin="915036")
    assert Task.PIN in desk.changing.holdings(journey).certificates[0].tasks


def test_a_renewal_runs_on_from_the_old_end_and_loses_no_day(desk: Desk) -> None:
    journey = desk.at(None, YUN, Task.RENEW)
    old = only(desk, journey)
    new = desk.obtain(journey, pin="915036", credential_id=old.credential_id)
    assert int(day(new.not_after)[:4]) == int(day(old.not_after)[:4]) + 3
    assert day(new.not_after)[4:] == day(old.not_after)[4:]
    assert (day(desk.clock()), Renewal.CHECK) == (day(new.not_before), new.renewal)
    assert (Status.REVOKED, Status.GOOD) == (desk.status_of(old.serial), desk.status_of(new.serial))


def test_the_window_opens_thirty_days_before_the_last_day(desk: Desk, clock: Clock) -> None:
    journey = desk.at(None, SONG, Task.REVOKE)
    last = only(desk, journey).not_after
    opens = last + 1 - 31 * DAY_SECONDS
    clock.now = opens - 1
    with refused(Reason.RENEWAL_TOO_EARLY, retry_after=1.0):
        desk.identity(desk.open("epost", task=Task.RENEW), SONG)
    clock.now = opens
    desk.identity(desk.open("epost", task=Task.RENEW), SONG)
    clock.now = last + 2
    with refused(Reason.CERTIFICATE_EXPIRED):
        desk.identity(desk.open("epost", task=Task.RENEW), SONG)


def test_a_certificate_that_expired_in_the_middle_of_its_renewal_is_not_renewed(desk: Desk, clock: Clock) -> None:
    clock.now = only(desk, desk.at(None, YUN, Task.RENEW)).not_after - 10
    journey = desk.at(None, YUN, Task.RENEW)
    clock.advance(11)
    with refused(Reason.CERTIFICATE_EXPIRED):
        desk.obtain(journey, pin="915036")


def test_a_joint_certificate_is_renewed_by_hand_and_keeps_its_use(desk: Desk) -> None:
    journey = desk.at(None, JO, Task.RENEW, kind=JOINT)
    new = desk.gain(journey)
    assert ("bank", Renewal.BY_HAND, "1.2.410.200005.1.1.4") == (new.usage, new.renewal, new.policy)


# ── What is made where, and for what ──


def test_a_joint_certificate_is_not_made_here(desk: Desk) -> None:
    with refused(Reason.NOT_OFFERED):
        desk.obtain(desk.at(None, URI, kind=JOINT), pin=PIN)


def test_the_use_decides_the_policy_and_must_be_one_of_the_products(desk: Desk) -> None:
    journey = desk.at(None, URI, kind=JOINT)
    with refused(Reason.BAD_REQUEST, field="usage"):
        desk.enrol(journey, usage="everything")
    issued = desk.gain(journey, usage="general")
    assert ("general", "1.2.410.200005.1.1.1") == (issued.usage, issued.policy)


def test_the_first_use_is_taken_where_none_is_named(desk: Desk) -> None:
    assert "bank" == desk.gain(desk.at(None, URI, kind=JOINT)).usage


# ── C1: a good certificate of another bank ──


def test_an_issue_beside_another_banks_certificate_must_be_agreed_to(desk: Desk) -> None:
    journey = desk.at(None, SEO)
    (other,) = desk.changing.holdings(journey).elsewhere
    assert ("kb", (Task.REGISTER,)) == (other.bank, other.tasks)
    with refused(Reason.ISSUED_ELSEWHERE, field="existing"):
        desk.obtain(journey, pin="915036")
    desk.obtain(journey, pin="915036", replace_elsewhere=True)
    assert Status.GOOD is desk.status_of(other.serial)


def test_a_bank_that_replaces_others_revokes_them_in_the_same_breath(desk: Desk) -> None:
    journey = desk.at(None, BAE)
    (other,) = desk.changing.holdings(journey).elsewhere
    new = desk.obtain(journey, pin="915036", replace_elsewhere=True)
    assert (Status.REVOKED, Status.GOOD) == (desk.status_of(other.serial), desk.status_of(new.serial))


def test_other_banks_count_by_kind_and_only_while_good(desk: Desk, clock: Clock) -> None:
    journey = desk.at(Check.PHONE, SEO, Task.REGISTER)
    (other,) = desk.changing.holdings(journey).elsewhere
    clock.now = other.not_after + 1
    new = desk.at(None, SEO)
    assert () == desk.changing.holdings(new).elsewhere
    desk.obtain(new, pin="915036")


def test_without_agreement_nothing_is_revoked(desk: Desk) -> None:
    desk.banks = offered()
    journey = desk.at(None, BAE)
    (other,) = desk.changing.holdings(journey).elsewhere
    with refused(Reason.ISSUED_ELSEWHERE):
        desk.obtain(journey, pin="915036")
    assert Status.GOOD is desk.status_of(other.serial)


def test_a_certificate_of_somebody_else_cannot_be_replaced(desk: Desk) -> None:
    theirs = only(desk, desk.at(Check.PHONE, YUN, Task.RENEW))
    with refused(Reason.NO_CERTIFICATE):
        desk.obtain(desk.at(None, SONG, Task.REISSUE), pin="915036", credential_id=theirs.credential_id)
    assert KIM.certificates == ()
