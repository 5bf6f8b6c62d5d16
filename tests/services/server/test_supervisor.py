"""Several processes at one socket: begun together, replaced when they die, ended together."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from desktop.services.server.supervisor import MOST_DEATHS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
ROOT = Path(__file__).parents[3]


@contextmanager
def supervised(work: str, **environ: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.services.server.supervised", work],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environ},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def begun(process: subprocess.Popen[str], until: str = "ready") -> dict[int, int]:
    """The pids by number, once it says so."""
    assert process.stdout is not None
    pids: dict[int, int] = {}
    for line in process.stdout:
        if line.strip() == until:
            break
        _, number, pid = line.split()
        pids[int(number)] = int(pid)
    return pids


def ended(process: subprocess.Popen[str]) -> tuple[int, list[dict[str, Any]]]:
    """Exit code and log."""
    _, errors = process.communicate(timeout=30)
    return process.returncode, [json.loads(line) for line in errors.splitlines()]


def test_they_begin_together_and_end_together() -> None:
    with supervised("stays") as process:
        assert {1, 2} == begun(process).keys()
        process.send_signal(signal.SIGTERM)
        assert (0, []) == ended(process)


def test_one_that_dies_is_replaced() -> None:
    with supervised("stays") as process:
        pids = begun(process)
        os.kill(pids[2], signal.SIGKILL)
        assert process.stdout is not None
        assert process.stdout.readline().startswith("worker 2")
        process.send_signal(signal.SIGTERM)
        code, log = ended(process)
    assert (0, [("worker_died", 2, -signal.SIGKILL)]) == (code, [(x["event"], x["number"], x["code"]) for x in log])


def test_a_hangup_is_passed_on() -> None:
    with supervised("stays") as process:
        begun(process)
        process.send_signal(signal.SIGHUP)
        assert process.stdout is not None
        assert {"hangup 1\n", "hangup 2\n"} == {process.stdout.readline(), process.stdout.readline()}


def test_what_one_cannot_begin_none_can() -> None:
    with supervised("never_begins") as process:
        assert (7, []) == ended(process)


def test_who_dies_again_and_again_is_given_up() -> None:
    with supervised("stays") as process:
        victim = begun(process)[1]
        assert process.stdout is not None
        for deaths_to_come in reversed(range(MOST_DEATHS)):
            os.kill(victim, signal.SIGKILL)
            victim = int(process.stdout.readline().split()[2]) if deaths_to_come else 0
        code, log = ended(process)
    assert (1, ["gave_up"]) == (code, [line["event"] for line in log if line["event"] != "worker_died"])


def test_who_does_not_end_is_killed() -> None:
    with supervised("stubborn") as process:
        begun(process)
        process.send_signal(signal.SIGTERM)
        code, log = ended(process)
    assert (1, ["worker_killed"]) == (code, [line["event"] for line in log])


def test_without_their_supervisor_workers_end() -> None:
    with supervised("stays") as process:
        begun(process)
        process.kill()
        assert process.stdout is not None
        assert "" == process.stdout.read()  # nobody holds its other end any more


def test_systemd_is_told(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(20)
        told = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "200000"}
        with supervised("stays", **told) as process:
            heard: list[bytes] = []
            while heard.count(b"WATCHDOG=1") < 3 or b"READY=1" not in heard:
                heard.append(systemd.recv(64))
            process.send_signal(signal.SIGTERM)
            while heard[-1] != b"STOPPING=1":
                heard.append(systemd.recv(64))
            assert 0 == ended(process)[0]
