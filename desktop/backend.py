"""Which services this run talks to, opened for the window and the command line alike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from desktop.banks import Bank
from desktop.config import Settings
from desktop.services.api import PracticePhone, Reason, ServiceError, Services, Wallet


@dataclass(frozen=True, slots=True)
class Backend:
    """`phone` is the virtual one, in practice alone."""

    services: Services
    wallet: Wallet
    phone: PracticePhone | None


@asynccontextmanager
async def open_backend(
    settings: Settings, banks: Mapping[str, Bank], *, folders: Sequence[Path] = ()
) -> AsyncIterator[Backend]:
    """The practice authority on the data folder, and the person's own media; `folders` come first among those.

    Raises ServiceError: DATA_FOLDER_IN_USE, STORE_*, NOT_OFFERED.
    """
    if settings.backend is not None:
        # The HTTP client is the next milestone; until then no address may look as if it were used.
        raise ServiceError(Reason.NOT_OFFERED)
    from desktop.services.authority.local import LocalAuthority  # noqa: PLC0415 — a tenth of a second to load

    authority = await asyncio.to_thread(LocalAuthority.open, settings.data, banks)
    try:
        yield Backend(authority, _wallet(settings, folders), authority)
    finally:
        await authority.aclose()


def _wallet(settings: Settings, folders: Sequence[Path]) -> Wallet:
    """In practice "this PC" is the data folder: the person's own certificates are never mixed with made-up ones."""
    from desktop.services.tokens import open_tokens  # noqa: PLC0415 — as above
    from desktop.services.wallet import LocalWallet  # noqa: PLC0415 — as above

    home = settings.data if settings.practice else None
    return LocalWallet(pc=home, folders=folders, tokens=lambda: open_tokens(settings.token_module))
