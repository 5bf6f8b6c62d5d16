"""The random id by which a bank knows this installation again, when a certificate is limited to chosen devices."""

from __future__ import annotations

import secrets
from pathlib import Path

from desktop.private_file import read_private, write_private

_BYTES = 16


def device_id(folder: Path) -> str:
    """Made once and kept in the data folder; it says nothing about the machine. Raises ServiceError STORE_*."""
    path = folder / "device.json"
    known = read_private(path, str)
    if known:
        return known
    made = secrets.token_hex(_BYTES)
    write_private(path, made)
    return made
