"""`changgu serve` for a measurement: over TLS, with limits that do not stop one client, and what it took of the CPU."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.services.contract.serving import Serving, Tls, make_tls, serving

#: One address plays all kiosks here, and a kiosk in a hurry asks faster than a person.
_LIMITS: Final = """
[limits]
connections = 20000
connections_each = 20000
address = { burst = 1000000, per_second = 1000000 }
journey = { burst = 1000000, per_second = 1000000 }
"""
_TICKS: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Server:
    """One that runs, with what a client needs to trust it."""

    serving: Serving
    tls: Tls

    @property
    def port(self) -> int:
        return self.serving.port

    def cpu(self) -> float:
        """Seconds of the processor so far, of this process and its workers."""
        pid = self.serving.process.pid
        workers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return sum(map(_cpu, (pid, *map(int, workers))))


@contextmanager
def server(folder: Path, *words: str) -> Iterator[Server]:
    """In practice on `folder`/store, until the block ends."""
    config, tls = folder / "serve.toml", make_tls(folder / "tls")
    config.write_text(_LIMITS)
    with serving(folder / "store", "--practice", "--config", config, *words, tls=tls) as started:
        yield Server(started, tls)


@dataclass(frozen=True, slots=True)
class Loop:
    """What a closed loop measured. Latencies in seconds, sorted; `refused` counts what was no 200.

    `cpu`: the client's own seconds of the processor a call.
    """

    seconds: float
    cpu: float
    latencies: list[float]
    refused: int
    answers: list[bytes]

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        return self.latencies[min(int(share * len(self.latencies)), len(self.latencies) - 1)]


def closed_loop(server: Server, folder: Path, requests: Iterable[bytes], clients: int) -> Loop:
    """Each of the clients asks again as soon as it is answered, until the requests are at an end."""
    from bench.closed_loop import read_answers, write_pieces  # noqa: PLC0415 - it is a program too

    asked, answered = folder / "requests", folder / "answers"
    write_pieces(asked, requests)
    words = [str(server.port), str(server.tls.roots), str(asked), str(clients), str(answered)]
    with subprocess.Popen(
        [sys.executable, "-m", "bench.closed_loop", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as client:
        assert client.stdin is not None
        assert client.stdout is not None
        client.stdout.readline()
        client.stdin.write("go\n")
        client.stdin.flush()
        seconds, cpu = map(float, client.stdout.readline().split())
    came = read_answers(answered)
    return Loop(
        seconds,
        cpu / len(came),
        sorted(waited for _, waited, _ in came),
        sum(status != 200 for status, _, _ in came),
        [body for _, _, body in came],
    )


def post(path: str, kind: str, body: bytes) -> bytes:
    """A request, as the wire has it."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
