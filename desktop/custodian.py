"""What the commands of a server share: its settings, and its token, opened with a PIN from a file or the terminal."""

from __future__ import annotations

import getpass
import stat
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from desktop.config import Settings
from desktop.secret import Secret
from desktop.services.api import Reason
from desktop.services.authority.custody import Custody
from desktop.services.hsm.session import Hsm, parse_uri
from desktop.services.hsm.signing import TokenSigner
from desktop.services.hsm.wrapping import TokenWrapping
from desktop.services.server.config import Chosen, Config, ConfigFileError, Keys, choose

#: Refusals of this machine that have a sentence of their own: `serve.refused.<reason>`.
SAID: Final = frozenset(
    {
        Reason.DATA_FOLDER_IN_USE,
        Reason.OTHER_PURPOSE,
        Reason.KEY_MISSING,
        Reason.KEY_MISMATCH,
        Reason.TOKEN_GONE,
        Reason.TOKEN_FAILED,
        Reason.TOKEN_LOCKED,
        Reason.WRONG_TOKEN_PIN,
        Reason.UNREACHABLE,
    }
)


#: Of these, what does not get better by trying again: a token counts wrong PINs.
LASTING: Final = frozenset({Reason.KEY_MISSING, Reason.KEY_MISMATCH, Reason.TOKEN_LOCKED, Reason.WRONG_TOKEN_PIN})


class PinError(Exception):
    """`code` names its wording (`serve.refused.<code>`), `path` is the file that should have a PIN, if one is named."""

    def __init__(self, code: str, path: str = "") -> None:
        super().__init__(code)
        self.code, self.path = code, path


def chosen_by(given: Namespace, settings: Settings, environ: Mapping[str, str]) -> Chosen:
    """By the options of a command; `settings.data` counts where it was named. Raises ConfigFileError."""
    options = {name: value for name, value in vars(given).items() if name in Config.__struct_fields__}
    if environ.get("CHANGGU_DATA"):
        environ = {"CHANGGU_SERVE_DATA": environ["CHANGGU_DATA"], **environ}
    options["data"] = settings.data if getattr(given, "data", None) else None
    chosen = choose(options, environ, given.config)
    if chosen.config.database and find_spec("psycopg") is None:
        raise ConfigFileError("database: PostgreSQL needs one more package: pip install 'changgu[postgres]'")
    return chosen


@contextmanager
def custody_of(keys: Keys) -> Iterator[Custody]:
    """Logs in at the first use, not before. Raises PinError `no_pin`, or `key_open` for a file that others can read.

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
            raise PinError("no_pin")
        return Secret(getpass.getpass("PIN: ").encode())
    try:
        if sys.platform != "win32" and path.stat().st_mode & stat.S_IRWXO:
            raise PinError("key_open", str(path))
        first = path.read_bytes().partition(b"\n")[0].strip()
    except OSError as error:
        raise PinError("no_pin", str(path)) from error
    if not first:
        raise PinError("no_pin", str(path))
    return Secret(first)
