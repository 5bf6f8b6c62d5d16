"""The words that the command `changgu` understands, explained in Korean or English."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NoReturn

from desktop import __version__
from desktop.certs_cli.options import add_certs
from desktop.config import MODES
from desktop.services.vocabulary import Kind, Task
from desktop.shipped import shipped
from desktop.text import LANGUAGES, Text

USAGE = 2

#: What argparse says in English, and how to say it in the person's language.
_COMPLAINTS = {
    "required": r"the following arguments are required: (?P<names>.+)",
    "unrecognized": r"unrecognized arguments: (?P<names>.+)",
    "expected": r"argument (?P<name>.+): expected one argument",
    "number": r"argument (?P<name>.+): invalid _days value: (?P<value>.+)",
    "port": r"argument (?P<name>.+): invalid _port value: (?P<value>.+)",
    "together": r"argument (?P<name>.+): not allowed with argument (?P<other>.+)",
    "choice": r"argument (?P<name>.+): invalid choice: (?P<value>.+?) \(choose from (?P<known>.+)\)",
}


def parse(words: Sequence[str], text: Text) -> argparse.Namespace:
    """`command` is None for the window. Raises SystemExit after a help, or 2 after a complaint, has been printed."""
    return _parser(text).parse_args(words)


class _Parser(argparse.ArgumentParser):
    """argparse with its own words taken from the tables."""

    def __init__(self, text: Text, prog: str, about: str, examples: str) -> None:
        super().__init__(
            prog=prog,
            description=text(about),
            epilog=text(examples),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            add_help=False,
            allow_abbrev=False,
        )
        self.words = text
        self.options = self.add_argument_group(text("cli.program.options"))
        self.options.add_argument("-h", "--help", action="help", help=text("cli.option.help"))

    def format_usage(self) -> str:
        return self._worded(super().format_usage())

    def format_help(self) -> str:
        return self._worded(super().format_help())

    def error(self, message: str) -> NoReturn:
        detail = message
        for name, pattern in _COMPLAINTS.items():
            if found := re.fullmatch(pattern, message):
                detail = self.words(f"cli.error.{name}", **found.groupdict())
        hint = self.words("cli.error.hint")
        self.exit(USAGE, f"{self.format_usage()}{self.words('cli.error.usage', detail=detail)}\n{hint}\n")

    def _worded(self, written: str) -> str:
        return written.replace("usage: ", self.words("cli.program.usage"), 1)


def _parser(text: Text) -> argparse.ArgumentParser:
    parser = _Parser(text, "changgu", "cli.program.about", "cli.program.examples")
    parser.options.add_argument(
        "--version", action="version", version=f"changgu {__version__}", help=text("cli.option.version")
    )
    parser.options.add_argument("--kiosk", type=Path, metavar="FILE", help=text("cli.option.kiosk"))
    _common(parser, default=None)
    commands = parser.add_subparsers(
        title=text("cli.program.commands"), dest="command", metavar="COMMAND", parser_class=argparse.ArgumentParser
    )

    def command(name: str) -> _Parser:
        key = name.replace("-", "_")
        made = _Parser(text, f"changgu {name}", f"cli.{key}.about", f"cli.{key}.examples")
        _common(made, default=argparse.SUPPRESS)
        # add_parser would build the parser itself, without the tables.
        commands.add_parser(name, help=text(f"cli.{key}.brief"))
        commands.choices[name] = made
        return made

    issue = command("issue").options
    _journey(issue, text, required=True)
    issue.add_argument("--answers", type=Path, required=True, metavar="FILE", help=text("cli.option.answers"))
    issue.add_argument("--out", type=Path, metavar="DIR", help=text("cli.option.out"))
    issue.add_argument("--json", action="store_true", help=text("cli.option.json"))
    demo = command("demo").options
    _journey(demo, text, required=False)
    demo.add_argument("--pictures", type=Path, metavar="DIR", help=text("cli.option.pictures"))
    remind = command("remind").options
    remind.add_argument("--days", type=_days, metavar="N", help=text("cli.option.days"))
    remind.add_argument("--ics", type=Path, metavar="FILE", help=text("cli.option.ics"))
    remind.add_argument("--json", action="store_true", help=text("cli.option.json"))
    remind.add_argument("--notify", action="store_true", help=text("cli.option.notify"))
    schedule = remind.add_mutually_exclusive_group()
    schedule.add_argument("--install", action="store_true", help=text("cli.option.install"))
    schedule.add_argument("--uninstall", action="store_true", help=text("cli.option.uninstall"))
    _certs(command("certs"), text)
    _serve(command("serve").options, text)
    command("kiosk-pin")
    _beside(command, text)
    doctor = command("doctor").options
    doctor.add_argument("--json", action="store_true", help=text("cli.option.json"))
    doctor.add_argument("--support", action="store_true", help=text("cli.option.support"))
    return parser


def _certs(parser: _Parser, text: Text) -> None:
    """Its actions are commands of their own: `changgu certs list`."""
    title = text("certs.actions")
    actions = parser.add_subparsers(
        title=title, dest="action", metavar="ACTION", required=True, parser_class=argparse.ArgumentParser
    )

    def action(name: str) -> _Parser:
        key = name.replace("-", "_")
        made = _Parser(text, f"changgu certs {name}", f"certs.about.{key}", f"certs.example.{key}")
        _common(made, default=argparse.SUPPRESS)
        actions.add_parser(name, help=text(f"certs.about.{key}"))
        actions.choices[name] = made
        return made

    add_certs(action, text)


def _beside(command: Callable[[str], _Parser], text: Text) -> None:
    """What an operator does beside a server."""
    backup = command("backup").options
    backup.add_argument("--to", type=Path, required=True, metavar="FILE", help=text("backup.option.to"))
    _settings(backup, text)
    rotate = command("rotate-key").options
    rotate.add_argument("--wrap", action="store_true", help=text("rotate.option.wrap"))
    _settings(rotate, text)
    _settings(command("renew-ca").options, text)
    books = command("books").options
    _settings(books, text)
    books.add_argument("--json", action="store_true", help=text("cli.option.json"))


def _settings(group: argparse._ArgumentGroup, text: Text) -> None:
    """Of a server, for the commands beside it."""
    group.add_argument("--config", type=Path, metavar="FILE", help=text("serve.option.config"))
    group.add_argument("--database", metavar="URL", help=text("serve.option.database"))


def _serve(group: argparse._ArgumentGroup, text: Text) -> None:
    """What is not given is None: the environment, a file, or the server itself knows then (server/config.py)."""

    def option(name: str, metavar: str, kind: Callable[[str], object] = str) -> None:
        group.add_argument(f"--{name}", type=kind, metavar=metavar, help=text(f"serve.option.{name}"))

    def switch(name: str) -> None:
        group.add_argument(f"--{name}", action="store_true", default=None, help=text(f"serve.option.{name}"))

    option("config", "FILE", Path)
    switch("check-config")
    option("host", "HOST")
    option("port", "N", _port)
    option("cert", "FILE", Path)
    option("key", "FILE", Path)
    switch("practice")
    option("metrics", "[HOST:]N")
    option("public-url", "URL")
    option("status-port", "N", _port)
    switch("standard-cmp")
    option("ca-keys", "rsa|p256")
    option("practice-people", "N")
    option("database", "URL")
    option("workers", "N")


def _port(given: str) -> int:
    """Raises ValueError for what is no port; 0 is any that is free."""
    port = int(given)
    if not 0 <= port <= 65535:
        raise ValueError(given)
    return port


def _days(given: str) -> int:
    """Raises ValueError, which argparse words, for what is no number of days."""
    days = int(given)
    if not 0 <= days <= 3660:
        raise ValueError(given)
    return days


def _journey(group: argparse._ArgumentGroup, text: Text, *, required: bool) -> None:
    """Which bank, which kind, which task."""
    banks = sorted(path.stem for path in shipped("banks").glob("*.toml"))
    for name, known in (("bank", banks), ("kind", Kind), ("task", Task)):
        _choice(group, text, name, known, required=required)


def _choice(group: argparse._ArgumentGroup, text: Text, name: str, known: Iterable[str], *, required: bool) -> None:
    words = [str(word) for word in known]
    wording = text(f"cli.option.{name}", known=", ".join(words))
    group.add_argument(f"--{name}", choices=words, required=required, metavar=name.upper(), help=wording)


def _common(parser: _Parser, *, default: str | None) -> None:
    """On the program and on each command alike, so that they may stand before or after the command's name."""
    group = parser.add_argument_group(parser.words("cli.program.common"))
    for name, metavar in (
        ("data", "DIR"),
        ("lang", "|".join(LANGUAGES)),
        ("mode", "|".join(MODES)),
        ("scale", "N"),
        ("backend", "URL"),
        ("backend-ca", "FILE"),
        ("backend-pin", "PIN"),
        ("token-module", "FILE"),
    ):
        group.add_argument(f"--{name}", metavar=metavar, default=default, help=parser.words(f"cli.option.{name}"))
