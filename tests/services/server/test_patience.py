"""How long the server waits, how much it lets one client ask, and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from desktop.services.api import Reason, ServiceError
from desktop.services.server.limits import MOST_BUCKETS, Buckets, Limits, Rate
from tests.conftest import FakeClock
from tests.services.authority.desk import Clock
from tests.services.contract.offices import GENEROUS, Door, served
from tests.services.server.raw import OPEN, Counter, bearer, problem, request, spoken, until
from tests.services.server.still import Still

QUICK = Limits(
    header_seconds=0.2,
    body_seconds=0.2,
    idle_seconds=0.2,
    stop_seconds=5.0,
    connections=6,
    connections_each=4,
    address=GENEROUS.address,
    journey=GENEROUS.journey,
)
HEAD = {"Content-Type": "application/json", "Idempotency-Key": "k"}


@asynccontextmanager
async def still(limits: Limits = GENEROUS) -> AsyncIterator[tuple[Still, Counter]]:
    services = Still()
    async with (
        served(services, None, limits=limits) as door,  # type: ignore[arg-type]  # it answers whatever is asked
        Counter.at(door, Clock()) as counter,
    ):
        yield services, counter


# ── Slow and rude clients ──


@pytest.mark.parametrize(
    "said",
    [b"", b"POST /v1/jour", b"POST /v1/journeys HTTP/1.1\r\nHost: here\r\nX-Slow: "],
    ids=["nothing", "half a line", "half the headers"],
)
async def test_who_does_not_finish_the_headers_is_hung_up_on(said: bytes) -> None:
    async with still(QUICK) as (_, counter):
        assert b"" == await ended(counter.door, said)


async def ended(door: Door, *said: bytes) -> bytes:
    try:
        return await spoken(door, *said)
    except ConnectionResetError:
        return b""


async def test_who_drips_headers_gains_no_time() -> None:
    async with still(QUICK) as (_, counter):
        host, port = counter.door.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET /health HTTP/1.1\r\n")
        dripping = asyncio.create_task(drip(writer))
        try:
            async with asyncio.timeout(5):
                assert b"" == await read(reader)
        finally:
            dripping.cancel()
            await asyncio.gather(dripping, return_exceptions=True)
            writer.close()


async def drip(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"X-A: b\r\n")
        await asyncio.sleep(0.02)


async def read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionError:
        return b""


async def test_who_does_not_finish_the_body_is_told_and_hung_up_on() -> None:
    async with still(QUICK) as (_, counter):
        head = request("POST", "/v1/journeys", {**HEAD, "Content-Length": "50"}, b'{"bank":')
        answer = await spoken(counter.door, head)
        assert b"HTTP/1.1 408 " == answer[:13]


async def test_an_idle_connection_is_ended() -> None:
    async with still(QUICK) as (_, counter):
        answer = await ended(counter.door, request("GET", "/health", {}))
        assert b"HTTP/1.1 200 " == answer[:13]


async def test_what_is_no_http_is_answered_and_ended() -> None:
    async with still() as (_, counter):
        assert b"HTTP/1.1 400 " == (await spoken(counter.door, b"\x16\x03\x01\x02\x00\r\n\r\n"))[:13]
        assert (431, "bad_request", "too_big") == problem(
            await counter.http.get("/health", headers={"X": "x" * 30_000})
        )


async def test_one_address_has_so_many_connections_and_no_more() -> None:
    async with still(QUICK) as (_, counter):
        host, port = counter.door.url.removeprefix("http://").split(":")
        held = [await asyncio.open_connection(host, int(port)) for _ in range(4)]
        try:
            assert b"" == await ended(counter.door, request("GET", "/health", {"Connection": "close"}))
        finally:
            for _, writer in held:
                writer.close()
        await asyncio.gather(*(reader.read() for reader, _ in held))
        await until(lambda: not counter.door.served.metrics.connections)
        assert 200 == (await counter.http.get("/health")).status_code


async def test_a_client_that_vanishes_is_waited_for_no_longer() -> None:
    async with still() as (services, counter):
        asking = asyncio.create_task(counter.http.get("/v1/journey/reply?wait=30", headers=bearer("epost.1")))
        await services.begun.wait()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await until(lambda: services.left > 0)
        assert 200 == (await counter.http.get("/health")).status_code


# ── Rates ──


async def test_an_address_that_asks_too_often_is_told_when_to_come_again() -> None:
    limits = Limits(address=Rate(3.0, 0.1), journey=GENEROUS.journey)
    async with still(limits) as (_, counter):
        for _ in range(3):
            assert 200 == (await counter.http.get("/health")).status_code
        answer = await counter.http.get("/health")
        assert (429, "store_busy", "rate") == problem(answer)
        assert 1 <= int(answer.headers["retry-after"]) <= 10
        assert (True, "nosniff") == (answer.json()["safe"], answer.headers["x-content-type-options"])


async def test_a_journey_has_a_rate_of_its_own() -> None:
    limits = Limits(address=GENEROUS.address, journey=Rate(2.0, 0.1))
    async with still(limits) as (_, counter):
        for _ in range(2):
            assert 401 == (await counter.http.get("/v1/journey", headers=bearer("epost.1"))).status_code
        assert 429 == (await counter.http.get("/v1/journey", headers=bearer("epost.1"))).status_code
        assert 401 == (await counter.http.get("/v1/journey", headers=bearer("epost.2"))).status_code


def test_a_bucket_fills_again_and_never_over_its_brim(clock: FakeClock) -> None:
    buckets = Buckets(Rate(2.0, 0.5), clock)
    assert [0.0, 0.0, 2.0] == [buckets.take("a") for _ in range(3)]
    clock.advance(2)
    assert [0.0, 2.0] == [buckets.take("a") for _ in range(2)]
    clock.advance(1000)
    assert [0.0, 0.0, 2.0] == [buckets.take("a") for _ in range(3)]
    clock.advance(-1000)  # a clock that jumps back takes nothing away
    assert 2.0 == buckets.take("a")


def test_no_number_of_names_fills_the_memory(clock: FakeClock) -> None:
    buckets = Buckets(Rate(1.0, 1.0), clock)
    for number in range(MOST_BUCKETS + 10):
        buckets.take(str(number))
    assert 0.0 == buckets.take("0")  # forgotten, and begins anew
    assert 0.0 < buckets.take(str(MOST_BUCKETS + 9))


# ── Faults of ours, and the end ──


async def test_a_fault_of_ours_shows_nothing_of_its_inside() -> None:
    async with still() as (services, counter):
        services.failing = RuntimeError("SENTINEL 8503149111640")
        answer = await counter.post("/v1/journeys", OPEN)
        assert (500, "internal", None) == problem(answer)
        assert "SENTINEL" not in answer.text + "".join(counter.door.lines)
        assert any('"error": "RuntimeError"' in line for line in counter.door.lines)


async def test_a_store_that_does_not_answer_is_not_ready() -> None:
    async with still() as (services, counter):
        services.failing = ServiceError(Reason.STORE_FULL)
        assert (503, "store_full", None) == problem(await counter.http.get("/ready"))
        assert 200 == (await counter.http.get("/health")).status_code


async def test_without_practice_there_is_no_phone() -> None:
    async with still() as (_, counter):
        assert 404 == (await counter.http.get("/v1/practice/events")).status_code
        assert 404 == (await counter.post("/v1/practice/answers", {"event": 1, "text": ""})).status_code
        assert 404 == (await counter.http.get("/v1/practice/files", headers=bearer("epost.1"))).status_code
        assert False is (await counter.http.get("/v1/server")).json()["practice"]


async def test_a_stop_lets_what_is_under_way_be_finished_and_ends_what_only_waits() -> None:
    services = Still()
    async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
        async with served(services, None, limits=GENEROUS) as door:  # type: ignore[arg-type]  # as above
            counter = Counter(door, http, Clock())
            http.base_url = httpx.URL(door.url)
            opening = asyncio.create_task(counter.post("/v1/journeys", OPEN))
            await services.begun.wait()
            services.begun.clear()
            waiting = asyncio.create_task(http.get("/v1/journey/reply?wait=30", headers=bearer("epost.1")))
            await services.begun.wait()
            door.served.stopping.set()
            assert (204, b"") == ((await waiting).status_code, (await waiting).content)
            asyncio.get_running_loop().call_later(0.2, services.go.set)
        assert "epost.1" == (await opening).json()["journey"]
        with pytest.raises(httpx.ConnectError):
            await http.get("/health")
