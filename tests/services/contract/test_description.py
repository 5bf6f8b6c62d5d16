"""What docs/openapi.json says of the server is so: schemathesis asks a running one, with good and with bad data."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktop.services.server.limits import Limits
from tests.services.authority.desk import Clock, copied
from tests.services.contract.offices import GENEROUS, authority_on, served
from tests.services.contract.serving import ROOT

#: Nobody waits for a phone that never rings.
LIMITS = Limits(address=GENEROUS.address, journey=GENEROUS.journey, longest_wait=0.01)
#: Good data may be refused for what it means: 422 or by the state of things; never as being no request (400). The CSC
#: API has 400 for both. Bad data is always refused as such.
CONFIG = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "409", "410", "422", "429"]
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "405", "413", "415"]
[[operations]]
include-path-regex = "^/csc/"
checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "403", "404", "409", "410", "422", "429"]
"""


@contextmanager
def running(data: Path) -> Iterator[str]:
    """A server on a thread of its own; its address."""
    told: list[str] = []
    ready, over = threading.Event(), threading.Event()

    async def serve() -> None:
        async with authority_on(data, Clock()) as authority, served(authority, authority, limits=LIMITS) as door:
            told.append(door.url)
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert ready.wait(30)
        yield told[0]
    finally:
        over.set()
        thread.join()


def findings(url: str, at: Path, *words: str) -> str:
    """What it printed; empty where it found nothing."""
    (at / "schemathesis.toml").write_text(CONFIG)
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SCHEMATHESIS_HOOKS": "tests.services.contract.fuzzing",
        "CHANGGU_FUZZED": url,
    }
    description = ROOT / "docs" / "openapi.json"
    how = ("--checks", "all", "--mode", "all", "--continue-on-failure", "--warnings", "off", "--no-color")
    said = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", description, "--url", url, *how, *words],
        cwd=at,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if said.returncode == 0 else said.stdout + said.stderr


def test_the_description_holds_for_every_kind_of_value(started: Path, tmp_path: Path) -> None:
    with running(copied(started, tmp_path / "data")) as url:
        assert "" == findings(url, tmp_path, "--phases", "examples,coverage", "--seed", "1")


@pytest.mark.soak
def test_the_description_holds_for_random_values_and_chains_of_calls(started: Path, tmp_path: Path) -> None:
    with running(copied(started, tmp_path / "data")) as url:
        assert "" == findings(url, tmp_path, "--max-examples", "300")
