"""Keys made ahead: each is given once, and its file is gone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from desktop.services.api import Reason
from desktop.services.hooks.key_folder import FolderSettings, KeyFolder
from tests.services.authority.desk import refused
from tests.services.cmp.pki import rsa_key
from tests.services.cmp.served import write_key


def test_each_key_is_given_once_whoever_asks(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    for name in ("leaf", "other", "old"):
        write_key(rsa_key(name), tmp_path / "keys" / f"{name}.pem")
        (tmp_path / "keys" / f"{name}.pem").chmod(0o600)
    offices = [KeyFolder(FolderSettings("keys"), tmp_path) for _ in range(2)]
    with ThreadPoolExecutor(3) as threads:
        taken = list(threads.map(lambda n: offices[n % 2].take(), range(3)))
    assert 3 == len({key.public_key().public_numbers() for key in taken})
    assert [] == list((tmp_path / "keys").iterdir())
    with refused(Reason.UNREACHABLE, detail="no_keys"):
        offices[0].take()


def test_a_folder_that_is_not_there_is_said_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        KeyFolder(FolderSettings("keys"), tmp_path)
