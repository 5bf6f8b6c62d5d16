"""Where a setting comes from, what is refused and how, and what is told of it."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

from desktop.services.server.config import Config, ConfigFileError, choose, leaves, variable, without_password
from desktop.services.server.limits import Rate
from desktop.services.server.telling import told

EVERYTHING = """\
data = "data"
host = "0.0.0.0"
port = 443
cert = "chain.pem"
key = "key.pem"
metrics = "127.0.0.1:9100"
status_port = 80
public_url = "http://ca.bank.example"
database = "postgresql://changgu@db.bank.example/changgu"
workers = 4
proxies = ["10.0.0.7", "10.1.0.0/16"]

[log]
level = "warning"

[keys]
ca = "pkcs11:token=bank;object=issuing"
pin_file = "pin"

[limits]
connections = 4096

[limits.address]
burst = 50
per_second = 10

[hooks]
customers = "http"

[hooks.http]
url = "https://id.bank.example"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "serve.toml"
    path.write_text(EVERYTHING, encoding="utf-8")
    return path


def refused(path: Path, written: str) -> str:
    path.write_text(written, encoding="utf-8")
    with pytest.raises(ConfigFileError) as caught:
        choose({}, {}, path)
    return str(caught.value).removeprefix(f"{path}:")


def test_an_option_goes_before_the_environment_and_that_before_the_file(file: Path) -> None:
    environ = {"CHANGGU_SERVE_PORT": "8443", "CHANGGU_SERVE_HOST": "127.0.0.1", "CHANGGU_SERVE_WORKERS": "2"}
    chosen = choose({"port": 9443, "cert": None}, {**environ, "HOME": "/x"}, file)
    config = chosen.config
    assert (9443, "127.0.0.1", 2, 4096) == (config.port, config.host, config.workers, config.limits.connections)
    told_of = {str(place[0]): source for place, source in chosen.sources.items() if len(place) == 1}
    assert ("option", "environment", "file", "default") == tuple(
        told_of[name] for name in ("port", "host", "cert", "practice")
    )


def test_paths_of_a_file_are_relative_to_it(file: Path) -> None:
    config = choose({}, {}, file).config
    assert (file.parent / "chain.pem", file.parent / "pin") == (config.cert, config.keys.pin_file)
    assert Path("own.pem") == choose({}, {"CHANGGU_SERVE_CERT": "own.pem"}, file).config.cert


def test_every_single_limit_has_a_variable() -> None:
    config = choose({}, {"CHANGGU_SERVE_LIMITS_ADDRESS_BURST": "7", "CHANGGU_SERVE_PROXIES": "10.0.0.1, ::1"}).config
    assert (Rate(7.0, 50.0), ("10.0.0.1", "::1")) == (config.limits.address, config.proxies)
    assert len(set(map(variable, leaves(Config)))) == len(list(leaves(Config)))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("port = 1\nhots = 'x'\n", "2: Object contains unknown field `hots`; remove it or correct its spelling"),
        ("port = 'x'\n", "1: Expected `int`, got `str`"),
        ("port = 1\n\n[limits]\nidle_seconds = 0\n", "4: Expected `float` > 0.0"),
        ("[limits.address]\nburst = 0\nper_second = 1\n", "2: Expected `float` >= 1.0"),
        ("[log]\nlevel = 'chatty'\n", "2: Invalid enum value 'chatty'"),
        ("port = 1\nproxies = ['10.0.0.1/99']\n", "2: '10.0.0.1/99' is neither an address nor a network"),
        ("port = 1\nport = 2\n", "2: is not TOML"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_line(tmp_path: Path, written: str, said: str) -> None:
    assert said in refused(tmp_path / "serve.toml", written)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigFileError, match="cannot be read"):
        choose({}, {}, tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("options", "environ", "said"),
    [
        ({}, {"CHANGGU_SERVE_PORT": "many"}, "CHANGGU_SERVE_PORT: Expected `int`"),
        ({}, {"CHANGGU_SERVE_PROT": "1"}, "CHANGGU_SERVE_PROT: is no setting"),
        ({}, {"CHANGGU_SERVE_PROXIES": "balancer"}, "CHANGGU_SERVE_PROXIES: 'balancer' is neither"),
        ({"workers": 0}, {}, "--workers: Expected `int` >= 1"),
        ({"metrics": "x:y"}, {}, "--metrics: Expected `str` matching"),
    ],
)
def test_what_is_wrong_elsewhere_is_told_by_its_name(
    options: dict[str, object], environ: dict[str, str], said: str
) -> None:
    with pytest.raises(ConfigFileError) as caught:
        choose(options, environ)
    assert said in str(caught.value)


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
def test_a_password_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "serve.toml"
    written = "port = 1\ndatabase = 'postgresql://changgu:SENTINEL@db/changgu'\n"
    path.touch(0o644)
    said = refused(path, written)
    assert ("2: holds a password", False) == (said[: len("2: holds a password")], "SENTINEL" in said)
    path.chmod(0o640)
    assert "SENTINEL" in str(choose({}, {}, path).config.database)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://changgu:SENTINEL@db/changgu", "postgresql://changgu:…@db/changgu"),
        ("postgresql:///changgu?host=/run&password=SENTINEL&a=b", "postgresql:///changgu?host=/run&password=…&a=b"),
        ("postgresql://changgu@db:5432/changgu", "postgresql://changgu@db:5432/changgu"),
    ],
)
def test_a_password_is_not_shown(url: str, shown: str) -> None:
    assert shown == without_password(url)


def test_what_is_told_is_a_file_that_does_the_same_but_for_its_secrets(file: Path, tmp_path: Path) -> None:
    environ = {"CHANGGU_SERVE_DATABASE": "postgresql://changgu:SENTINEL@db/changgu"}
    file.write_text(f"{EVERYTHING}api_key = 'SENTINEL'\n", encoding="utf-8")
    chosen = choose({"port": 9443}, environ, file)
    shown = told(chosen)
    assert ("port = 9443  # option", False) == (
        next(line for line in shown.splitlines() if line.startswith("port")),
        "SENTINEL" in shown,
    )
    (tmp_path / "again.toml").write_text(shown, encoding="utf-8")
    (tmp_path / "again.toml").chmod(0o600)
    again = choose({}, {}, tmp_path / "again.toml").config
    assert (chosen.config.limits, chosen.config.cert) == (again.limits, again.cert)
    assert {"customers": "http", "http": {"url": "https://id.bank.example", "api_key": "…"}} == tomllib.loads(shown)[
        "hooks"
    ]
