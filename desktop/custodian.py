"""Opens the token that holds a server's keys: which one its settings say, the PIN from a file or from the terminal."""

from __future__ import annotations

import getpass
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktop.secret import Secret
from desktop.services.authority.custody import Custody
from desktop.services.hsm.session import Hsm, parse_uri
from desktop.services.hsm.signing import TokenSigner
from desktop.services.hsm.wrapping import TokenWrapping
from desktop.services.server.config import Keys
from desktop.services.server.running import ListenError


class NoPinError(Exception):
    """There is no PIN and nobody to ask. `str()` is the file that should have it, "" for none named."""


@contextmanager
def custody_of(keys: Keys) -> Iterator[Custody]:
    """Logs in at the first use, not before. Raises NoPinError, and ListenError `key_open` for a file others can read.

    The two keys are on one token, as their settings were checked for.
    """
    uris = [uri for uri in (keys.ca, keys.vault) if uri]
    if not uris:
        yield Custody()
        return
    hsm = Hsm(parse_uri(uris[0])[0], _pin(keys.pin_file), keys.module)
    try:
        yield Custody(
            ca=TokenSigner(hsm, parse_uri(keys.ca)[1]) if keys.ca else None,
            vault=TokenWrapping(hsm, parse_uri(keys.vault)[1]) if keys.vault else None,
        )
    finally:
        hsm.close()


def _pin(path: Path | None) -> Secret:
    if path is None:
        if not sys.stdin or not sys.stdin.isatty():
            raise NoPinError("")
        return Secret(getpass.getpass("PIN: ").encode())
    try:
        if sys.platform != "win32" and path.stat().st_mode & stat.S_IRWXO:
            raise ListenError("key_open", path=str(path))
        first = path.read_bytes().partition(b"\n")[0].strip()
    except OSError as error:
        raise NoPinError(str(path)) from error
    if not first:
        raise NoPinError(str(path))
    return Secret(first)
