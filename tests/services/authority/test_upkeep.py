"""What time does: a hold runs out, a certificate renews itself in its last week, old calls are forgotten."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from cryptography import x509
from cryptography.x509 import ReasonFlags

from desktop.secret import Secret
from desktop.services.api import Check, Kind, Reason, Status, Task
from desktop.services.authority import ledger
from desktop.services.authority.dates import DAY_SECONDS, months_later
from desktop.services.authority.idempotency import KEPT_SECONDS
from desktop.services.authority.local import DATABASE_NAME
from desktop.services.authority.losses import report_loss
from desktop.services.authority.schema import UPGRADES
from desktop.services.authority.store import SCHEMA_VERSION
from desktop.services.authority.upkeep import AUTOMATIC_DAYS
from tests.services.authority.desk import KIM, WHO, Clock, Desk, refused

SONG, JADONG, YUN, MUN = (WHO[n] for n in ("song_ujeong", "yu_jadong", "yun_somun", "mun_noeul"))


def test_what_is_suspended_for_six_months_is_revoked(desk: Desk, clock: Clock) -> None:
    changed = desk.change(desk.at(None, SONG, Task.SUSPEND))
    clock.now = months_later(clock(), 6) - 1
    desk.restart()
    assert Status.SUSPENDED is desk.status_of(changed.serial)
    clock.advance(2)
    desk.restart()
    assert Status.REVOKED is desk.status_of(changed.serial)
    with desk.store.read() as cx:
        found = ledger.find(cx, int(changed.serial))
        events = [row["event"] for row in cx.execute("SELECT event FROM audit ORDER BY id DESC LIMIT 1")]
    assert found is not None
    assert (ReasonFlags.cessation_of_operation, ["expire_hold"]) == (found.reason, events)


def test_a_hold_that_ran_out_shows_without_a_restart(desk: Desk, clock: Clock) -> None:
    changed = desk.change(desk.at(None, SONG, Task.SUSPEND))
    desk.issuing.crl()
    clock.now = months_later(clock(), 6) + 1
    crl = x509.load_der_x509_crl(desk.issuing.crl())
    entry = crl.get_revoked_certificate_by_serial_number(int(changed.serial))
    assert entry is not None
    reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    assert ReasonFlags.cessation_of_operation == reason


def test_a_hold_that_ran_out_cannot_be_taken_back(desk: Desk, clock: Clock) -> None:
    desk.change(desk.at(None, SONG, Task.SUSPEND))
    clock.now = months_later(clock(), 6) + 1
    with refused(Reason.CERTIFICATE_REVOKED):
        desk.identity(desk.open(task=Task.RESUME), SONG)


def test_an_automatic_certificate_renews_itself_in_its_last_week_under_the_same_pin(desk: Desk, clock: Clock) -> None:
    journey = desk.at(Check.PHONE, JADONG, Task.RENEW)
    (old,) = desk.changing.holdings(journey).certificates
    clock.advance((20 - AUTOMATIC_DAYS - 1) * DAY_SECONDS)
    desk.restart()
    assert Status.GOOD is desk.status_of(old.serial)
    clock.advance(DAY_SECONDS)
    desk.restart()
    assert Status.REVOKED is desk.status_of(old.serial)
    with refused(Reason.RENEWAL_TOO_EARLY):
        desk.identity(desk.open("kb", task=Task.RENEW), JADONG)
    (new,) = desk.changing.holdings(desk.at(Check.ACCOUNT, JADONG, Task.REISSUE)).certificates
    assert (old.credential_id, Status.GOOD) == (new.credential_id, new.status)
    assert 3 * 365 * DAY_SECONDS <= new.not_after - old.not_after <= 3 * 366 * DAY_SECONDS
    with desk.store.read() as cx:
        customer = desk.parts.customers.by_rrn(cx, JADONG.rrn)
        held = desk.parts.portfolio.of(cx, customer or 0)[0].credential
        desk.parts.audit.verify_chain(cx)
    assert desk.parts.opening.attempt(held, Secret.of(JADONG.certificates[0].pin)) is not None


def test_others_and_lost_ones_do_not_renew_themselves(desk: Desk, clock: Clock) -> None:
    (checked,) = desk.changing.holdings(desk.at(Check.PHONE, YUN, Task.RENEW)).certificates
    (automatic,) = desk.changing.holdings(desk.at(Check.PHONE, JADONG, Task.RENEW)).certificates
    with desk.store.transaction() as cx:
        desk.parts.ca.suspend(cx, int(automatic.serial))
    clock.advance(17 * DAY_SECONDS)
    desk.restart()
    assert (Status.GOOD, Status.SUSPENDED) == (desk.status_of(checked.serial), desk.status_of(automatic.serial))


def test_who_has_reported_a_loss_renews_nothing_by_itself(desk: Desk, clock: Clock) -> None:
    (automatic,) = desk.changing.holdings(desk.at(Check.PHONE, JADONG, Task.RENEW)).certificates
    with desk.store.transaction() as cx:
        report_loss(cx, "kb", desk.parts.customers.by_rrn(cx, JADONG.rrn) or 0, clock())
    clock.advance(17 * DAY_SECONDS)
    desk.restart()
    assert Status.GOOD is desk.status_of(automatic.serial)


def test_calls_older_than_a_day_are_forgotten_at_the_start(desk: Desk, clock: Clock) -> None:
    desk.terms(desk.open(), key="old")
    clock.advance(KEPT_SECONDS)
    desk.terms(desk.open(), key="new")
    clock.advance(1)
    desk.restart()
    with desk.store.read() as cx:
        keys = {row["key"] for row in cx.execute("SELECT key FROM call")}
    assert "new" in keys
    assert "old" not in keys


def test_a_data_folder_of_the_first_version_is_taken_over(desk: Desk) -> None:
    issued = desk.issue(desk.at(None))
    desk.close()
    _age(desk.folder / DATABASE_NAME)
    desk._start()
    with desk.store.read() as cx:
        assert SCHEMA_VERSION == cx.execute("SELECT version FROM schema_version").fetchone()[0]
    journey = desk.at(None, KIM, Task.REVOKE)
    (held,) = desk.changing.holdings(journey).certificates
    assert (issued.credential_id, "epost", Kind.FINANCIAL) == (held.credential_id, held.bank, held.kind)
    assert Status.REVOKED is desk.change(journey).status


def test_joint_certificates_whose_keys_lay_in_the_cloud_are_revoked_and_made_anew_as_files(desk: Desk) -> None:
    """Those of the second version, whose practice people had them there."""
    old = desk.changing.holdings(desk.at(Check.PHONE, MUN, Task.REISSUE, kind=Kind.JOINT)).certificates[0]
    other = desk.issue(desk.at(None))
    desk.close()
    _to_second(desk.folder / DATABASE_NAME)
    shutil.rmtree(desk.folder / "NPKI")
    desk._start()
    assert (Status.REVOKED, Status.GOOD) == (desk.status_of(old.serial), desk.status_of(other.serial))
    crl = x509.load_der_x509_crl(desk.issuing.crl())
    assert crl.get_revoked_certificate_by_serial_number(int(old.serial)) is not None
    held = desk.changing.holdings(desk.at(Check.PHONE, MUN, Task.REISSUE, kind=Kind.JOINT)).certificates
    assert {Status.GOOD, Status.REVOKED} == {h.status for h in held}
    assert desk.purse.key_of(desk.certificate(MUN), MUN.certificates[0].password)
    with desk.store.read() as cx:
        keys = {bytes(row["wrapped_key"]) for row in cx.execute("SELECT * FROM cloud_credentials WHERE kind = 'joint'")}
    assert {b""} == keys


def _to_second(path: Path) -> None:
    """Takes the file back to the second version, and puts the key of a joint certificate into it."""
    with closing(sqlite3.connect(path)) as cx, cx:
        cx.execute("ALTER TABLE journey ADD COLUMN password_tries INTEGER NOT NULL DEFAULT 0")
        cx.execute("UPDATE cloud_credentials SET wrapped_key = x'0102', salt = x'0304' WHERE kind = 'joint'")
        for table in ("enrolment", "cmp_exchange", "ca_door", "ca_names"):
            cx.execute(f"DROP TABLE {table}")
        cx.execute("UPDATE schema_version SET version = 2")


def _age(path: Path) -> None:
    """To the first version: takes away what the upgrades add, and brings back what they take away."""
    with closing(sqlite3.connect(path)) as cx, cx:
        cx.execute("ALTER TABLE journey ADD COLUMN password_tries INTEGER NOT NULL DEFAULT 0")
        for index in ("membership_by_user", "ca_held"):
            cx.execute(f"DROP INDEX {index}")
        for statement in UPGRADES[1]:
            words = statement.split()
            if words[0] == "ALTER":
                cx.execute(f"ALTER TABLE {words[2]} DROP COLUMN {words[5]}")
        for table in ("device_allowed", "device", "document", "loss", "registration", "estate", "handoff", "enrolment"):
            cx.execute(f"DROP TABLE {table}")
        cx.execute("UPDATE schema_version SET version = 1")
