"""`changgu serve` with its keys on a token: how it is told the PIN, and what it says when it cannot use them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography import x509

from desktop.cli import DONE, USAGE, main
from desktop.config import Settings
from desktop.headless import run_issue
from desktop.services.api import Kind, Task
from desktop.services.authority.vault import KEY_NAME
from desktop.shipped import shipped
from tests.services.contract.serving import serving
from tests.services.softhsm import LABEL, LIBRARY, NEEDED, PIN, soft_token

pytestmark = NEEDED


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Path]:
    """Both keys on a token; the PIN in a file beside."""
    path = tmp_path / "serve.toml"
    keys = "".join(f'{name} = "pkcs11:token={LABEL};object={name}"\n' for name in ("ca", "vault"))
    path.write_text(
        f'practice = true\nport = 0\n[keys]\n{keys}module = "{LIBRARY}"\npin_file = "pin"\n', encoding="utf-8"
    )
    (tmp_path / "pin").write_text(f"{PIN}\n")
    (tmp_path / "pin").chmod(0o600)
    with soft_token(tmp_path):
        yield path


def run(*words: str | Path) -> int:
    return main([*map(str, words), "--lang", "en"])


def test_it_issues_by_the_keys_that_it_made_and_comes_back_to_them(settings: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--config", settings, "--ca-keys", "p256") as server:
        ca = x509.load_der_x509_certificate(httpx.get(f"{server.url}/ca.crt", trust_env=False).content)
        server.stop()
    with serving(tmp_path / "data", "--config", settings) as server:
        code = run_issue(
            Settings(data=tmp_path / "mine", language="en", backend=server.url),
            bank="epost",
            kind=Kind.FINANCIAL,
            task=Task.ISSUE,
            answers=shipped("practice", "epost-financial-issue.toml"),
            out=tmp_path / "out",
            as_json=True,
        )
        assert (0, 0) == (code, server.stop())
    leaf = x509.load_pem_x509_certificate((tmp_path / "out" / "certificate.pem").read_bytes())
    leaf.verify_directly_issued_by(ca)
    crl = x509.load_pem_x509_crl((tmp_path / "out" / "crl.pem").read_bytes())
    assert crl.is_signature_valid(ca.public_key())  # type: ignore[arg-type]  # RSA or P-256


def test_a_key_file_comes_under_the_token_later(
    capsys: pytest.CaptureFixture[str], settings: Path, tmp_path: Path
) -> None:
    with serving(tmp_path / "data", "--practice") as server:
        server.stop()
    settings.write_text("\n".join(line for line in settings.read_text().splitlines() if not line.startswith("ca =")))
    assert USAGE == run("serve", "--config", settings, "--data", tmp_path / "data")
    assert "not the one of the token" in capsys.readouterr().err
    assert DONE == run("rotate-key", "--config", settings, "--data", tmp_path / "data", "--wrap")
    assert (tmp_path / "data" / KEY_NAME).read_bytes().startswith(b"changgu wrapped key")
    assert USAGE == run("serve", "--practice", "--data", tmp_path / "data")
    assert "not set up here" in capsys.readouterr().err
    assert DONE == run("books", "--config", settings, "--data", tmp_path / "data")


@pytest.mark.parametrize(
    ("pin", "mode", "said"),
    [("000000", 0o600, "does not take the PIN"), ("", 0o600, "There is no PIN"), (PIN, 0o604, "chmod 600")],
)
def test_a_pin_that_does_not_do_is_told_and_not_tried_again(
    capsys: pytest.CaptureFixture[str], settings: Path, tmp_path: Path, pin: str, mode: int, said: str
) -> None:
    (tmp_path / "pin").write_text(pin)
    (tmp_path / "pin").chmod(mode)
    assert USAGE == run("serve", "--config", settings, "--data", tmp_path / "data")
    told = capsys.readouterr().err
    assert (True, False) == (said in told, bool(pin) and pin in told)


def test_without_a_file_somebody_must_be_there_to_be_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, settings: Path, tmp_path: Path
) -> None:
    settings.write_text(settings.read_text().replace('pin_file = "pin"', ""))
    monkeypatch.setattr(sys, "stdin", None)
    assert USAGE == run("serve", "--config", settings, "--data", tmp_path / "data")
    assert "start on a terminal" in capsys.readouterr().err
