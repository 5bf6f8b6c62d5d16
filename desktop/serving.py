"""One process that serves: the authority, opened as it was chosen, behind its sockets, until it is asked to end."""

from __future__ import annotations

import asyncio
import os
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
from desktop.services.authority.local import LocalAuthority
from desktop.services.authority.profile import Names
from desktop.services.hooks.brought import Hooks
from desktop.services.hooks.loading import load_hooks
from desktop.services.server.access import AccessLog, libraries_in, to_stream
from desktop.services.server.application import Served, make_application, make_metrics_page, make_status_page
from desktop.services.server.config import Config
from desktop.services.server.metrics import Metrics
from desktop.services.server.notify import Notifier
from desktop.services.server.phone_page import PhonePage, PhoneWords
from desktop.services.server.proxies import Proxies
from desktop.services.server.replies import Replies
from desktop.services.server.running import Address, Listener, ListenError
from desktop.services.server.supervisor import Post
from desktop.services.wire.seal import OpeningKeys
from desktop.shipped import shipped
from desktop.text import Text


@dataclass(frozen=True, slots=True)
class Door:
    """Sockets that are bound, and the TLS of the first; `metrics` (one for each worker) and `status` if asked for."""

    address: Address
    tls: ssl.SSLContext | None
    bound: socket
    metrics: tuple[socket, ...] = ()
    status: socket | None = None


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
    config, banks = house.config, load_banks(shipped("banks"))
    number = post.number if post else 0
    log, proxies, hooks = log_of(config, number), Proxies(config.proxies), house.hooks()
    authority = await _opened(house, hooks)
    try:
        served = Served(
            services=authority,
            phone=authority if config.practice else None,
            banks=tuple(sorted(banks)),
            log=log,
            limits=config.limits,
            proxies=proxies,
            keys=OpeningKeys.derived(authority.sealing_seed()) if config.database else OpeningKeys.fresh(),
            pages=PhonePage(authority, _phone_words(house.text, banks)).paths() if config.practice else {},
            replies=_replies(authority, hooks, config),
        )
        listener = Listener(
            make_application(served),
            limits=served.limits,
            metrics=served.metrics,
            stopping=served.stopping,
            tls=door.tls,
            started=started,
            renew=_renewal(door, log),
            proxies=proxies,
        )
        if post is not None:
            asyncio.get_running_loop().add_reader(post.life, listener.end)
        figures = door.metrics[max(number - 1, 0)] if door.metrics else None
        async with AsyncExitStack() as beside:
            beside.enter_context(libraries_in(log))
            await beside.enter_async_context(_beside(door.status, make_status_page(served), served))
            await beside.enter_async_context(_beside(figures, make_metrics_page(served), served, Metrics()))
            await beside.enter_async_context(_watched(Notifier(os.environ, os.getpid())))
            await listener.serve([door.bound])
    finally:
        await authority.aclose()


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
async def _beside(
    bound: socket | None, page: ASGIApp, served: Served, metrics: Metrics | None = None
) -> AsyncIterator[None]:
    """Serves a page at a port of its own until the block ends; without a port, nothing. `metrics`: its own, if any."""
    if bound is None:
        yield
        return
    listener = Listener(page, limits=served.limits, metrics=metrics or served.metrics, catches=False)
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
