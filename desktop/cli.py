"""The command `changgu`: what can be asked for on a command line, in Korean or English, and what it answers."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NoReturn

from desktop.banks import ProfileError
from desktop.config import LANGUAGES, MODES, ConfigError, Settings, check_answers, language_of, settings_from
from desktop.services.api import Kind, Reason, ServiceError, Task
from desktop.shipped import shipped
from desktop.text import Text

DONE, FAILED, USAGE, UNKNOWN = 0, 1, 2, 3
INTERRUPTED = 130

#: What argparse says in English, and how to say it in the person's language.
_COMPLAINTS = {
    "required": r"the following arguments are required: (?P<names>.+)",
    "unrecognized": r"unrecognized arguments: (?P<names>.+)",
    "expected": r"argument (?P<name>.+): expected one argument",
    "choice": r"argument (?P<name>.+): invalid choice: (?P<value>.+?) \(choose from (?P<known>.+)\)",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command. Returns 0 done, 1 failed, 2 usage, 3 the outcome is unknown."""
    words = list(sys.argv[1:] if argv is None else argv)
    text = Text(_language(words, os.environ))
    try:
        given = _parser(text).parse_args(words)
    except SystemExit as leaving:  # argparse has printed the help or the complaint
        return DONE if leaving.code in (None, 0) else USAGE
    try:
        return _run(given, text)
    except ConfigError as error:
        return _complain(text(f"cli.config.{error.code}", **error.data), USAGE)
    except ProfileError as error:
        return _complain(str(error), FAILED)
    except ServiceError as error:
        problem = f"problem.{error.reason.value}"
        code = UNKNOWN if error.reason == Reason.OUTCOME_UNKNOWN else FAILED
        return _complain(f"{text(f'{problem}.cause')}\n{text(f'{problem}.remedy')}", code)
    except KeyboardInterrupt:
        return _complain(text("cli.error.interrupted"), INTERRUPTED)


def program_version() -> str:
    """Of the installed package, or of the checkout this runs from."""
    try:
        return version("changgu")
    except PackageNotFoundError:
        import tomllib  # noqa: PLC0415 - a checkout's way alone

        project = Path(__file__).parent.parent / "pyproject.toml"
        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])


def has_display(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether a window can be shown; a platform named for Qt is taken at its word."""
    if platform in {"win32", "darwin"}:
        return True
    return any(environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _run(given: argparse.Namespace, text: Text) -> int:
    settings = settings_from(vars(given), os.environ)
    if given.command == "issue":
        return _issue(given, settings)
    if given.command == "doctor":
        return _doctor(settings, text, given.json)
    try:
        if given.command == "demo":
            from desktop.demo import run_demo  # noqa: PLC0415 - Qt, for this command alone

            return run_demo(settings, pictures=given.pictures)
        if not has_display(os.environ):
            return _complain(text("cli.error.no_display"), FAILED)
        from desktop import app  # noqa: PLC0415 - Qt

        return app.run(settings)
    except ImportError as error:
        if not (error.name or "").startswith("PySide6") and "lib" not in str(error):
            raise
        return _complain(text("cli.error.no_qt", detail=error), FAILED)


def _issue(given: argparse.Namespace, settings: Settings) -> int:
    from desktop.headless import run_issue  # noqa: PLC0415 - asyncio and the authority, for this command alone

    check_answers(given.answers, practice=settings.practice)
    return run_issue(
        bank=given.bank,
        kind=Kind(given.kind),
        task=Task(given.task),
        answers=given.answers,
        data=settings.data,
        out=given.out,
        as_json=given.json,
        language=settings.language,
        settings=settings,
    )


def _doctor(settings: Settings, text: Text, as_json: bool) -> int:
    from desktop import doctor  # noqa: PLC0415 - for this command alone

    findings = list(doctor.examine(settings))
    failed = any(f.state == doctor.State.FAIL for f in findings)
    if as_json:
        print(doctor.as_json(findings))
        return FAILED if failed else DONE
    for finding in findings:
        print(f"[{text(f'cli.doctor.{finding.state}')}] {text(f'cli.doctor.{finding.code}', **finding.data)}")
        if finding.state != doctor.State.OK:
            print(f"       → {text(f'cli.doctor.{finding.code}_remedy', **finding.data)}")
    print(text("cli.doctor.ill" if failed else "cli.doctor.well"))
    return FAILED if failed else DONE


def _complain(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)
    return code


def _language(words: Sequence[str], environ: Mapping[str, str]) -> str:
    """Known before anything is parsed, so that the complaint about a wrong word is in the right language."""
    asked = re.search(r"(?:^|\n)--lang[=\n](ko|en)(?:\n|$)", "\n".join(words))
    if asked:
        return asked[1]
    named = environ.get("CHANGGU_LANG", "")
    return named if named in LANGUAGES else language_of(environ)


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
        "--version", action="version", version=f"changgu {program_version()}", help=text("cli.option.version")
    )
    _common(parser, default=None)
    commands = parser.add_subparsers(
        title=text("cli.program.commands"), dest="command", metavar="COMMAND", parser_class=argparse.ArgumentParser
    )

    def command(name: str) -> _Parser:
        made = _Parser(text, f"changgu {name}", f"cli.{name}.about", f"cli.{name}.examples")
        _common(made, default=argparse.SUPPRESS)
        # add_parser would build the parser itself, without the tables.
        commands.add_parser(name, help=text(f"cli.{name}.brief"))
        commands.choices[name] = made
        return made

    issue = command("issue").options
    _choice(issue, text, "bank", sorted(p.stem for p in shipped("banks").glob("*.toml")))
    _choice(issue, text, "kind", Kind)
    _choice(issue, text, "task", Task)
    issue.add_argument("--answers", type=Path, required=True, metavar="FILE", help=text("cli.option.answers"))
    issue.add_argument("--out", type=Path, metavar="DIR", help=text("cli.option.out"))
    issue.add_argument("--json", action="store_true", help=text("cli.option.json"))
    demo = command("demo").options
    demo.add_argument("--pictures", type=Path, metavar="DIR", help=text("cli.option.pictures"))
    doctor = command("doctor").options
    doctor.add_argument("--json", action="store_true", help=text("cli.option.json"))
    return parser


def _choice(group: argparse._ArgumentGroup, text: Text, name: str, known: Iterable[str]) -> None:
    words = [str(word) for word in known]
    wording = text(f"cli.option.{name}", known=", ".join(words))
    group.add_argument(f"--{name}", choices=words, required=True, metavar=name.upper(), help=wording)


def _common(parser: _Parser, *, default: str | None) -> None:
    """On the program and on each command alike, so that they may stand before or after the command's name."""
    group = parser.add_argument_group(parser.words("cli.program.common"))
    for name, metavar in (
        ("data", "DIR"),
        ("lang", "|".join(LANGUAGES)),
        ("mode", "|".join(MODES)),
        ("scale", "N"),
        ("backend", "URL"),
    ):
        group.add_argument(f"--{name}", metavar=metavar, default=default, help=parser.words(f"cli.option.{name}"))
