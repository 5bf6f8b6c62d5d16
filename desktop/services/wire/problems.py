"""Knows how a failure travels: as an RFC 9457 problem with our code in it, and what a problem of others means."""

from __future__ import annotations

import math
from email.utils import parsedate_to_datetime
from typing import Final

import msgspec

from desktop.services.api import UNCERTAIN, Reason, ServiceError
from desktop.services.wire.forms import UNREADABLE

MEDIA_TYPE: Final = "application/problem+json"
TYPE: Final = "urn:changgu:problem:"
#: Nobody waits longer on a server's word than this.
LONGEST_WAIT: Final = 86_400.0

_BY_STATUS: Final[dict[int, frozenset[Reason]]] = {
    400: frozenset({Reason.BAD_REQUEST}),
    401: frozenset({Reason.JOURNEY_UNKNOWN, Reason.SESSION_EXPIRED}),
    403: frozenset(
        {
            Reason.NOT_OFFERED,
            Reason.DEVICE_NOT_ALLOWED,
            Reason.ACCOUNT_LOCKED,
            Reason.IDENTITY_LOCKED,
            Reason.DOCUMENT_LOCKED,
            Reason.CODE_LOCKED,
            Reason.CARD_LOCKED,
            Reason.OTP_LOCKED,
            Reason.CLOUD_LOCKED,
            Reason.PIN_LOCKED,
            Reason.LOSS_REPORTED,
        }
    ),
    404: frozenset({Reason.NO_CERTIFICATE, Reason.NO_MEDIUM}),
    409: frozenset(
        {
            Reason.OUT_OF_ORDER,
            Reason.CODE_NOT_SENT,
            Reason.KEY_IN_FLIGHT,
            Reason.ALREADY_ISSUED,
            Reason.ALREADY_REGISTERED,
            Reason.ISSUED_ELSEWHERE,
            Reason.CERTIFICATE_REVOKED,
            Reason.CERTIFICATE_EXPIRED,
            Reason.CERTIFICATE_SUSPENDED,
            Reason.NOT_SUSPENDED,
            Reason.RENEWAL_TOO_EARLY,
            Reason.HANDOFF_WAITING,
        }
    ),
    410: frozenset({Reason.JOURNEY_CLOSED, Reason.CODE_EXPIRED, Reason.CLOUD_CODE_EXPIRED, Reason.HANDOFF_EXPIRED}),
    429: frozenset({Reason.RESEND_TOO_SOON, Reason.TOO_MANY_CODES}),
    500: frozenset({Reason.INTERNAL, Reason.STORE_CORRUPT, Reason.CANCELLED}),
    502: frozenset({Reason.NONSENSE, Reason.OUTCOME_UNKNOWN}),
    503: frozenset({Reason.UNREACHABLE, Reason.STORE_BUSY, Reason.STORE_READ_ONLY, Reason.DATA_FOLDER_IN_USE}),
    504: frozenset({Reason.TIMED_OUT}),
    507: frozenset({Reason.STORE_FULL}),
}
_STATUS: Final = {reason: status for status, reasons in _BY_STATUS.items() for reason in reasons}
#: The person's data and factors, and a key used for another request: understood, and refused.
_REFUSED: Final = 422

#: What an answer means that carries no code of ours. All others: a refusal below 500, no sense above.
_MEANING: Final = {
    401: Reason.SESSION_EXPIRED,
    408: Reason.TIMED_OUT,
    429: Reason.STORE_BUSY,
    502: Reason.UNREACHABLE,
    503: Reason.UNREACHABLE,
    504: Reason.TIMED_OUT,
}


class Problem(msgspec.Struct, omit_defaults=True, kw_only=True):
    """`code` is one of docs/failure-codes.md; in an answer of others it alone is relied upon. `detail` is a code too,
    such as the PIN rule broken. `error` and `error_description` are what the CSC API v2 has (10.1), under its paths.

    `safe`: the effect may or may not have happened; the same request under the same Idempotency-Key is safe, and
    tells which. Else the request was refused, and asking it again as it is helps nothing.
    """

    type: str = ""
    title: str = ""
    status: int = 0
    code: str = ""
    field: str | None = None
    tries_left: int | None = None
    retry_after: float | None = None
    detail: str | None = None
    safe: bool = False
    error: str = ""
    error_description: str = ""


def csc_error(status: int) -> str:
    """The CSC API's word for a status (v2, 10.1)."""
    if status >= 500:
        return "temporarily_unavailable" if status == 503 else "server_error"
    return {401: "invalid_token", 403: "access_denied"}.get(status, "invalid_request")


def status_of(reason: Reason) -> int:
    return _STATUS.get(reason, _REFUSED)


def problem_of(error: ServiceError, status: int | None = None) -> Problem:
    """What to tell a client. `status` for what HTTP itself names: 404, 405, 413, 415.

    `error.where` stays here: it names a file or a medium of the person's own.
    """
    return Problem(
        type=TYPE + error.reason.value,
        title=error.reason.value.replace("_", " "),
        status=status or status_of(error.reason),
        code=error.reason.value,
        field=error.field,
        tries_left=error.tries_left,
        retry_after=error.retry_after,
        detail=error.detail,
        safe=error.reason in UNCERTAIN,
    )


def headers_of(problem: Problem) -> dict[str, str]:
    """The header fields of a problem's answer, besides what every answer carries."""
    told = {"Content-Type": MEDIA_TYPE, "Cache-Control": "no-store"}
    if problem.retry_after is not None:
        told["Retry-After"] = str(math.ceil(problem.retry_after))
    if problem.status == 401:
        told["WWW-Authenticate"] = f'Bearer realm="changgu", error="{problem.code}"'
    return told


def encode_problem(problem: Problem) -> bytes:
    return msgspec.json.encode(problem)


def error_of(status: int, body: bytes = b"", retry_after: str | None = None, date: str | None = None) -> ServiceError:
    """What an answer with this status (400 and above) means; `retry_after` and `date` as in the headers."""
    try:
        problem = msgspec.json.decode(body, type=Problem)
    except UNREADABLE:
        problem = Problem()
    waits = _seconds(problem.retry_after, retry_after, date)
    code = problem.code or problem.type.removeprefix(TYPE)
    try:
        reason = Reason(code)
    except ValueError:
        return ServiceError(_unknown(status, safe=problem.safe), retry_after=waits)
    return ServiceError(
        reason,
        field=problem.field,
        tries_left=problem.tries_left,
        retry_after=waits,
        detail=problem.detail,
    )


def _unknown(status: int, *, safe: bool) -> Reason:
    if status in _MEANING:
        return _MEANING[status]
    return Reason.NONSENSE if safe or status >= 500 else Reason.BAD_REQUEST


def _seconds(told: float | None, header: str | None, date: str | None) -> float | None:
    """A Retry-After is seconds or a date (RFC 9110, 10.2.3); a date counts by the server's own clock, in Date."""
    if told is None and header is not None and header.isascii() and header.isdecimal():
        told = float(header[:9])
    elif told is None and header is not None and date is not None:
        told = _between(date, header)
    return None if told is None else min(max(told, 0.0), LONGEST_WAIT)


def _between(now: str, then: str) -> float | None:
    try:
        return (parsedate_to_datetime(then) - parsedate_to_datetime(now)).total_seconds()
    except (TypeError, ValueError, OverflowError):  # TypeError: one with a time zone, and one without
        return None
