"""From the table of a server's configuration to the hooks, or one sentence why not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from desktop.secret import Secret
from desktop.services.hooks.http_directory import HttpDirectory
from desktop.services.hooks.http_gateway import HttpGateway
from desktop.services.hooks.key_folder import KeyFolder
from desktop.services.hooks.loading import HookError, load_hooks

NEAR = {"adapter": "http", "url": "http://127.0.0.1:1"}
BOTH: dict[str, Any] = {"directory": NEAR, "gateway": NEAR}


class OwnSettings(msgspec.Struct, forbid_unknown_fields=True):
    host: str


class OwnDirectory:
    """A bank's own adapter, named in its configuration."""

    Settings = OwnSettings

    def __init__(self, settings: OwnSettings, folder: Path) -> None:
        self.settings, self.folder, self.closed = settings, folder, False

    def close(self) -> None:
        self.closed = True


def test_each_hook_is_made_by_its_adapter_with_its_settings(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "secret").write_text("0123456789abcdef\n")
    (tmp_path / "secret").chmod(0o600)
    table = {
        **BOTH,
        "gateway": {**NEAR, "reply_secret_file": "secret"},
        "keys": {"adapter": "folder", "folder": "keys"},
    }
    hooks = load_hooks(table, tmp_path, practice=False)
    assert (HttpDirectory, HttpGateway, KeyFolder) == (type(hooks.directory), type(hooks.gateway), type(hooks.keys))
    assert (None, None, Secret.of("0123456789abcdef")) == (hooks.media, hooks.issuer, hooks.reply_secret)
    assert "0123456789abcdef" not in repr(hooks)
    hooks.close()


def test_a_banks_own_adapter_is_named_by_module_and_class(tmp_path: Path) -> None:
    own = {"adapter": f"{__name__}:OwnDirectory", "host": "h"}
    hooks = load_hooks({"directory": own, "gateway": NEAR}, tmp_path, practice=False)
    made: object = hooks.directory
    assert isinstance(made, OwnDirectory)
    assert (OwnSettings("h"), tmp_path) == (made.settings, made.folder)
    hooks.close()
    assert made.closed


@pytest.mark.parametrize("missing", ["directory", "gateway"])
def test_a_server_for_real_customers_needs_a_directory_and_a_gateway(missing: str) -> None:
    with pytest.raises(HookError) as raised:
        load_hooks({name: value for name, value in BOTH.items() if name != missing}, Path(), practice=False)
    assert ("no_hook", {"name": missing}) == (raised.value.code, raised.value.data)


def test_practice_brings_everything_itself() -> None:
    assert None is load_hooks({}, Path(), practice=True).directory
    with pytest.raises(HookError) as raised:
        load_hooks(BOTH, Path(), practice=True)
    assert "hooks_in_practice" == raised.value.code


@pytest.mark.parametrize(
    ("change", "name", "problem"),
    [
        ({"oracle": NEAR}, "oracle", "is no hook"),
        ({"media": 1}, "media", "is no hook"),
        ({"media": {}}, "media", "adapter is one of http"),
        ({"media": {"adapter": "https"}}, "media", "adapter is one of http"),
        ({"media": {"adapter": "nowhere.at_all:X"}}, "media", "cannot be imported"),
        ({"media": {"adapter": f"{__name__}:Nobody"}}, "media", "cannot be imported"),
        ({"media": {**NEAR, "colour": "red"}}, "media", "unknown field `colour`"),
        ({"media": {**NEAR, "url": "http://bank.invalid"}}, "media", "plain HTTP"),
        ({"media": {**NEAR, "token_file": "none"}}, "media", "none: No such file"),
        ({"media": {**NEAR, "url": "https://127.0.0.1:1", "pins": ["x"]}}, "media", "a pin is"),
        ({"gateway": {**NEAR, "reply_secret_file": "short"}}, "gateway", "at least 16"),
        ({"gateway": {**NEAR, "reply_secret_file": "open"}}, "gateway", "chmod 600"),
        ({"media": {**NEAR, "token_file": "open"}}, "media", "chmod 600"),
        ({"keys": {"adapter": "folder", "folder": "."}}, "keys", "chmod 600"),
        ({"gateway": {**NEAR, "reply_secret_file": "none"}}, "gateway", "none: No such file"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, change: dict[str, Any], name: str, problem: str) -> None:
    for file, mode in (("short", 0o600), ("open", 0o644)):
        (tmp_path / file).write_text("123")
        (tmp_path / file).chmod(mode)
    with pytest.raises(HookError) as raised:
        load_hooks({**BOTH, **change}, tmp_path, practice=False)
    assert ("hook", name) == (raised.value.code, raised.value.data["name"])
    assert problem in raised.value.data["problem"]
