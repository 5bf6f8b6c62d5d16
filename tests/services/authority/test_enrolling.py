"""A joint certificate: allowed once, on hold until it is confirmed, and what it replaces lives until then."""

import os
import signal
import sqlite3
import subprocess
import sys

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as new_curve_key
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.x509 import ReasonFlags

from desktop.secret import Secret
from desktop.services.api import Check, Enrolment, Kind, Reason, ServiceError, Status, Task
from desktop.services.authority import ledger
from desktop.services.authority.enrolments import CODE_ALPHABET, CODE_TRIES
from desktop.services.cmp.failures import Failure, RefusedError
from desktop.services.cmp.registrar import Applicant, Asked
from desktop.services.npki.vid import verify_owner
from tests.services.authority.desk import WHO, Clock, Desk, refused
from tests.services.authority.offered import offered
from tests.services.authority.purse import Fetched, Purse, turned_away
from tests.services.authority.test_changing_at_once import at_once

URI, MUN, JO, DO, CHU, BYEON, KEI = (
    WHO[n] for n in ("kim_uri", "mun_noeul", "jo_gaengsin", "do_bunsil", "chu_haneul", "byeon_tahaeng", "kim_kei")
)
JOINT = Kind.JOINT
MINUTES = 600.0


@pytest.fixture
def journey(desk: Desk) -> str:
    return desk.at(None, URI, kind=JOINT)


def reason_of(desk: Desk, serial: str) -> ReasonFlags | None:
    with desk.store.read() as cx:
        found = ledger.find(cx, int(serial))
    assert found is not None
    return found.reason


def good(desk: Desk) -> list[str]:
    with desk.store.read() as cx:
        rows = cx.execute("SELECT serial FROM ca_certificates WHERE status = 'good'").fetchall()
    return [row["serial"] for row in rows]


def holdings(desk: Desk, journey: str) -> list[tuple[str, Status]]:
    return [(held.serial, held.status) for held in desk.changing.holdings(journey).certificates]


# ── The leave ──


def test_a_leave_names_a_number_a_code_and_the_subject_that_the_certificate_gets(desk: Desk, journey: str) -> None:
    enrolment = desk.enrol(journey)
    assert (8, True) == (len(enrolment.reference), enrolment.reference.isdecimal())
    assert len(enrolment.code) >= 19
    assert set(enrolment.code) <= set(CODE_ALPHABET)
    assert (MINUTES, 2048, None) == (enrolment.expires_in, enrolment.key_bits, enrolment.replaces)
    assert desk.parts.ca.chain() == enrolment.chain
    made = x509.load_der_x509_certificate(desk.purse.fetch(enrolment).certificate)
    assert enrolment.subject == made.subject.public_bytes()
    assert enrolment.code not in repr(enrolment)


def test_the_same_call_is_answered_the_same_and_another_begins_anew(desk: Desk, journey: str) -> None:
    first = desk.enrol(journey, key="k")
    assert first == desk.enrol(journey, key="k")
    second = desk.enrol(journey)
    assert first.reference != second.reference
    assert first.subject != second.subject
    with turned_away(Failure.BAD_MESSAGE_CHECK):
        desk.purse.knows(first.reference, first.code)
    assert desk.purse.knows(second.reference, second.code)


def test_nothing_is_allowed_before_every_check_is_done(desk: Desk) -> None:
    with refused(Reason.OUT_OF_ORDER):
        desk.enrol(desk.at(Check.PHONE, URI, kind=JOINT))


@pytest.mark.parametrize(
    ("who", "task", "kind"),
    [("kim_uche", Task.ISSUE, Kind.FINANCIAL), ("mun_noeul", Task.REVOKE, JOINT)],
)
def test_only_what_makes_a_joint_certificate_is_allowed(desk: Desk, who: str, task: Task, kind: Kind) -> None:
    with refused(Reason.NOT_OFFERED):
        desk.enrol(desk.at(None, WHO[who], task, kind=kind))


def test_the_banks_key_size_is_told_and_insisted_on(desk: Desk) -> None:
    woori = desk.banks["woori"]
    (product,) = woori.products
    larger = msgspec.structs.replace(product, key_bits=3072)
    desk.banks = {**desk.banks, "woori": msgspec.structs.replace(woori, products=(larger,))}
    desk.restart()
    enrolment = desk.enrol(desk.at(None, URI, kind=JOINT))
    assert 3072 == enrolment.key_bits
    with turned_away(Failure.BAD_CERT_TEMPLATE):
        desk.purse.fetch(enrolment, key=generate_private_key(65537, 2048))
    desk.purse.fetch(enrolment)


def test_a_leave_is_over_when_its_time_is_over(desk: Desk, clock: Clock, journey: str) -> None:
    enrolment = desk.enrol(journey)
    clock.advance(MINUTES + 1)
    with turned_away(Failure.BAD_MESSAGE_CHECK):
        desk.purse.knows(enrolment.reference, enrolment.code)
    with turned_away(Failure.NOT_AUTHORIZED):
        desk.purse.fetch(enrolment)
    desk.restart()
    with desk.store.read() as cx:
        assert [None] == [row["code"] for row in cx.execute("SELECT code FROM enrolment")]


def test_five_wrong_codes_make_the_number_void_and_undo_what_was_fetched(desk: Desk, journey: str) -> None:
    enrolment = desk.enrol(journey)
    fetched = desk.purse.fetch(enrolment)
    for _ in range(CODE_TRIES):
        assert not desk.purse.knows(enrolment.reference, "X" * 20)
        desk.restart()
    with turned_away(Failure.BAD_MESSAGE_CHECK):
        desk.purse.knows(enrolment.reference, enrolment.code)
    with turned_away(Failure.CERT_REVOKED):
        desk.purse.confirm(fetched)
    assert Status.REVOKED is desk.status_of(fetched.serial)


def test_wrong_codes_do_nothing_to_what_is_confirmed(desk: Desk, journey: str) -> None:
    enrolment = desk.enrol(journey)
    fetched = desk.purse.fetch(enrolment)
    desk.purse.confirm(fetched)
    for _ in range(CODE_TRIES):
        assert not desk.purse.knows(enrolment.reference, "X" * 20)
    for code in ("X" * 20, enrolment.code):
        with turned_away(Failure.BAD_MESSAGE_CHECK):
            desk.purse.knows(enrolment.reference, code)
    desk.purse.confirm(fetched)
    assert [fetched.serial] == good(desk)


# ── On hold until it is confirmed ──


def test_a_certificate_counts_from_its_confirmation_on(desk: Desk, journey: str) -> None:
    fetched = desk.fetch(journey, usage="general")
    assert (Status.SUSPENDED, []) == (desk.status_of(fetched.serial), holdings(desk, journey))
    assert None is desk.enrolling.issued(journey)
    with desk.store.transaction() as cx:
        assert None is desk.parts.journeys.status(cx, journey).issued
    desk.identity(journey, URI)
    desk.purse.confirm(fetched)
    issued = desk.enrolling.issued(journey)
    assert issued is not None
    assert (fetched.certificate, "general", "김*리") == (issued.certificate, issued.usage, issued.owner)
    assert [(fetched.serial, Status.GOOD)] == holdings(desk, journey)
    with desk.store.transaction() as cx:
        assert issued == desk.parts.journeys.status(cx, journey).issued


def test_the_vid_is_made_of_the_number_that_the_bank_knows_and_the_r_that_came(desk: Desk, journey: str) -> None:
    fetched = desk.fetch(journey)
    assert fetched.random is not None
    verify_owner(x509.load_der_x509_certificate(fetched.certificate), Secret.of(URI.rrn), fetched.random)


@pytest.mark.parametrize("random", [None, b"short", bytes(21)])
def test_who_sends_no_r_is_turned_away(desk: Desk, journey: str, random: bytes | None) -> None:
    with turned_away(Failure.BAD_REQUEST):
        desk.purse.fetch(desk.enrol(journey), random=random)
    assert [] == serials(desk)


def test_a_key_that_is_too_small_or_not_rsa_is_turned_away(desk: Desk, journey: str) -> None:
    enrolment = desk.enrol(journey)
    for key in (generate_private_key(65537, 1024), new_curve_key(SECP256R1())):
        with turned_away(Failure.BAD_CERT_TEMPLATE):
            desk.purse.fetch(enrolment, key=key)
    desk.purse.fetch(enrolment)


def test_a_leave_is_good_for_one_certificate(desk: Desk, journey: str) -> None:
    enrolment = desk.enrol(journey)
    fetched = desk.purse.fetch(enrolment)
    with turned_away(Failure.DUPLICATE_CERT_REQ):
        desk.purse.fetch(enrolment)
    desk.purse.confirm(fetched)
    with turned_away(Failure.DUPLICATE_CERT_REQ):
        desk.purse.fetch(enrolment)
    with refused(Reason.ALREADY_ISSUED):
        desk.enrol(journey)


def test_ten_requests_at_once_gain_one_certificate(desk: Desk, journey: str) -> None:
    enrolment = desk.enrol(journey)
    key = generate_private_key(65537, 2048)
    fetched: list[Fetched] = []

    def ask(_: int) -> None:
        try:
            fetched.append(desk.purse.fetch(enrolment, key=key))
        except RefusedError as error:
            raise ServiceError(Reason.ENROLMENT_REFUSED, detail=error.failure.code) from error

    assert [Reason.ENROLMENT_REFUSED] * 9 == at_once(ask, 10)
    assert ([fetched[0].serial], 1) == (serials(desk), len(fetched))


def test_a_confirmation_that_comes_again_does_nothing_more(desk: Desk, journey: str) -> None:
    fetched = desk.fetch(journey)
    desk.purse.confirm(fetched)
    desk.purse.confirm(fetched)
    assert [fetched.serial] == good(desk)
    with turned_away(Failure.CERT_CONFIRMED):
        desk.purse.reject(fetched)
    assert [fetched.serial] == good(desk)


def test_what_is_rejected_is_revoked_and_the_journey_may_try_again(desk: Desk, journey: str) -> None:
    fetched = desk.fetch(journey)
    desk.purse.reject(fetched)
    assert (Status.REVOKED, ReasonFlags.cessation_of_operation) == (
        desk.status_of(fetched.serial),
        reason_of(desk, fetched.serial),
    )
    with turned_away(Failure.CERT_REVOKED):
        desk.purse.confirm(fetched)
    assert [desk.gain(journey).serial] == good(desk)


def test_a_second_leave_revokes_what_the_first_has_fetched(desk: Desk, journey: str) -> None:
    first = desk.fetch(journey)
    second = desk.fetch(journey)
    assert (Status.REVOKED, Status.SUSPENDED) == (desk.status_of(first.serial), desk.status_of(second.serial))
    with turned_away(Failure.CERT_REVOKED):
        desk.purse.confirm(first)
    desk.purse.confirm(second)
    assert [(second.serial, Status.GOOD)] == holdings(desk, journey)


def test_what_nobody_confirms_is_revoked_when_its_time_is_over(desk: Desk, clock: Clock, journey: str) -> None:
    fetched = desk.fetch(journey)
    clock.advance(MINUTES + 1)
    with turned_away(Failure.CERT_REVOKED):
        desk.purse.confirm(fetched)
    desk.issuing.crl()
    assert Status.REVOKED is desk.status_of(fetched.serial)
    assert ReasonFlags.cessation_of_operation is reason_of(desk, fetched.serial)


def test_a_program_that_dies_before_the_confirmation_leaves_nothing_that_counts(
    desk: Desk, clock: Clock, journey: str
) -> None:
    fetched = desk.fetch(journey)
    desk.restart()
    assert ([], Status.SUSPENDED) == (good(desk), desk.status_of(fetched.serial))
    assert [] == holdings(desk, journey)
    clock.advance(MINUTES + 1)
    desk.restart()
    assert Status.REVOKED is desk.status_of(fetched.serial)
    with desk.store.read() as cx:
        assert "expire_hold" == cx.execute("SELECT event FROM audit ORDER BY id DESC LIMIT 1").fetchone()[0]


def test_a_confirmation_that_arrives_after_a_restart_is_as_good(desk: Desk, journey: str) -> None:
    fetched = desk.fetch(journey)
    desk.restart()
    desk.purse.confirm(fetched)
    assert [(fetched.serial, Status.GOOD)] == holdings(desk, journey)


def test_who_sat_down_anew_confirms_nothing_before_the_identity_is_proven_again(desk: Desk, journey: str) -> None:
    fetched = desk.fetch(journey)
    with desk.store.transaction() as cx:
        assert (Check.IDENTITY,) == desk.parts.journeys.status(cx, journey).reprove
    with turned_away(Failure.NOT_AUTHORIZED):
        desk.purse.confirm(fetched)
    desk.identity(journey, URI)
    assert [desk.gain(journey).serial] == good(desk)


def test_a_closed_journey_confirms_nothing(desk: Desk, journey: str) -> None:
    enrolment = desk.enrol(journey)
    fetched = desk.purse.fetch(enrolment)
    with desk.store.transaction() as cx:
        desk.parts.journeys.close(cx, journey)
    with turned_away(Failure.NOT_AUTHORIZED):
        desk.purse.confirm(fetched)
    assert Status.REVOKED is desk.status_of(fetched.serial)


def test_a_closed_journey_fetches_nothing(desk: Desk, journey: str) -> None:
    enrolment = desk.enrol(journey)
    with desk.store.transaction() as cx:
        desk.parts.journeys.close(cx, journey)
    with turned_away(Failure.NOT_AUTHORIZED):
        desk.purse.fetch(enrolment)
    with desk.store.read() as cx:
        last = cx.execute("SELECT event, reason FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    assert (("pkix ir", "journey_closed"), []) == (tuple(last), serials(desk))


def test_nobody_is_told_to_ask_later(desk: Desk, journey: str) -> None:
    fetched = desk.fetch(journey)
    with turned_away(Failure.BAD_REQUEST):
        desk.purse.say(lambda: desk.enrolling.door.collect(fetched.transaction))


@pytest.mark.parametrize("how", ["ABORT", "ROLLBACK"])  # of the statement, or as a full disk does, of everything
def test_a_confirmation_that_fails_at_the_last_step_leaves_nothing_behind(desk: Desk, how: str) -> None:
    journey = desk.at(None, CHU, Task.REISSUE, kind=JOINT)
    (old,) = desk.changing.holdings(journey).certificates
    fetched = desk.fetch(journey)
    with desk.store.transaction() as cx:
        cx.execute(f"CREATE TRIGGER fails BEFORE UPDATE OF issued ON journey BEGIN SELECT RAISE({how}, 'no room'); END")
    with pytest.raises(sqlite3.IntegrityError):
        desk.purse.confirm(fetched)
    assert [old.serial] == good(desk)
    with desk.store.transaction() as cx:
        assert 1 == cx.execute("SELECT count(*) FROM cloud_credentials").fetchone()[0]
        cx.execute("DROP TRIGGER fails")
    desk.purse.confirm(fetched)
    assert [fetched.serial] == good(desk)


KILLED = """
import os, signal, sys
from pathlib import Path
from desktop.services.authority.{module} import {owner}
from tests.services.authority.desk import Clock, Desk

def killed(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

desk = Desk(Path(sys.argv[1]), Clock())
{owner}.{method} = killed
desk.purse.say(lambda: desk.enrolling.door.confirm(bytes.fromhex(sys.argv[2])))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
@pytest.mark.parametrize(
    ("module", "owner", "method"),
    [
        ("ca", "CertificateAuthority", "resume"),
        ("ca", "CertificateAuthority", "revoke"),
        ("cloud", "Cloud", "store_credential"),
        ("journeys", "Journeys", "mark_issued"),
        ("enrolments", "Enrolments", "confirm"),
    ],
)
def test_kill_9_in_the_middle_of_a_confirmation_leaves_the_old_one_and_the_next_finishes_it(
    desk: Desk, module: str, owner: str, method: str
) -> None:
    journey = desk.at(None, CHU, Task.REISSUE, kind=JOINT)
    old = good(desk)
    fetched = desk.fetch(journey)
    desk.close()
    code = KILLED.format(module=module, owner=owner, method=method)
    command = [sys.executable, "-c", code, str(desk.folder), fetched.transaction.hex()]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    assert -signal.SIGKILL == subprocess.run(command, env=environment, check=False).returncode
    desk.restart()
    assert (old, Status.SUSPENDED) == (good(desk), desk.status_of(fetched.serial))
    assert None is desk.enrolling.issued(journey)
    desk.purse.confirm(fetched)
    assert [fetched.serial] == good(desk)


# ── What it replaces ──


def test_a_reissue_kills_the_old_one_at_the_confirmation_alone(desk: Desk) -> None:
    journey = desk.at(None, CHU, Task.REISSUE, kind=JOINT)
    (old,) = desk.changing.holdings(journey).certificates
    enrolment = desk.enrol(journey, credential_id=old.credential_id)
    assert None is enrolment.replaces
    fetched = desk.purse.fetch(enrolment)
    assert [old.serial] == good(desk)
    desk.purse.confirm(fetched)
    assert [fetched.serial] == good(desk)
    assert ReasonFlags.superseded is reason_of(desk, old.serial)
    issued = desk.enrolling.issued(journey)
    assert issued is not None
    assert (old.not_after, Task.REISSUE) == (issued.not_after, issued.task)


def test_a_renewal_is_an_update_of_the_very_certificate(desk: Desk) -> None:
    journey = desk.at(None, JO, Task.RENEW, kind=JOINT)
    (old,) = desk.changing.holdings(journey).certificates
    enrolment = desk.enrol(journey)
    assert desk.certificate(JO) == enrolment.replaces
    with turned_away(Failure.BAD_CERT_ID):
        desk.purse.fetch(enrolment, replaces=12345)
    fetched = desk.purse.fetch(enrolment)
    desk.purse.confirm(fetched)
    assert [fetched.serial] == good(desk)
    assert Status.REVOKED is desk.status_of(old.serial)


def test_an_update_signed_by_the_old_key_needs_a_leave_as_well(desk: Desk) -> None:
    journey = desk.at(None, JO, Task.RENEW, kind=JOINT)
    old = x509.load_der_x509_certificate(desk.certificate(JO))
    signer = Applicant(certificate=old)
    enrolment = desk.enrol(journey)
    desk.enrol(desk.at(None, URI, kind=JOINT))  # somebody else's
    fetched = desk.purse.fetch(enrolment, applicant=signer)
    with turned_away(Failure.DUPLICATE_CERT_REQ):
        desk.purse.fetch(enrolment, applicant=signer)
    desk.purse.confirm(fetched)
    assert [fetched.serial] == good(desk)


def test_an_update_without_the_banks_checks_is_turned_away(desk: Desk) -> None:
    desk.at(Check.PHONE, JO, Task.RENEW, kind=JOINT)
    old = desk.certificate(JO)
    serial = x509.load_der_x509_certificate(old).serial_number
    alone = Enrolment("00000000", "", 0.0, b"", (), old)
    signer = Applicant(certificate=x509.load_der_x509_certificate(old))
    for given in ({"applicant": signer}, {"applicant": signer, "asked": Asked.IR}, {}, {"replaces": serial + 1}):
        with turned_away(Failure.NOT_AUTHORIZED):
            desk.purse.fetch(alone, **given)


def test_c1_revokes_other_banks_certificates_at_the_confirmation_alone(desk: Desk) -> None:
    desk.banks = offered(replaces_elsewhere=True)
    desk.restart()
    journey = desk.at(None, BYEON, kind=JOINT)
    (other,) = desk.changing.holdings(journey).elsewhere
    with refused(Reason.ISSUED_ELSEWHERE, field="existing"):
        desk.enrol(journey)
    fetched = desk.fetch(journey, replace_elsewhere=True)
    assert [other.serial] == good(desk)
    desk.purse.confirm(fetched)
    assert [fetched.serial] == good(desk)


def test_two_journeys_at_once_end_in_one_certificate(desk: Desk) -> None:
    journeys = [desk.at(None, URI, kind=JOINT) for _ in range(2)]
    first, second = (desk.fetch(journey) for journey in journeys)
    desk.purse.confirm(first)
    with turned_away(Failure.NOT_AUTHORIZED):
        desk.purse.confirm(second)
    assert [first.serial] == good(desk)
    assert Status.REVOKED is desk.status_of(second.serial)


def test_two_reissues_at_once_leave_one_good_certificate(desk: Desk) -> None:
    journeys = [desk.at(None, CHU, Task.REISSUE, kind=JOINT) for _ in range(2)]
    (old,) = desk.changing.holdings(journeys[0]).certificates
    fetched = [desk.fetch(journey, credential_id=old.credential_id) for journey in journeys]
    desk.purse.confirm(fetched[1])
    with turned_away(Failure.NOT_AUTHORIZED):
        desk.purse.confirm(fetched[0])
    assert [fetched[1].serial] == good(desk)


def test_a_loss_reported_meanwhile_stops_the_confirmation(desk: Desk) -> None:
    journey = desk.at(None, JO, Task.RENEW, kind=JOINT)
    fetched = desk.fetch(journey)
    desk.change(desk.at(None, JO, Task.LOSS, kind=JOINT))
    with turned_away(Failure.NOT_AUTHORIZED):
        desk.purse.confirm(fetched)
    assert ([], Status.REVOKED) == (good(desk), desk.status_of(fetched.serial))


def test_a_reissue_after_a_loss_ends_the_hardening_at_the_confirmation(desk: Desk) -> None:
    journey = desk.at(None, DO, Task.REISSUE, kind=JOINT)
    desk.document(journey, DO)
    fetched = desk.fetch(journey)
    assert (Check.DOCUMENT,) == desk.identity(desk.open("woori", JOINT, Task.REISSUE), DO).extra
    desk.purse.confirm(fetched)
    assert () == desk.identity(desk.open("woori", JOINT, Task.REISSUE), DO).extra


# ── Revoked by its own key ──


def revoke(purse: Purse, signer: bytes | None, serial: int, reason: ReasonFlags) -> None:
    certificate = x509.load_der_x509_certificate(signer) if signer else None
    applicant = Applicant(certificate=certificate) if certificate else Applicant(reference="12345678")

    def message() -> None:
        if certificate:
            purse.door.check_signer(certificate)
        purse.door.revoke(applicant, serial, reason)

    purse.say(message)


def test_who_has_the_key_may_revoke_the_certificate_and_no_other(desk: Desk) -> None:
    mine, theirs = desk.gain(desk.at(None, URI, kind=JOINT)), desk.gain(desk.at(None, KEI, kind=JOINT))
    for serial, signer in ((int(theirs.serial), mine.certificate), (int(mine.serial), None)):
        with turned_away(Failure.NOT_AUTHORIZED):
            revoke(desk.purse, signer, serial, ReasonFlags.key_compromise)
    revoke(desk.purse, mine.certificate, int(mine.serial), ReasonFlags.key_compromise)
    assert (Status.REVOKED, Status.GOOD) == (desk.status_of(mine.serial), desk.status_of(theirs.serial))
    assert ReasonFlags.key_compromise is reason_of(desk, mine.serial)
    with turned_away(Failure.CERT_REVOKED):
        revoke(desk.purse, mine.certificate, int(mine.serial), ReasonFlags.key_compromise)


def test_a_held_certificate_revokes_itself_and_does_not_bring_itself_back(desk: Desk) -> None:
    journey = desk.at(None, MUN, Task.SUSPEND, kind=JOINT)
    desk.change(journey)
    held = desk.certificate(MUN)
    serial = x509.load_der_x509_certificate(held).serial_number
    with turned_away(Failure.NOT_AUTHORIZED):
        revoke(desk.purse, held, serial, ReasonFlags.remove_from_crl)
    with turned_away(Failure.BAD_REQUEST):
        revoke(desk.purse, held, serial, ReasonFlags.certificate_hold)
    revoke(desk.purse, held, serial, ReasonFlags.cessation_of_operation)
    assert Status.REVOKED is desk.status_of(str(serial))


def test_only_confirmed_joint_certificates_of_this_ca_in_their_time_sign_messages(desk: Desk, clock: Clock) -> None:
    journey = desk.at(None, URI, kind=JOINT)
    pending = desk.fetch(journey)
    cloud = desk.issue(desk.at(None))
    strange = desk.parts.ca.chain()[0]
    for certificate in (pending.certificate, cloud.certificate, strange):
        found = x509.load_der_x509_certificate(certificate)
        with turned_away(Failure.SIGNER_NOT_TRUSTED):
            revoke(desk.purse, certificate, found.serial_number, ReasonFlags.superseded)
    desk.purse.confirm(pending)
    issued = desk.enrolling.issued(journey)
    assert issued is not None
    clock.now = issued.not_after + 1
    with turned_away(Failure.SIGNER_NOT_TRUSTED):
        revoke(desk.purse, issued.certificate, int(issued.serial), ReasonFlags.superseded)


def test_the_audit_tells_every_step_and_names_no_person(desk: Desk, journey: str) -> None:
    enrolment = desk.enrol(journey)
    desk.purse.knows(enrolment.reference, "X" * 20)
    fetched = desk.purse.fetch(enrolment)
    desk.purse.confirm(fetched)
    revoke(desk.purse, fetched.certificate, int(fetched.serial), ReasonFlags.superseded)
    with desk.store.read() as cx:
        rows = [(row["event"], row["reason"]) for row in cx.execute("SELECT event, reason FROM audit ORDER BY id")]
        desk.parts.audit.verify_chain(cx)
    told = [("enrol", "ok"), ("pkix code", "bad_message_check"), ("pkix ir", "ok"), ("pkix certconf", "ok")]
    assert [*told, ("pkix rr", "ok")] == rows[-5:]
    words = " ".join(f"{event} {reason}" for event, reason in rows)
    assert not any(w in words for w in (URI.name, URI.rrn, URI.phone, enrolment.reference, enrolment.code))


def serials(desk: Desk) -> list[str]:
    with desk.store.read() as cx:
        return [row["serial"] for row in cx.execute("SELECT serial FROM ca_certificates")]
