"""Changes under pressure: many at once, a process killed in the middle, and what OpenSSL says of the outcome."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate

from desktop.services.api import Changed, Reason, ServiceError, Status, Task
from tests.openssl import openssl
from tests.services.authority.desk import WHO, Clock, Desk, refused

SONG = WHO["song_ujeong"]
PIN, NEW_PIN = SONG.certificates[0].pin, "915036"


def at_once(work: Callable[[int], object], times: int) -> list[Reason]:
    """The refusals, in any order, of calls that begin together."""
    together, reasons = threading.Barrier(times), []

    def run(number: int) -> None:
        together.wait()
        try:
            work(number)
        except ServiceError as error:
            reasons.append(error.reason)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return reasons


def test_ten_revocations_at_once_revoke_once(desk: Desk) -> None:
    journeys = [desk.at(None, SONG, Task.REVOKE) for _ in range(5)]
    reasons = at_once(lambda n: desk.change(journeys[n % 5]), 10)
    assert 9 == len(reasons)
    assert {Reason.CERTIFICATE_REVOKED, Reason.OUT_OF_ORDER} >= set(reasons)


def test_revoke_and_suspend_and_loss_at_once_end_in_one_state(desk: Desk) -> None:
    journeys = [desk.at(None, SONG, task) for task in (Task.REVOKE, Task.SUSPEND, Task.LOSS)]
    at_once(lambda n: desk.change(journeys[n]), 3)
    with desk.store.read() as cx:
        states = {row["status"] for row in cx.execute("SELECT status FROM ca_certificates")}
        desk.parts.audit.verify_chain(cx)
    assert states <= {"revoked", "suspended"}
    assert 1 == len(states)


def test_ten_wrong_current_pins_at_once_gain_no_try(desk: Desk) -> None:
    journeys = [desk.at(None, SONG, Task.PIN) for _ in range(10)]
    reasons = at_once(lambda n: desk.change(journeys[n], current_pin="111222", pin=NEW_PIN), 10)
    assert (4, 6) == (reasons.count(Reason.WRONG_PIN), reasons.count(Reason.PIN_LOCKED))


def test_two_reissues_at_once_leave_one_good_certificate(desk: Desk) -> None:
    journeys = [desk.at(None, SONG, Task.REISSUE) for _ in range(3)]
    (old,) = desk.changing.holdings(journeys[0]).certificates
    reasons = at_once(lambda n: desk.obtain(journeys[n], pin=NEW_PIN, credential_id=old.credential_id), 3)
    assert [Reason.CERTIFICATE_REVOKED] * 2 == reasons
    with desk.store.read() as cx:
        good = cx.execute("SELECT count(*) FROM ca_certificates WHERE status = 'good'").fetchone()[0]
    assert 1 == good


def test_a_change_and_a_signature_at_once_leave_a_key_that_opens(desk: Desk) -> None:
    journey = desk.at(None, SONG, Task.PIN)
    desk.change(journey, current_pin=PIN, pin=NEW_PIN)
    journeys = [desk.at(None, SONG, Task.PIN) for _ in range(3)]
    pins = ["730914", "184625", "659028"]
    reasons = at_once(lambda n: desk.change(journeys[n], current_pin=NEW_PIN, pin=pins[n]), 3)
    last = desk.at(None, SONG, Task.PIN)
    opened = []
    for pin in pins:
        try:
            desk.change(last, current_pin=pin, pin=NEW_PIN)
            opened.append(pin)
            break
        except ServiceError as error:
            assert Reason.WRONG_PIN is error.reason  # noqa: PT017 - two of the three must be wrong
    assert (1, set()) == (len(opened), set(reasons) - {Reason.WRONG_PIN})


KILLED = """
import os, signal, sys
from pathlib import Path
from desktop.services.authority.{module} import {owner}
from tests.services.authority.desk import WHO, Clock, Desk

def killed(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

{owner}.{method} = killed
Desk(Path(sys.argv[1]), Clock()).change(sys.argv[2], key="k", **{given})
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
@pytest.mark.parametrize(
    ("task", "module", "owner", "method"),
    [
        (Task.PIN, "opening", "Opening", "attempt"),
        (Task.PIN, "cloud", "Cloud", "replace_key"),
        (Task.PIN, "journeys", "Journeys", "mark_changed"),
        (Task.REVOKE, "ca", "CertificateAuthority", "revoke"),
        (Task.REVOKE, "journeys", "Journeys", "mark_changed"),
        (Task.LOSS, "journeys", "Journeys", "mark_changed"),
    ],
)
def test_kill_9_in_the_middle_leaves_nothing_half_done_and_the_same_call_finishes_it(
    desk: Desk, task: Task, module: str, owner: str, method: str
) -> None:
    journey = desk.at(None, SONG, task)
    given = {"current_pin": PIN, "pin": NEW_PIN} if task is Task.PIN else {}
    desk.close()
    code = KILLED.format(module=module, owner=owner, method=method, given=given)
    command = [sys.executable, "-c", code, str(desk.folder), journey]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    assert -signal.SIGKILL == subprocess.run(command, env=environment, check=False).returncode
    desk.restart()
    with desk.store.read() as cx:
        assert 0 == cx.execute("SELECT count(*) FROM ca_certificates WHERE status <> 'good'").fetchone()[0]
        assert 0 == cx.execute("SELECT count(*) FROM loss").fetchone()[0]
        assert None is desk.parts.journeys.enter(cx, journey, touch=False).opened
    changed = desk.change(journey, key="k", **given)
    assert task is changed.task
    assert changed == desk.change(journey, key="k", **given)
    if task is Task.PIN:
        again = desk.at(None, SONG, Task.PIN)
        with refused(Reason.WRONG_PIN, tries_left=4):
            desk.change(again, current_pin=PIN, pin="730914")
        desk.change(again, current_pin=NEW_PIN, pin="730914")


# ── What OpenSSL says ──


@pytest.fixture
def today(tmp_path: Path) -> Iterator[Desk]:
    """At the real time, because OpenSSL looks at its own clock."""
    made = Desk(tmp_path / "today", Clock(time.time()))
    yield made
    made.close()


def said(desk: Desk, changed: Changed, folder: Path) -> tuple[str, str]:
    """Of the list, and of the OCSP answer, whose signature it has checked."""
    for name, der in {"leaf": changed.certificate, "ca": changed.chain[0], "root": changed.chain[1]}.items():
        (folder / f"{name}.pem").write_bytes(load_der_x509_certificate(der).public_bytes(Encoding.PEM))
    (folder / "crl.der").write_bytes(desk.issuing.crl())
    crl = openssl("crl", "-inform", "der", "-in", "crl.der", "-noout", "-text", at=folder)
    both = ("-issuer", "ca.pem", "-cert", "leaf.pem")
    openssl("ocsp", *both, "-no_nonce", "-reqout", "request.der", at=folder)
    (folder / "answer.der").write_bytes(desk.issuing.ocsp((folder / "request.der").read_bytes()))
    answer = openssl("ocsp", "-respin", "answer.der", "-no_nonce", "-CAfile", "root.pem", *both, at=folder)
    assert "Response verify OK" in answer
    digits = f"{int(changed.serial):X}"
    serial = f"Serial Number: {digits.zfill(len(digits) + len(digits) % 2)}"  # openssl writes whole bytes
    listed = crl.partition(serial)[2].partition("Serial Number:")[0]
    return listed, answer


@pytest.mark.parametrize(
    ("task", "status", "in_list", "in_answer"),
    [
        (Task.SUSPEND, Status.SUSPENDED, "Certificate Hold", "certificateHold"),
        (Task.LOSS, Status.SUSPENDED, "Certificate Hold", "certificateHold"),
        (Task.REVOKE, Status.REVOKED, "Cessation Of Operation", "cessationOfOperation"),
    ],
)
def test_openssl_sees_the_change_in_list_and_answer(
    today: Desk, tmp_path: Path, task: Task, status: Status, in_list: str, in_answer: str
) -> None:
    changed = today.change(today.at(None, SONG, task))
    listed, answer = said(today, changed, tmp_path)
    assert status is changed.status
    assert in_list in listed
    assert "leaf.pem: revoked" in answer
    assert in_answer in answer


def test_openssl_sees_a_resumed_certificate_as_good_again(today: Desk, tmp_path: Path) -> None:
    changed = today.change(today.at(None, WHO["im_boryu"], Task.RESUME))
    listed, answer = said(today, changed, tmp_path)
    assert "" == listed
    assert "leaf.pem: good" in answer


def test_openssl_sees_that_a_reissue_has_superseded_the_old_one(today: Desk, tmp_path: Path) -> None:
    suspended = today.change(today.at(None, SONG, Task.SUSPEND))
    today.obtain(today.at(None, SONG, Task.REISSUE), pin=NEW_PIN)
    listed, answer = said(today, suspended, tmp_path)
    assert "Superseded" in listed
    assert "superseded" in answer
