"""From the `[hooks]` table of a server's configuration to what the bank has brought, or one sentence why not."""

from __future__ import annotations

import importlib
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from desktop.secret import Secret
from desktop.services.hooks.brought import Hooks
from desktop.services.hooks.cmp_issuer import CmpIssuer
from desktop.services.hooks.http_directory import HttpDirectory
from desktop.services.hooks.http_gateway import HttpGateway
from desktop.services.hooks.http_media import HttpMedia
from desktop.services.hooks.key_folder import KeyFolder
from desktop.services.hooks.line import secret_of

#: Adapters that come along, by hook and name. A bank's own is named `package.module:Class`.
ADAPTERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "directory": {"http": HttpDirectory},
    "gateway": {"http": HttpGateway},
    "media": {"http": HttpMedia},
    "issuer": {"cmp": CmpIssuer},
    "keys": {"folder": KeyFolder},
}
#: Without these nobody can get through a journey.
NEEDED: Final = ("directory", "gateway")
#: Shorter ones are guessed.
SECRET_BYTES: Final = 16


class HookError(Exception):
    """A server that cannot be put together. `code` names its wording (`serve.refused.<code>`), `data` fills it."""

    def __init__(self, code: str, **data: str) -> None:
        super().__init__(code, *data.values())
        self.code, self.data = code, data


def load_hooks(table: Mapping[str, Any], folder: Path, *, practice: bool) -> Hooks:
    """Each entry names an `adapter` and its settings; `folder` is what paths in them are relative to.

    Raises HookError: `no_hook` for a server without a directory or a gateway, `hooks_in_practice`, `hook` for settings
    that cannot be used.
    """
    if practice:
        if table:
            raise HookError("hooks_in_practice")
        return Hooks()
    for name in NEEDED:
        if name not in table:
            raise HookError("no_hook", name=name)
    for name, value in table.items():
        if name not in ADAPTERS or not isinstance(value, Mapping):
            raise HookError("hook", name=name, problem="is no hook; there are " + ", ".join(ADAPTERS))
    settings: dict[str, dict[str, Any]] = {name: dict(value) for name, value in table.items()}
    secret = _secret(settings["gateway"].pop("reply_secret_file", None), folder)
    made: dict[str, Any] = {}
    try:
        for name, value in settings.items():
            made[name] = _made(name, value, folder)
    except HookError:
        Hooks(**made).close()
        raise
    return Hooks(**made, reply_secret=secret)


def _made(name: str, settings: dict[str, Any], folder: Path) -> Any:
    adapter = _adapter(name, str(settings.pop("adapter", "")))
    try:
        return adapter(msgspec.convert(settings, adapter.Settings), folder)
    except (msgspec.ValidationError, ValueError, ssl.SSLError) as error:
        raise HookError("hook", name=name, problem=str(error)) from error
    except OSError as error:
        raise HookError("hook", name=name, problem=f"{error.filename}: {error.strerror}") from error


def _adapter(name: str, wanted: str) -> Any:
    """A class with `Settings`, a msgspec Struct, made of those settings and the folder."""
    known = ADAPTERS[name]
    if wanted in known:
        return known[wanted]
    module, _, own = wanted.partition(":")
    if not own:
        problem = f"adapter is one of {', '.join(known)}, or package.module:Class"
        raise HookError("hook", name=name, problem=problem)
    try:
        return getattr(importlib.import_module(module), own)
    except (ImportError, AttributeError) as error:
        raise HookError("hook", name=name, problem=f"{wanted} cannot be imported") from error


def _secret(path: object, folder: Path) -> Secret | None:
    if path is None:
        return None
    try:
        secret = secret_of(folder / str(path))
    except ValueError as error:
        raise HookError("hook", name="gateway", problem=str(error)) from error
    except OSError as error:
        raise HookError("hook", name="gateway", problem=f"{error.filename}: {error.strerror}") from error
    if len(secret) < SECRET_BYTES:
        raise HookError("hook", name="gateway", problem=f"reply_secret_file: at least {SECRET_BYTES} characters")
    return secret
