"""One process that serves: its sockets, its TLS, and a stop at which nobody's request is cut off."""

from __future__ import annotations

import asyncio
import ipaddress
import signal
import socket
import ssl
import stat
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar
from urllib.parse import urlsplit

from starlette.types import ASGIApp
from uvicorn import Config, Server

from desktop.services.server.limits import Limits
from desktop.services.server.metrics import Metrics
from desktop.services.server.protocol import Doorman, guarded
from desktop.services.server.proxies import Proxies

_BACKLOG = 2048
_KEPT_ALIVE = 3600  # not uvicorn's to end: `Guarded` does


T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """To its end, on a loop of libuv where there is one: it takes a third off what HTTP over TLS costs."""
    factory = None
    if sys.platform != "win32":
        import uvloop  # noqa: PLC0415 - there is none for Windows

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(work)


class ListenError(Exception):
    """Nothing can be served this way. `code` names its wording (`serve.refused.<code>`), `data` fills it."""

    def __init__(self, code: str, **data: str) -> None:
        super().__init__(code)
        self.code, self.data = code, data


@dataclass(frozen=True, slots=True)
class Address:
    """`port` 0 takes a free one. `certificate` (with its chain) and `key` are PEM files; neither is plain HTTP."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None

    @property
    def scheme(self) -> str:
        return "https" if self.certificate else "http"

    def context(self) -> ssl.SSLContext | None:
        """Raises ListenError `half_tls`, `plain`, `key_open` or `tls`."""
        if self.certificate is None or self.key is None:
            if self.certificate or self.key:
                raise ListenError("half_tls")
            if not is_loopback(self.host):
                raise ListenError("plain", host=self.host)
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.load(context)
        return context

    def load(self, context: ssl.SSLContext) -> None:
        """Also into one that serves already, for the handshakes to come."""
        assert self.certificate is not None, "only with TLS"
        assert self.key is not None, "only with TLS"
        try:
            if sys.platform != "win32" and self.key.stat().st_mode & stat.S_IRWXO:
                raise ListenError("key_open", path=str(self.key))
            # First into one that nobody uses: a certificate whose key does not fit would stay in the live one.
            # Without a password to try, OpenSSL would ask for it on the terminal.
            for tried in (ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), context):
                tried.load_cert_chain(self.certificate, self.key, password=b"")
        except (OSError, ssl.SSLError) as error:
            raise ListenError("tls", path=str(self.certificate), detail=type(error).__name__) from error

    def bind(self) -> socket.socket:
        """Raises ListenError `address`."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        # By its number: asyncio sets TCP_NODELAY on no other, and a body then waits 40 ms for the ACK of its head.
        made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            if sys.platform != "win32":  # there it would let a second program take the same port
                made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind((self.host, self.port))
            made.listen(_BACKLOG)
        except OSError as error:
            made.close()
            raise ListenError("address", host=self.host, port=str(self.port), detail=error.strerror or "") from error
        return made


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def beside(told: int | str) -> Address:
    """Of a page for operators: a port of this computer, or an address and a port ("[::]:9100")."""
    host, colon, port = str(told).rpartition(":")
    return Address(host.strip("[]") if colon else "127.0.0.1", int(port))


def url_of(scheme: str, bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def named(url: str) -> str:
    """One that a certificate can name: by plain HTTP, since who checks TLS would have to ask there first (RFC 5280, 8).

    Raises ListenError `public_url`.
    """
    try:
        parsed = urlsplit(url)
        fits = parsed.scheme == "http" and parsed.hostname and parsed.port != 0 and url.isascii() and url.isprintable()
    except ValueError:
        fits = False
    if not fits or " " in url or "@" in url or parsed.query or parsed.fragment:
        raise ListenError("public_url", value=url)
    return url.rstrip("/")


class Listener(Server):
    """uvicorn's, with the protocol of ours, a bound on handshakes, and an ordinary exit after SIGTERM or SIGINT."""

    def __init__(
        self,
        application: ASGIApp,
        *,
        limits: Limits,
        metrics: Metrics,
        stopping: asyncio.Event | None = None,
        tls: ssl.SSLContext | None = None,
        started: Callable[[], None] = lambda: None,
        renew: Callable[[], None] = lambda: None,
        catches: bool = True,
        proxies: Proxies | None = None,
    ) -> None:
        """`started` is called once connections are accepted, `stopping` set once no more are, `renew` called at SIGHUP.

        `catches`: signals are for this one.
        """
        config = Config(
            application,
            http=guarded(Doorman(limits, metrics, proxies)),
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            log_level="critical",  # what happened is said by the access log, in words that hold nothing of the request
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=_KEPT_ALIVE,
            timeout_graceful_shutdown=int(limits.stop_seconds),
        )
        config.load()
        config.ssl = tls
        super().__init__(config)
        self._stopping = stopping or asyncio.Event()
        self._limits, self._started, self._renew, self._catches = limits, started, renew, catches

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        loop, config = asyncio.get_running_loop(), self.config

        def connection() -> asyncio.Protocol:
            return config.http_protocol_class(  # type: ignore[call-arg]  # one of many classes to mypy
                config=config, server_state=self.server_state, app_state={}
            )

        patience = self._limits.header_seconds if config.ssl else None
        self.servers = [
            await loop.create_server(connection, sock=bound, ssl=config.ssl, ssl_handshake_timeout=patience)
            for bound in sockets or []
        ]
        self.started = True
        self._started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stopping.set()  # who only waits for something to happen is told that nothing did
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn does, but what was asked for and done is no reason to die of the signal afterwards."""
        names = {signal.SIGINT: self.handle_exit, signal.SIGTERM: self.handle_exit}
        if sys.platform != "win32":
            names[signal.SIGHUP] = self._handle_hangup
        before = {name: signal.signal(name, handler) for name, handler in names.items()} if self._catches else {}
        try:
            yield
        finally:
            for name, old in before.items():
                signal.signal(name, old)

    def end(self) -> None:
        """As a signal would ask for it."""
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.should_exit = True

    def _handle_hangup(self, sig: int, frame: FrameType | None) -> None:
        self._renew()
