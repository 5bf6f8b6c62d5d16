"""What a client may say, and what the server answers to what it may not."""

from __future__ import annotations

import asyncio
import base64

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from desktop.services.wire.operations import BY_NAME
from tests.services.server.raw import OPEN, Counter, bearer, path_of, problem, request, spoken

BAD = "bad_request"


# ── Idempotency ──


async def test_a_write_without_its_key_is_refused(counter: Counter) -> None:
    for headers in ({}, {"Idempotency_Key": ""}, {"Idempotency_Key": '""'}, {"Idempotency_Key": "k" * 256}):
        assert (400, BAD, "key") == problem(await counter.post("/v1/journeys", OPEN, key=None, **headers))


async def test_a_key_in_quotes_is_the_same_key(counter: Counter) -> None:
    first = await counter.post("/v1/journeys", OPEN, key='"once"')
    assert first.content == (await counter.post("/v1/journeys", OPEN, key="once")).content


async def test_a_key_with_another_body_is_422_and_one_in_flight_409(counter: Counter) -> None:
    await counter.journey("once")
    other = {**OPEN, "task": "reissue"}
    assert (422, "key_reused", None) == problem(await counter.post("/v1/journeys", other, key="once"))
    answers = await asyncio.gather(*(counter.post("/v1/journeys", OPEN, key="many") for _ in range(12)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert 1 == len({answer.content for answer in answers if answer.status_code == 200})
    told = {problem(answer) for answer in answers if answer.status_code == 409}
    assert told <= {(409, "key_in_flight", None)}


async def test_a_key_is_its_journey_s_and_tells_nobody_else_anything(counter: Counter) -> None:
    mine, other = await counter.journey("mine"), await counter.journey("other")
    path = path_of("challenge_medium")
    first = await counter.post(path, {"medium": "otp"}, key="same", **bearer(mine))
    for stranger, told in ((other, (409, "out_of_order", None)), ("epost.1", (401, "journey_unknown", None))):
        assert told == problem(await counter.post(path, {"medium": "card"}, key="same", **bearer(stranger)))
    assert first.content == (await counter.post(path, {"medium": "otp"}, key="same", **bearer(mine))).content


# ── Bodies ──


async def test_another_content_type_is_415(counter: Counter) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""):
        told = problem(await counter.post("/v1/journeys", OPEN, Content_Type=kind))
        assert (415, BAD, "media_type") == told
    good = await counter.post("/v1/journeys", OPEN, Content_Type="Application/JSON; charset=utf-8")
    assert 200 == good.status_code
    packed = await counter.post("/v1/journeys", OPEN, key="packed", Content_Encoding="gzip")
    assert (415, BAD, "media_type") == problem(packed)


async def test_a_body_that_is_too_big_is_413_told_or_not(counter: Counter) -> None:
    assert (413, BAD, "too_big") == problem(await counter.post("/v1/journeys", b" " * 70_000))

    head = {"Content-Type": "application/json", "Idempotency-Key": "k", "Transfer-Encoding": "chunked"}
    piece = b"2710\r\n" + b" " * 10_000 + b"\r\n"
    answer = await spoken(counter.door, request("POST", "/v1/journeys", head), *[piece] * 7)
    assert (b"HTTP/1.1 413 ", True) == (answer[:13], answer.endswith(b"}"))
    described = await counter.http.request("GET", "/v1/journey", content=b"{" * 100, headers=bearer("x"))
    assert (413, BAD, "too_big") == problem(described)


async def test_who_is_refused_before_the_body_was_read_reads_the_answer_and_goes_on(counter: Counter) -> None:
    body, head = b" " * 60_000, {"Content-Type": "text/plain", "Content-Length": "60000"}
    refused_first = request("POST", "/v1/journeys", {**head, "Idempotency-Key": "k"}), body
    answer = await spoken(counter.door, *refused_first, request("GET", "/health", {"Connection": "close"}))
    assert (b"HTTP/1.1 415 ", 1) == (answer[:13], answer.count(b"HTTP/1.1 200 "))


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 60_000,
        b'{"a":' * 12_000,
        b'{"bank":' + b"[" * 60_000,
        b"1" * 60_000,
        b'{"bank":"epost","kind":"financial","task":"issue","more":1}',
        b'{"bank":"epost","kind":"financial"}',
        b'{"bank":"epost","kind":"platinum","task":"issue"}',
        b'{"bank":1,"kind":"financial","task":"issue"}',
        b'{"bank":"\xff"}',
        b"null",
        b"",
        b"not json",
    ],
    ids=lambda body: str(body[:20]),
)
async def test_what_is_no_request_is_refused_at_once(counter: Counter, body: bytes) -> None:
    async with asyncio.timeout(2):
        status, code, _ = problem(await counter.post("/v1/journeys", body))
    assert (400, BAD) == (status, code)


async def test_a_fault_names_its_field_and_never_its_value(counter: Counter) -> None:
    answer = await counter.post("/v1/journeys", {**OPEN, "kind": "8503149111640"})
    assert "kind" == answer.json()["field"]
    assert "8503149111640" not in answer.text


async def test_a_query_where_none_belongs_is_refused(counter: Counter) -> None:
    journey = await counter.journey()
    for path in ("/v1/journey?debug=1", "/v1/journey/reply?wait=0&wait=1", "/v1/journey/reply?wait=61"):
        status, code, _ = problem(await counter.http.get(path, headers=bearer(journey)))
        assert (400, BAD) == (status, code)


async def test_no_route_and_no_such_method_are_problems_too(counter: Counter) -> None:
    assert (404, BAD, "no_route") == problem(await counter.http.get("/v1/journeys/epost.1"))
    answer = await counter.http.put("/v1/journey/certificate")
    assert (405, BAD, "no_route") == problem(answer)
    assert {"GET", "HEAD", "POST"} == set(answer.headers["allow"].split(", "))


# ── Whose journey ──


async def test_a_journey_belongs_to_who_bears_its_handle(counter: Counter) -> None:
    journey = await counter.journey()
    forged = [{}, {"Authorization": journey}, {"Authorization": f"Basic {journey}"}, {"Authorization": "Bearer"}]
    forged += [bearer(journey[:-1]), bearer(f"{journey}0"), bearer(f"kb.{journey.partition('.')[2]}")]
    for headers in forged:
        answer = await counter.http.get("/v1/journey", headers=headers)
        assert (401, "journey_unknown", None) == problem(answer)
        assert 'error="journey_unknown"' in answer.headers["www-authenticate"]
    assert 200 == (await counter.http.get("/v1/journey", headers=bearer(journey))).status_code


async def test_a_session_that_expired_says_so(counter: Counter) -> None:
    journey = await counter.journey()
    counter.clock.advance(601)
    answer = await counter.post(path_of("send_code"), {"channel": "sms"}, **bearer(journey))
    assert (401, "session_expired", None) == problem(answer)


# ── Seals ──


async def test_what_is_sealed_for_here_opens_here_alone(counter: Counter) -> None:
    journey = await counter.agreed()
    other = await counter.journey("other")
    path, right = path_of("verify_identity"), counter.identity(journey)
    moved = [
        counter.identity(other),  # another journey's
        counter.identity(journey, operation="verify_account"),
        {"fields": {**right["fields"], "rrn": right["fields"]["account"]}},  # another field's
    ]
    sealed = right["fields"]["rrn"]
    flipped = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    moved.append({"fields": {**right["fields"], "rrn": flipped}})
    for number, body in enumerate(moved):
        answer = await counter.post(path, body, key=f"moved-{number}", **bearer(journey))
        assert (400, BAD, "seal") == problem(answer)
    unknown = {"fields": {**right["fields"], "rrn": f"hpke:other:{sealed.rpartition(':')[2]}"}}
    answer = await counter.post(path, unknown, key="unknown", **bearer(journey))
    assert (400, BAD, "sealing_key") == problem(answer)
    assert 200 == (await counter.post(path, right, key="right", **bearer(journey))).status_code


async def test_a_secret_that_is_not_sealed_is_refused_unread(counter: Counter) -> None:
    journey = await counter.agreed()
    body = {"fields": {"rrn": "8503149111640"}}
    answer = await counter.post(path_of("verify_identity"), body, **bearer(journey))
    assert (400, BAD) == problem(answer)[:2]
    assert "8503149111640" not in answer.text


async def test_the_same_secrets_sealed_anew_are_the_same_request(counter: Counter) -> None:
    journey = await counter.agreed()
    first, second = counter.identity(journey), counter.identity(journey)
    assert first != second
    path = path_of("verify_identity")
    answers = [await counter.post(path, body, key="same", **bearer(journey)) for body in (first, second)]
    assert answers[0].content == answers[1].content


# ── What stands beside the journeys ──


async def test_the_server_tells_of_itself(counter: Counter) -> None:
    told = (await counter.http.get("/v1/server")).json()
    assert (True, ["epost", "kb", "kbank", "woori"]) == (told["practice"], told["banks"])
    assert {"status": "alive"} == (await counter.http.get("/health")).json()
    assert {"status": "ready"} == (await counter.http.get("/ready")).json()
    assert 200 == (await counter.http.head("/health")).status_code


async def test_every_answer_tells_a_browser_to_do_nothing_with_it(counter: Counter) -> None:
    for path in ("/health", "/nowhere", "/ca.crl"):
        headers = (await counter.http.get(path)).headers
        assert ("nosniff", "no-store") == (headers["x-content-type-options"], headers["cache-control"])
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "server" not in headers
        assert "strict-transport-security" not in headers  # by plain HTTP it would mean nothing


async def test_the_list_and_the_responder_answer_by_plain_requests(counter: Counter) -> None:
    listed = await counter.http.get("/ca.crl")
    crl = x509.load_der_x509_crl(listed.content)
    assert "application/pkix-crl" == listed.headers["content-type"]
    request = (
        ocsp.OCSPRequestBuilder()
        .add_certificate_by_hash(bytes(32), bytes(32), 7, SHA256())
        .build()
        .public_bytes(Encoding.DER)
    )
    posted = await counter.http.post("/ocsp", content=request, headers={"Content-Type": "application/ocsp-request"})
    got = await counter.http.get(f"/ocsp/{base64.b64encode(request).decode().replace('/', '%2F')}")
    for answer in (posted, got):
        assert "application/ocsp-response" == answer.headers["content-type"]
        assert ocsp.OCSPCertStatus.UNKNOWN == ocsp.load_der_ocsp_response(answer.content).certificate_status
    assert b"0\x03\x0a\x01\x01" == (await counter.http.get("/ocsp/!")).content  # malformedRequest
    assert crl.next_update_utc is not None


async def test_the_older_paths_and_names_of_the_csc_api_are_known(counter: Counter) -> None:
    journey = await counter.agreed()
    await counter.post(path_of("verify_identity"), counter.identity(journey), key="id", **bearer(journey))
    old = BY_NAME["credentials_list"].path.replace("/csc/v2/", "/csc/v1/")
    answers = [
        await counter.post(path, {"maxResults": 5}, key=None, **bearer(journey))
        for path in (old, path_of("credentials_list"))
    ]
    assert answers[0].content == answers[1].content
    body = {"credentialID": "none", "numSignatures": 1, "hash": [base64.b64encode(bytes(32)).decode()], "PIN": "1"}
    answer = await counter.post("/csc/v1/credentials/authorize", body, key=None, **bearer(journey))
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_client_of_the_csc_api_is_told_what_there_is_and_refused_in_its_words(counter: Counter) -> None:
    for version, specs in (("v2", "2.0.0.2"), ("v1", "1.0.4.0")):
        told = (await counter.post(f"/csc/{version}/info", {"lang": "en-US"}, key=None)).json()
        assert (specs, ["external"], "KR") == (told["specs"], told["authType"], told["region"])
        assert {"credentials/list", "credentials/info", "credentials/authorize", "signatures/signHash"} < {
            *told["methods"]
        }
        for method in told["methods"]:
            assert 405 == (await counter.http.get(f"/csc/{version}/{method}")).status_code
    unknown = (await counter.post(path_of("credentials_list"), {}, key=None, **bearer("epost.1"))).json()
    assert ("invalid_token", "journey_unknown") == (unknown["error"], unknown["code"])
    broken = (await counter.post(path_of("sign_hash"), {}, key=None, **bearer("epost.1"))).json()
    assert ("invalid_request", "bad request") == (broken["error"], broken["error_description"])


async def test_nothing_of_a_request_is_in_the_log_or_the_figures(counter: Counter) -> None:
    journey = await counter.agreed()
    await counter.post(path_of("verify_identity"), counter.identity(journey), key="SENTINEL-KEY", **bearer(journey))
    await counter.post("/v1/journeys", {**OPEN, "bank": "SENTINEL-BANK"})
    await counter.http.get("/SENTINEL-PATH?SENTINEL=QUERY")
    await counter.http.request("SENTINEL", "/health")
    written = "\n".join([*counter.door.lines, counter.door.served.metrics.text()])
    assert "SENTINEL" not in written
    assert journey.partition(".")[2] not in written
    assert "127.0.0.1" not in written
    rows = [msgspec.json.decode(line, type=dict[str, object]) for line in counter.door.lines]
    names = {"at", "level", "event", "id", "method", "operation", "status", "ms", "bytes", "code"}
    assert set().union(*rows) <= names
    assert 'changgu_requests_total{operation="verify_identity",status="200"} 1' in written
