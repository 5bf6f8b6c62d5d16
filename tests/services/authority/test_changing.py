"""Revoke, suspend, resume, register, PIN and loss: each done once, to the right certificate, and told by its state."""

import hashlib

import pytest

from desktop.secret import Secret
from desktop.services.api import Authorize, Changed, Check, Kind, Reason, Status, Task
from desktop.services.authority.dates import months_later
from desktop.services.authority.signing import SHA256_OID
from tests.services.authority.desk import KIM, WHO, Clock, Desk, refused

SONG, IM, SEO, NO_MOBA = (WHO[n] for n in ("song_ujeong", "im_boryu", "seo_tahaeng", "no_moba"))
MUN, BYEON = WHO["mun_noeul"], WHO["byeon_tahaeng"]
SONG_PIN, NEW_PIN = SONG.certificates[0].pin, "915036"
JOINT = Kind.JOINT


def opens(desk: Desk, journey: str, credential: str, pin: str) -> bool:
    request = Authorize(credential, (hashlib.sha256(b"x").digest(),), SHA256_OID, Secret.of(pin))
    return bool(desk.issuing.authorize(journey, request, desk.key()).sad)


def test_a_revoked_certificate_is_gone_at_once(desk: Desk) -> None:
    journey = desk.at(None, SONG, Task.REVOKE)
    changed = desk.change(journey)
    assert (Task.REVOKE, Status.REVOKED, "송*정") == (changed.task, changed.status, changed.owner)
    with refused(Reason.CERTIFICATE_REVOKED):
        opens(desk, journey, changed.credential_id, SONG_PIN)
    with refused(Reason.OUT_OF_ORDER):
        desk.change(journey)
    assert Status.GOOD is desk.status_of(desk.obtain(desk.at(None, SONG), pin=NEW_PIN).serial)


def test_a_suspended_certificate_signs_nothing_and_comes_back(desk: Desk, clock: Clock) -> None:
    journey = desk.at(None, SONG, Task.SUSPEND)
    changed = desk.change(journey)
    assert (Status.SUSPENDED, months_later(clock(), 6) // 1) == (changed.status, changed.held_until)
    with refused(Reason.CERTIFICATE_SUSPENDED):
        opens(desk, journey, changed.credential_id, SONG_PIN)
    back = desk.at(None, SONG, Task.RESUME)
    assert (Status.GOOD, None) == ((again := desk.change(back)).status, again.held_until)
    assert opens(desk, back, again.credential_id, SONG_PIN)


def test_the_held_certificate_itself_does_not_bring_itself_back(desk: Desk) -> None:
    journey = desk.at(None, IM, Task.RESUME)
    with refused(Reason.BAD_REQUEST, field="current_pin"):
        desk.change(journey, current_pin=IM.certificates[0].pin)
    assert Status.GOOD is desk.change(journey).status


def test_a_mobile_certificate_is_revoked_from_here(desk: Desk) -> None:
    journey = desk.at(None, NO_MOBA, Task.REVOKE, kind=Kind.MOBILE)
    changed = desk.change(journey)
    assert (Kind.MOBILE, Status.REVOKED) == (changed.kind, changed.status)


def test_a_certificate_on_a_phone_signs_nothing_here(desk: Desk) -> None:
    journey = desk.at(None, NO_MOBA, Task.REVOKE, kind=Kind.MOBILE)
    (held,) = desk.changing.holdings(journey).certificates
    with refused(Reason.NOT_OFFERED):
        opens(desk, journey, held.credential_id, "123456")


def test_the_pin_of_a_phone_is_changed_on_the_phone(desk: Desk) -> None:
    with refused(Reason.NOT_OFFERED):
        desk.change(desk.at(None, NO_MOBA, Task.PIN, kind=Kind.MOBILE), current_pin=SONG_PIN, pin=NEW_PIN)


# ── Register ──


def test_registering_another_banks_certificate_takes_its_pin(desk: Desk) -> None:
    journey = desk.at(None, SEO, Task.REGISTER)
    with refused(Reason.BAD_REQUEST, field="current_pin"):
        desk.change(journey)
    with refused(Reason.WRONG_PIN, field="current_pin", tries_left=4):
        desk.change(journey, current_pin="111222")
    changed = desk.change(journey, current_pin=SEO.certificates[0].pin)
    assert (Task.REGISTER, "kb", Status.GOOD) == (changed.task, changed.bank, changed.status)
    with refused(Reason.ALREADY_REGISTERED):
        desk.identity(desk.open(task=Task.REGISTER), SEO)


def test_registering_twice_at_the_same_time_registers_once(desk: Desk) -> None:
    first, second = desk.at(None, SEO, Task.REGISTER), desk.at(None, SEO, Task.REGISTER)
    desk.change(first, current_pin=SEO.certificates[0].pin)
    with refused(Reason.ALREADY_REGISTERED):
        desk.change(second, current_pin=SEO.certificates[0].pin)


def test_a_password_proven_before_lets_a_joint_certificate_be_registered(desk: Desk) -> None:
    journey = desk.at(None, BYEON, Task.REGISTER, kind=JOINT)
    changed = desk.change(journey)
    assert ("kbank", Kind.JOINT) == (changed.bank, changed.kind)


# ── PIN ──


def test_the_new_pin_opens_and_the_old_one_no_longer(desk: Desk) -> None:
    journey = desk.at(None, SONG, Task.PIN)
    changed = desk.change(journey, current_pin=SONG_PIN, pin=NEW_PIN)
    assert (Task.PIN, Status.GOOD) == (changed.task, changed.status)
    assert opens(desk, journey, changed.credential_id, NEW_PIN)
    with refused(Reason.WRONG_PIN, tries_left=4):
        opens(desk, journey, changed.credential_id, SONG_PIN)


def test_a_wrong_current_pin_is_counted_with_all_others_and_changes_nothing(desk: Desk) -> None:
    journey = desk.at(None, SONG, Task.PIN)
    for left in (4, 3, 2):
        with refused(Reason.WRONG_PIN, field="current_pin", tries_left=left):
            desk.change(journey, current_pin="111222", pin=NEW_PIN)
    (held,) = desk.changing.holdings(journey).certificates
    with refused(Reason.WRONG_PIN, tries_left=1):
        opens(desk, journey, held.credential_id, "111222")
    desk.restart()
    with refused(Reason.PIN_LOCKED, field="current_pin", tries_left=0):
        desk.change(journey, current_pin="111222", pin=NEW_PIN)
    with refused(Reason.PIN_LOCKED):
        desk.change(journey, current_pin=SONG_PIN, pin=NEW_PIN)


def test_a_new_pin_keeps_the_rules_before_the_old_one_costs_a_try(desk: Desk) -> None:
    journey = desk.at(None, SONG, Task.PIN)
    with refused(Reason.WEAK_PIN, field="pin", detail="pin_repeated"):
        desk.change(journey, current_pin="111222", pin="777777")
    with refused(Reason.WRONG_PIN, tries_left=4):
        desk.change(journey, current_pin="111222", pin=NEW_PIN)


# ── Loss ──


def test_a_loss_blocks_at_once_and_hardens(desk: Desk) -> None:
    journey = desk.at(None, MUN, Task.LOSS, kind=JOINT)
    changed = desk.change(journey)
    assert (Task.LOSS, Status.SUSPENDED) == (changed.task, changed.status)
    assert changed.held_until is not None
    assert (Check.DOCUMENT,) == desk.identity(desk.open("woori", JOINT, Task.REISSUE), MUN).extra
    for task in (Task.RENEW, Task.RESUME):
        with refused(Reason.LOSS_REPORTED):
            desk.identity(desk.open("woori", JOINT, task), MUN)
    desk.change(desk.at(None, MUN, Task.LOSS, kind=JOINT))


@pytest.mark.parametrize("task", [Task.PIN, Task.DEVICES, Task.RENEW, Task.RESUME])
def test_a_loss_reported_meanwhile_stops_what_is_under_way(desk: Desk, task: Task) -> None:
    who = {Task.RENEW: WHO["yun_somun"], Task.RESUME: IM}.get(task, SONG)
    journey = desk.at(None, who, task)
    desk.change(desk.at(None, who, Task.LOSS))
    with refused(Reason.LOSS_REPORTED):
        if task is Task.RENEW:
            desk.obtain(journey, pin=NEW_PIN)
        elif task is Task.PIN:
            desk.change(journey, current_pin=SONG_PIN, pin=NEW_PIN)
        else:
            desk.change(journey)


def test_a_loss_at_one_bank_leaves_other_banks_alone(desk: Desk) -> None:
    desk.change(desk.at(None, MUN, Task.LOSS, kind=JOINT))
    assert Task.PIN in {t for h in desk.changing.holdings(desk.at(None, SONG, Task.PIN)).certificates for t in h.tasks}


# ── What holds for all ──


@pytest.mark.parametrize(
    ("task", "given", "field"),
    [
        (Task.REVOKE, {"pin": NEW_PIN}, "pin"),
        (Task.REVOKE, {"current_pin": NEW_PIN}, "current_pin"),
        (Task.SUSPEND, {"devices": ("x",)}, "devices"),
        (Task.PIN, {"current_pin": SONG_PIN}, "pin"),
        (Task.PIN, {"current_pin": "12", "pin": NEW_PIN}, "current_pin"),
        (Task.PIN, {"pin": NEW_PIN}, "current_pin"),
    ],
)
def test_what_a_task_does_not_take_is_refused(desk: Desk, task: Task, given: dict[str, str], field: str) -> None:
    with refused(Reason.BAD_REQUEST, field=field):
        desk.change(desk.at(None, SONG, task), **given)


def test_a_journey_that_issues_changes_nothing(desk: Desk) -> None:
    with refused(Reason.NOT_OFFERED):
        desk.change(desk.at(None, KIM))


def test_nothing_is_changed_before_every_check_is_done(desk: Desk) -> None:
    with refused(Reason.OUT_OF_ORDER):
        desk.change(desk.at(Check.MEDIUM, SONG, Task.REVOKE))


def test_a_certificate_of_somebody_else_does_not_exist(desk: Desk) -> None:
    theirs = desk.change(desk.at(None, IM, Task.RESUME)).credential_id
    with refused(Reason.NO_CERTIFICATE):
        desk.change(desk.at(None, SONG, Task.REVOKE), theirs)


def test_a_change_asked_again_is_answered_the_same(desk: Desk) -> None:
    journey = desk.at(None, SONG, Task.REVOKE)
    first = desk.change(journey, key="k")
    desk.restart()
    assert first == desk.change(journey, key="k")
    with refused(Reason.KEY_REUSED):
        desk.change(journey, "0" * 32, key="k")


def test_the_status_of_a_changed_journey_brings_the_change_even_long_after(desk: Desk, clock: Clock) -> None:
    journey = desk.at(None, SONG, Task.REVOKE)
    changed = desk.change(journey)

    def status() -> Changed | None:
        with desk.store.transaction() as cx:
            found = desk.parts.journeys.status(cx, journey)
        assert () == found.reprove
        return found.changed

    assert changed == status()
    clock.advance(86_400)
    desk.restart()
    assert changed == status()


def test_a_change_that_fails_at_the_last_step_leaves_nothing_behind(desk: Desk) -> None:
    journey = desk.at(None, SONG, Task.REVOKE)
    with desk.store.transaction() as cx:
        cx.execute("CREATE TRIGGER fails BEFORE UPDATE OF changed ON journey BEGIN SELECT RAISE(ABORT, 'no room'); END")
    with pytest.raises(Exception, match="no room"):
        desk.change(journey, key="k")
    with desk.store.transaction() as cx:
        assert cx.execute("SELECT count(*) FROM ca_certificates WHERE status = 'revoked'").fetchone()[0] == 0
        cx.execute("DROP TRIGGER fails")
    assert Status.REVOKED is desk.change(journey, key="k").status


def test_the_audit_names_no_person(desk: Desk) -> None:
    desk.change(desk.at(None, SONG, Task.PIN), current_pin=SONG_PIN, pin=NEW_PIN)
    with desk.store.read() as cx:
        rows = cx.execute("SELECT event, reason FROM audit").fetchall()
        desk.parts.audit.verify_chain(cx)
    assert ("change", "ok") == tuple(rows[-1])
    told = " ".join(f"{row['event']} {row['reason']}" for row in rows)
    assert not any(secret in told for secret in (SONG.name, SONG.phone, SONG.rrn, SONG_PIN, NEW_PIN))
