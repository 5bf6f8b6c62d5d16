"""The words of `changgu certs`: one action each, with the same few options everywhere."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from desktop.text import Text

#: What a key may be wrapped in, by the names of services/npki; the rest of them are for reading.
FORMS = ("kisa", "old", "pbes2-seed-sha1", "pbes2-seed-sha256", "pbes2-aria128-sha256", "pbes2-aria256-sha256")


class Command(Protocol):
    """A parser of ours with the group that its options belong to."""

    options: argparse._ArgumentGroup


def add_certs(new: Callable[[str], Command], text: Text) -> None:
    """`new` makes the parser of an action by its name."""
    for name, fill in _ACTIONS.items():
        options = _Options(new(name).options, text)
        fill(options)
        options.flag("json")


class _Options:
    def __init__(self, group: argparse._ArgumentGroup, text: Text) -> None:
        self._group, self._text = group, text

    def path(self, name: str = "path", metavar: str = "PATH", *, optional: bool = False) -> None:
        said = self._text(f"certs.option.{name}")
        self._group.add_argument(name, type=Path, metavar=metavar, help=said, nargs="?" if optional else None)

    def file(self, name: str, metavar: str = "FILE", *, required: bool = False, many: bool = False) -> None:
        self._group.add_argument(
            f"--{name}",
            type=Path,
            metavar=metavar,
            required=required,
            action="append" if many else "store",
            dest=name.replace("-", "_"),
            help=self._text(f"certs.option.{name.replace('-', '_')}"),
        )

    def flag(self, name: str) -> None:
        self._group.add_argument(f"--{name}", action="store_true", help=self._text(f"certs.option.{name}"))

    def form(self) -> None:
        said = self._text("certs.option.form", known=", ".join(FORMS))
        self._group.add_argument("--form", choices=FORMS, default="kisa", metavar="FORM", help=said)


def _list(options: _Options) -> None:
    options.file("in", "DIR", many=True)


def _show(options: _Options) -> None:
    options.path()
    options.flag("technical")


def _verify(options: _Options) -> None:
    options.path()
    options.file("password-file")
    options.file("rrn-file")


def _passwd(options: _Options) -> None:
    options.path()
    options.file("password-file")
    options.file("new-password-file")
    options.form()


def _copy(options: _Options) -> None:
    options.path()
    options.file("to", "DIR", required=True)


def _backup(options: _Options) -> None:
    options.path(optional=True)
    options.file("to", "DIR", required=True)
    options.file("in", "DIR", many=True)


def _export(options: _Options) -> None:
    options.path()
    options.file("password-file")
    options.file("pfx-password-file")
    options.file("out", required=True)
    options.flag("legacy")
    options.flag("replace")


def _import(options: _Options) -> None:
    options.path("file", "FILE")
    options.file("pfx-password-file")
    options.file("new-password-file")
    options.file("to", "DIR")
    options.form()


def _delete(options: _Options) -> None:
    options.path()
    options.flag("yes")


def _sign(options: _Options) -> None:
    options.path()
    options.file("password-file")
    options.file("in", required=True)
    options.file("out", required=True)
    options.flag("detached")
    options.flag("replace")


def _check_signature(options: _Options) -> None:
    options.path("file", "FILE")
    options.file("in")
    options.file("chain", many=True)
    options.file("crl", many=True)
    options.file("out")
    options.flag("replace")


_ACTIONS: dict[str, Callable[[_Options], None]] = {
    "list": _list,
    "show": _show,
    "verify": _verify,
    "passwd": _passwd,
    "copy": _copy,
    "move": _copy,
    "backup": _backup,
    "export": _export,
    "import": _import,
    "delete": _delete,
    "sign": _sign,
    "check-signature": _check_signature,
}
ACTIONS = tuple(_ACTIONS)
