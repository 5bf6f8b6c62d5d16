"""One exchange with a service of the bank's: JSON over HTTP, by TLS and pins, under a key; problems become reasons."""

from __future__ import annotations

import ssl
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, TypeVar

import httpx
import msgspec
from msgspec import Meta, Struct

from desktop.secret import Secret
from desktop.services.api import UNCERTAIN, Reason, ServiceError
from desktop.services.line import is_local
from desktop.services.pins import trust
from desktop.services.wire.problems import error_of

T = TypeVar("T")
MAX_ANSWER: Final = 64 << 10
_JSON: Final = "application/json"
Seconds = Annotated[float, Meta(gt=0, le=300)]


class Reach(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a service is, and how each side knows the other. Paths are relative to the file that names them.

    `roots`: PEM, instead of the system's. `pins`: as `changgu --backend-pin` has them. `token_file`: what is shown as a
    bearer token. `certificate` and `key`: PEM, what this side shows in TLS. `seconds` for each part of an exchange.
    """

    url: str
    roots: str | None = None
    pins: tuple[str, ...] = ()
    token_file: str | None = None
    certificate: str | None = None
    key: str | None = None
    seconds: Seconds = 10.0


def trusted(reach: Reach, folder: Path) -> ssl.SSLContext:
    """Raises ValueError for a pin that is none, OSError or ssl.SSLError for files that cannot be used."""
    context = trust(pins=reach.pins, roots=folder / reach.roots if reach.roots else None)
    if reach.certificate:
        key = folder / (reach.key or reach.certificate)
        check_private(key)
        context.load_cert_chain(folder / reach.certificate, key, password=b"")
    return context


class BankLine:
    """For many threads at once. Plain HTTP goes to this machine alone."""

    def __init__(self, reach: Reach, folder: Path, transport: httpx.BaseTransport | None = None) -> None:
        """Raises ValueError for an address that cannot be asked safely, and as `trusted` does."""
        local = is_local(reach.url)
        self._token = secret_of(folder / reach.token_file) if reach.token_file else None
        self._http = httpx.Client(
            base_url=reach.url.rstrip("/") + "/",
            verify=trusted(reach, folder)
            if reach.url.startswith("https:")
            else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            transport=transport,
            trust_env=not local,
            follow_redirects=False,
            timeout=reach.seconds,
            headers={"User-Agent": "changgu", "Accept-Encoding": "identity"},
        )

    def ask(
        self, path: str, body: Mapping[str, object], answer: type[T], *, key: str, refusals: frozenset[Reason]
    ) -> T:
        """The answer, decoded; `type(None)` for none. `refusals`: what the service may refuse with.

        Raises ServiceError: one of those, or UNREACHABLE, TIMED_OUT and NONSENSE, after which it is asked again.
        """
        content = msgspec.json.encode(body)
        try:
            try:
                return self._once(path, content, answer, key, refusals)
            except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
                # A kept connection may have ended just now; under its key the call is the same call.
                return self._once(path, content, answer, key, refusals)
        except httpx.TimeoutException as error:
            raise ServiceError(Reason.TIMED_OUT) from error
        except httpx.TransportError as error:
            raise ServiceError(Reason.UNREACHABLE) from error

    def close(self) -> None:
        self._http.close()
        if self._token:
            self._token.wipe()

    def _once(self, path: str, content: bytes, answer: type[T], key: str, refusals: frozenset[Reason]) -> T:
        headers = {"Content-Type": _JSON, "Accept": _JSON, "Idempotency-Key": f'"{key}"'}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token.reveal()}"
        with self._http.stream("POST", path, content=content, headers=headers) as response:
            told = _read(response)
            if response.status_code >= 400:
                raise _refusal(response, told, refusals)
            if not response.is_success:
                raise ServiceError(Reason.NONSENSE)
        try:
            return msgspec.json.decode(told or b"null", type=answer)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ServiceError(Reason.NONSENSE) from error


def check_private(path: Path) -> None:
    """Raises ValueError for a file that other users can read, OSError for none."""
    if path.stat().st_mode & stat.S_IRWXO and sys.platform != "win32":
        raise ValueError(f"other users can read {path}; run 'chmod 600 {path}'")


def secret_of(path: Path) -> Secret:
    """The file's only line. Raises as `check_private`."""
    check_private(path)
    return Secret(path.read_bytes().strip())


def shown(secrets: Mapping[str, Secret | None]) -> dict[str, str]:
    """As text, for a body: those that are there. JSON insists on strings, which nobody can wipe."""
    return {name: secret.reveal() for name, secret in secrets.items() if secret is not None}


def _read(response: httpx.Response) -> bytes:
    told = bytearray()
    for part in response.iter_raw():
        told += part
        if len(told) > MAX_ANSWER:
            raise ServiceError(Reason.NONSENSE)
    return bytes(told)


def _refusal(response: httpx.Response, told: bytes, refusals: frozenset[Reason]) -> ServiceError:
    """A problem (RFC 9457) whose `code` is a reason of ours, of those that make sense here."""
    error = error_of(response.status_code, told, response.headers.get("retry-after"))
    if error.reason in refusals | UNCERTAIN:
        return error
    return ServiceError(Reason.UNREACHABLE if response.is_server_error else Reason.NONSENSE)
