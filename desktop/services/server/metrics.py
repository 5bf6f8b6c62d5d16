"""What is counted of the requests, told in the text format of Prometheus (0.0.4), by operation and never by person."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from typing import Final

from desktop.services.standing import Standing

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
#: Upper bounds of the buckets, seconds. An issue takes 20 ms, a wrong PIN a quarter of a second, a wait half a minute.
BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0)


class Metrics:
    """Of one process, on its event loop alone."""

    def __init__(self) -> None:
        self.in_flight = 0
        self.connections = 0
        self._requests: Counter[tuple[str, int]] = Counter()
        self._buckets: Counter[tuple[str, int]] = Counter()
        self._seconds: Counter[str] = Counter()
        self._problems: Counter[str] = Counter()

    def ended(self, operation: str, status: int, seconds: float) -> None:
        self._requests[operation, status] += 1
        self._seconds[operation] += seconds  # type: ignore[assignment]  # a Counter adds floats as well
        self._buckets[operation, bisect_left(BOUNDS, seconds)] += 1

    def problem(self, code: str) -> None:
        self._problems[code] += 1

    def text(self, standing: Standing | None = None) -> str:
        """`standing` of the authority, where there is one that can tell."""
        return "\n".join((*self._lines(), *_standing(standing))) + "\n"

    def _lines(self) -> Iterator[str]:
        yield from _head("changgu_requests_total", "counter", "Requests that were answered.")
        for (operation, status), count in sorted(self._requests.items()):
            yield f'changgu_requests_total{{operation="{operation}",status="{status}"}} {count}'
        yield from _head("changgu_request_seconds", "histogram", "From the last header read to the answer written.")
        for operation in sorted(self._seconds):
            yield from self._histogram(operation)
        yield from _head("changgu_problems_total", "counter", "Answers that refused, by their code.")
        for code, count in sorted(self._problems.items()):
            yield f'changgu_problems_total{{code="{code}"}} {count}'
        yield from _head("changgu_requests_in_flight", "gauge", "Requests being worked on.")
        yield f"changgu_requests_in_flight {self.in_flight}"
        yield from _head("changgu_connections", "gauge", "Connections open.")
        yield f"changgu_connections {self.connections}"

    def _histogram(self, operation: str) -> Iterator[str]:
        name, label = "changgu_request_seconds", f'operation="{operation}"'
        within = 0
        for place, bound in enumerate(BOUNDS):
            within += self._buckets[operation, place]
            yield f'{name}_bucket{{{label},le="{bound}"}} {within}'
        count = sum(n for (other, _), n in self._requests.items() if other == operation)
        yield f'{name}_bucket{{{label},le="+Inf"}} {count}'
        yield f"{name}_sum{{{label}}} {float(self._seconds[operation]):.6f}"
        yield f"{name}_count{{{label}}} {count}"


def _standing(standing: Standing | None) -> Iterator[str]:
    if standing is not None:
        yield from _head("changgu_ca_expires_timestamp_seconds", "gauge", "End of the issuing CA's certificate.")
        yield f"changgu_ca_expires_timestamp_seconds {standing.ca_expires:.0f}"
        yield from _head("changgu_messages_waiting", "gauge", "Messages to telephones that no gateway has taken.")
        yield f"changgu_messages_waiting {standing.messages_waiting}"


def _head(name: str, kind: str, about: str) -> tuple[str, str]:
    return f"# HELP {name} {about}", f"# TYPE {name} {kind}"
