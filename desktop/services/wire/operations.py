"""The table of the wire: each method of Services and PracticePhone, how it travels over HTTP, and in which form.

The journey's handle is a bearer secret, so it travels in the Authorization header (RFC 6750) and in no address: logs
of servers and proxies hold addresses. Every write carries an Idempotency-Key
(draft-ietf-httpapi-idempotency-key-header). Secrets of a request are sealed (`seal`); answers that hold one, an
enrolment's code and a SAD, travel under TLS only. Client, server and OpenAPI are made from this table.
"""

from __future__ import annotations

from typing import Any, Final

from desktop.services import api
from desktop.services.wire import csc, told
from desktop.services.wire.forms import AnswerForm, RequestForm, mirror, spread
from desktop.services.wire.operation import OCSP_REQUEST, OCSP_RESPONSE, PKIX_CERT, PKIX_CRL, PKIXCMP, Operation

SERVER_PATH: Final = "/v1/server"


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
    _read("journey_status", _J, "What became of a journey; to go on, identity is proven anew.", told.STATUS),
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
    _read(
        "await_reply",
        f"{_J}/reply",
        "Wait for an answer on the phone.",
        told.REPLY,
        spread(told.AwaitReply),
        optional=True,
    ),
    _write("hand_off", f"{_J}/hand-off", "Hand the journey to the bank's app.", None, api.HandOff),
    _read("holdings", f"{_J}/certificates", "The certificates that the person has.", api.Holdings),
    _read(
        "devices", f"{_J}/devices", "Devices of a certificate.", api.DeviceList, spread(told.Credential), verb="POST"
    ),
    _write("change", f"{_J}/change", "Change a certificate, as the task says.", api.Change, api.Changed, seconds=60.0),
    _write("issue", f"{_J}/certificate", "Issue a certificate in the cloud.", api.Issue, told.ISSUED, seconds=60.0),
    _read(
        "issued", f"{_J}/certificate", "The certificate of this journey, once it exists.", told.ISSUED, optional=True
    ),
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
    Operation(
        name="ca_certificate",
        verb="GET",
        path="/ca.crt",
        about="The issuing CA's certificate (RFC 5280, 4.2.2.1).",
        gives=PKIX_CERT,
        journey=False,
    ),
    _read(
        "events",
        "/v1/practice/events",
        "What every practice phone received: the operator's view.",
        told.EVENTS,
        spread(told.Events),
        journey=False,
        practice=True,
    ),
    _read(
        "events_of",
        "/v1/practice/phone",
        "What the practice phone received for this journey.",
        told.EVENTS,
        spread(told.Events),
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
    _read(
        "files",
        "/v1/practice/files",
        "The certificate files that a made-up person has at home.",
        told.FILES,
        practice=True,
    ),
)
#: What the server tells of itself; no method of Services, but what their secrets are sealed by.
SERVER_INFO: Final = _read("server", SERVER_PATH, "Version, banks and sealing key.", told.ServerInfo, journey=False)
#: The same for clients of the CSC API.
CSC_INFO: Final = _read(
    "csc_info", "/csc/v2/info", "CSC 11.1.", csc.ServiceInfo, csc.SERVICE, verb="POST", journey=False
)
#: What certificates name, and whoever checks one asks for: signed itself, so it goes by plain HTTP (RFC 5280, 8).
STATUS: Final = ("crl", "ocsp", "ca_certificate")
BY_NAME: Final = {operation.name: operation for operation in OPERATIONS}


def bank_of(journey: str) -> str:
    """The bank in a journey's handle (`<bank>.<secret>`), for a seal's context; empty where it names none."""
    bank, dot, _ = journey.partition(".")
    return bank if dot else ""
