from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.cli import main
from tests.made import PASSWORD, RRN, gildong, office

NEW = "Zr4#pL+8vTq"


@dataclass(frozen=True, slots=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, object]:
        told = json.loads(self.out)
        assert isinstance(told, dict)
        return told


Certs = Callable[..., Said]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This PC's folder of the person, empty, and secrets in files of their own."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    for name in ("PASSWORD", "NEW_PASSWORD", "PFX_PASSWORD"):
        monkeypatch.delenv(f"CHANGGU_{name}", raising=False)
    for name, secret in {"password": PASSWORD, "new": NEW, "wrong": "wrong-9-Password", "rrn": RRN}.items():
        keep(folder / name, secret + "\n")
    return folder


def keep(path: Path, text: str) -> Path:
    """A file that only its owner may read."""
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "USB 디스크"
    folder.mkdir()
    return folder


@pytest.fixture
def folder(stick: Path) -> Path:
    """홍길동's certificate on the stick."""
    return gildong().kept_below(stick)


@pytest.fixture
def chain(home: Path) -> Path:
    """The CAs in one file."""
    from cryptography.hazmat.primitives.serialization import Encoding

    path = home / "cas.pem"
    path.write_bytes(b"".join(ca.public_bytes(Encoding.PEM) for ca in office().chain))
    return path


@pytest.fixture
def certs(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Certs:
    """`changgu certs …`, in Korean unless another language is named."""

    def run(*words: object, json: bool = False, lang: str = "ko") -> Said:
        capsys.readouterr()
        more = ["--json"] if json else []
        code = main(["certs", *map(str, words), *more, "--lang", lang, "--data", str(tmp_path / "data")])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return run
