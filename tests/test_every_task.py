"""Every task of every bank from its practice answers on a fresh folder: what it left, by the authority and OpenSSL."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from cryptography import x509

from desktop.banks import load_banks
from desktop.config import Settings
from desktop.headless import DONE, run_issue
from desktop.services.api import Kind, Task
from desktop.shipped import shipped
from tests.openssl import openssl, split_chain

BANKS = load_banks(shipped("banks"))
OFFERED = [(bank.id, journey.kind, journey.task) for bank in BANKS.values() for journey in bank.journeys]
#: How the certificate of the answer stands afterwards, by the authority's books; `good` where none is named.
LEFT = {Task.REVOKE: "revoked", Task.SUSPEND: "suspended", Task.LOSS: "suspended"}
#: How many certificates each task replaces.
REPLACES = frozenset({Task.REISSUE, Task.RENEW})


def books(data: Path) -> dict[str, tuple[str, str | None, int]]:
    """Status, reason and expiry of every certificate, by serial."""
    with closing(sqlite3.connect(data / "authority.db")) as db:
        rows = db.execute("SELECT serial, status, reason, not_after FROM ca_certificates")
        return {serial: (status, reason, not_after) for serial, status, reason, not_after in rows}


@pytest.mark.parametrize(("bank", "kind", "task"), OFFERED, ids=str)
def test_every_task_of_every_bank_runs_to_its_end_and_the_books_agree(
    bank: str, kind: Kind, task: Task, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    answers = shipped("practice", f"{bank}-{kind}-{task}.toml")
    settings = Settings(data=data, language="ko")
    assert DONE == run_issue(settings, bank=bank, kind=kind, task=task, answers=answers, out=out, as_json=True)
    answer = json.loads(capsys.readouterr().out)
    assert ("done", bank, kind, task) == tuple(answer[name] for name in ("outcome", "bank", "kind", "task"))
    known = books(data)
    assert LEFT.get(task, "good") == known[answer["serial"]][0]
    assert datetime.fromisoformat(answer["not_after"]).timestamp() == known[answer["serial"]][2]
    openssl_agrees(out, task)
    if task in REPLACES:
        replaced(known, answer["serial"], task)


def openssl_agrees(out: Path, task: Task) -> None:
    split_chain(out)
    trusted = ["-CAfile", "root.pem", "-untrusted", "ca.pem"]
    assert "certificate.pem: OK" in openssl("verify", "-x509_strict", *trusted, "certificate.pem", at=out)
    usable = task not in LEFT
    printed = openssl("verify", *trusted, "-CRLfile", "crl.pem", "-crl_check", "certificate.pem", at=out, good=usable)
    assert usable or "certificate revoked" in printed
    said = openssl(
        "ocsp", "-respin", "ocsp.der", "-issuer", "ca.pem", "-cert", "certificate.pem", "-CAfile", "root.pem", at=out
    )
    assert "Response verify OK" in said
    assert f"certificate.pem: {'good' if usable else 'revoked'}" in said
    assert (task in {Task.SUSPEND, Task.LOSS}) == ("certificateHold" in said)


def replaced(known: dict[str, tuple[str, str | None, int]], serial: str, task: Task) -> None:
    """The one before is dead; a reissue keeps its expiry, and a renewal begins where it ended."""
    dead = [(reason, not_after) for s, (status, reason, not_after) in known.items() if status == "revoked"]
    assert ["superseded"] == [reason for reason, _ in dead]
    before, after = dead[0][1], known[serial][2]
    assert (task is Task.REISSUE) == (before == after)
    assert before <= after


def test_every_certificate_names_its_bank_and_policy(tmp_path: Path) -> None:
    bank = BANKS["woori"]
    answers = shipped("practice", "woori-joint-issue.toml")
    settings = Settings(data=tmp_path / "data", language="en")
    code = run_issue(
        settings, bank="woori", kind=Kind.JOINT, task=Task.ISSUE, answers=answers, out=tmp_path, as_json=False
    )
    assert DONE == code
    certificate = x509.load_pem_x509_certificate((tmp_path / "certificate.pem").read_bytes())
    units = [a.value for a in certificate.subject.get_attributes_for_oid(x509.NameOID.ORGANIZATIONAL_UNIT_NAME)]
    assert ["personal4IB", bank.unit] == units
    policies = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    assert policies[0].policy_identifier.dotted_string in {u.policy for u in bank.product(Kind.JOINT).usages}
