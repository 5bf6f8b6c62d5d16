"""`changgu serve --workers` on PostgreSQL: several processes, one server; and its settings by file and environment."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from desktop.cli import DONE, USAGE, main
from desktop.config import Settings
from desktop.headless import run_issue
from desktop.services.api import Kind, Task
from desktop.shipped import shipped
from tests.services.contract.serving import command, make_tls, real, serving
from tests.services.postgres import NEEDED, Cluster, cluster


@pytest.fixture(scope="module")
def postgres() -> Iterator[Cluster]:
    with cluster() as made:
        yield made


def issue(data: Path, url: str, bank: str) -> int:
    settings, answers = (
        Settings(data=data, language="en", backend=url),
        shipped("practice", f"{bank}-financial-issue.toml"),
    )
    return run_issue(
        settings, bank=bank, kind=Kind.FINANCIAL, task=Task.ISSUE, answers=answers, out=data / "out", as_json=True
    )


# ── Workers ──


@NEEDED
@pytest.mark.skipif(sys.platform != "linux", reason="the system tells nobody whose children are whose")
def test_workers_are_one_server_and_one_that_dies_is_replaced(postgres: Cluster, tmp_path: Path) -> None:
    words = ("--practice", "--workers", "3", "--metrics", "0", "--database", postgres.create())
    with serving(tmp_path / "data", *words) as server:
        assert (3, 3, server.process.pid) == (server.said["workers"], len(server.said["metrics"]), server.said["pid"])
        sealing = {httpx.get(f"{server.url}/v1/server", trust_env=False).json()["sealing"]["key"] for _ in range(20)}
        assert 1 == len(sealing)  # what was sealed for one worker opens at all
        assert 0 == issue(tmp_path / "mine", server.url, "epost")
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)
        while not any(line["event"] == "worker_died" for line in server.lines()):
            assert httpx.get(f"{server.url}/health", trust_env=False).is_success
        assert 0 == issue(tmp_path / "mine", server.url, "kb")
        assert 0 == server.stop()
    workers = {line["worker"] for line in server.lines() if line["event"] == "request"}
    assert {1, 2, 3} >= workers
    assert len(workers) > 1


@NEEDED
def test_a_database_that_is_not_there_is_said_once(tmp_path: Path) -> None:
    where = f"postgresql:///none?host={tmp_path}"
    words = ("--practice", "--workers", "2", "--port", "0", "--data", tmp_path / "data", "--database", where)
    ended = subprocess.run(command(*words), capture_output=True, text=True, check=False, timeout=60)
    assert (1, "") == (ended.returncode, ended.stdout)
    assert ended.stderr == "The database cannot be reached. See --database, and ~/.pgpass for its password.\n"


@pytest.mark.skipif(sys.platform != "linux", reason="the system tells nobody whose children are whose")
def test_on_one_file_one_worker_writes_and_the_others_are_its_fronts(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--practice", "--workers", "3", "--metrics", "0") as server:
        assert (3, 3) == (server.said["workers"], len(server.said["metrics"]))
        assert 0 == issue(tmp_path / "mine", server.url, "epost")
        for page in ("health", "ready", "metrics"):
            where = [told.replace("metrics", page) for told in server.said["metrics"]]
            assert [200, 200, 200] == [httpx.get(url, trust_env=False).status_code for url in where]
        assert 404 == httpx.get(f"{server.url}/v1/nothing", trust_env=False).status_code
        assert 0 == server.stop()
    assert {2, 3} >= {line["worker"] for line in server.lines() if line["event"] == "request"}


@pytest.mark.skipif(sys.platform != "linux", reason="the system tells nobody whose children are whose")
@pytest.mark.parametrize("which", [0, 1])
def test_whichever_of_them_dies_is_replaced(tmp_path: Path, which: int) -> None:
    with serving(tmp_path / "data", "--practice", "--workers", "2") as server:
        assert 0 == issue(tmp_path / "mine", server.url, "epost")
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
        os.kill(int(children[which]), signal.SIGKILL)
        while not any(line["event"] == "worker_died" for line in server.lines()):
            continue
        while not _is_ready(server.url):
            continue
        assert 0 == issue(tmp_path / "mine", server.url, "kb")
        assert 0 == server.stop()


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/ready", trust_env=False).is_success
    except httpx.TransportError:
        return False


@pytest.mark.skipif(sys.platform == "win32", reason="it has no fork to begin with")
def test_where_the_sockets_between_them_have_no_place_it_is_said_in_one_sentence(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    words = command("--practice", "--workers", "2", "--port", "0", "--data", tmp_path / "data")
    ended = subprocess.run(
        words, capture_output=True, text=True, check=False, timeout=60, env={**os.environ, "TMPDIR": str(deep)}
    )
    assert (1, "", 1, True) == (ended.returncode, ended.stdout, ended.stderr.count("\n"), "TMPDIR" in ended.stderr)


@pytest.mark.skipif(sys.platform == "win32", reason="it has no fork to begin with")
def test_where_there_is_no_fork_several_workers_are_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delattr(os, "fork")
    assert USAGE == main(["serve", "--lang", "en", "--practice", "--workers", "2", "--data", str(tmp_path)])
    assert "cannot serve with several workers" in capsys.readouterr().err


# ── Settings ──


def test_what_would_be_used_is_told_and_nothing_is_opened(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = make_tls(tmp_path)
    file = real(tmp_path)
    file.write_text(f'cert = "{made.certificate.name}"\nkey = "server.key"\nport = 1\n{file.read_text()}')
    monkeypatch.setenv("CHANGGU_SERVE_DATABASE", "postgresql://changgu:SENTINEL@db/changgu")
    words = ["serve", "--config", str(file), "--check-config", "--port", "9", "--data", str(tmp_path / "data")]
    assert DONE == main(words)
    shown = capsys.readouterr().out
    told = tomllib.loads(shown)
    assert (9, str(made.certificate), str(tmp_path / "data")) == (told["port"], told["cert"], told["data"])
    assert ("postgresql://changgu:…@db/changgu", False) == (told["database"], "SENTINEL" in shown)
    assert {"changgu.log"} >= {path.name for path in (tmp_path / "data").iterdir()}


def test_a_mistake_in_the_file_is_told_with_its_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "serve.toml"
    file.write_text("port = 1\nprot = 2\n")
    assert USAGE == main(["serve", "--config", str(file)])
    assert f"{file}:2: Object contains unknown field `prot`" in capsys.readouterr().err


def test_a_password_on_the_command_line_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert USAGE == main(["serve", "--practice", "--database", "postgresql://changgu:SENTINEL@db/changgu"])
    assert ("SENTINEL" not in (said := capsys.readouterr().err), True) == (True, ".pgpass" in said)


def test_a_limit_of_the_file_holds(tmp_path: Path) -> None:
    file = tmp_path / "serve.toml"
    file.write_text("[limits.address]\nburst = 2\nper_second = 0.001\n[log]\nlevel = 'error'\n")
    with serving(tmp_path / "data", "--practice", "--config", file) as server:
        codes = [httpx.get(f"{server.url}/health", trust_env=False).status_code for _ in range(3)]
        server.stop()
    assert ([200, 200, 429], []) == (codes, server.lines())


def test_the_line_is_the_same_with_settings_of_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CHANGGU_SERVE_PRACTICE", "true")
    monkeypatch.setenv("CHANGGU_SERVE_METRICS", "127.0.0.1:0")
    with serving(tmp_path / "data") as server:
        assert {"url", "pid", "practice", "metrics"} == set(json.loads(json.dumps(server.said)))
        where = server.said["metrics"].removesuffix("/metrics")
        assert [200, 200] == [httpx.get(f"{where}/{page}", trust_env=False).status_code for page in ("health", "ready")]
