"""What docs/openapi.json says of the server is so: schemathesis asks a running one, with good and with bad data."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from desktop.services.server.limits import Limits
from tests.services.authority.desk import Clock, copied
from tests.services.contract.offices import GENEROUS, Door, authority_on, on_a_thread, served
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
[phases.coverage]
unexpected-methods = ["PUT"]
[[operations]]
include-path-regex = "^/csc/"
checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "403", "404", "409", "410", "422", "429"]
"""


@asynccontextmanager
async def serving(data: Path) -> AsyncIterator[Door]:
    async with authority_on(data, Clock()) as authority, served(authority, authority, limits=LIMITS) as door:
        yield door


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
    with on_a_thread(lambda: serving(copied(started, tmp_path / "data"))) as door:
        assert "" == findings(door.url, tmp_path, "--phases", "examples,coverage", "--seed", "1")


@pytest.mark.soak
def test_the_description_holds_for_random_values_and_chains_of_calls(started: Path, tmp_path: Path) -> None:
    with on_a_thread(lambda: serving(copied(started, tmp_path / "data"))) as door:
        assert "" == findings(door.url, tmp_path, "--max-examples", "300")
