"""The wire's table: every method of the services is on it, and what is sent arrives, with nothing secret open."""

from __future__ import annotations

import base64
import dataclasses
import inspect
import json
import types
import typing
from collections.abc import Mapping
from enum import Enum
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from desktop.secret import Secret
from desktop.services import api
from desktop.services.api import UNCERTAIN, Reason, ServiceError
from desktop.services.wire import csc, problems
from desktop.services.wire.forms import Arguments, wipe
from desktop.services.wire.operation import Operation
from desktop.services.wire.operations import BY_NAME, OPERATIONS, bank_of
from desktop.services.wire.seal import Context, OpeningKeys, SealingKey
from desktop.services.wire.told import ServerInfo, der_of_path
from scripts import openapi
from tests.fakes import elliptic_certificate

KEYS = OpeningKeys.fresh()
HERE = Context("epost", "epost.0123", "verify_identity")
METHODS = {
    name: method
    for protocol in (api.Services, api.PracticePhone)
    for name, method in vars(protocol).items()
    if inspect.isfunction(method) and not name.startswith("_") and name != "aclose"
}


def made(hint: Any) -> st.SearchStrategy[Any]:  # noqa: PLR0911 — one return a kind of type
    """Any value of a type of services/api.py."""
    simple: dict[Any, st.SearchStrategy[Any]] = {
        str: st.text(max_size=20),
        bytes: st.binary(max_size=40),
        bool: st.booleans(),
        int: st.integers(0, 1 << 31),
        float: st.floats(0, 4e9),
        types.NoneType: st.none(),
        Secret: st.text(max_size=20).map(Secret.of),
        api.Place: st.nothing(),  # the person's own side alone tells where
    }
    if hint in simple:
        return simple[hint]
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return st.builds(hint, **{name: made(h) for name, h in typing.get_type_hints(hint).items()})
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in {dict, Mapping}:
        return st.dictionaries(made(arguments[0]), made(arguments[1]), max_size=3)
    if origin is tuple and arguments[-1] is Ellipsis:
        return st.lists(made(arguments[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*map(made, arguments))
    return st.one_of(*map(made, arguments))


def sealing(operation: Operation, arguments: Arguments, journey: str = "epost.0123") -> bytes:
    context = Context(bank_of(journey), journey, operation.name)
    return operation.encode(arguments, lambda secret, field: KEYS.sealing.seal(secret, context, field))


def opening(operation: Operation, body: bytes, query: Mapping[str, str] | None = None) -> Arguments:
    context = Context("epost", "epost.0123", operation.name)
    return operation.decode(body, query or {}, lambda sealed, field: KEYS.open(sealed, context, field))


def refusal(operation: Operation, body: bytes, query: Mapping[str, str] | None = None) -> ServiceError:
    with pytest.raises(ServiceError) as caught:
        opening(operation, body, query)
    return caught.value


# ── The table ──


def test_every_method_of_the_services_and_of_the_practice_phone_is_on_the_table_once() -> None:
    assert sorted(METHODS) == sorted(operation.name for operation in OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda o: o.name)
def test_a_row_carries_what_its_method_takes(operation: Operation) -> None:
    takes = [name for name in inspect.signature(METHODS[operation.name]).parameters if name != "self"]
    assert operation.journey == ("journey" in takes)
    assert (operation.write and operation.keyed) == ("key" in takes)
    rest = {name for name in takes if name not in {"journey", "key"}}
    if operation.raw:
        assert {operation.raw} == rest
    elif operation.request is None:
        assert set() == rest
    elif "request" in rest:
        assert {"request"} == rest
    elif operation.request not in {csc.LIST, csc.INFO}:
        assert rest == set(operation.request.struct.__struct_fields__)


def test_no_address_has_room_for_a_secret_and_none_comes_twice() -> None:
    assert [] == [operation.path for operation in OPERATIONS if "{" in operation.path]
    assert len(OPERATIONS) == len({(operation.verb, operation.path) for operation in OPERATIONS})
    numbers = {name for o in OPERATIONS if o.in_query and o.request for name in o.request.struct.__struct_fields__}
    assert {"after", "wait"} == numbers


REQUESTS = {
    name: typing.get_type_hints(method)["request"]
    for name, method in METHODS.items()
    if "request" in inspect.signature(method).parameters and name != "ocsp"
}


@pytest.mark.parametrize("name", REQUESTS)
@given(data=st.data())
def test_a_request_arrives_as_it_was_sent(name: str, data: st.DataObject) -> None:
    request = data.draw(made(REQUESTS[name]))
    if "hash_algorithm_oid" in dir(request):
        request = dataclasses.replace(request, hash_algorithm_oid=csc.SHA256)
    operation = BY_NAME[name]
    assert {"request": request} == opening(operation, sealing(operation, {"request": request}))


PLAIN = {
    name: typing.get_type_hints(method)["return"]
    for name, method in METHODS.items()
    if name not in {"credentials_info", "close_journey", "answer", "crl", "ocsp", "pkix"}
}


@pytest.mark.parametrize("name", PLAIN)
@given(data=st.data())
def test_an_answer_arrives_as_it_was_given(name: str, data: st.DataObject) -> None:
    answer = data.draw(made(PLAIN[name]))
    body = BY_NAME[name].encode_answer(answer)
    assert answer == (None if body is None else BY_NAME[name].decode_answer(body))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("await_reply", {"wait": 2.5}),
        ("events", {"after": 7, "wait": 0.0}),
        ("devices", {"credential_id": "c-1"}),
        ("answer", {"event": 3, "text": "123456"}),
        ("credentials_list", {}),
        ("credentials_info", {"credential_id": "c-1"}),
        ("pkix", {"message": b"0\x00"}),
        ("ocsp", {"request": b"0\x00"}),
        ("crl", {}),
        ("hand_off", {}),
    ],
)
def test_plain_arguments_arrive_as_they_were_sent(name: str, arguments: Arguments) -> None:
    operation = BY_NAME[name]
    body = b"" if operation.in_query else sealing(operation, arguments)
    assert arguments == opening(operation, body, operation.query(arguments))


def test_where_a_certificate_is_kept_is_no_server_s_to_say() -> None:
    place = api.Place("x", api.PlaceKind.PC, path="somewhere")
    issued = api.Issued("epost", api.Kind.JOINT, "1", b"", (), 0.0, 1.0, "1.2", "홍*동", "c", kept_at=place)
    status = api.JourneyStatus("epost.1", (), (), issued, closed=False, practice=True)
    for name, answer in {"issue": issued, "issued": issued, "await_reply": issued, "journey_status": status}.items():
        arrived = BY_NAME[name].decode_answer(BY_NAME[name].encode_answer(answer) or b"")
        assert None is getattr(arrived, "issued", arrived).kept_at


# ── What is refused ──


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", None),
        (b"[", None),
        (b"\xff\xfe", None),
        (b"{}", None),
        (b'{"channel":"pigeon"}', "channel"),
        (b'{"channel":"sms","more":1}', None),
        (b'{"channel":' * 100_000, "channel"),
        (b"[" * 100_000, None),
        (b'{"channel":"\xff"}', None),
        (b'{"channel":"\\ud800"}', None),
    ],
    ids=[
        "nothing",
        "broken",
        "no text",
        "a field missing",
        "a value unknown",
        "a field unknown",
        "deep",
        "deeper",
        "no text in a field",
        "half a letter",
    ],
)
def test_what_is_no_request_is_refused_with_the_field_at_fault(body: bytes, field: str | None) -> None:
    error = refusal(BY_NAME["send_code"], body)
    assert (Reason.BAD_REQUEST, field) == (error.reason, error.field)


def test_a_query_is_read_as_strictly() -> None:
    assert "wait" == refusal(BY_NAME["await_reply"], b"", {"wait": "61"}).field
    assert Reason.BAD_REQUEST == refusal(BY_NAME["await_reply"], b"", {"wait": "1", "x": "1"}).reason
    assert Reason.BAD_REQUEST == refusal(BY_NAME["await_reply"], b"", {"wait": "nan"}).reason


def test_a_refusal_quotes_nothing_that_was_sent() -> None:
    error = refusal(BY_NAME["verify_identity"], b'{"fields":{"rrn":"SENTINEL"}}')
    assert "SENTINEL" not in f"{error!r} {error.__cause__!r} {vars(error)}"


def test_secrets_opened_before_a_refusal_are_wiped() -> None:
    opened: list[Secret] = []

    def unseal(_: str, field: str) -> Secret:
        if field == "fields.account":
            raise ServiceError(Reason.BAD_REQUEST, field=field)
        opened.append(Secret.of("0000"))
        return opened[-1]

    fields = dict.fromkeys(("rrn", "account"), "hpke:k:aaaa")
    with pytest.raises(ServiceError):
        BY_NAME["verify_identity"].decode(json.dumps({"fields": fields}).encode(), {}, unseal)
    assert [0] == list(map(len, opened))


def test_a_request_is_wiped_as_a_whole() -> None:
    answer, identity = api.AnswerMedium(first=Secret.of("12")), api.VerifyIdentity({"rrn": Secret.of("x")})
    for request in (answer, identity):
        wipe({"request": request})
    assert [Secret()] * 2 == [answer.first, identity.fields["rrn"]]
    wipe({"wait": 1.0})


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'{"at":"x"}', b'{"at":"\xff"}', b'{"at":' * 100_000, b"\xff"])
def test_an_answer_without_sense_is_called_so(body: bytes) -> None:
    with pytest.raises(ServiceError) as caught:
        BY_NAME["accept_terms"].decode_answer(body)
    assert Reason.NONSENSE == caught.value.reason


def test_what_an_answer_says_besides_is_passed_over() -> None:
    assert api.TermsAccepted(5.0) == BY_NAME["accept_terms"].decode_answer(b'{"at":5,"by":{"whom":[1]}}')


# ── Seals ──


def test_a_sealed_secret_opens_in_its_own_place_and_in_no_other() -> None:
    sealed = KEYS.sealing.seal(Secret.of("SENTINEL"), HERE, "fields.rrn")
    assert "SENTINEL" not in sealed
    assert Secret.of("SENTINEL") == KEYS.open(sealed, HERE, "fields.rrn")
    elsewhere = [
        (dataclasses.replace(HERE, bank="hanbit"), "fields.rrn"),
        (dataclasses.replace(HERE, journey="epost.9"), "fields.rrn"),
        (dataclasses.replace(HERE, operation="issue"), "fields.rrn"),
        (HERE, "fields.account"),
    ]
    for context, field in elsewhere:
        with pytest.raises(ServiceError) as caught:
            KEYS.open(sealed, context, field)
        assert (Reason.BAD_REQUEST, "seal", field) == (caught.value.reason, caught.value.detail, caught.value.field)


def test_a_seal_is_bound_by_the_bytes_that_the_contract_names() -> None:
    assert b'["changgu-seal-1","epost","epost.0123","verify_identity","fields.rrn"]' == HERE.info("fields.rrn")
    assert '["changgu-seal-1",bank,journey,operation,field]' in openapi.ABOUT


@given(at=st.integers(0, 10_000), to=st.sampled_from("Aab9+/:="))
def test_a_seal_that_was_tampered_with_does_not_open(at: int, to: str) -> None:
    sealed = KEYS.sealing.seal(Secret.of("123456"), HERE, "pin")
    at %= len(sealed.rstrip("=")) - 1  # the last letter has bits that mean nothing
    changed = f"{sealed[:at]}{to}{sealed[at + 1 :]}"
    if changed != sealed:
        with pytest.raises(ServiceError) as caught:
            KEYS.open(changed, HERE, "pin")
        assert Reason.BAD_REQUEST == caught.value.reason


def test_keys_change_in_service() -> None:
    old, new = X25519PrivateKey.generate(), X25519PrivateKey.generate()
    before, during, after = OpeningKeys([old]), OpeningKeys([new, old]), OpeningKeys([new])
    sealed = before.sealing.seal(Secret.of("1"), HERE, "pin")
    assert Secret.of("1") == during.open(sealed, HERE, "pin")
    assert during.sealing == after.sealing
    with pytest.raises(ServiceError) as caught:
        after.open(sealed, HERE, "pin")
    assert "sealing_key" == caught.value.detail


@pytest.mark.parametrize("public", [b"", bytes(31), bytes(32)], ids=["none", "short", "of small order"])
def test_nothing_is_sealed_to_a_key_that_is_none(public: bytes) -> None:
    with pytest.raises(ServiceError) as caught:
        SealingKey("k", public).seal(Secret.of("1"), HERE, "pin")
    assert Reason.NONSENSE == caught.value.reason


def test_a_server_of_another_version_or_suite_is_not_spoken_to() -> None:
    info = ServerInfo.of(KEYS.sealing, practice=True, banks=("epost",), clock=0.0)
    assert KEYS.sealing == info.sealing_key()
    later = msgspec.structs.replace(info, api="1.7")
    assert KEYS.sealing == later.sealing_key()
    for other in (
        msgspec.structs.replace(info, api="2.0"),
        msgspec.structs.replace(info, sealing=msgspec.structs.replace(info.sealing, suite="none")),
    ):
        with pytest.raises(ServiceError) as caught:
            other.sealing_key()
        assert Reason.NONSENSE == caught.value.reason


# ── Problems ──


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_arrives_with_all_that_it_says_but_the_place_on_the_person_s_side(reason: Reason) -> None:
    sent = ServiceError(reason, field="pin", tries_left=2, retry_after=3.0, detail="sequence", where="A's stick")
    problem = problems.problem_of(sent)
    body = problems.encode_problem(problem)
    got = problems.error_of(problem.status, body)
    assert {**vars(sent), "where": None} == vars(got)
    assert b"stick" not in body
    assert problem.safe == (reason in UNCERTAIN)
    assert f"urn:changgu:problem:{reason.value}" == problem.type
    assert 400 <= problem.status < 600


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        (Reason.BAD_REQUEST, 400),
        (Reason.SESSION_EXPIRED, 401),
        (Reason.PIN_LOCKED, 403),
        (Reason.KEY_IN_FLIGHT, 409),
        (Reason.JOURNEY_CLOSED, 410),
        (Reason.WRONG_PIN, 422),
        (Reason.KEY_REUSED, 422),
        (Reason.RESEND_TOO_SOON, 429),
        (Reason.INTERNAL, 500),
        (Reason.STORE_BUSY, 503),
        (Reason.STORE_FULL, 507),
    ],
)
def test_a_reason_has_the_status_of_its_class(reason: Reason, status: int) -> None:
    assert status == problems.status_of(reason)


def test_a_problem_tells_http_when_to_come_again_and_how_to_come_in() -> None:
    late = problems.headers_of(problems.problem_of(ServiceError(Reason.RESEND_TOO_SOON, retry_after=1.2)))
    assert ("2", problems.MEDIA_TYPE) == (late["Retry-After"], late["Content-Type"])
    shut = problems.headers_of(problems.problem_of(ServiceError(Reason.SESSION_EXPIRED)))
    assert shut["WWW-Authenticate"].startswith("Bearer ")


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (400, b"", Reason.BAD_REQUEST),
        (401, b"", Reason.SESSION_EXPIRED),
        (404, b"<html>", Reason.BAD_REQUEST),
        (408, b"", Reason.TIMED_OUT),
        (429, b"", Reason.STORE_BUSY),
        (500, b"\xff", Reason.NONSENSE),
        (503, b"", Reason.UNREACHABLE),
        (504, b"", Reason.TIMED_OUT),
        (422, b'{"type":"x","status":422,"code":"bank_says_no"}', Reason.BAD_REQUEST),
        (422, b'{"type":"x","status":422,"code":"bank_says_later","safe":true}', Reason.NONSENSE),
        (422, b'{"type":"urn:changgu:problem:wrong_pin","status":422}', Reason.WRONG_PIN),
        (422, b"[" * 50_000, Reason.BAD_REQUEST),
        (422, b'{"type":"\xff"}', Reason.BAD_REQUEST),
    ],
)
def test_a_problem_of_others_is_taken_for_what_its_status_says(status: int, body: bytes, reason: Reason) -> None:
    assert reason == problems.error_of(status, body).reason


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), ("-7", None), ("soon", None), ("9" * 400, problems.LONGEST_WAIT), (None, None)]
)
def test_when_to_come_again_is_read_from_the_header_and_bounded(header: str | None, seconds: float | None) -> None:
    assert seconds == problems.error_of(429, b"", header).retry_after


# ── Remote signing ──

LEAF = elliptic_certificate()
INFO = api.CredentialInfo("c-1", "enabled", ("1.2.840.113549.1.1.11",), 2048, api.Status.GOOD, (LEAF, b"ca"))


def test_credentials_info_is_told_in_the_shape_of_the_csc_api() -> None:
    body = BY_NAME["credentials_info"].encode_answer(dataclasses.replace(INFO, tries_left=3)) or b""
    told, leaf = json.loads(body), x509.load_der_x509_certificate(LEAF)
    cert = told["cert"]
    assert ("valid", [base64.b64encode(LEAF).decode(), "Y2E="]) == (cert["status"], cert["certificates"])
    assert (leaf.subject.rfc4514_string(), leaf.serial_number) == (cert["subjectDN"], int(cert["serialNumber"], 16))
    assert (True, 15) == (cert["validFrom"].endswith("Z"), len(cert["validTo"]))
    pin = {"format": "N", "label": "PIN"}
    objects = [{"id": "PIN", "type": "Password", **pin}]
    assert {"mode": "explicit", "expression": "PIN", "objects": objects} == told["auth"]
    assert ("explicit", {"presence": "true", **pin}) == (told["authMode"], told["PIN"])  # as version 1 has it
    assert ("enabled", 2048, "2", 3) == (told["key"]["status"], told["key"]["len"], told["SCAL"], told["triesLeft"])
    assert dataclasses.replace(INFO, tries_left=3) == BY_NAME["credentials_info"].decode_answer(body)


@pytest.mark.parametrize("status", api.Status)
def test_the_status_of_a_credential_arrives(status: api.Status) -> None:
    info, operation = dataclasses.replace(INFO, cert_status=status), BY_NAME["credentials_info"]
    assert info == operation.decode_answer(operation.encode_answer(info) or b"")


AUTHORIZE = api.Authorize("c-1", (b"hash",), csc.SHA256, Secret.of("582471"))


@pytest.mark.parametrize(
    "body",
    [
        {"hashes": ["aGFzaA=="], "hashAlgorithmOID": csc.SHA256, "authData": [{"id": "PIN", "value": "582471"}]},
        {"hash": ["aGFzaA=="], "hashAlgo": csc.SHA256, "PIN": "582471", "numSignatures": 1},
        {"hash": ["aGFzaA=="], "PIN": "582471", "description": "a note", "clientData": "x", "lang": "ko-KR"},
    ],
    ids=["version 2", "version 1", "version 1 without an algorithm"],
)
def test_clients_of_either_csc_version_are_understood(body: dict[str, Any]) -> None:
    told = json.dumps({"credentialID": "c-1", **body}).encode()
    assert {"request": AUTHORIZE} == opening(BY_NAME["credentials_authorize"], told)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"PIN": "1"}, "numSignatures"),
        ({"hashes": ["aGFzaA=="], "hash": ["AAAA"], "PIN": "1"}, "hashes"),
        ({"hashes": ["aGFzaA=="], "PIN": "1", "authData": [{"id": "PIN", "value": "2"}]}, "PIN"),
        ({"hashes": ["aGFzaA=="], "authData": [{"id": "OTP", "value": "2"}]}, "authData"),
        ({"hashes": ["aGFzaA=="]}, "pin"),
        ({"hashes": ["aGFzaA=="], "PIN": "1", "numSignatures": 2}, "numSignatures"),
    ],
)
def test_a_csc_request_that_contradicts_itself_is_refused(more: dict[str, Any], field: str) -> None:
    error = refusal(BY_NAME["credentials_authorize"], json.dumps({"credentialID": "c-1", **more}).encode())
    assert (Reason.BAD_REQUEST, field) == (error.reason, error.field)


def test_sign_hash_takes_the_names_of_version_1() -> None:
    told = {"credentialID": "c", "SAD": "s", "hash": ["aGFzaA=="], "hashAlgo": csc.SHA256, "signAlgo": "1.2"}
    wanted = api.SignHash("c", "s", (b"hash",), csc.SHA256, "1.2")
    assert {"request": wanted} == opening(BY_NAME["sign_hash"], json.dumps(told).encode())


def test_what_credentials_list_cannot_give_is_not_silently_left_out() -> None:
    assert "credentialInfo" == refusal(BY_NAME["credentials_list"], b'{"credentialInfo":true}').field
    assert {} == opening(BY_NAME["credentials_list"], b'{"userID":"","onlyValid":true}')


# ── The public doors, and the description ──


def test_an_ocsp_request_can_stand_in_an_address() -> None:
    assert b"0\x00" == der_of_path("MAA=")
    assert b"" == der_of_path("M?A=")


def test_the_description_is_current() -> None:
    assert 0 == openapi.main(["--check"])


def test_the_description_refers_to_nothing_that_is_missing() -> None:
    document = openapi.document()
    names = {part.split('"')[0] for part in json.dumps(document).split("#/components/schemas/")[1:]}
    assert set() == names - set(document["components"]["schemas"])
    assert set() == set(document["components"]["schemas"]) - names


@pytest.mark.parametrize("operation", [o for o in OPERATIONS if o.secrets], ids=lambda o: o.name)
def test_every_secret_field_is_described_as_sealed(operation: Operation) -> None:
    if operation.request is csc.AUTHORIZE:  # the CSC API's own form
        return
    assert operation.request is not None
    schema = json.dumps(openapi.document()["components"]["schemas"][operation.request.struct.__name__]["properties"])
    assert len(operation.secrets) == schema.count("hpke:[A-Za-z0-9_-]+:")
