"""The table of the wire: each method of Services and PracticePhone, how it travels over HTTP, and in which form.

The journey's handle is a bearer secret, so it travels in the Authorization header (RFC 6750) and in no address: logs
of servers and proxies hold addresses. Every write carries an Idempotency-Key
(draft-ietf-httpapi-idempotency-key-header). Secrets of a request are sealed (`seal`); answers that hold one, an
enrolment's code and a SAD, travel under TLS only. Client, server and OpenAPI are made from this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from desktop.services import api
from desktop.services.api import Reason, ServiceError
from desktop.services.wire import csc, told
from desktop.services.wire.forms import (
    AnswerForm,
    Arguments,
    Open,
    RequestForm,
    Seal,
    decode_query,
    decode_request,
    mirror,
    spread,
)

JSON: Final = "application/json"
PKIXCMP: Final = "application/pkixcmp"
PKIX_CRL: Final = "application/pkix-crl"
OCSP_REQUEST: Final = "application/ocsp-request"
OCSP_RESPONSE: Final = "application/ocsp-response"
SERVER_PATH: Final = "/v1/server"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`name` is the method's. `journey`: it wants `Authorization: Bearer <journey>`, the method's first argument.

    `request` is None where nothing is sent, or where `raw` names the one argument that is the body as it is (DER).
    `answer` is None where the body is DER, or there is none; None as an answer is 204 No Content.
    `write`: it wants an Idempotency-Key, the method's `key` where `keyed`. Clients that speak CSC and know no such key
    may leave it out (`key_optional`): the server makes one up.
    `seconds`: how long a client waits for an answer, besides a `wait` it asked for. Sizes are in bytes.
    """

    name: str
    verb: str
    path: str
    about: str
    request: RequestForm | None = None
    answer: AnswerForm | None = None
    raw: str = ""
    takes: str = JSON
    gives: str = JSON
    journey: bool = True
    write: bool = False
    keyed: bool = True
    key_optional: bool = False
    practice: bool = False
    get_too: bool = False
    seconds: float = 15.0
    max_request: int = 64 << 10
    max_answer: int = 1 << 20

    @property
    def secrets(self) -> tuple[str, ...]:
        return self.request.secrets if self.request else ()

    @property
    def in_query(self) -> bool:
        """Whether the request is in the address, as that of a GET: numbers alone, nothing secret or personal."""
        return self.verb == "GET" and self.request is not None

    def encode(self, arguments: Arguments, seal: Seal) -> bytes:
        """The body of a request with these arguments."""
        if self.raw:
            return bytes(arguments[self.raw])
        return msgspec.json.encode(self.request.write(arguments, seal)) if self.request else b""

    def query(self, arguments: Arguments) -> dict[str, str]:
        return {name: str(value) for name, value in arguments.items()} if self.in_query else {}

    def decode(self, body: bytes, query: Mapping[str, str], unseal: Open) -> Arguments:
        """The arguments that a request carries, secrets opened; `forms.wipe` them. Raises ServiceError BAD_REQUEST."""
        if self.raw:
            return {self.raw: body}
        if self.in_query and self.request is not None:
            return decode_query(self.request, query)
        if self.request is None:
            if body not in (b"", b"{}"):
                raise ServiceError(Reason.BAD_REQUEST)
            return {}
        return decode_request(self.request, body, unseal)

    def encode_answer(self, answer: Any) -> bytes | None:
        """The body of the answer; None where there is none (204)."""
        if answer is None:
            return None
        return msgspec.json.encode(self.answer.write(answer)) if self.answer else bytes(answer)

    def decode_answer(self, body: bytes) -> Any:
        """Raises ServiceError NONSENSE."""
        if self.answer is None:
            return body
        try:
            return self.answer.read(msgspec.json.decode(body, type=self.answer.type))
        except (msgspec.DecodeError, RecursionError, ValueError):
            raise ServiceError(Reason.NONSENSE) from None


def _read(name: str, path: str, about: str, answer: Any, request: RequestForm | None = None, **more: Any) -> Operation:
    verb = more.pop("verb", "GET")
    form = answer if isinstance(answer, AnswerForm) else AnswerForm(answer)
    return Operation(name=name, verb=verb, path=path, about=about, request=request, answer=form, **more)


def _write(name: str, path: str, about: str, request: Any, answer: Any, **more: Any) -> Operation:
    asks = request if request is None or isinstance(request, RequestForm) else mirror(request)
    says = answer if answer is None or isinstance(answer, AnswerForm) else AnswerForm(answer)
    verb = more.pop("verb", "POST")
    return Operation(name=name, verb=verb, path=path, about=about, request=asks, answer=says, write=True, **more)


_J: Final = "/v1/journey"
OPERATIONS: Final[tuple[Operation, ...]] = (
    _write("open_journey", "/v1/journeys", "Begin a journey.", api.OpenJourney, api.JourneyOpened, journey=False),
    _read("journey_status", _J, "What became of a journey; to go on, identity is proven anew.", api.JourneyStatus),
    _write("close_journey", _J, "End a journey.", None, None, verb="DELETE"),
    _write("accept_terms", f"{_J}/terms", "Agree to the bank's terms.", api.AcceptTerms, api.TermsAccepted),
    _write("verify_identity", f"{_J}/identity", "Prove who one is.", api.VerifyIdentity, api.IdentityVerified),
    _write("verify_document", f"{_J}/document", "Prove an identity card.", api.VerifyDocument, api.DocumentVerified),
    _write("verify_account", f"{_J}/account", "Prove an account.", api.VerifyAccount, api.AccountVerified),
    _write(
        "verify_password",
        f"{_J}/password",
        "Prove a joint certificate's password by a signature.",
        api.VerifyPassword,
        api.PasswordVerified,
    ),
    _write("send_code", f"{_J}/code", "Send a code to the phone.", api.SendCode, api.CodeSent, seconds=30.0),
    _write("confirm_code", f"{_J}/code/answer", "Type the code that was sent.", api.ConfirmCode, api.PhoneVerified),
    _write(
        "challenge_medium", f"{_J}/medium", "Ask what a card or token shows.", api.ChallengeMedium, api.MediumChallenge
    ),
    _write("answer_medium", f"{_J}/medium/answer", "Answer the challenge.", api.AnswerMedium, api.MediumVerified),
    _write("open_cloud", f"{_J}/cloud", "Open or enter the cloud.", api.OpenCloud, api.CloudCodeSent, seconds=30.0),
    _write("confirm_cloud", f"{_J}/cloud/answer", "Type the cloud's code.", api.ConfirmCloud, api.CloudVerified),
    _read("await_reply", f"{_J}/reply", "Wait for an answer on the phone.", told.REPLY, spread(told.AwaitReply)),
    _write("hand_off", f"{_J}/hand-off", "Hand the journey to the bank's app.", None, api.HandOff),
    _read("holdings", f"{_J}/certificates", "The certificates that the person has.", api.Holdings),
    _read(
        "devices", f"{_J}/devices", "Devices of a certificate.", api.DeviceList, spread(told.Credential), verb="POST"
    ),
    _write("change", f"{_J}/change", "Change a certificate, as the task says.", api.Change, api.Changed, seconds=60.0),
    _write("issue", f"{_J}/certificate", "Issue a certificate in the cloud.", api.Issue, api.Issued, seconds=60.0),
    _read("issued", f"{_J}/certificate", "The certificate of this journey, once it exists.", api.Issued),
    _write("enrol", f"{_J}/enrolment", "Allow one certificate at the CMP door.", api.Enrol, api.Enrolment),
    _read("credentials_list", "/csc/v2/credentials/list", "CSC 11.4.", csc.LIST_ANSWER, csc.LIST, verb="POST"),
    _read("credentials_info", "/csc/v2/credentials/info", "CSC 11.5.", csc.INFO_ANSWER, csc.INFO, verb="POST"),
    _write(
        "credentials_authorize",
        "/csc/v2/credentials/authorize",
        "CSC 11.6, by PIN.",
        csc.AUTHORIZE,
        csc.AUTHORIZE_ANSWER,
        key_optional=True,
    ),
    _write(
        "sign_hash",
        "/csc/v2/signatures/signHash",
        "CSC 11.10.",
        csc.SIGN,
        csc.SIGN_ANSWER,
        key_optional=True,
        seconds=30.0,
    ),
    Operation(
        name="pkix",
        verb="POST",
        path="/pkix",
        about="The CA's CMP door (RFC 9811).",
        raw="message",
        takes=PKIXCMP,
        gives=PKIXCMP,
        journey=False,
        seconds=30.0,
        max_answer=4 << 20,
    ),
    Operation(
        name="crl",
        verb="GET",
        path="/ca.crl",
        about="The issuing CA's CRL (RFC 5280).",
        gives=PKIX_CRL,
        journey=False,
        seconds=60.0,
        max_answer=64 << 20,
    ),
    Operation(
        name="ocsp",
        verb="POST",
        path="/ocsp",
        about="Whether a certificate is good (RFC 6960); also GET /ocsp/<base64>.",
        raw="request",
        takes=OCSP_REQUEST,
        gives=OCSP_RESPONSE,
        journey=False,
        get_too=True,
        max_request=16 << 10,
    ),
    _read(
        "events",
        "/v1/practice/events",
        "What the practice phone received.",
        told.EVENTS,
        spread(told.Events),
        journey=False,
        practice=True,
    ),
    _write(
        "answer",
        "/v1/practice/answers",
        "Reply on the practice phone.",
        spread(told.PhoneAnswer),
        None,
        journey=False,
        keyed=False,
        practice=True,
    ),
)
BY_NAME: Final = {operation.name: operation for operation in OPERATIONS}


def bank_of(journey: str) -> str:
    """The bank in a journey's handle (`<bank>.<secret>`), for a seal's context; empty where it names none."""
    bank, dot, _ = journey.partition(".")
    return bank if dot else ""
