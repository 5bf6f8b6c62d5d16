"""What the server itself refuses, before any service is asked: by an HTTP status and a problem that says why."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from starlette.responses import Response

from desktop.services.api import Reason, ServiceError
from desktop.services.server.limits import retry_after
from desktop.services.wire.problems import Problem, csc_error, encode_problem, headers_of, problem_of

#: Where the same again may do better, and nothing has happened yet.
_PASSING: Final = frozenset({408, 429, 503})


class HttpRefusalError(Exception):
    """`detail` is a code; `headers` are sent besides."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, dict(headers or {})


def refused(error: HttpRefusalError) -> Response:
    reason = Reason.STORE_BUSY if error.status in _PASSING else Reason.BAD_REQUEST
    seconds = error.headers.get("Retry-After")
    problem = problem_of(
        ServiceError(reason, detail=error.detail, retry_after=float(seconds) if seconds else None), error.status
    )
    problem.title = HTTPStatus(error.status).phrase
    return _answer(problem, error.headers)


def too_many(seconds: float) -> HttpRefusalError:
    return HttpRefusalError(429, "rate", {"Retry-After": retry_after(seconds)})


def failed(error: ServiceError, status: int | None = None, *, csc: bool = False) -> Response:
    """A refusal of the service's own; to a client of the CSC API in its words, too."""
    problem = problem_of(error, status)
    if csc:
        problem.error, problem.error_description = csc_error(problem.status), problem.title
    return _answer(problem, {})


def _answer(problem: Problem, headers: Mapping[str, str]) -> Response:
    response = Response(encode_problem(problem), problem.status, {**headers_of(problem), **headers})
    response.headers["X-Changgu-Code"] = problem.code
    return response
