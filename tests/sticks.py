"""What is on a medium, tried by others: pypinksign opens the key, OpenSSL signs with it and verifies."""

from __future__ import annotations

import json
from pathlib import Path

import pypinksign
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from desktop.cli import main
from desktop.services.npki.names import user_path
from tests.openssl import openssl

DOCUMENT = "계약서.txt"


def folder_on(root: Path, certificate: bytes) -> Path:
    """Where a certificate (DER) has its files below `root`."""
    return root / user_path(x509.load_der_x509_certificate(certificate))


def others_can_use(folder: Path, password: str, chain: tuple[bytes, ...], *, at: Path) -> None:
    """Signs with signPri.key, verifies with signCert.der, and has the certificate verified up to its root."""
    at.mkdir()
    reader = pypinksign.PinkSign(pubkey_data=(folder / "signCert.der").read_bytes())
    reader.load_prikey(prikey_data=(folder / "signPri.key").read_bytes(), prikey_password=password.encode())
    (at / "key.pem").write_bytes(reader.prikey.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    for name, der in zip(("ca", "root"), chain, strict=True):
        (at / f"{name}.pem").write_bytes(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM))
    openssl("x509", "-inform", "DER", "-in", folder / "signCert.der", "-out", "certificate.pem", at=at)
    (at / "public.pem").write_text(openssl("x509", "-in", "certificate.pem", "-noout", "-pubkey", at=at))
    (at / DOCUMENT).write_text("갑은 을에게", encoding="utf-8")
    openssl("dgst", "-sha256", "-sign", "key.pem", "-out", "signature", DOCUMENT, at=at)
    said = openssl("dgst", "-sha256", "-verify", "public.pem", "-signature", "signature", DOCUMENT, at=at)
    assert "Verified OK" in said
    said = openssl("verify", "-x509_strict", "-CAfile", "root.pem", "-untrusted", "ca.pem", "certificate.pem", at=at)
    assert "certificate.pem: OK" in said


def changgu_can_use(
    folder: Path, password: str, *, at: Path, capsys: pytest.CaptureFixture[str], outside: tuple[str, ...] = ()
) -> None:
    """`changgu certs verify`, `sign` and `check-signature` on what `others_can_use` left in `at`."""
    secret = at / "password"
    secret.touch(mode=0o600)
    secret.write_text(password + "\n", encoding="utf-8")

    def certs(*words: str | Path) -> dict[str, object]:
        capsys.readouterr()
        code = main([*outside, "certs", *map(str, words), "--json"])
        told = capsys.readouterr()
        assert 0 == code, told.out + told.err
        answer: dict[str, object] = json.loads(told.out)
        return answer

    assert "good" == certs("verify", folder, "--password-file", secret)["outcome"]
    signed = at / "signed.p7m"
    certs("sign", folder, "--password-file", secret, "--in", at / DOCUMENT, "--out", signed)
    said = certs("check-signature", signed, "--chain", at / "ca.pem", "--chain", at / "root.pem", "--out", at / "back")
    assert (at / DOCUMENT).read_bytes() == (at / "back").read_bytes(), said
