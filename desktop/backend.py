"""Which services this run talks to, opened for the window and the command line alike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.banks import Bank
from desktop.config import ConfigError, Settings
from desktop.services.api import Place, PlaceKind, PracticePhone, Services, Wallet

if TYPE_CHECKING:
    from desktop.services.homecoming import HomecomingServices


@dataclass(frozen=True, slots=True)
class Backend:
    """`phone` is the virtual one, in practice alone."""

    services: Services
    wallet: Wallet
    phone: PracticePhone | None

    @property
    def practice(self) -> bool:
        return self.phone is not None


@asynccontextmanager
async def open_backend(
    settings: Settings, banks: Mapping[str, Bank], *, folders: Sequence[Path] = (), kiosk: bool = False
) -> AsyncIterator[Backend]:
    """The practice authority on the data folder or the backend of the settings, and the person's own media; `folders`
    come first among those. At a `kiosk` a certificate goes to what the person brings and takes away again alone.

    Raises ServiceError: DATA_FOLDER_IN_USE, OTHER_PURPOSE, STORE_*; UNREACHABLE, TIMED_OUT or NONSENSE of a backend.
    Raises ConfigError `backend` or `backend_ca`.
    """
    if settings.backend is not None:
        async with _remote(settings, settings.backend, folders, kiosk) as backend:
            yield backend
        return
    from desktop.services.authority.local import LocalAuthority  # noqa: PLC0415 — a tenth of a second to load

    authority = await asyncio.to_thread(LocalAuthority.open, settings.data, banks)
    try:
        yield Backend(authority, _wallet(settings, folders, practice=True, kiosk=kiosk), authority)
    finally:
        await authority.aclose()


@asynccontextmanager
async def _remote(settings: Settings, url: str, folders: Sequence[Path], kiosk: bool) -> AsyncIterator[Backend]:
    """It is asked at once who it is: nobody begins a journey at a server that cannot be trusted."""
    services = await asyncio.to_thread(_client, settings, url)
    try:
        practice = (await services.server()).practice
        services.home = settings.data if practice else None
        wallet = _wallet(settings, folders, practice=practice, kiosk=kiosk)
        yield Backend(services, wallet, services if practice else None)
    finally:
        await services.aclose()


def _client(settings: Settings, url: str) -> HomecomingServices:
    """In a thread: the roots of the web are a large file."""
    from desktop.services.homecoming import HomecomingServices  # noqa: PLC0415 — httpx is slow to load
    from desktop.services.pins import trust  # noqa: PLC0415 — as above

    try:
        roots = trust(pins=settings.backend_pins, roots=settings.backend_ca)
    except OSError as error:
        raise ConfigError("backend_ca", path=str(settings.backend_ca)) from error
    try:
        return HomecomingServices(url, trust=roots)
    except ValueError as error:
        raise ConfigError("backend", value=url) from error


def _wallet(settings: Settings, folders: Sequence[Path], *, practice: bool, kiosk: bool) -> Wallet:
    """In practice "this PC" is the data folder: the person's own certificates are never mixed with made-up ones."""
    from desktop.services.tokens import open_tokens  # noqa: PLC0415 — as above
    from desktop.services.wallet import LocalWallet  # noqa: PLC0415 — as above

    home = settings.data if practice else None
    find = _brought if kiosk else None
    return LocalWallet(pc=home, folders=folders, tokens=lambda: open_tokens(settings.token_module), find=find)


def _brought() -> tuple[Place, ...]:
    """The sticks that are plugged in, and nothing of the machine's own."""
    from desktop.services.media.places import find_places  # noqa: PLC0415 — as above

    return tuple(place for place in find_places() if place.kind is PlaceKind.REMOVABLE)
