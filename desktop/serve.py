"""`changgu serve`: the authority over HTTP, from its options to its last answered request."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import ssl
import sys
from argparse import Namespace
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, closing
from dataclasses import dataclass

from starlette.types import ASGIApp

from desktop.banks import load_banks
from desktop.config import Settings
from desktop.services.api import Reason, ServiceError
from desktop.services.authority.local import LocalAuthority
from desktop.services.authority.profile import Names
from desktop.services.server.access import AccessLog, to_stream
from desktop.services.server.application import Served, make_application, make_metrics_page, make_status_page
from desktop.services.server.limits import Limits
from desktop.services.server.metrics import Metrics
from desktop.services.server.running import Address, Listener, ListenError, named, url_of
from desktop.shipped import shipped
from desktop.text import Text

DONE, FAILED, USAGE = 0, 1, 2
_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class _Door:
    """Sockets that are bound, and the TLS of the first; `metrics` and `status` are None unless asked for."""

    address: Address
    tls: ssl.SSLContext | None
    bound: socket.socket
    metrics: socket.socket | None
    status: socket.socket | None


@dataclass(frozen=True, slots=True)
class _House:
    """What is kept behind the door. `names`: what new certificates say of their issuer, None for practice's own."""

    practice: bool
    names: Names | None
    require_random: bool


def run_serve(given: Namespace, settings: Settings, text: Text) -> int:
    """Serves until SIGTERM or SIGINT. Returns 0 stopped as asked, 1 refused by this machine, 2 by what was asked."""
    with ExitStack() as sockets:
        try:
            names = Names().served_at(named(given.public_url)) if given.public_url else None
            house = _House(given.practice, names, not given.standard_cmp)
            door = _open(given, sockets)
        except ListenError as error:
            _say(text(f"serve.refused.{error.code}", **error.data))
            return FAILED if error.code == "address" else USAGE
        try:
            return asyncio.run(_serve(door, house, settings))
        except ServiceError as error:
            if error.reason not in {Reason.DATA_FOLDER_IN_USE, Reason.OTHER_PURPOSE}:
                raise
            _say(text(f"serve.refused.{error.reason}", path=settings.data))
            return FAILED


def _open(given: Namespace, sockets: ExitStack) -> _Door:
    """Raises ListenError. What revocation lists and OCSP answers say is signed, so plain HTTP may go anywhere."""

    def bound(host: str, port: int | None) -> socket.socket | None:
        return None if port is None else sockets.enter_context(closing(Address(host, port).bind()))

    address = Address(given.host, given.port, given.cert, given.key)
    tls = address.context()
    main = sockets.enter_context(closing(address.bind()))
    return _Door(address, tls, main, bound(_LOOPBACK, given.metrics), bound(given.host, given.status_port))


async def _serve(door: _Door, house: _House, settings: Settings) -> int:
    banks = load_banks(shipped("banks"))
    authority = await asyncio.to_thread(
        LocalAuthority.open,
        settings.data,
        banks,
        practice=house.practice,
        names=house.names,
        require_random=house.require_random,
    )
    try:
        log, phone = AccessLog(to_stream(sys.stderr)), authority if house.practice else None
        served = Served(services=authority, phone=phone, banks=tuple(sorted(banks)), log=log)
        listener = Listener(
            make_application(served),
            limits=served.limits,
            metrics=served.metrics,
            stopping=served.stopping,
            tls=door.tls,
            started=lambda: _ready(door, practice=house.practice),
            renew=_renewal(door, log),
        )
        async with AsyncExitStack() as beside:
            await beside.enter_async_context(_beside(door.status, make_status_page(served), served.metrics))
            await beside.enter_async_context(_beside(door.metrics, make_metrics_page(served.metrics), Metrics()))
            await listener.serve([door.bound])
    finally:
        await authority.aclose()
    return DONE


@asynccontextmanager
async def _beside(bound: socket.socket | None, page: ASGIApp, metrics: Metrics) -> AsyncIterator[None]:
    """Serves a page at a port of its own until the block ends; without a port, nothing."""
    if bound is None:
        yield
        return
    listener = Listener(page, limits=Limits(), metrics=metrics, catches=False)
    serving = asyncio.create_task(listener.serve([bound]))
    try:
        yield
    finally:
        listener.should_exit = True
        await serving


def _ready(door: _Door, *, practice: bool) -> None:
    """The line that whoever started this waits for."""
    said = {"url": url_of(door.address.scheme, door.bound), "pid": os.getpid(), "practice": practice}
    if door.metrics is not None:
        said["metrics"] = f"{url_of('http', door.metrics)}/metrics"
    if door.status is not None:
        said["status"] = url_of("http", door.status)
    print(json.dumps(said), flush=True)


def _renewal(door: _Door, log: AccessLog) -> Callable[[], None]:
    """On SIGHUP the certificate is read again; one that cannot be read leaves the old one in use."""

    def renew() -> None:
        if door.tls is None:
            return
        try:
            door.address.load(door.tls)
        except ListenError as error:
            log.event("certificate_refused", "warning", reason=error.code)
        else:
            log.event("certificate_read")

    return renew


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)
