"""The journey without a window, on the real practice authority, judged by the real openssl."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from cryptography import x509

from desktop.banks import load_bank
from desktop.config import Settings
from desktop.headless import DONE, FAILED, USAGE, run_issue
from desktop.secret import Secret
from desktop.services.api import Kind, Task
from desktop.services.authority.vault import Vault
from desktop.services.npki.vid import verify_owner
from desktop.shipped import shipped
from desktop.wizard.flow.journal import Interrupted, Journal
from tests.openssl import openssl, split_chain

PRACTICE = shipped("practice", "epost-financial-issue.toml")


def issue(
    data: Path,
    out: Path | None = None,
    *,
    answers: Path = PRACTICE,
    kind: Kind = Kind.FINANCIAL,
    task: Task = Task.ISSUE,
    as_json: bool = True,
) -> int:
    settings = Settings(data=data, language="en")
    return run_issue(settings, bank="epost", kind=kind, task=task, answers=answers, out=out, as_json=as_json)


def changed(folder: Path, *pairs: tuple[str, str]) -> Path:
    """The practice answers with something else in them."""
    text = PRACTICE.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path = folder / "answers.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `data` and `out` of one whole journey, its chain split for openssl."""
    folder = tmp_path_factory.mktemp("done")
    assert DONE == issue(folder / "data", folder / "out")
    split_chain(folder / "out")
    return folder


def test_openssl_accepts_the_certificate_by_chain_and_revocation_list(done: Path) -> None:
    words = ["-CAfile", "root.pem", "-untrusted", "ca.pem", "-CRLfile", "crl.pem", "-crl_check", "certificate.pem"]
    assert "certificate.pem: OK" in openssl("verify", "-x509_strict", *words, at=done / "out")


def test_openssl_accepts_the_ocsp_answer(done: Path) -> None:
    words = ["-respin", "ocsp.der", "-issuer", "ca.pem", "-cert", "certificate.pem", "-CAfile", "root.pem"]
    printed = openssl("ocsp", *words, at=done / "out")
    assert "Response verify OK" in printed
    assert "certificate.pem: good" in printed


def test_openssl_verifies_the_signature_of_the_proof(done: Path) -> None:
    out = done / "out"
    (out / "public.pem").write_text(openssl("x509", "-in", "certificate.pem", "-pubkey", "-noout", at=out))
    words = ["-sha256", "-verify", "public.pem", "-signature", "proof.sig", "proof.txt"]
    assert "Verified OK" in openssl("dgst", *words, at=out)
    (out / "other.txt").write_bytes((out / "proof.txt").read_bytes() + b" ")
    openssl("dgst", *words[:-1], "other.txt", at=out, good=False)


def test_the_owner_can_be_told_from_the_resident_number_and_the_random_number(done: Path) -> None:
    certificate = x509.load_pem_x509_certificate((done / "out" / "certificate.pem").read_bytes())
    with closing(sqlite3.connect(done / "data" / "authority.db")) as db:
        sealed, context = db.execute("SELECT sealed_random, id FROM cloud_credentials").fetchone()
    random = Vault.open(done / "data").unseal(sealed, f"cloud:random:{context}")
    verify_owner(certificate, Secret.of("8503149" + "111640"), random)


def test_the_receipt_tells_what_to_keep_and_nothing_that_could_be_misused(done: Path) -> None:
    receipt = json.loads((done / "out" / "receipt.json").read_text(encoding="utf-8"))
    assert {"bank", "kind", "task", "owner", "serial", "first_day", "last_day", "renew_from", "centre"} == set(receipt)
    assert ("김*체", "1588-1900") == (receipt["owner"], receipt["centre"])
    days = (datetime.fromisoformat(receipt["last_day"]) - datetime.fromisoformat(receipt["renew_from"])).days
    assert 30 == days
    text = json.dumps(receipt, ensure_ascii=False)
    for line in PRACTICE.read_text(encoding="utf-8").splitlines():
        if found := re.fullmatch(r'(?:rrn|account|account_password|pin|phone|name) = "(.+)"', line):
            assert found[1] not in text


def test_nothing_secret_is_left_in_the_data_folder_or_the_output(done: Path) -> None:
    values = dict(re.findall(r'^(rrn|account|pin|phone) = "(.+)"', PRACTICE.read_text(encoding="utf-8"), re.MULTILINE))
    values.pop("phone")
    for path in [p for p in done.rglob("*") if p.is_file()]:
        content = path.read_bytes()
        for name, value in values.items():
            assert value.encode() not in content, f"{name} in {path.name}"
            assert value.encode("utf-16-le") not in content, f"{name} in {path.name}"


def test_the_answer_is_one_json_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert DONE == issue(tmp_path)
    answer = json.loads(capsys.readouterr().out)
    assert {"outcome", "bank", "kind", "task", "serial", "not_after", "reason"} == set(answer)
    assert ("done", "epost", "financial", "issue", None) == tuple(
        answer[name] for name in ("outcome", "bank", "kind", "task", "reason")
    )
    assert answer["serial"].isdecimal()
    assert FAILED == issue(tmp_path)
    refused = json.loads(capsys.readouterr().out)
    assert ("failed", "already_issued", None) == (refused["outcome"], refused["reason"], refused["serial"])


def test_a_person_is_answered_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert DONE == issue(tmp_path, as_json=False)
    assert "Valid until 20" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('account_password = "5071"', 'account_password = "5072"', "wrong_account_password"),
        ('name = "김우체"', 'name = "김우편"', "cloud_mismatch"),
        ('pin = "470382"', 'pin = "123456"', "pin_ascending"),
        ('rrn = "8503149111640"', 'rrn = "8503149111641"', "identity_mismatch"),
        ('phone = "01000001885"', 'phone = "0100000ㅁ"', "hangul_typed"),
    ],
)
def test_a_wrong_answer_ends_with_its_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, reason: str
) -> None:
    assert FAILED == issue(tmp_path, answers=changed(tmp_path, (old, new)))
    printed = capsys.readouterr()
    assert reason == json.loads(printed.out)["reason"]
    assert "Please" in printed.err or "." in printed.err


def test_otp_and_the_other_channel_work_as_well(tmp_path: Path) -> None:
    answers = changed(tmp_path, ('medium = "card"', 'medium = "otp"'), ('channel = "sms"', 'channel = "ars"'))
    assert DONE == issue(tmp_path, answers=answers)


def test_an_output_folder_that_refuses_is_said_and_the_same_command_finishes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert FAILED == issue(tmp_path / "data", blocked / "out")
    assert "The certificate is issued" in capsys.readouterr().err
    assert DONE == issue(tmp_path / "data", tmp_path / "out")
    assert (tmp_path / "out" / "certificate.pem").exists()


def test_two_programs_on_one_data_folder_are_one_too_many(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from desktop.services.authority.local import LocalAuthority

    bank = load_bank(shipped("banks", "epost.toml"))
    first = LocalAuthority.open(tmp_path, {"epost": bank})
    try:
        assert FAILED == issue(tmp_path)
    finally:
        import asyncio

        asyncio.run(first.aclose())
    assert "data_folder_in_use" == json.loads(capsys.readouterr().out)["reason"]


def test_a_damaged_database_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "authority.db").write_bytes(os.urandom(8192))
    assert FAILED == issue(tmp_path)
    assert "store_corrupt" == json.loads(capsys.readouterr().out)["reason"]


def test_something_else_unfinished_must_be_finished_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Journal(tmp_path).write(Interrupted("epost", Kind.JOINT, Task.RENEW, "journey", "terms"))
    assert FAILED == issue(tmp_path)
    assert "unfinished" in capsys.readouterr().err


def test_what_cannot_be_asked_is_a_mistake_in_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert USAGE == issue(tmp_path, kind=Kind.JOINT, task=Task.LOSS)
    assert "offers no loss" in capsys.readouterr().err
    broken = tmp_path / "broken.toml"
    broken.write_text("[answers")
    assert USAGE == issue(tmp_path, answers=broken)
    assert "broken.toml" in capsys.readouterr().err


def test_the_log_of_a_journey_tells_events_without_a_person(done: Path) -> None:
    lines = [json.loads(line) for line in (done / "data" / "changgu.log").read_text().splitlines()]
    assert "journey_ended" == lines[-1]["event"]
    assert "<redacted>" not in json.dumps(lines)
