"""docs/operating.md as it stands: its files written, its commands run, on SQLite, on a token and on PostgreSQL."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.services.server.config import Config, leaves
from tests.services import postgres, softhsm

PAGE = Path(__file__).parent.parent / "docs" / "operating.md"
SECONDS = 120.0

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("bash", "openssl", "curl"))), reason="the programs of the page are not installed"
)


def script(page: str, kind: str) -> str:
    """One shell, which ends at the first thing that fails, and takes along what it has started."""
    lines = ["set -eu", "trap 'kill $(jobs -p) 2> trap.log || true' EXIT"]
    found = re.findall(r"^```(sh|toml)(?: (\S+))?\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    lines += [f"cat > {name} <<'END OF FILE'\n{text}END OF FILE" for form, name, text in found if form == "toml"]
    lines += [text for form, name, text in found if form == "sh" and name in {"common", kind}]
    return "\n".join(lines)


def follow(folder: Path, kind: str, **environ: str) -> str:
    known = {name: value for name, value in os.environ.items() if not name.startswith("CHANGGU")}
    known["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), *postgres.programs(), known["PATH"]])
    done = subprocess.run(
        ["bash", "-c", script(PAGE.read_text(encoding="utf-8"), kind)],
        cwd=folder,
        env={**known, "HOME": str(folder), "CHANGGU_LANG": "en", **environ},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    log = folder / "serve.log"
    assert 0 == done.returncode, done.stdout + done.stderr + (log.read_text() if log.exists() else "")
    return done.stdout


def test_on_one_file_it_is_started_backed_up_restored_and_given_new_keys(tmp_path: Path) -> None:
    said = follow(tmp_path, "")
    assert 2 == said.count("The books balance")
    assert ("There are 2 keys" in said, "ends on" in said) == (True, True)
    assert 0 == (tmp_path / "backup.db").stat().st_mode & 0o077


@softhsm.NEEDED
def test_on_a_token_its_keys_are_made_and_stay(tmp_path: Path) -> None:
    (tmp_path / "tokens").mkdir()
    settings = tmp_path / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nlog.level = ERROR\n")
    said = follow(tmp_path, "token", SOFTHSM2_CONF=str(settings))
    assert ("id-ecPublicKey" in said, "The books balance" in said) == (True, True)


@postgres.NEEDED
def test_on_postgresql_workers_share_a_store_that_is_dumped_and_restored(tmp_path: Path) -> None:
    with postgres.cluster() as cluster:
        said = follow(tmp_path, "postgres", DATABASE=cluster.create(), RESTORED=cluster.create())
    assert "The books balance" in said


def test_the_page_knows_every_setting() -> None:
    prose = re.sub(r"^```.*?^```$", "", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    named = set(re.findall(r"[\w.]+", " ".join(re.findall(r"`([^`]+)`", prose))))
    assert set() == {re.sub(r"^limits\.", "", ".".join(map(str, place))) for place in leaves(Config)} - named
