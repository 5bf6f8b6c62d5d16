"""Hostile files: whatever the bytes, one of our reasons comes back, it names the file, and soon."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError
from desktop.services.npki import pbe, pfx_form
from desktop.services.npki.capubs import read_capubs, write_capubs
from desktop.services.npki.container import Form, form_of, open_key, seal_key
from desktop.services.npki.key import load_key, random_of
from desktop.services.npki.pfx import import_pfx
from desktop.services.npki.tree import read_entry
from tests.services.npki.made import PASSWORD, chain, person
from tests.services.npki.test_pfx import certificate_bag, later

WHERE = "E:/NPKI/hostile"
#: Seconds. The slowest honest file takes about one: a million rounds.
SOON = 20.0
FILE_REASONS = {
    Reason.FILE_BROKEN,
    Reason.FILE_TOO_BIG,
    Reason.FORM_UNKNOWN,
    Reason.TOO_MANY_ROUNDS,
    Reason.WRONG_PASSWORD,
    Reason.KEY_MISSING,
    Reason.KEY_MISMATCH,
}


def password() -> Secret:
    return Secret.of(PASSWORD)


@cache
def seeds() -> tuple[bytes, ...]:
    """One good file of each kind, with few rounds, to be spoilt."""
    keys = [
        seal_key(person().secret(), password(), form=form, rounds=2)
        for form in (Form.KISA, Form.OLD, Form.PBES2_SEED_SHA256, Form.PBES2_ARIA256_SHA1, Form.PKCS12_3DES)
    ]
    files = []
    for form, prf in ((Form.PBES2_AES256_SHA256, "sha256"), (Form.PKCS12_3DES, "sha1")):
        certificates = pfx_form.sealed_safe([certificate_bag()], password(), pbe.choose(form, 2))
        sealed = seal_key(person().secret(), password(), form=form, rounds=2)
        key = pfx_form.plain_safe([pfx_form.bag(pfx_form.SHROUDED_BAG, sealed)])
        files.append(pfx_form.write([certificates, key], password(), prf=prf, rounds=2))
    return (*keys, *files, later(files[0]), write_capubs(chain()), person().der)


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A good file with bytes changed, put in, taken out or doubled; most changes near the head, where the form is."""
    data = bytearray(draw(st.sampled_from(seeds())))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, min(len(data), draw(st.sampled_from([40, 120, 100_000])))))
        until = at + draw(st.integers(0, 8))
        match draw(st.sampled_from(["change", "put in", "take out", "double"])):
            case "change":
                changed = draw(st.binary(min_size=until - at, max_size=until - at))
                data[at:until] = changed
            case "put in":
                data[at:at] = draw(st.binary(max_size=8))
            case "take out":
                del data[at:until]
            case _:
                data[at:at] = data[at:until]
    return bytes(data)


hostile = st.binary(max_size=300) | spoilt()


def _open_and_load(data: bytes) -> None:
    plain = open_key(data, password(), where=WHERE)
    try:
        random_of(plain)
        load_key(plain, person().certificate, where=WHERE)
    finally:
        plain.wipe()


READERS: dict[str, Callable[[bytes], object]] = {
    "form": lambda data: form_of(data, where=WHERE),
    "key": _open_and_load,
    "pfx": lambda data: import_pfx(data, password(), where=WHERE),
    "CaPubs": lambda data: read_capubs(data, where=WHERE),
}


def _survives(reader: str, data: bytes) -> None:
    began = time.monotonic()
    try:
        READERS[reader](data)
    except ServiceError as error:
        if error.reason not in FILE_REASONS or error.where != WHERE:
            raise
    assert time.monotonic() - began < SOON


@pytest.mark.parametrize("reader", READERS)
@given(data=hostile)
def test_a_hostile_file_is_read_or_refused_with_a_reason(reader: str, data: bytes) -> None:
    _survives(reader, data)


@pytest.mark.soak
@pytest.mark.parametrize("reader", READERS)
@given(data=hostile)
def test_hostile_files_through_the_night(reader: str, data: bytes) -> None:
    _survives(reader, data)


@pytest.mark.parametrize("reader", READERS)
def test_every_file_is_refused_by_every_other_reader(reader: str) -> None:
    for data in seeds():
        _survives(reader, data)


@settings(max_examples=30)
@given(certificate=hostile, key=hostile)
def test_a_hostile_folder_comes_as_an_entry(
    tmp_path_factory: pytest.TempPathFactory, certificate: bytes, key: bytes
) -> None:
    folder: Path = tmp_path_factory.mktemp("cn=hostile")
    (folder / "signCert.der").write_bytes(certificate)
    (folder / "signPri.key").write_bytes(key)
    entry = read_entry(folder)
    assert {"signCert.der", "signPri.key"} == set(entry.files)
    assert entry.fault is None or entry.where.startswith(str(folder))
