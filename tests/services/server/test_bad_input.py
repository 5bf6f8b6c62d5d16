"""What a liar, a thief or a broken program sends over a real socket, and what the server makes of it."""

from __future__ import annotations

import asyncio
import base64
import json

import httpx
import pytest

from desktop.services.api import Check, Kind, Task
from desktop.services.http import HttpServices
from desktop.services.wire.csc import RSA_SHA256, SHA256
from tests.services.authority.desk import PIN
from tests.services.contract.offices import Customer, Office
from tests.services.server.raw import OPEN, Counter, bearer, path_of, problem, request, spoken, until

BAD = "bad_request"
HASH = base64.b64encode(bytes(32)).decode()
HEAD = {"Content-Type": "application/json", "Idempotency-Key": "k"}


async def customer(counter: Counter, who: str, task: Task = Task.ISSUE, before: Check | None = None) -> Customer:
    """Who has come so far, in the same server."""
    client = HttpServices(counter.door.url)
    try:
        found = Customer(Office(client, client, counter.clock), who, Kind.FINANCIAL, task)
        await found.at(before)
        return found
    finally:
        await client.aclose()


async def certified(counter: Counter, who: str = "kim_uche") -> tuple[Customer, str]:
    """A journey with a certificate in the cloud, and its credential."""
    found = await customer(counter, who)
    body = {"pin": counter.seal(PIN, found.journey, "issue", "pin")}
    issued = await counter.post(path_of("issue"), body, key="issue", **bearer(found.journey))
    assert 200 == issued.status_code
    return found, str(issued.json()["credential_id"])


# ── What is no request ──


@pytest.mark.parametrize(
    "body",
    [
        b'{"bank":"epost","kind":"financial","task":"issue","device":NaN}',
        b'{"bank":"epost","kind":"financial","task":"issue","device":1e999}',
        b'{"bank":"epost","kind":"financial","task":"issue"} {}',
        b'\xef\xbb\xbf{"bank":"epost","kind":"financial","task":"issue"}',
        '{"bank":"epost","kind":"financial","task":"issue"}'.encode("utf-16"),
        b'{"bank":"\xed\xa0\x80","kind":"financial","task":"issue"}',
        b'{"bank":["epost"],"kind":"financial","task":"issue"}',
        b'[{"bank":"epost","kind":"financial","task":"issue"}]',
        b'{"__proto__":{},"bank":"epost","kind":"financial","task":"issue"}',
    ],
    ids=lambda body: str(body[-24:]),
)
async def test_what_looks_like_a_request_and_is_none_is_refused(counter: Counter, body: bytes) -> None:
    assert (400, BAD) == problem(await counter.post("/v1/journeys", body))[:2]


async def test_a_number_is_no_larger_than_a_row_s_and_a_text_holds_no_end(counter: Counter) -> None:
    for after in (2**63, -1, -232463180859540733952):
        assert (400, BAD) == problem(await counter.http.get(f"/v1/practice/events?after={after}"))[:2]
        assert (400, BAD) == problem(await counter.post("/v1/practice/answers", {"event": after, "text": ""}))[:2]
    assert 200 == (await counter.http.get(f"/v1/practice/events?after={2**63 - 1}")).status_code
    journey = await counter.journey()
    for path, body in (("/v1/journeys", {**OPEN, "device": "a\0b"}), (path_of("devices"), {"credential_id": "\0"})):
        assert (422, BAD, "nul") == problem(await counter.post(path, body, key="nul", **bearer(journey)))


@pytest.mark.parametrize(
    "keys", [("a", "a"), ("a", "b"), ("schlüssel",), ('"a',), ('a"b',), ("a\tb",), ("k" * 256,)], ids=str
)
async def test_a_key_is_one_and_can_be_printed(counter: Counter, keys: tuple[str, ...]) -> None:
    told = [(b"Content-Type", b"application/json"), *((b"Idempotency-Key", key.encode("latin-1")) for key in keys)]
    answer = await counter.http.post("/v1/journeys", content=json.dumps(OPEN), headers=told)
    assert (400, BAD, "key") == problem(answer)


@pytest.mark.parametrize(
    "said",
    [
        request("POST", "/v1/journeys", {**HEAD, "Content-Length": "2", "Transfer-Encoding": "chunked"}, b"0\r\n\r\n"),
        request("POST", "/v1/journeys", HEAD, b"").replace(b"Host", b"Content-Length: 2\r\nContent-Length: 3\r\nHost"),
        request("POST", "/v1/journeys", {**HEAD, "Content-Length": "-1"}),
        request("POST", "/v1/journeys", {**HEAD, "Transfer-Encoding": "chunked"}, b"zz\r\n{}\r\n0\r\n\r\n"),
        request("POST", "/v1/journeys", {**HEAD, "Transfer-Encoding": "gzip, chunked"}, b"0\r\n\r\n"),
        request("GET", "/health", {"X : y": "z"}),
        b"GET /health HTTP/1.1\r\n\r\n",
    ],
    ids=["two lengths of two kinds", "two lengths", "less than nothing", "no chunk", "packed", "a space", "no host"],
)
async def test_a_message_that_two_readers_would_cut_differently_ends_the_connection(
    counter: Counter, said: bytes
) -> None:
    """What follows it (smuggled past a proxy, say) is never answered."""
    smuggled = request("GET", "/v1/server", {"Connection": "close"})
    answer = await spoken(counter.door, said, smuggled)
    assert 1 == answer.count(b"HTTP/1.1 ")
    assert b"HTTP/1.1 4" in answer
    assert b"sealing" not in answer


@pytest.mark.parametrize(
    "path", ["//v1/journeys", "/v1/journeys/", "/v1/./journeys", "/V1/journeys", "/v1/journeys%00"]
)
async def test_an_address_has_one_spelling(counter: Counter, path: str) -> None:
    answer = await spoken(counter.door, request("GET", path, {"Connection": "close"}))
    assert b"HTTP/1.1 404 " == answer[:13]


@pytest.mark.parametrize("method", ["TRACE", "PUT", "PATCH", "OPTIONS", "PROPFIND"])
async def test_a_method_that_nobody_knows_is_refused_whatever_is_asked_to_override_it(
    counter: Counter, method: str
) -> None:
    answer = await counter.http.request(method, "/v1/journeys", headers={"X-HTTP-Method-Override": "POST"})
    assert (405, BAD, "no_route") == problem(answer)
    assert "POST" == answer.headers["allow"]


async def test_there_is_nothing_to_upgrade_to(counter: Counter) -> None:
    head = {"Upgrade": "websocket", "Connection": "Upgrade, close", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}
    assert b"HTTP/1.1 404 " == (await spoken(counter.door, request("GET", "/", head)))[:13]


# ── What is another's ──


async def test_what_is_sealed_for_one_bank_opens_at_no_other(counter: Counter) -> None:
    journey = await counter.agreed()
    elsewhere = counter.identity(journey.replace("epost.", "kb.", 1))
    answer = await counter.post(path_of("verify_identity"), elsewhere, key="moved", **bearer(journey))
    assert (400, BAD, "seal") == problem(answer)


async def test_a_certificate_is_used_by_nobody_but_its_owner(counter: Counter) -> None:
    _, hers = await certified(counter)
    thief = await customer(counter, "song_ujeong", Task.DEVICES)
    for path, body in (
        ("credentials_info", {"credentialID": hers}),
        ("devices", {"credential_id": hers}),
        ("credentials_authorize", {"credentialID": hers, "hashes": [HASH], "PIN": PIN}),
        ("sign_hash", {"credentialID": hers, "SAD": "x", "hashes": [HASH], "signAlgo": RSA_SHA256}),
        ("change", {"credential_id": hers}),
    ):
        answer = await counter.post(path_of(path), body, key=path, **bearer(thief.journey))
        status, code, _ = problem(answer)
        assert (path, True) == (path, 400 <= status < 500 and code in {"no_certificate", BAD, "out_of_order"})
    owner = await counter.post(path_of("credentials_list"), {}, key=None, **bearer(thief.journey))
    assert hers not in owner.text


async def test_a_leave_to_sign_is_good_once_and_for_its_hashes_alone(counter: Counter) -> None:
    mine, credential = await certified(counter)
    stranger = await customer(counter, "song_ujeong", Task.DEVICES)
    asked = {"credentialID": credential, "hashes": [HASH], "hashAlgorithmOID": SHA256, "PIN": PIN}
    other = base64.b64encode(b"\1" * 32).decode()

    async def sign(journey: str, key: str, sad: str, digest: str = HASH) -> httpx.Response:
        wish = {"credentialID": credential, "SAD": sad, "hashes": [digest], "signAlgo": RSA_SHA256}
        return await counter.post(path_of("sign_hash"), wish, key=key, **bearer(journey))

    async def leave(key: str) -> str:
        told = await counter.post(path_of("credentials_authorize"), asked, key=key, **bearer(mine.journey))
        return str(told.json()["SAD"])

    sad = await leave("first")
    signed = await sign(mine.journey, "right", sad)
    assert (200, 1) == (signed.status_code, len(signed.json()["signatures"]))
    assert signed.content == (await sign(mine.journey, "right", sad)).content
    for number, refused in enumerate(
        (
            await sign(mine.journey, "again", sad),
            await sign(mine.journey, "other", await leave("second"), other),
            await sign(stranger.journey, "thief", await leave("third")),
        )
    ):
        assert (number, True) == (number, 400 <= refused.status_code < 500)


# ── Two at once, and nobody there ──


async def test_of_two_writers_with_one_key_and_different_bodies_one_is_heard(counter: Counter) -> None:
    bodies = [{**OPEN, "device": f"d-{number}"} for number in range(8)]
    answers = await asyncio.gather(*(counter.post("/v1/journeys", body, key="one") for body in bodies))
    heard = [answer for answer in answers if answer.status_code == 200]
    assert 1 == len(heard)
    others = {problem(answer)[:2] for answer in answers if answer is not heard[0]}
    assert others <= {(409, "key_in_flight"), (422, "key_reused")}
    winner = bodies[answers.index(heard[0])]
    assert heard[0].content == (await counter.post("/v1/journeys", winner, key="one")).content


async def test_who_leaves_before_the_answer_finds_what_was_done_under_the_same_key(counter: Counter) -> None:
    found = await customer(counter, "kim_uche")
    body = json.dumps({"pin": counter.seal(PIN, found.journey, "issue", "pin")}).encode()
    host, port = counter.door.url.removeprefix("http://").split(":")
    head = {**HEAD, **bearer(found.journey), "Idempotency-Key": "gone", "Content-Length": str(len(body))}
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(request("POST", path_of("issue"), head, body))
    await writer.drain()
    writer.transport.abort()
    async with asyncio.timeout(10):
        answer = await again(counter, body, found.journey)
        while answer.status_code == 409:
            answer = await again(counter, body, found.journey)
    assert 200 == answer.status_code
    assert answer.json() == (await counter.http.get(path_of("issued"), headers=bearer(found.journey))).json()
    second = await counter.post(path_of("issue"), body, key="other", **bearer(found.journey))
    assert (409, "already_issued") == problem(second)[:2]


async def again(counter: Counter, body: bytes, journey: str) -> httpx.Response:
    return await counter.post(path_of("issue"), body, key="gone", **bearer(journey))


async def test_who_leaves_in_the_middle_of_a_body_has_asked_nothing(counter: Counter) -> None:
    host, port = counter.door.url.removeprefix("http://").split(":")
    before = len(counter.door.lines)
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(request("POST", "/v1/journeys", {**HEAD, "Content-Length": "50"}, b'{"bank":"epost",'))
    await writer.drain()
    writer.transport.abort()
    await until(lambda: len(counter.door.lines) > before)
    assert 499 == json.loads(counter.door.lines[-1])["status"]
    assert 200 == (await counter.post("/v1/journeys", OPEN, key="k")).status_code
