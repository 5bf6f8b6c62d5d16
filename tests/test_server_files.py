"""What ships for operators beside the program: each file is understood by what reads it, and names what exists."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from desktop.options import parse
from desktop.services.hooks.loading import ADAPTERS
from desktop.services.server.config import Config, choose, leaves, variable
from desktop.services.server.metrics import Metrics
from desktop.services.standing import Standing
from desktop.services.vocabulary import Reason
from desktop.services.wire.operations import OPERATIONS
from desktop.shipped import shipped
from desktop.text import Text

FOLDER = shipped("server")
ROOT = Path(__file__).parent.parent


def read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def variables() -> set[str]:
    return {variable(place) for place in leaves(Config)} | {"CHANGGU_DATA"}


# ── Settings ──


def test_the_settings_that_ship_are_settings() -> None:
    config = choose({}, {}, FOLDER / "serve.toml").config
    assert (8480, 8481, "127.0.0.1:9480") == (config.port, config.status_port, config.metrics)
    assert ADAPTERS.keys() >= config.hooks.keys()


def test_what_is_commented_out_there_is_a_setting_as_well(tmp_path: Path) -> None:
    lines = read("serve.toml").splitlines()
    opened = [re.sub(r"^# (?=\w+ = |\[)", "", line) for line in lines]
    tables = [n for n, line in enumerate(opened) if line.startswith("[") and lines[n] != line]
    assert 1 == len(tables)
    path = tmp_path / "serve.toml"
    path.write_text("\n".join(opened), encoding="utf-8")
    config = choose({}, {}, path).config
    assert (4, "pkcs11:token=bank;object=issuing") == (config.workers, config.keys.ca)


# ── systemd ──


def directives(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, value in re.findall(r"^(\w+)=(.*)$", read(name), re.MULTILINE):
        found.setdefault(key, []).append(value)
    return found


def test_the_service_starts_what_the_program_understands() -> None:
    unit = directives("changgu.service")
    program, *words = shlex.split(unit["ExecStart"][0])
    assert ("changgu", "serve") == (Path(program).name, parse(words, Text("en")).command)
    named = re.findall(r"\b(CHANGGU_\w+)=", "\n".join(unit["Environment"]) + read("changgu.service"))
    assert set(named) <= variables()


def test_the_service_is_locked_in_and_knows_the_exit_codes() -> None:
    unit = directives("changgu.service")
    assert (["strict"], ["yes"], ["notify"], ["2"]) == tuple(
        unit[name] for name in ("ProtectSystem", "NoNewPrivileges", "Type", "RestartPreventExitStatus")
    )
    assert int(unit["TimeoutStopSec"][0]) > Config().limits.stop_seconds + 10
    assert ["serve.toml:/etc/changgu/serve.toml"] == unit["LoadCredential"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here to ask")
def test_systemd_understands_the_service_and_finds_it_locked(tmp_path: Path) -> None:
    unit = tmp_path / "changgu.service"
    unit.write_text(re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", read("changgu.service"), flags=re.M))
    checked = subprocess.run(
        ["systemd-analyze", "--man=no", "verify", unit], capture_output=True, text=True, check=False
    )
    assert (0, "") == (checked.returncode, checked.stderr)
    words = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(unit)]
    rated = subprocess.run(words, capture_output=True, text=True, check=False)
    assert 0 == rated.returncode, rated.stdout[-200:]


# ── Container ──


def test_the_container_runs_nothing_as_root_and_takes_packages_by_their_hash_alone() -> None:
    written = re.sub(r"\\\n\s*", " ", read("Containerfile"))
    said = re.findall(r"^([A-Z]+) (.*)$", written, re.MULTILINE)
    assert {"${BASE} AS packages", "${BASE}"} == {value for name, value in said if name == "FROM"}
    assert ["10001:10001"] == [value for name, value in said if name == "USER"]
    installs = [value for name, value in said if name == "RUN" and " pip install " in value]
    assert [(True, True, True)] == [
        ("--require-hashes" in value, "--no-deps" in value, "--only-binary" in value) for value in installs
    ]
    copied = {word for name, value in said if name == "COPY" and "--from" not in value for word in value.split()[:-1]}
    assert all((ROOT / each).exists() for each in copied)
    assert {"CHANGGU_DATA", "CHANGGU_SERVE_METRICS"} == set(re.findall(r"\b(CHANGGU_\w+)=", written)) <= variables()


def test_the_container_starts_what_the_program_understands() -> None:
    said = dict(re.findall(r"^(ENTRYPOINT|CMD) \[(.*)\]$", read("Containerfile"), re.MULTILINE))
    words = shlex.split(f"{said['ENTRYPOINT']}, {said['CMD']}".replace(",", " "))
    assert ["python", "-m", "desktop"] == words[:3]
    assert "serve" == parse(words[3:], Text("en")).command


def test_the_lock_of_a_server_has_all_that_it_needs_and_nothing_of_a_window() -> None:
    locked = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements" / "server.lock").read_text(), re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *(each for name in ("server", "postgres", "token") for each in extras[name])]
    names = {re.split(r"[\[<>=]", each)[0].lower() for each in wanted}
    assert {"pyside6-essentials", "qasync"} == names - locked
    lock = (ROOT / "requirements" / "server.lock").read_text()
    assert len(locked) == len(re.findall(r"^[\w.-]+==.*\\\n    --hash=sha256:", lock, re.MULTILINE))


def test_a_server_needs_nothing_of_a_window() -> None:
    code = (
        "import sys; sys.modules.update(dict.fromkeys(('PySide6', 'qasync', 'shiboken6')));"
        "from desktop.cli import main; sys.exit(main(['serve', '--practice', '--check-config']))"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (0, True) == (ended.returncode, "practice = true  # option" in ended.stdout)


# ── Prometheus and nginx ──


def test_alerts_ask_for_figures_that_exist() -> None:
    metrics = Metrics()
    metrics.ended("issue", 200, 0.1)
    metrics.problem("wrong_pin")
    known = set(re.findall(r"^(changgu_\w+)", metrics.text(Standing(0.0, 0)), re.MULTILINE))
    asked = read("alerts.yml")
    assert known >= set(re.findall(r"\bchanggu_[a-z_]+", asked))
    assert {str(reason) for reason in Reason} >= {
        code for codes in re.findall(r'code=~"([^"]+)"', asked) for code in codes.split("|")
    }
    assert {operation.name for operation in OPERATIONS} >= set(re.findall(r'operation="(\w+)"', asked))


def test_every_alert_says_what_to_do_and_how_urgent_it_is() -> None:
    alerts = re.split(r"(?m)^      - alert: ", read("alerts.yml"))[1:]
    assert len(alerts) > 5
    for alert in alerts:
        assert all(f"{part}:" in alert for part in ("expr", "labels", "summary")), alert


def test_the_balancer_keeps_to_the_limits_of_the_server_and_believes_nobody() -> None:
    written = re.sub(r"#.*", "", read("nginx.conf"))
    assert written.count("{") == written.count("}")
    limits = Config().limits
    assert (f"client_header_timeout {limits.header_seconds:.0f}s", True) == (
        re.findall(r"client_header_timeout \w+", written)[0],
        f"client_body_timeout {limits.body_seconds:.0f}s" in written,
    )
    assert int(re.findall(r"proxy_read_timeout (\d+)s", written)[0]) > limits.longest_wait
    assert "X-Forwarded-For $remote_addr" in written
    logged = re.findall(r"log_format changgu '([^']+)'", written)[0]
    assert not {"$remote_addr", "$request", "$request_uri", "$http_authorization"} & set(logged.split())
