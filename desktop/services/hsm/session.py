"""A server's PKCS#11 token: logged in from the first use on, asked by one thread at a time, and found again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError
from desktop.services.tokens import MODULES, told

if TYPE_CHECKING:
    import pkcs11

T = TypeVar("T")


def parse_uri(uri: str) -> tuple[str, str]:
    """Labels of the token and of the key, from "pkcs11:token=bank;object=issuing" (RFC 7512).

    Raises ValueError for a URI without both, or with more.
    """
    scheme, _, path = uri.partition(":")
    parts = dict(part.partition("=")[::2] for part in path.split(";"))
    if scheme != "pkcs11" or parts.keys() != {"token", "object"} or not all(parts.values()):
        raise ValueError("a key on a token is written pkcs11:token=LABEL;object=LABEL")
    return unquote(parts["token"]), unquote(parts["object"])


class Hsm:
    """`label` of the token; `module` is its library, the system's where none is named; `pin` is wiped at the end.

    Nothing reaches the token before the first use, so that a process may be forked until then.
    """

    def __init__(self, label: str, pin: Secret, module: Path | None = None) -> None:
        self.label, self._pin, self._module = label, pin, module
        self._lock = threading.Lock()
        self._session: pkcs11.Session | None = None

    def do(self, work: Callable[[pkcs11.Session], T]) -> T:
        """What `work` returns of the open session; it is done again where the login was lost, so it must bear that.

        Raises ServiceError TOKEN_… and WRONG_TOKEN_PIN with the token's label.
        """
        with self._lock:
            try:
                return self._do(work)
            except ServiceError as error:
                if error.reason != Reason.TOKEN_GONE or self._session is None:
                    raise
            self._session = None
            return self._do(work)

    def close(self) -> None:
        with self._lock:
            session, self._session = self._session, None
            self._pin.wipe()
            if session is not None:
                with told(self.label):
                    session.close()

    def _do(self, work: Callable[[pkcs11.Session], T]) -> T:
        if self._session is None:
            self._session = self._open()
        with told(self.label):
            return work(self._session)

    def _open(self) -> pkcs11.Session:
        library = self._module or next((Path(path) for path in MODULES if Path(path).exists()), None)
        try:
            import pkcs11  # noqa: PLC0415 - an extra, for who has a token

            loaded = pkcs11.lib(str(library))
        except (ImportError, OSError, RuntimeError) as error:
            raise ServiceError(Reason.TOKEN_FAILED, where=str(library or self.label)) from error
        with told(self.label):
            token = next((each for each in loaded.get_tokens() if each.label.strip() == self.label), None)
            if token is None:
                raise ServiceError(Reason.TOKEN_GONE, where=self.label)
            try:
                # The binding wants a str of the PIN, which nobody can wipe.
                return token.open(rw=True, user_pin=self._pin.reveal())
            except pkcs11.UserAlreadyLoggedIn:  # the session is lost, and the login is not
                return token.open(rw=True)
