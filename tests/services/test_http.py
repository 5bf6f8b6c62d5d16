"""The client of the wire: what it sends, what it believes, when it gives up, and what it never tells anybody."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import logging
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from desktop.secret import Secret
from desktop.services import api
from desktop.services.api import Reason, ServiceError
from desktop.services.http import HttpServices
from desktop.services.line import MAX_PROBLEM, Ask, Said
from desktop.services.pins import trust
from desktop.services.wire.operations import BY_NAME
from desktop.services.wire.seal import OpeningKeys
from tests.services.bankside import Answer, BankSide, heard, identity, listening, problem, said, spoken

URL = "https://bank.invalid"
JOURNEY = "epost.1"
HOLDINGS = b'{"certificates":[],"elsewhere":[]}'
PHONE = {"channel": "sms"}


def client(bank: BankSide, **timeouts: float) -> HttpServices:
    return HttpServices("http://127.0.0.1", transport=bank, timeouts=timeouts)


def identify() -> api.VerifyIdentity:
    return api.VerifyIdentity({"rrn": Secret.of("SENTINEL-RRN"), "account_password": Secret.of("SENTINEL-PW")})


async def failing(call: object) -> ServiceError:
    with pytest.raises(ServiceError) as caught:
        await call  # type: ignore[misc]  # any awaitable of the services
    return caught.value


# ── What is sent ──


async def test_a_journey_is_opened_and_borne_in_a_header_and_no_address() -> None:
    told = {"journey": JOURNEY, "checks": ["terms"], "practice": True, "expires_in": 600.0}
    bank = BankSide({"open_journey": lambda _: said(told), "holdings": lambda _: said(HOLDINGS)})
    services = client(bank)
    request = api.OpenJourney("epost", api.Kind.FINANCIAL, api.Task.ISSUE)
    opened = await services.open_journey(request, key="key-1")
    assert api.JourneyOpened(JOURNEY, (api.Check.TERMS,), practice=True, expires_in=600.0) == opened
    assert api.Holdings((), ()) == await services.holdings(opened.journey)
    first, second = bank.asked
    assert {"bank": "epost", "kind": "financial", "task": "issue"} == json.loads(first.content)
    assert '"key-1"' == first.headers["idempotency-key"]
    assert "authorization" not in first.headers
    assert f"Bearer {JOURNEY}" == second.headers["authorization"]
    assert JOURNEY not in str(second.url)
    assert 0 == bank.infos


@pytest.mark.parametrize("journey", ["hanbit.1", "1", ""])
async def test_a_journey_of_another_bank_than_was_asked_makes_no_sense(journey: str) -> None:
    told = {"journey": journey, "checks": [], "practice": True, "expires_in": 600.0}
    request = api.OpenJourney("epost", api.Kind.FINANCIAL, api.Task.ISSUE)
    error = await failing(client(BankSide({"open_journey": lambda _: said(told)})).open_journey(request, key="1"))
    assert Reason.NONSENSE == error.reason


async def test_secrets_travel_sealed_for_their_bank_journey_operation_and_field() -> None:
    answer = {"name": "홍*동", "phone": "010-****-0000", "media": [], "channels": ["sms"], "since": 3}
    bank = BankSide({"verify_identity": lambda _: said(answer)})
    services = client(bank)
    for key in ("1", "2"):
        assert "홍*동" == (await services.verify_identity(JOURNEY, identify(), key=key)).name
    fields = json.loads(bank.asked[0].content)["fields"]
    assert b"SENTINEL" not in bank.asked[0].content
    assert "SENTINEL-RRN" == bank.opened(fields["rrn"], "verify_identity", "fields.rrn")
    assert "SENTINEL-PW" == bank.opened(fields["account_password"], "verify_identity", "fields.account_password")
    assert 1 == bank.infos, "the key is asked for once"


async def test_a_changed_sealing_key_is_fetched_and_the_same_call_made_again() -> None:
    bank = BankSide()

    def confirm(request: httpx.Request) -> httpx.Response:
        sealed = json.loads(request.content)["code"]
        try:
            assert "123456" == bank.opened(sealed, "confirm_code", "code")
        except ServiceError as error:
            return problem(400, code=error.reason.value, detail=error.detail, field=error.field)
        return said(PHONE)

    bank.answers["confirm_code"] = confirm
    services = client(bank)
    request = api.ConfirmCode(Secret.of("123456"))
    await services.confirm_code(JOURNEY, request, key="1")
    bank.keys = OpeningKeys.fresh()
    assert api.PhoneVerified(api.Channel.SMS) == await services.confirm_code(JOURNEY, request, key="2")
    assert (3, 2) == (len(bank.asked), bank.infos)
    assert bank.asked[1].headers["idempotency-key"] == bank.asked[2].headers["idempotency-key"]


async def test_a_server_that_never_knows_its_own_key_is_not_asked_for_ever() -> None:
    bank = BankSide({"confirm_code": lambda _: problem(400, code="bad_request", detail="sealing_key")})
    error = await failing(client(bank).confirm_code(JOURNEY, api.ConfirmCode(Secret.of("1")), key="1"))
    assert (Reason.BAD_REQUEST, 2) == (error.reason, len(bank.asked))


async def test_a_server_of_another_version_is_sent_no_secret() -> None:
    bank = BankSide(api="2.0")
    error = await failing(client(bank).verify_identity(JOURNEY, identify(), key="1"))
    assert (Reason.NONSENSE, "api_version", 0) == (error.reason, error.detail, len(bank.asked))


async def test_remote_signing_speaks_the_csc_api() -> None:
    bank = BankSide(
        {
            "credentials_list": lambda _: said({"credentialIDs": ["c"]}),
            "credentials_info": lambda _: said(
                {
                    "key": {"status": "enabled", "algo": ["1.2"], "len": 256},
                    "cert": {"status": "suspended", "certificates": ["AAAA"], "validTo": "x"},
                    "auth": {"mode": "explicit", "objects": [{"id": "PIN", "type": "Password", "format": "N"}]},
                    "SCAL": "2",
                }
            ),
            "credentials_authorize": lambda _: said({"SAD": "sad-1", "expiresIn": 60}),
            "sign_hash": lambda _: said({"signatures": ["AAAA"]}),
        }
    )
    services = client(bank)
    assert ("c",) == (await services.credentials_list(JOURNEY)).credential_ids
    info = await services.credentials_info(JOURNEY, "c")
    assert ("c", api.Status.SUSPENDED, ("PIN",)) == (info.credential_id, info.cert_status, info.auth_objects)
    granted = await services.credentials_authorize(
        JOURNEY, api.Authorize("c", (b"h",), "1.2", Secret.of("582471")), key="1"
    )
    assert api.Authorized("sad-1", 60.0) == granted
    signed = await services.sign_hash(JOURNEY, api.SignHash("c", "sad-1", (b"h",), "1.2", "1.3"), key="2")
    assert (b"\0\0\0",) == signed.signatures
    pin = json.loads(bank.asked[2].content)["authData"][0]["value"]
    assert "582471" == bank.opened(pin, "credentials_authorize", "pin")


async def test_der_travels_as_it_is() -> None:
    def carried(kind: str) -> Callable[[httpx.Request], httpx.Response]:
        return lambda request: httpx.Response(
            200, content=request.content or b"crl", headers={"Content-Type": f"{kind}; x=y"}
        )

    bank = BankSide(
        {
            "pkix": carried("application/pkixcmp"),
            "ocsp": carried("application/ocsp-response"),
            "crl": carried("application/pkix-crl"),
        }
    )
    services = client(bank)
    assert (b"0\0", b"0\1", b"crl") == (
        await services.pkix(b"0\0"),
        await services.ocsp(b"0\1"),
        await services.crl(),
    )
    assert "application/ocsp-request" == bank.asked[1].headers["content-type"]


async def test_a_cmp_error_message_is_an_answer_whatever_its_status() -> None:
    refused = httpx.Response(400, content=b"0\0", headers={"Content-Type": "application/pkixcmp"})
    assert b"0\0" == await client(BankSide({"pkix": lambda _: refused})).pkix(b"0\0")


async def test_waiting_for_a_reply_asks_no_longer_than_the_server_allows() -> None:
    answers = iter([said({"phone": PHONE}), httpx.Response(204)])
    bank = BankSide({"await_reply": lambda _: next(answers)})
    services = client(bank)
    assert api.PhoneVerified(api.Channel.SMS) == await services.await_reply(JOURNEY, wait=900.0)
    assert None is await services.await_reply(JOURNEY, wait=2.5)
    assert ["60.0", "2.5"] == [request.url.params["wait"] for request in bank.asked]


async def test_the_practice_phone_is_listened_to_and_answered() -> None:
    event = api.PhoneEvent(3, api.Channel.SMS, "01000000001", "epost", "sms", {}, "123456", "type", 0.0, answered=False)
    bank = BankSide({"events_of": lambda _: said({"events": [event]}), "answer": lambda _: httpx.Response(204)})
    services = client(bank)
    assert (event,) == await services.events_of(JOURNEY, after=2, wait=0.0)
    await services.answer(3, "1")
    assert {"event": 3, "text": "1"} == json.loads(bank.asked[1].content)
    assert bank.asked[1].headers["idempotency-key"]


async def test_what_no_server_gave_out_is_no_journey() -> None:
    bank = BankSide()
    for handle in ("", "a b", "a\r\nX: y", "전"):
        assert Reason.JOURNEY_UNKNOWN == (await failing(client(bank).holdings(handle))).reason
    assert [] == bank.asked


# ── What is believed ──


async def test_a_problem_is_the_failure_that_it_tells() -> None:
    told = problem(422, code="wrong_pin", field="pin", tries_left=2, detail="x", retry_after=4)
    error = await failing(client(BankSide({"issue": lambda _: told})).issue(JOURNEY, api.Issue(), key="1"))
    assert (Reason.WRONG_PIN, "pin", 2, "x", 4.0) == (
        error.reason,
        error.field,
        error.tries_left,
        error.detail,
        error.retry_after,
    )


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (problem(401, code="session_expired"), Reason.SESSION_EXPIRED),
        (httpx.Response(401), Reason.SESSION_EXPIRED),
        (httpx.Response(503), Reason.UNREACHABLE),
        (httpx.Response(504), Reason.TIMED_OUT),
        (httpx.Response(500, content=b"<html>", headers={"Content-Type": "text/html"}), Reason.NONSENSE),
        (problem(409, code="of_this_bank_alone"), Reason.BAD_REQUEST),
        (said(b"{"), Reason.NONSENSE),
        (said({"certificates": []}), Reason.NONSENSE),
        (httpx.Response(200, content=HOLDINGS, headers={"Content-Type": "text/html"}), Reason.NONSENSE),
        (httpx.Response(204), Reason.NONSENSE),
        (httpx.Response(302, headers={"Location": "https://elsewhere.invalid/"}), Reason.NONSENSE),
        (said(gzip.compress(HOLDINGS), packed="gzip"), Reason.NONSENSE),
        (said(b" " * ((1 << 20) + 1)), Reason.NONSENSE),
        (httpx.Response(400, content=b" " * (MAX_PROBLEM + 1), headers={"Content-Type": "application/json"}), "big"),
    ],
    ids=[
        "an expired session",
        "an expired session without words",
        "not now",
        "a gateway's time is up",
        "a page of trouble",
        "a code of its own",
        "half an answer",
        "a field missing",
        "a page",
        "nothing",
        "elsewhere",
        "packed",
        "too much",
        "too much trouble",
    ],
)
async def test_an_answer_is_a_reason(answer: httpx.Response, reason: Reason) -> None:
    error = await failing(client(BankSide({"holdings": lambda _: answer})).holdings(JOURNEY))
    assert (Reason.NONSENSE if reason == "big" else reason) == error.reason


async def test_too_many_requests_tell_when_to_come_again() -> None:
    told = httpx.Response(429, headers={"Retry-After": "7"})
    error = await failing(client(BankSide({"holdings": lambda _: told})).holdings(JOURNEY))
    assert (Reason.STORE_BUSY, 7.0) == (error.reason, error.retry_after)


class Endless(httpx.AsyncByteStream):
    """More than anybody reads; `read` counts how much was."""

    def __init__(self) -> None:
        self.read = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self.read += 4096
            yield bytes(4096)


async def test_an_answer_without_end_is_read_to_its_limit_and_no_further() -> None:
    stream = Endless()
    answer = httpx.Response(200, stream=stream, headers={"Content-Type": "application/json"})
    error = await failing(client(BankSide({"holdings": lambda _: answer})).holdings(JOURNEY))
    assert (Reason.NONSENSE, "too_big") == (error.reason, error.detail)
    assert stream.read <= BY_NAME["holdings"].max_answer + 4096


# ── How long, and how often ──


class Silence:
    """Never answers, and knows when nobody waits any more."""

    def __init__(self) -> None:
        self.begun, self.left = asyncio.Event(), False

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.left = True
        raise AssertionError


async def test_each_operation_has_its_time() -> None:
    silence = Silence()
    error = await failing(client(BankSide({"holdings": silence}), holdings=0.01).holdings(JOURNEY))
    assert (Reason.TIMED_OUT, True) == (error.reason, silence.left)


async def test_cancelling_gives_the_exchange_up() -> None:
    silence = Silence()
    asking = asyncio.create_task(client(BankSide({"issue": silence})).issue(JOURNEY, api.Issue(), key="1"))
    await silence.begun.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert silence.left


@pytest.mark.parametrize(
    "dropped", [httpx.ReadError(""), httpx.WriteError(""), httpx.RemoteProtocolError("disconnected")], ids=repr
)
async def test_a_dropped_connection_is_taken_up_again_for_what_only_reads(dropped: httpx.TransportError) -> None:
    bank = BankSide()

    def once(_: httpx.Request) -> httpx.Response:
        if len(bank.asked) == 1:
            raise dropped
        return said(HOLDINGS)

    bank.answers["holdings"] = once
    assert api.Holdings((), ()) == await client(bank).holdings(JOURNEY)


async def test_a_write_and_a_cmp_message_are_sent_once_and_left_to_who_called() -> None:
    def dropped(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("")

    bank = BankSide({"issue": dropped, "pkix": dropped})
    assert Reason.UNREACHABLE == (await failing(client(bank).issue(JOURNEY, api.Issue(), key="1"))).reason
    assert Reason.UNREACHABLE == (await failing(client(bank).pkix(b"0"))).reason
    assert 2 == len(bank.asked)


async def test_a_server_that_drops_every_connection_is_asked_twice_and_no_more() -> None:
    connections = 0

    async def drop(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await heard(reader)

    async with listening(drop) as port:
        services = HttpServices(f"http://127.0.0.1:{port}")
        assert Reason.UNREACHABLE == (await failing(services.holdings(JOURNEY))).reason
        await services.aclose()
    assert 2 == connections


@pytest.mark.parametrize(
    ("words", "reason"),
    [(b"good morning\r\n\r\n", Reason.NONSENSE), (spoken(HOLDINGS)[:-5], Reason.UNREACHABLE)],
    ids=["no HTTP", "broken off"],
)
async def test_what_is_no_http_makes_no_sense_and_what_breaks_off_is_the_line_s_fault(
    words: bytes, reason: Reason
) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await heard(reader)
        writer.write(words)
        await writer.drain()

    async with listening(babble) as port:
        services = HttpServices(f"http://127.0.0.1:{port}")
        assert reason == (await failing(services.holdings(JOURNEY))).reason
        await services.aclose()


async def test_connections_are_kept_for_the_next_call() -> None:
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        for _ in range(2):
            await heard(reader)
            writer.write(spoken(HOLDINGS))

    async with listening(serve) as port:
        services = HttpServices(f"http://127.0.0.1:{port}/")
        for _ in range(2):
            await services.holdings(JOURNEY)
        await services.aclose()
    assert 1 == connections


async def test_nobody_there_is_unreachable() -> None:
    async def nothing(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None: ...

    async with listening(nothing) as port:
        pass
    services = HttpServices(f"http://127.0.0.1:{port}")
    assert (Reason.UNREACHABLE, None) == ((e := await failing(services.holdings(JOURNEY))).reason, e.detail)
    await services.aclose()


# ── Who is believed ──


class Counter:
    """Serves one answer a connection, and counts the requests that came through TLS."""

    def __init__(self) -> None:
        self.requests = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await heard(reader)
        except (asyncio.IncompleteReadError, ssl.SSLError, ConnectionError):
            return
        self.requests += 1
        writer.write(spoken(HOLDINGS))
        await writer.drain()


async def asked_over_tls(server: ssl.SSLContext, believed: ssl.SSLContext) -> tuple[ServiceError | None, int]:
    counter = Counter()
    async with listening(counter, server) as port:
        services = HttpServices(f"https://127.0.0.1:{port}", trust=believed)
        try:
            await services.holdings(JOURNEY)
        except ServiceError as error:
            return error, counter.requests
        finally:
            await services.aclose()
    return None, counter.requests


def other_pin(letter: bytes) -> str:
    return base64.b64encode(letter * 32).decode()


async def test_a_pinned_server_is_believed_by_any_of_the_pins(tmp_path: Path) -> None:
    bank = identity(tmp_path)
    for pins in ((), (bank.pin,), (other_pin(b"n"), bank.pin)):
        assert (None, 1) == await asked_over_tls(bank.context, trust(roots=bank.roots, pins=pins))


async def test_a_server_with_another_key_is_sent_nothing(tmp_path: Path) -> None:
    bank = identity(tmp_path)
    error, requests = await asked_over_tls(bank.context, trust(roots=bank.roots, pins=[other_pin(b"n")]))
    assert error is not None
    assert (Reason.UNREACHABLE, "pin", 0) == (error.reason, error.detail, requests)


async def test_a_server_that_no_root_vouches_for_or_of_another_name_is_sent_nothing(tmp_path: Path) -> None:
    bank, other = identity(tmp_path), identity(tmp_path, "bank.invalid")
    for server, roots in ((bank, other), (other, other)):
        error, requests = await asked_over_tls(server.context, trust(roots=roots.roots, pins=[server.pin]))
        assert error is not None
        assert (Reason.UNREACHABLE, "certificate", 0) == (error.reason, error.detail, requests)


@pytest.mark.parametrize("pin", ["", "short", base64.b64encode(b"x" * 31).decode(), "=" * 44])
def test_a_pin_that_cannot_be_one_is_refused(pin: str) -> None:
    with pytest.raises(ValueError, match="a pin is"):
        trust(pins=[pin])


def test_the_least_that_is_spoken_is_tls_1_2_with_names_checked_and_no_keys_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    context = trust()
    assert (ssl.TLSVersion.TLSv1_2, ssl.CERT_REQUIRED) == (context.minimum_version, context.verify_mode)
    assert context.check_hostname
    assert not context.keylog_filename


@pytest.mark.parametrize(
    "url",
    [
        "http://bank.invalid",
        "http://10.0.0.1",
        "ftp://127.0.0.1",
        "bank",
        "",
        "https://u:p@bank.invalid",
        URL + "/?a=b",
    ],
)
def test_plain_http_goes_to_this_machine_alone_and_an_address_is_one(url: str) -> None:
    with pytest.raises(ValueError, match=r"plain HTTP|no address"):
        HttpServices(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8443", "http://[::1]:1", "http://localhost", URL])
async def test_this_machine_may_be_spoken_to_plainly(url: str) -> None:
    await HttpServices(url).aclose()


# ── What is told to nobody ──


async def test_nothing_secret_is_in_a_log_an_exception_or_a_repr(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    journey = "epost.SENTINEL-JOURNEY"
    replies: dict[str, Answer] = {
        "credentials_authorize": lambda _: said({"SAD": "SENTINEL-SAD"}),
        "sign_hash": lambda _: problem(422, code="proof_failed"),
        "verify_identity": lambda _: problem(422, code="identity_mismatch"),
    }
    services = client(BankSide(replies))
    granted = await services.credentials_authorize(
        journey, api.Authorize("c", (b"h",), "1.2", Secret.of("SENTINEL-PIN")), key="1"
    )
    errors = [
        await failing(services.sign_hash(journey, api.SignHash("c", granted.sad, (b"h",), "1.2", "1.3"), key="2")),
        await failing(services.verify_identity(journey, identify(), key="3")),
    ]
    ask = Ask(BY_NAME["issue"], {"Authorization": "SENTINEL"}, b"SENTINEL", {}, 1.0)
    told = [caplog.text, repr(services), repr(granted), repr(ask), repr(Said(b"SENTINEL"))]
    told += [f"{e!r} {e.__cause__!r} {e.__context__!r} {vars(e)}" for e in errors]
    assert "SENTINEL" not in "\n".join(told)


async def test_the_secrets_of_a_request_stay_the_caller_s_to_wipe() -> None:
    bank = BankSide({"issue": lambda _: problem(422, code="weak_pin")})
    request = replace(api.Issue(), pin=Secret.of("582471"))
    await failing(client(bank).issue(JOURNEY, request, key="1"))
    assert Secret.of("582471") == request.pin
