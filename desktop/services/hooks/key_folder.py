"""Keys made ahead, as files: each is taken by one certificate, and its file is gone from then on."""

from __future__ import annotations

import threading
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from msgspec import Struct

from desktop.services.api import Reason, ServiceError
from desktop.services.hooks.line import check_private


class FolderSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """`folder` has one RSA key in each `*.pem`, PKCS#8 and not encrypted, for this user alone to read."""

    folder: str


class KeyFolder:
    """For many threads, and for many processes on one folder: a name can be changed once."""

    Settings = FolderSettings

    def __init__(self, settings: FolderSettings, folder: Path) -> None:
        """Raises OSError for what is no folder, ValueError for a key that other users can read."""
        self._folder = folder / settings.folder
        for path in self._folder.iterdir():
            check_private(path)
        self._lock = threading.Lock()

    def take(self) -> RSAPrivateKey:
        """Raises ServiceError UNREACHABLE where there is none left: more may be brought."""
        with self._lock:
            for path in sorted(self._folder.glob("*.pem")):
                taken = path.with_suffix(".taken")
                try:
                    path.rename(taken)
                    pem = taken.read_bytes()
                except OSError:  # another process was quicker
                    continue
                taken.unlink()
                key = load_pem_private_key(pem, None)
                if isinstance(key, RSAPrivateKey):
                    return key
        raise ServiceError(Reason.UNREACHABLE, detail="no_keys")
