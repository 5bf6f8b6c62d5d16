"""The address at which a gateway brings what somebody replied: by its secret alone, and a try like any other."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError
from desktop.services.server.access import AccessLog
from desktop.services.server.application import Served, make_application
from desktop.services.server.replies import MOST_BYTES, PATH, Replies
from tests.services.server.still import Still

SECRET = "0123456789abcdef"
REPLY = {"message": "a" * 32, "id": "r-1", "text": "47"}


class FakeTaker:
    def __init__(self, failure: Reason | None = None) -> None:
        self.taken: list[tuple[str, str, str]] = []
        self._failure = failure

    async def take_reply(self, message: str, text: str, *, reply: str) -> None:
        self.taken.append((message, text, reply))
        if self._failure:
            raise ServiceError(self._failure)


def application(replies: Replies | None) -> ASGIApp:
    still: Any = Still()
    return make_application(Served(still, None, ("epost",), AccessLog(lambda line: None), replies=replies))


async def posted(replies: Replies | None, body: Any, headers: dict[str, str]) -> httpx.Response:
    content = {"content": body} if isinstance(body, bytes) else {"json": body}
    transport = httpx.ASGITransport(application(replies))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        return await http.post(PATH, headers={"Authorization": f"Bearer {SECRET}", **headers}, **content)


async def brought(taker: FakeTaker, body: Any = REPLY, **headers: str) -> httpx.Response:
    return await posted(Replies(taker, Secret.of(SECRET), 5.0), body, headers)


@pytest.mark.parametrize("failure", [None, Reason.WRONG_CLOUD_CODE, Reason.CODE_LOCKED, Reason.JOURNEY_CLOSED])
async def test_a_reply_is_taken_whatever_it_was_worth(failure: Reason | None) -> None:
    taker = FakeTaker(failure)
    assert 204 == (await brought(taker)).status_code
    assert [("a" * 32, "47", "r-1")] == taker.taken


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer fedcba9876543210", f"Basic {SECRET}"])
async def test_who_does_not_know_the_secret_is_turned_away(shown: str) -> None:
    taker = FakeTaker()
    answer = await brought(taker, Authorization=shown)
    assert (401, []) == (answer.status_code, taker.taken)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", {**REPLY, "message": "x"}, {**REPLY, "text": "1" * 101}, {**REPLY, "id": "a b"}, {"id": "1"}],
)
async def test_what_cannot_be_a_reply_is_refused(body: Any) -> None:
    taker = FakeTaker()
    answer = await brought(taker, body, **{"Content-Type": "application/json"})
    assert (400, []) == (answer.status_code, taker.taken)


async def test_more_than_a_reply_is_not_read() -> None:
    answer = await brought(FakeTaker(), b" " * (MOST_BYTES + 1), **{"Content-Type": "application/json"})
    assert 413 == answer.status_code


@pytest.mark.parametrize(
    ("failure", "status"), [(Reason.STORE_BUSY, 503), (Reason.KEY_IN_FLIGHT, 409), (Reason.BAD_REQUEST, 400)]
)
async def test_a_gateway_is_told_what_it_can_do_something_about(failure: Reason, status: int) -> None:
    assert status == (await brought(FakeTaker(failure))).status_code


async def test_without_a_secret_there_is_no_such_address() -> None:
    assert 404 == (await posted(None, REPLY, {})).status_code
