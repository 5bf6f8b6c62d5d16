"""One process that serves: the authority, opened as it was chosen, behind its sockets, until it is asked to end."""

from __future__ import annotations

import asyncio
import os
import signal
import ssl
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket

from starlette.types import ASGIApp

from desktop.banks import Bank, load_banks
from desktop.services.api import Kind, PhoneEvent
from desktop.services.authority.custody import Custody
from desktop.services.authority.local import DATABASE_NAME, LocalAuthority
from desktop.services.authority.profile import Names
from desktop.services.authority.witness import Witness
from desktop.services.hooks.brought import Hooks
from desktop.services.hooks.loading import load_hooks
from desktop.services.server.access import AccessLog, libraries_in, to_stream
from desktop.services.server.application import (
    Fronted,
    Served,
    make_application,
    make_front,
    make_front_metrics,
    make_metrics_page,
    make_routes,
    make_status_page,
)
from desktop.services.server.back import Back, Bound
from desktop.services.server.config import Config
from desktop.services.server.front import Front, Paths
from desktop.services.server.limits import Limits
from desktop.services.server.metrics import Metrics
from desktop.services.server.notify import Notifier
from desktop.services.server.phone_page import PhonePage, PhoneWords
from desktop.services.server.proxies import Proxies
from desktop.services.server.replies import Replies
from desktop.services.server.running import Address, Listener, ListenError
from desktop.services.server.scribe import Scribe
from desktop.services.server.supervisor import Post
from desktop.services.wire.seal import OpeningKeys
from desktop.shipped import shipped
from desktop.text import Text


@dataclass(frozen=True, slots=True)
class Hatch:
    """Between the fronts and the one process that writes: two sockets in a folder that is this user's alone."""

    paths: Paths
    bound: Bound


@dataclass(frozen=True, slots=True)
class Door:
    """Sockets that are bound, and the TLS of the first; `metrics` (one for each worker) and `status` if asked for.

    `hatch`: where the authority is one process's, and the others are its fronts.
    """

    address: Address
    tls: ssl.SSLContext | None
    bound: socket
    metrics: tuple[socket, ...] = ()
    status: socket | None = None
    hatch: Hatch | None = None


@dataclass(frozen=True, slots=True)
class House:
    """What is kept behind the door. `names`: what new certificates say of their issuer, None for practice's own.

    `folder` is what the paths of hooks are relative to.
    """

    config: Config
    data: Path
    folder: Path
    names: Names | None
    custody: Custody
    text: Text

    def hooks(self) -> Hooks:
        """What the bank has brought, opened for one process. Raises HookError."""
        return load_hooks(self.config.hooks, self.folder, practice=self.config.practice)


def log_of(config: Config, worker: int = 0) -> AccessLog:
    """To standard error."""
    return AccessLog(to_stream(sys.stderr), least=config.log.level, form=config.log.format, worker=worker)


async def serve(door: Door, house: House, *, started: Callable[[], None], post: Post | None = None) -> None:
    """Until SIGTERM or SIGINT, or until nobody watches over `post`. Raises HookError, and ServiceError of the store."""
    async with _authority(house, post) as (authority, served), _pages(door, served, post):
        if post is not None and door.hatch is not None:
            await _serve_fronts(door.hatch, authority, served, started, post)
            return
        listener = Listener(
            make_application(served),
            limits=served.limits,
            metrics=served.metrics,
            stopping=served.stopping,
            tls=door.tls,
            started=started,
            renew=_renewal(door, served.log),
            proxies=served.proxies,
        )
        if post is not None:
            asyncio.get_running_loop().add_reader(post.life, listener.end)
        await listener.serve([door.bound])


async def serve_front(door: Door, house: House, *, post: Post) -> None:
    """For the authority of another process, behind `door.hatch`. As `serve`."""
    assert door.hatch is not None
    config = house.config
    fronted = Fronted(log_of(config, post.number), config.limits, Metrics(), Proxies(config.proxies))
    witness = await asyncio.to_thread(Witness.open, house.data / DATABASE_NAME, house.custody.vault)
    front = Front(door.hatch.paths, config.limits, witness.prove)
    try:
        listener = Listener(
            make_front(front, fronted),
            limits=fronted.limits,
            metrics=fronted.metrics,
            tls=door.tls,
            started=post.started,
            renew=_renewal(door, fronted.log),
            proxies=fronted.proxies,
        )
        asyncio.get_running_loop().add_reader(post.life, listener.end)
        async with AsyncExitStack() as beside:
            beside.enter_context(libraries_in(fronted.log))
            page = make_front_metrics(front, fronted)
            await beside.enter_async_context(_beside(_figures(door, post), page, config.limits, Metrics()))
            await beside.enter_async_context(_watched(Notifier(os.environ, os.getpid())))
            await listener.serve([door.bound])
    finally:
        front.close()
        witness.close()


@asynccontextmanager
async def _authority(house: House, post: Post | None) -> AsyncIterator[tuple[LocalAuthority, Served]]:
    """Opened, and as it is served."""
    config, banks, hooks = house.config, load_banks(shipped("banks")), house.hooks()
    authority = await _opened(house, hooks)
    try:
        yield (
            authority,
            Served(
                services=authority,
                phone=authority if config.practice else None,
                banks=tuple(sorted(banks)),
                log=log_of(config, post.number if post else 0),
                limits=config.limits,
                proxies=Proxies(config.proxies),
                keys=OpeningKeys.derived(authority.sealing_seed()) if config.database else OpeningKeys.fresh(),
                pages=PhonePage(authority, _phone_words(house.text, banks)).paths() if config.practice else {},
                replies=_replies(authority, hooks, config),
                standing=authority.standing,
            ),
        )
    finally:
        await authority.aclose()


@asynccontextmanager
async def _pages(door: Door, served: Served, post: Post | None) -> AsyncIterator[None]:
    """Beside the door: what certificates name, figures, signs of life, and what libraries have to say."""
    async with AsyncExitStack() as beside:
        beside.enter_context(libraries_in(served.log))
        status = make_status_page(served)
        await beside.enter_async_context(_beside(door.status, status, served.limits, served.metrics))
        figures = make_metrics_page(served)
        await beside.enter_async_context(_beside(_figures(door, post), figures, served.limits, Metrics()))
        await beside.enter_async_context(_watched(Notifier(os.environ, os.getpid())))
        yield


async def _serve_fronts(
    hatch: Hatch, authority: LocalAuthority, served: Served, started: Callable[[], None], post: Post
) -> None:
    """Until SIGTERM or SIGINT, or until nobody watches, and the fronts have left."""
    loop, stopping = asyncio.get_running_loop(), served.stopping
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    loop.add_signal_handler(signal.SIGHUP, lambda: None)  # the fronts have the certificate
    loop.add_reader(post.life, stopping.set)
    back = Back(make_routes(served), Scribe(authority.pkix_together), served.log)
    started()
    await back.serve(hatch.bound, stopping, served.limits.stop_seconds)


def _figures(door: Door, post: Post | None) -> socket | None:
    return door.metrics[post.number - 1 if post else 0] if door.metrics else None


async def _opened(house: House, hooks: Hooks) -> LocalAuthority:
    config = house.config
    return await asyncio.to_thread(
        LocalAuthority.open,
        house.data,
        load_banks(shipped("banks")),
        practice=config.practice,
        names=house.names,
        require_random=not config.standard_cmp,
        implicit=config.standard_cmp,
        ca_keys=config.ca_keys,
        crowd=config.practice_people,
        custody=house.custody,
        hooks=hooks,
        database=config.database,
    )


def _phone_words(text: Text, banks: Mapping[str, Bank]) -> PhoneWords:
    """As the window has them (wizard/received.py)."""

    def sender(event: PhoneEvent) -> str:
        if event.sender == "cloud":
            return text("phone.from.cloud")
        bank = banks.get(event.sender)
        return text("phone.from.bank", bank=bank.name[text.language]) if bank else event.sender

    def message(event: PhoneEvent) -> str:
        bank = banks.get(event.data.get("bank", ""))
        if not event.says or bank is None:
            return ""
        named = {"bank": bank.name[text.language]}
        if "kind" in event.data:
            named["product"] = bank.product(Kind(event.data["kind"])).name[text.language]
        return text(f"phone.says.{event.says}", **{**event.data, **named})

    return PhoneWords(text.language, sender, message, lambda name: text(f"phone.page.{name}"))


def _replies(authority: LocalAuthority, hooks: Hooks, config: Config) -> Replies | None:
    secret = hooks.reply_secret
    return None if secret is None else Replies(authority, secret, config.limits.body_seconds)


@asynccontextmanager
async def _beside(bound: socket | None, page: ASGIApp, limits: Limits, metrics: Metrics) -> AsyncIterator[None]:
    """Serves a page at a port of its own until the block ends; without a port, nothing."""
    if bound is None:
        yield
        return
    listener = Listener(page, limits=limits, metrics=metrics, catches=False)
    serving = asyncio.create_task(listener.serve([bound]))
    try:
        yield
    finally:
        listener.end()
        await serving


@asynccontextmanager
async def _watched(notifier: Notifier) -> AsyncIterator[None]:
    """Signs of life from the loop that serves, for as long as the block runs."""

    async def beat(seconds: float) -> None:
        while True:
            notifier.alive()
            await asyncio.sleep(seconds)

    beating = None if notifier.seconds is None else asyncio.create_task(beat(notifier.seconds))
    try:
        yield
    finally:
        notifier.stopping()
        if beating is not None:
            beating.cancel()


def _renewal(door: Door, log: AccessLog) -> Callable[[], None]:
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
