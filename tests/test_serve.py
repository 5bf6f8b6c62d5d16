"""`changgu serve` as a process: its one line, its refusals, its end, and what an operator does while it runs."""

from __future__ import annotations

import json
import os
import re
import signal
import ssl
import subprocess
import sys
import threading
import tomllib
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from desktop.cli import FAILED, USAGE, main
from desktop.config import Settings
from desktop.headless import run_issue
from desktop.serve import run_serve
from desktop.services.api import Kind, Task
from desktop.services.pins import pin_of, trust
from desktop.shipped import shipped
from desktop.text import Text
from tests.services.contract.serving import Tls, command, make_tls, real, serving

POSIX = sys.platform != "win32"
ANSWERS = shipped("practice", "epost-financial-issue.toml")


def issue(data: Path, backend: str, roots: Path | None = None, pins: tuple[str, ...] = ()) -> int:
    settings = Settings(data=data, language="en", backend=backend, backend_ca=roots, backend_pins=pins)
    out = data / "out"
    return run_issue(
        settings, bank="epost", kind=Kind.FINANCIAL, task=Task.ISSUE, answers=ANSWERS, out=out, as_json=True
    )


def reason(capsys: pytest.CaptureFixture[str]) -> object:
    return json.loads(capsys.readouterr().out)["reason"]


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return make_tls(tmp_path_factory.mktemp("tls"))


def refusal(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str]:
    code = main(["serve", "--lang", "en", "--port", "0", *map(str, words)])
    return code, capsys.readouterr().err


# ── From its start to its end ──


def test_it_says_one_line_and_ends_as_asked(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--practice", "--metrics", "0") as server:
        assert {"url", "pid", "practice", "metrics"} == set(server.said)
        assert (server.process.pid, True) == (server.said["pid"], server.said["practice"])
        assert {"status": "ready"} == httpx.get(f"{server.url}/ready", trust_env=False).json()
        assert "<title>Practice phone</title>" in httpx.get(f"{server.url}/practice/phone", trust_env=False).text
        figures = httpx.get(server.said["metrics"], trust_env=False).text
        assert 'changgu_requests_total{operation="ready",status="200"} 1' in figures
        assert re.search(r"^changgu_ca_expires_timestamp_seconds [12]\d{9}$", figures, re.MULTILINE)
        assert "changgu_messages_waiting 0" in figures.splitlines()
        assert 404 == httpx.get(f"{server.url}/metrics", trust_env=False).status_code
        assert 0 == server.stop()
        assert server.process.stdout is not None
        assert "" == server.process.stdout.read()
    assert ["request", "request", "request"] == [line["event"] for line in server.lines()]


def test_a_stop_ends_a_wait_with_an_answer_and_the_store_is_closed(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--practice", "--metrics", "0") as server:
        answers: list[httpx.Response] = []

        def listen() -> None:
            answers.append(httpx.get(f"{server.url}/v1/practice/events?after=0&wait=30", trust_env=False, timeout=40))

        listening = threading.Thread(target=listen)
        listening.start()
        while "changgu_requests_in_flight 1" not in httpx.get(server.said["metrics"], trust_env=False).text:
            continue
        assert 0 == server.stop()
        listening.join()
    assert [{"events": []}] == [answer.json() for answer in answers]
    assert not (tmp_path / "data" / "authority.db-wal").exists()


def test_a_second_server_on_one_data_folder_is_one_too_many(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--practice"):
        again = subprocess.run(
            command("--port", "0", "--practice", "--data", tmp_path / "data"),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert (1, "", 1) == (again.returncode, again.stdout, again.stderr.count("\n"))
    assert f"Another program uses the data folder {tmp_path / 'data'}" in again.stderr


# ── What it refuses ──


def test_plain_http_is_for_this_computer_alone(capsys: pytest.CaptureFixture[str], tls: Tls) -> None:
    code, said = refusal(capsys, "--host", "0.0.0.0")
    assert (USAGE, True) == (code, "127.0.0.1" in said)
    code, said = refusal(capsys, "--cert", tls.certificate)
    assert (USAGE, True) == (code, "--key" in said)


@pytest.mark.skipif(not POSIX, reason="modes are POSIX")
def test_a_key_that_others_can_read_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    made = make_tls(tmp_path)
    made.key.chmod(0o604)
    code, said = refusal(capsys, "--cert", made.certificate, "--key", made.key)
    assert (USAGE, True) == (code, "chmod 600" in said)
    made.key.chmod(0o640)  # of a group that the operator has chosen
    made.certificate.write_text("no certificate")
    code, said = refusal(capsys, "--cert", made.certificate, "--key", made.key)
    assert (USAGE, True) == (code, "cannot be used" in said)


def test_a_key_that_is_locked_is_refused_and_nobody_is_asked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    made = make_tls(tmp_path)
    locked = ("openssl", "pkey", "-in", made.key, "-aes256", "-passout", "pass:secret", "-out", tmp_path / "locked")
    subprocess.run(locked, check=True, capture_output=True)
    (tmp_path / "locked").chmod(0o600)
    code, said = refusal(capsys, "--cert", made.certificate, "--key", tmp_path / "locked")
    assert (USAGE, True) == (code, "cannot be used" in said)


def test_an_address_that_is_taken_or_not_ours_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--practice") as server:
        code = main(
            ["serve", "--lang", "en", "--practice", "--port", str(server.port), "--data", str(tmp_path / "other")]
        )
        assert (FAILED, True) == (code, "Cannot listen" in capsys.readouterr().err)
    assert not (tmp_path / "other" / "authority.db").exists()
    assert USAGE == refusal(capsys, "--metrics", "70000")[0]


def test_made_up_and_real_customers_never_share_a_store(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with serving(tmp_path / "practice", "--practice"):
        pass
    with serving(tmp_path / "real", "--config", real(tmp_path)) as server:
        assert False is server.said["practice"]
        for page in ("v1/practice/events", "practice/phone"):
            assert 404 == httpx.get(f"{server.url}/{page}", trust_env=False).status_code
    mixed = (("--config", real(tmp_path), "--data", tmp_path / "practice"), ("--practice", "--data", tmp_path / "real"))
    for words in mixed:
        code, said = refusal(capsys, *words)
        assert (FAILED, 1, True) == (code, said.count("\n"), "something else" in said)


def test_without_the_extra_it_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [n for n in sys.modules if n.startswith(("desktop.serve", "desktop.services.server", "starlette"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "starlette", None)
    code, said = refusal(capsys)
    assert (FAILED, True) == (code, "changgu[server]" in said)


def test_without_the_database_s_package_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("desktop.custodian.find_spec", lambda name: None)
    code, told = refusal(capsys, "--practice", "--data", tmp_path, "--database", "postgresql://nowhere/changgu")
    assert (USAGE, True, False) == (code, "changgu[postgres]" in told, (tmp_path / "authority.db").exists())


def test_what_is_wrong_with_the_store_is_not_taken_for_something_else(tmp_path: Path) -> None:
    (tmp_path / "authority.db").write_bytes(os.urandom(8192))
    given = Namespace(port=0, practice=True, config=None, check_config=None)
    with pytest.raises(Exception, match="store_corrupt"):
        run_serve(given, Settings(data=tmp_path), Text("en"))


# ── Who talks to it ──


def test_practice_answers_never_reach_a_real_bank(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--config", real(tmp_path)) as server:
        assert USAGE == issue(tmp_path / "mine", server.url)
        assert "practice alone" in capsys.readouterr().err
        server.stop()
    assert {"server"} == {line["operation"] for line in server.lines()}


def test_a_server_is_believed_by_its_roots_and_its_pin(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, tls: Tls
) -> None:
    pin = pin_of(ssl.PEM_cert_to_DER_cert(tls.certificate.read_text()))
    other = make_tls(tmp_path / "other")
    with serving(tmp_path / "data", "--practice", tls=tls) as server:
        for roots, pins in ((other.roots, ()), (None, ()), (tls.roots, ("A" * 43 + "=",))):
            assert FAILED == issue(tmp_path / "mine", server.url, roots, pins)
            assert "unreachable" == reason(capsys)
        assert 0 == issue(tmp_path / "mine", server.url, tls.roots, (pin,))


def test_nobody_is_found_in_the_log_or_the_figures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CHANGGU_SERVE_LOG_FORMAT", "text")
    with serving(tmp_path / "data", "--practice", "--metrics", "0") as server:
        assert 0 == issue(tmp_path / "mine", server.url)
        figures = httpx.get(server.said["metrics"], trust_env=False).text
        server.stop()
    written = figures + server.log.read_text(encoding="utf-8") + json.dumps(server.said | {"url": "", "metrics": ""})
    assert "issue" in written
    people = tomllib.loads(shipped("practice", "people.toml").read_text(encoding="utf-8"))["people"]
    answers = tomllib.loads(ANSWERS.read_text(encoding="utf-8"))
    told = {value for value in texts([people, answers]) if len(value) > 5 and not value.isalpha()}
    told |= {person["name"] for person in people}
    assert len(told) > 50
    assert set() == {
        value for value in {*told, "127.0.0.1", "Bearer"} if value in written or json.dumps(value)[1:-1] in written
    }


def texts(value: object) -> Iterator[str]:
    """Every text within, however deep."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str):
        yield value


@pytest.mark.skipif(not POSIX, reason="there is no SIGHUP")
def test_a_new_certificate_is_taken_without_a_stop(tmp_path: Path) -> None:
    first, second = make_tls(tmp_path / "first", "first"), make_tls(tmp_path / "second", "second")
    with serving(tmp_path / "data", "--practice", tls=first) as server:

        def believed(made: Tls) -> bool:
            try:
                return httpx.get(f"{server.url}/health", verify=trust(roots=made.roots), trust_env=False).is_success
            except httpx.ConnectError:
                return False

        assert (True, False) == (believed(first), believed(second))
        first.certificate.write_bytes(second.certificate.read_bytes())
        server.process.send_signal(signal.SIGHUP)  # and the key is not the right one yet
        while not any(line["event"] == "certificate_refused" for line in server.lines()):
            assert believed(first)
        first.key.write_bytes(second.key.read_bytes())
        server.process.send_signal(signal.SIGHUP)
        while not any(line["event"] == "certificate_read" for line in server.lines()):
            continue
        assert (False, True) == (believed(first), believed(second))
