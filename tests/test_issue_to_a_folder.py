"""`changgu issue --out` leaves a joint certificate in NPKI's folders, where every program finds and can use it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from desktop.answers import read_answers
from desktop.cli import main
from desktop.shipped import shipped
from tests.sticks import changgu_can_use, folder_on, others_can_use

ANSWERS = shipped("practice", "woori-joint-issue.toml")


def test_what_the_command_leaves_in_a_folder_signs_and_verifies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, data = tmp_path / "stick", ("--data", str(tmp_path / "data"))
    said = ["issue", "--bank", "woori", "--kind", "joint", "--task", "issue", "--answers", str(ANSWERS)]
    assert 0 == main([*data, *said, "--out", str(out), "--json"])
    told = json.loads(capsys.readouterr().out)
    certificate = x509.load_pem_x509_certificate((out / "certificate.pem").read_bytes())
    assert told["serial"] == str(certificate.serial_number)
    ca, root = x509.load_pem_x509_certificates((out / "chain.pem").read_bytes())
    folder = folder_on(out, certificate.public_bytes(Encoding.DER))
    assert ["CaPubs", "signCert.der", "signPri.key"] == sorted(path.name for path in folder.iterdir())
    password = read_answers(ANSWERS).answers["password"]
    chain = (ca.public_bytes(Encoding.DER), root.public_bytes(Encoding.DER))
    others_can_use(folder, password, chain, at=tmp_path / "others")
    changgu_can_use(folder, password, at=tmp_path / "others", capsys=capsys, outside=data)
