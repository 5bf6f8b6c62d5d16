"""CMP over HTTP: what is an answer, and what is not."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from desktop.services.api import Reason, ServiceError
from desktop.services.cmp.frame import MAX_ANSWER
from desktop.services.cmp.http import MEDIA_TYPE, Transfer

URL = "http://ca.invalid/.well-known/cmp"


async def carried(answer: Callable[[httpx.Request], httpx.Response]) -> bytes:
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        return await Transfer(http, URL)(b"a message")


def answering(status: int = 200, content: bytes = b"an answer", kind: str = MEDIA_TYPE) -> httpx.Response:
    return httpx.Response(status, content=content, headers={"Content-Type": kind})


async def test_a_message_is_posted_and_its_answer_brought() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answering()

    assert b"an answer" == await carried(answer)
    assert "POST" == seen[0].method
    assert b"a message" == seen[0].content
    assert MEDIA_TYPE == seen[0].headers["content-type"]


@pytest.mark.parametrize(
    "answer",
    [answering(kind="Application/PKIXCMP; charset=binary"), answering(400), answering(500)],
    ids=["type in other letters", "client error with a message", "server error with a message"],
)
async def test_an_answer_is_known_by_its_type(answer: httpx.Response) -> None:
    assert b"an answer" == await carried(lambda _: answer)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (answering(kind="text/html"), Reason.NONSENSE),
        (answering(404, kind="text/html"), Reason.NONSENSE),
        (answering(302), Reason.NONSENSE),
        (answering(503, kind="text/html"), Reason.UNREACHABLE),
        (answering(content=b""), Reason.NONSENSE),
        (answering(content=bytes(MAX_ANSWER + 1)), Reason.NONSENSE),
    ],
    ids=["a page", "a page not found", "elsewhere", "not now", "nothing", "too much"],
)
async def test_what_is_no_answer_is_a_reason(answer: httpx.Response, reason: Reason) -> None:
    with pytest.raises(ServiceError) as failed:
        await carried(lambda _: answer)
    assert reason == failed.value.reason


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (httpx.ConnectError("no"), Reason.UNREACHABLE),
        (httpx.ReadError("no"), Reason.UNREACHABLE),
        (httpx.ConnectTimeout("no"), Reason.TIMED_OUT),
        (httpx.ReadTimeout("no"), Reason.TIMED_OUT),
        (httpx.RemoteProtocolError("no"), Reason.NONSENSE),
    ],
)
async def test_a_way_that_fails_is_a_reason(error: Exception, reason: Reason) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(ServiceError) as failed:
        await carried(fail)
    assert reason == failed.value.reason
