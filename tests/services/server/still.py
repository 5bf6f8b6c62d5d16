"""Services that do nothing until they are told to: for what a server does while it waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from desktop.services.api import JourneyOpened, OpenJourney, PhoneVerified, Reason, ServiceError


class Still:
    """`begun` is set when a call came in, `go` lets it be answered; `left` counts the waits that were given up."""

    def __init__(self) -> None:
        self.begun, self.go, self.left = asyncio.Event(), asyncio.Event(), 0
        self.failing: Exception | None = None

    async def open_journey(self, request: OpenJourney, *, key: str) -> JourneyOpened:
        if self.failing is not None:
            raise self.failing
        self.begun.set()
        await self.go.wait()
        return JourneyOpened("epost.1", (), True, 600.0)

    async def await_reply(self, journey: str, *, wait: float) -> PhoneVerified | None:
        self.begun.set()
        try:
            async with asyncio.timeout(wait):
                await self.go.wait()
        except TimeoutError:
            return None
        except asyncio.CancelledError:
            self.left += 1
            raise
        return None

    async def journey_status(self, journey: str) -> None:
        raise self.failing or ServiceError(Reason.JOURNEY_UNKNOWN)

    def __getattr__(self, name: str) -> Callable[..., Awaitable[None]]:
        async def refuse(*_: object, **__: object) -> None:
            raise ServiceError(Reason.NOT_OFFERED)

        return refuse
