"""What an operator reads: lines of JSON, and figures in the form that Prometheus takes."""

from __future__ import annotations

import io
import json
import logging
from datetime import UTC, datetime

from desktop.services.server.access import Access, AccessLog, libraries_in, to_stream
from desktop.services.server.metrics import Metrics

AT = datetime(2026, 11, 22, 10, 0, 0, 5000, tzinfo=UTC)


def test_a_request_is_a_line() -> None:
    stream = io.StringIO()
    AccessLog(to_stream(stream), now=lambda: AT).request(Access("id", "POST", "issue", 422, 0.0123, 99, "weak_pin"))
    assert {
        "at": "2026-11-22T10:00:00.005+00:00",
        "level": "info",
        "event": "request",
        "id": "id",
        "method": "POST",
        "operation": "issue",
        "status": 422,
        "ms": 12.3,
        "bytes": 99,
        "code": "weak_pin",
    } == json.loads(stream.getvalue())


def test_a_line_may_be_plain_and_tell_its_worker() -> None:
    lines: list[str] = []
    AccessLog(lines.append, now=lambda: AT, form="text", worker=2).event("certificate_refused", "warning", reason="tls")
    assert ['2026-11-22T10:00:00.005+00:00 warning certificate_refused worker=2 reason="tls"'] == lines


def test_what_is_too_mild_is_not_written() -> None:
    lines: list[str] = []
    log = AccessLog(lines.append, least="error")
    log.request(Access("id", "POST", "issue", 200, 0.01, 9))
    log.event("certificate_refused", "warning")
    log.request(Access("id", "POST", "issue", 503, 0.01, 9, "store_full"))
    assert [("error", 503)] == [(line["level"], line["status"]) for line in map(json.loads, lines)]


def test_a_failure_is_told_by_its_class_alone() -> None:
    lines: list[str] = []
    AccessLog(lines.append, now=lambda: AT).failure(ValueError("SENTINEL"), "id")
    assert ("ValueError", False) == (json.loads(lines[0])["error"], "SENTINEL" in lines[0])


def test_libraries_tell_that_something_happened_and_not_what() -> None:
    lines: list[str] = []
    with libraries_in(AccessLog(lines.append)):
        logging.getLogger("asyncio").error("SENTINEL %s", "SENTINEL", exc_info=ValueError("SENTINEL"))
        logging.getLogger("psycopg.pool").warning("SENTINEL")
        logging.getLogger("httpx").info("SENTINEL")
    told = [{name: value for name, value in json.loads(line).items() if name != "at"} for line in lines]
    assert [
        {"level": "error", "event": "library", "name": "asyncio", "error": "ValueError"},
        {"level": "warning", "event": "library", "name": "psycopg.pool"},
    ] == told


def test_a_console_that_is_gone_costs_lines_and_nothing_else() -> None:
    stream = io.StringIO()
    stream.close()
    AccessLog(to_stream(stream)).event("certificate_read")


def test_figures_add_up() -> None:
    metrics = Metrics()
    for status, seconds in ((200, 0.004), (200, 0.3), (422, 40.0)):
        metrics.ended("issue", status, seconds)
    metrics.problem("weak_pin")
    metrics.in_flight = metrics.connections = 2
    lines = metrics.text().splitlines()
    for line in (
        'changgu_requests_total{operation="issue",status="200"} 2',
        'changgu_request_seconds_bucket{operation="issue",le="0.005"} 1',
        'changgu_request_seconds_bucket{operation="issue",le="0.5"} 2',
        'changgu_request_seconds_bucket{operation="issue",le="30.0"} 2',
        'changgu_request_seconds_bucket{operation="issue",le="+Inf"} 3',
        'changgu_request_seconds_sum{operation="issue"} 40.304000',
        'changgu_request_seconds_count{operation="issue"} 3',
        'changgu_problems_total{code="weak_pin"} 1',
        "changgu_requests_in_flight 2",
        "changgu_connections 2",
    ):
        assert line in lines
    assert metrics.text().endswith("\n")
