"""A program killed at any moment of the journey: on restart it says what is true, goes on, and never issues twice."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest


@dataclass(frozen=True, slots=True)
class Target:
    """`calls`: how many service calls an undisturbed journey makes."""

    bank: str
    kind: str
    calls: int = 0


def run(target: Target, folder: Path, number: int, when: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "tests.killed", target.bank, target.kind]
    words += [str(folder / "data"), str(folder / "out"), str(number), when]
    return subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)


def issued(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "data" / "authority.db")) as db:
        return int(db.execute("SELECT count(*) FROM ca_certificates WHERE status = 'good'").fetchone()[0])


def killed_and_restarted(target: Target, folder: Path, number: int, when: str) -> None:
    """Dies at the call, is started again as if nothing had happened, and comes to the end."""
    where = f"{when} call {number}"
    first = run(target, folder, number, when)
    assert -signal.SIGKILL == first.returncode, f"{where}: {first.stderr}"
    known = (folder / "data" / "journal.json").exists()
    confirmed = not known and issued(folder) == 1
    second = run(target, folder, 0, "never")
    assert 1 == issued(folder), where
    assert (folder / "out" / "certificate.pem").exists(), where
    if confirmed:
        # Killed while saying goodbye: the certificate was in the person's hands, and a second one is refused.
        assert (1, "already_issued") == (second.returncode, json.loads(second.stdout)["reason"]), where
        return
    assert 0 == second.returncode, f"{where}: {second.stderr}"
    assert known == ("did not finish" in second.stderr), f"{where}: {second.stderr}"
    assert "done" == json.loads(second.stdout)["outcome"], where
    assert not (folder / "data" / "journal.json").exists(), where


@pytest.fixture(scope="module", params=[("epost", "financial"), ("woori", "joint")], ids="-".join)
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Target:
    target = Target(*request.param)
    undisturbed = run(target, tmp_path_factory.mktemp("undisturbed"), 0, "never")
    found = re.search(r"^calls (\d+)$", undisturbed.stderr, re.MULTILINE)
    assert found is not None, undisturbed.stderr
    return replace(target, calls=int(found[1]))


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_service_call_leaves_one_certificate_and_a_way_on(
    target: Target, tmp_path: Path, when: str
) -> None:
    with ThreadPoolExecutor(2) as two:
        list(two.map(lambda n: killed_and_restarted(target, tmp_path / str(n), n, when), range(1, target.calls + 1)))
