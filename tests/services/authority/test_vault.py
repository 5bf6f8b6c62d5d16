"""The vault: sealed things open under their own context only, and digests need the key."""

import stat
from pathlib import Path

import pytest

from desktop.services.api import Reason, ServiceError
from desktop.services.authority.vault import KEY_NAME, Vault, _subkey, add_key


def test_what_is_sealed_opens_again_and_looks_different_each_time() -> None:
    vault = Vault(b"k" * 32)
    first, second = vault.seal(b"plain", "rrn"), vault.seal(b"plain", "rrn")
    assert first != second
    assert vault.unseal(first, "rrn") == b"plain" == vault.unseal(second, "rrn")


@pytest.mark.parametrize("key", [b"k" * 32, b"x" * 32])
def test_another_context_or_key_opens_nothing(key: bytes) -> None:
    sealed = Vault(b"k" * 32).seal(b"plain", "rrn")
    with pytest.raises(ServiceError) as caught:
        Vault(key).unseal(sealed, "card")
    assert caught.value.reason == Reason.STORE_CORRUPT


def test_a_cut_off_seal_is_corrupt() -> None:
    with pytest.raises(ServiceError):
        Vault(b"k" * 32).unseal(b"short", "rrn")


def test_digests_agree_for_the_same_value_context_and_key_alone() -> None:
    vault = Vault(b"k" * 32)
    assert vault.digest(b"1234", "a") == vault.digest(memoryview(b"1234"), "a")
    others = {vault.digest(b"1235", "a"), vault.digest(b"1234", "b"), Vault(b"x" * 32).digest(b"1234", "a")}
    assert vault.digest(b"1234", "a") not in others


def test_derived_keys_differ_by_context_and_from_the_inner_ones() -> None:
    vault = Vault(b"k" * 32)
    assert len({vault.derive("a"), vault.derive("b"), vault.derive("seal"), _subkey(b"k" * 32, "seal")}) == 4


def test_the_key_file_is_made_once_and_private(tmp_path: Path) -> None:
    first = Vault.open(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == [KEY_NAME]
    assert stat.S_IMODE((tmp_path / KEY_NAME).stat().st_mode) == 0o600
    assert Vault.open(tmp_path).derive("a") == first.derive("a")


def test_a_damaged_key_file_is_corrupt(tmp_path: Path) -> None:
    (tmp_path / KEY_NAME).write_bytes(b"short")
    with pytest.raises(ServiceError) as caught:
        Vault.open(tmp_path)
    assert (caught.value.reason, caught.value.detail) == (Reason.STORE_CORRUPT, "server_key")


def test_a_folder_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    with pytest.raises(ServiceError) as caught:
        Vault.open(tmp_path / "missing")
    assert caught.value.reason == Reason.STORE_CORRUPT


def test_nothing_of_the_key_is_printed() -> None:
    assert repr(Vault(b"k" * 32)) == "<vault>"


def test_a_key_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Vault(b"short")


# ── Keys that follow each other ──


class Wrapped:
    """A token that turns every byte over."""

    def wrap(self, plain: bytes) -> bytes:
        return bytes(255 - byte for byte in plain)

    unwrap = wrap


def test_a_new_key_seals_and_the_old_one_still_opens(tmp_path: Path) -> None:
    before = Vault.open(tmp_path)
    sealed = before.seal(b"plain", "rrn")
    assert 2 == add_key(tmp_path, None)
    after = Vault.open(tmp_path)
    assert b"plain" == after.unseal(sealed, "rrn") == after.unseal(after.seal(b"plain", "rrn"), "rrn")
    with pytest.raises(ServiceError):
        before.unseal(after.seal(b"plain", "rrn"), "rrn")


def test_what_was_recognised_before_is_recognised_after(tmp_path: Path) -> None:
    before = Vault.open(tmp_path)
    add_key(tmp_path, None)
    after = Vault.open(tmp_path)
    assert (before.digest(b"1", "a"), before.derive("a")) == (after.digest(b"1", "a"), after.derive("a"))


def test_a_wrapped_file_opens_by_its_token_alone(tmp_path: Path) -> None:
    before = Vault.open(tmp_path, Wrapped())
    assert before.derive("a") == Vault.open(tmp_path, Wrapped()).derive("a")
    with pytest.raises(ServiceError, match="key_missing"):
        Vault.open(tmp_path)
    assert 2 == add_key(tmp_path, Wrapped())
    assert before.derive("a") == Vault.open(tmp_path, Wrapped()).derive("a")


def test_a_plain_file_is_wrapped_when_a_key_is_added(tmp_path: Path) -> None:
    before = Vault.open(tmp_path)
    with pytest.raises(ServiceError, match="key_mismatch"):
        Vault.open(tmp_path, Wrapped())
    assert 2 == add_key(tmp_path, Wrapped(), plain=True)
    assert before.derive("a") == Vault.open(tmp_path, Wrapped()).derive("a")
