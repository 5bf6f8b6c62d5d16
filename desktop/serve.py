"""`changgu serve`: the authority over HTTP, from its options to its last answered request."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import ssl
import sys
from argparse import Namespace
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from desktop.banks import load_banks
from desktop.config import Settings
from desktop.services.api import Reason, ServiceError
from desktop.services.authority.local import LocalAuthority
from desktop.services.server.access import AccessLog, to_stream
from desktop.services.server.application import Served, make_application, make_metrics_page
from desktop.services.server.limits import Limits
from desktop.services.server.metrics import Metrics
from desktop.services.server.running import Address, Listener, ListenError, url_of
from desktop.shipped import shipped
from desktop.text import Text

DONE, FAILED, USAGE = 0, 1, 2
_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class _Door:
    """Sockets that are bound, and the TLS of the first; `metrics` is None unless asked for."""

    address: Address
    tls: ssl.SSLContext | None
    bound: socket.socket
    metrics: socket.socket | None


def run_serve(given: Namespace, settings: Settings, text: Text) -> int:
    """Serves until SIGTERM or SIGINT. Returns 0 stopped as asked, 1 refused by this machine, 2 by what was asked."""
    address = Address(given.host, given.port, given.cert, given.key)
    try:
        tls = address.context()
        door = _Door(address, tls, address.bind(), _metrics(given.metrics))
    except ListenError as error:
        _say(text(f"serve.refused.{error.code}", **error.data))
        return FAILED if error.code == "address" else USAGE
    with closing(door.bound):
        try:
            return asyncio.run(_serve(door, settings, practice=given.practice))
        except ServiceError as error:
            if error.reason not in {Reason.DATA_FOLDER_IN_USE, Reason.OTHER_PURPOSE}:
                raise
            _say(text(f"serve.refused.{error.reason}", path=settings.data))
            return FAILED
        finally:
            if door.metrics is not None:
                door.metrics.close()


async def _serve(door: _Door, settings: Settings, *, practice: bool) -> int:
    banks = load_banks(shipped("banks"))
    authority = await asyncio.to_thread(LocalAuthority.open, settings.data, banks, practice=practice)
    try:
        log = AccessLog(to_stream(sys.stderr))
        served = Served(services=authority, phone=authority if practice else None, banks=tuple(sorted(banks)), log=log)
        listener = Listener(
            make_application(served),
            limits=served.limits,
            metrics=served.metrics,
            stopping=served.stopping,
            tls=door.tls,
            started=lambda: _ready(door, practice=practice),
            renew=_renewal(door, log),
        )
        await _listen(listener, door, served.metrics)
    finally:
        await authority.aclose()
    return DONE


async def _listen(listener: Listener, door: _Door, metrics: Metrics) -> None:
    """The page of metrics ends with what it tells of."""
    if door.metrics is None:
        await listener.serve([door.bound])
        return
    beside = Listener(make_metrics_page(metrics), limits=Limits(), metrics=Metrics(), catches=False)
    page = asyncio.create_task(beside.serve([door.metrics]))
    try:
        await listener.serve([door.bound])
    finally:
        beside.should_exit = True
        await page


def _ready(door: _Door, *, practice: bool) -> None:
    """The line that whoever started this waits for."""
    said = {"url": url_of(door.address.scheme, door.bound), "pid": os.getpid(), "practice": practice}
    if door.metrics is not None:
        said["metrics"] = f"{url_of('http', door.metrics)}/metrics"
    print(json.dumps(said), flush=True)


def _renewal(door: _Door, log: AccessLog) -> Callable[[], None]:
    """On SIGHUP the certificate is read again; one that cannot be read leaves the old one in use."""

    def renew() -> None:
        if door.tls is None:
            return
        try:
            door.address.load(door.tls)
        except ListenError as error:
            log.event({"event": "certificate_refused", "reason": error.code})
        else:
            log.event({"event": "certificate_read"})

    return renew


def _metrics(port: int | None) -> socket.socket | None:
    return None if port is None else Address(_LOOPBACK, port).bind()


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)
