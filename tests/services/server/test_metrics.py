"""The figures page: of the requests, and how the authority stands as long as it can tell."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from desktop.services.api import Reason, ServiceError
from desktop.services.server.access import AccessLog
from desktop.services.server.application import Served, make_metrics_page
from desktop.services.standing import Standing
from tests.services.server.still import Still


async def figures(standing: Callable[[], Awaitable[Standing]] | None) -> list[str]:
    still: Any = Still()
    page = make_metrics_page(Served(still, None, ("epost",), AccessLog(lambda line: None), standing=standing))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(page), base_url="http://127.0.0.1") as http:
        answer = await http.get("/metrics")
    assert 200 == answer.status_code
    return [line for line in answer.text.splitlines() if not line.startswith("#")]


async def test_it_says_when_the_ca_ends_and_how_many_messages_wait() -> None:
    async def standing() -> Standing:
        return Standing(2_000_000_000.0, 3)

    said = await figures(standing)
    assert {"changgu_ca_expires_timestamp_seconds 2000000000", "changgu_messages_waiting 3"} <= set(said)


async def test_a_store_that_fails_takes_no_other_figure_away() -> None:
    async def standing() -> Standing:
        raise ServiceError(Reason.STORE_FULL)

    assert ["changgu_requests_in_flight 0", "changgu_connections 0"] == await figures(standing) == await figures(None)
