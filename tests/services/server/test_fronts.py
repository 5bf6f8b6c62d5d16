"""Between a front and the process that writes: what is lost on the way, given up, or too much."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from desktop.services.api import Reason, ServiceError
from desktop.services.server.access import AccessLog
from desktop.services.server.back import Back
from desktop.services.server.front import Front, Paths
from desktop.services.server.guard import OPERATION
from desktop.services.server.limits import Limits
from desktop.services.server.scribe import Door, Scribe
from tests.services.contract.offices import hatch_in


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Room:
    """A back whose application is `work`, and whose door answers with what `door` makes."""

    folder: Path
    work: Callable[[Scope, Receive, Send], Awaitable[None]]
    door: Door = lambda asked: [message + proof for message, proof in asked]
    lines: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Front]:
        stopping, front = asyncio.Event(), self.front()
        with hatch_in(self.folder) as (_, bound):
            back = Back(self.work, Scribe(self.door), AccessLog(self.lines.append))
            serving = asyncio.create_task(back.serve(bound, stopping, 0.2))
            try:
                yield front
            finally:
                front.close()
                stopping.set()
                await serving

    def front(self) -> Front:
        return Front(Paths.within(self.folder), Limits(), lambda message: b"!" if message else b"")


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    scope[OPERATION] = "echo"
    body = (await receive())["body"]
    await send({"type": "http.response.start", "status": 201, "headers": [(b"x-path", scope["raw_path"])]})
    await send({"type": "http.response.body", "body": scope["query_string"] + body})


async def forwarded(front: Front, body: bytes = b"", leaves: asyncio.Event | None = None) -> tuple[Scope, list[Any]]:
    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": "/a b",
        "raw_path": b"/a%20b",
        "query_string": b"q=1",
        "headers": [(b"content-length", str(len(body)).encode())],
    }
    said: list[Any] = []
    told = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Message:
        if (message := next(told, None)) is not None:
            return message
        assert leaves is not None
        await leaves.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        said.append(message)

    await front.forward(scope, receive, send)
    return scope, said


async def test_a_request_is_answered_as_it_was_asked_and_the_front_learns_what_it_was(tmp_path: Path) -> None:
    async with Room(tmp_path, echo).open() as front:
        scope, (start, body) = await forwarded(front, b"body")
        assert ("echo", 201, [(b"x-path", b"/a%20b")]) == (scope[OPERATION], start["status"], start["headers"])
        assert b"q=1body" == body["body"]


async def test_many_at_once_each_get_their_own(tmp_path: Path) -> None:
    async with Room(tmp_path, echo).open() as front:
        sizes = [number * 997 for number in range(60)]
        answers = await asyncio.gather(*(forwarded(front, bytes([size % 251]) * size) for size in sizes))
        assert [b"q=1" + bytes([size % 251]) * size for size in sizes] == [said[1]["body"] for _, said in answers]


async def test_a_message_goes_with_its_proof_and_a_refusal_keeps_its_reason(tmp_path: Path) -> None:
    room = Room(tmp_path, echo)
    async with room.open() as front:
        assert b"message!" == await front.pkix(b"message")
    for error, reason in (
        (ServiceError(Reason.STORE_FULL, detail="disk"), Reason.STORE_FULL),
        (KeyError("SENTINEL"), Reason.INTERNAL),
    ):
        room.door = functools.partial(_all, error)
        async with room.open() as front:
            with pytest.raises(ServiceError) as caught:
                await front.pkix(b"message")
        assert reason == caught.value.reason
        assert "SENTINEL" not in repr(caught.value)


async def test_what_breaks_behind_is_an_error_in_front_and_a_line_without_its_words(tmp_path: Path) -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise KeyError("SENTINEL")

    room = Room(tmp_path, broken)
    async with room.open() as front:
        assert 500 == (await forwarded(front))[1][0]["status"]
    assert ("KeyError" in room.lines[0], "SENTINEL" in room.lines[0]) == (True, False)


async def test_where_nobody_listens_it_is_503_and_then_again_an_answer(tmp_path: Path) -> None:
    room = Room(tmp_path, echo)
    assert 503 == (await forwarded(room.front()))[1][0]["status"]
    async with room.open() as front:
        assert 201 == (await forwarded(front))[1][0]["status"]


async def test_who_writes_and_dies_leaves_nobody_waiting(tmp_path: Path) -> None:
    begun, never = asyncio.Event(), asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        begun.set()
        await never.wait()

    async with Room(tmp_path, slow).open() as front:
        asking = asyncio.create_task(forwarded(front))
        await begun.wait()
        front.close()
        assert 503 == (await asking)[1][0]["status"]
        never.set()


async def test_a_client_that_leaves_is_told_to_who_waits_for_it(tmp_path: Path) -> None:
    gone, begun, leaves = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def waits(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        begun.set()
        assert "http.disconnect" == (await receive())["type"]
        gone.set()

    async with Room(tmp_path, waits).open() as front:
        asking = asyncio.create_task(forwarded(front, leaves=leaves))
        await begun.wait()
        leaves.set()
        with pytest.raises(ClientDisconnect):
            await asking
        await asyncio.wait_for(gone.wait(), 10)


async def test_a_frame_of_a_length_that_cannot_be_ends_the_connection(tmp_path: Path) -> None:
    async with Room(tmp_path, echo).open():
        for path in (Paths.within(tmp_path).requests, Paths.within(tmp_path).messages):
            for nonsense in (b"\xff\xff\xff\xff", b"\x00\x00\x00\x01\x07"):
                reader, writer = await asyncio.open_unix_connection(str(path))
                writer.write(nonsense)
                assert b"" == await asyncio.wait_for(reader.read(), 10)
                writer.close()


async def test_messages_that_come_while_others_are_written_are_written_together(tmp_path: Path) -> None:
    began, may, batches = threading.Event(), threading.Event(), list[int]()

    def slow(asked: Sequence[tuple[bytes, bytes]]) -> list[bytes | Exception]:
        batches.append(len(asked))
        began.set()
        assert may.wait(10)
        return [message for message, _ in asked]

    async with Room(tmp_path, echo, door=slow).open() as front:
        asking = [asyncio.ensure_future(front.pkix(b"0"))]
        await asyncio.to_thread(began.wait, 10)
        asking += [asyncio.ensure_future(front.pkix(b"%d" % number)) for number in range(1, 41)]
        await forwarded(front)  # by when those have been sent too
        may.set()
        assert [b"%d" % number for number in range(41)] == list(await asyncio.gather(*asking))
    assert [1, 8, 8, 8, 8, 8] == batches


async def test_a_front_that_does_not_leave_is_cut_off(tmp_path: Path) -> None:
    async with Room(tmp_path, echo).open():
        paths = Paths.within(tmp_path)
        lines = [await asyncio.open_unix_connection(str(path)) for path in (paths.requests, paths.messages)]
    for reader, writer in lines:
        assert b"" == await asyncio.wait_for(reader.read(), 10)
        writer.close()


def _all(error: Exception, asked: Sequence[tuple[bytes, bytes]]) -> list[bytes | Exception]:
    return [error for _ in asked]


async def test_where_no_front_can_be_let_in_any_more_the_process_ends(tmp_path: Path) -> None:
    with hatch_in(tmp_path) as (_, bound):
        back = Back(echo, Scribe(lambda asked: []), AccessLog(list[str]().append))
        bound.messages.close()
        with pytest.raises(OSError, match="Bad file descriptor"):
            await back.serve(bound, asyncio.Event(), 0.2)
