"""The command `changgu`: what can be asked for on a command line, in Korean or English, and what it answers."""

from __future__ import annotations

import gc
import os
import re
import sys
import time
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.config import ConfigError, Settings, check_answers, language_of, settings_from
from desktop.text import LANGUAGES, Text

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from desktop.failures import Failure
    from desktop.log import Log

DONE, FAILED, USAGE, UNKNOWN = 0, 1, 2, 3
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command. Returns 0 done, 1 failed, 2 usage, 3 the outcome is unknown."""
    words = list(sys.argv[1:] if argv is None else argv)
    text = Text(_language(words, os.environ))
    try:
        given = _parsed(words, text)
    except SystemExit as leaving:  # the help or the complaint has been printed
        return DONE if leaving.code in {None, 0} else USAGE
    try:
        return _noted(given, settings_from(vars(given), os.environ), text)
    except KeyboardInterrupt:
        return _complain(text("cli.error.interrupted"), INTERRUPTED)
    except Exception as error:
        said = _sentence(error, text)
        if said is None:
            raise
        return _complain(*said)


def has_display(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether a window can be shown; a platform named for Qt is taken at its word."""
    if platform in {"win32", "darwin"}:
        return True
    return any(environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _parsed(words: Sequence[str], text: Text) -> Namespace:
    if not words:
        return Namespace(command=None)
    from desktop.options import parse  # noqa: PLC0415 - the window, started without a word, does without

    return parse(words, text)


def _noted(given: Namespace, settings: Settings, text: Text) -> int:
    """Runs the command and notes in the log how it ended. Raises what is a fault of ours, noted as well."""
    if given.command == "doctor":
        return _doctor(settings, text, as_json=given.json, for_support=given.support)
    began = time.monotonic()
    try:
        code = _run(given, settings, text)
    except Exception as error:
        with _log(settings) as log:
            log.failure(error)
        raise
    with _log(settings) as log:
        log.event("ended", command=given.command or "window", code=code, seconds=time.monotonic() - began)
    return code


def _log(settings: Settings) -> AbstractContextManager[Log]:
    from desktop.log import open_log  # noqa: PLC0415 - not before the first page

    return open_log(settings.data)


def _run(given: Namespace, settings: Settings, text: Text) -> int:
    if getattr(given, "kiosk", None):
        return _kiosk(given, settings, text)
    plain = {
        "kiosk-pin": _kiosk_pin,
        "issue": _issue,
        "remind": _remind,
        "certs": _certs,
        "serve": _serve,
        **dict.fromkeys(("backup", "rotate-key", "renew-ca", "books"), _beside),
    }.get(given.command)
    if plain is not None:
        return plain(given, settings, text)
    try:
        if given.command == "demo":
            return _demo(given, settings, text)
        if not has_display(os.environ):
            return _complain(text("cli.error.no_display"), FAILED)
        gc.disable()  # imports make many objects and no garbage; the window looks for it in its own time
        from desktop import app  # noqa: PLC0415 - Qt

        return app.run(settings)
    except ImportError as error:
        if not (error.name or "").startswith("PySide6") and "lib" not in str(error):
            raise
        return _complain(text("cli.error.no_qt", detail=error), FAILED)


def _demo(given: Namespace, settings: Settings, text: Text) -> int:
    from desktop.demo import Missing, journey, run_demo  # noqa: PLC0415 - Qt, for this command alone

    seen = has_display(os.environ)  # before the demo names a platform for itself
    pictures = given.pictures or Path("pictures")
    try:
        offer = journey(given.bank, given.kind, given.task)
    except Missing as error:
        return _complain(text("cli.demo.missing", journey=error), USAGE)
    if run_demo(settings, pictures=pictures, offer=offer) != DONE:
        return _complain(text("cli.demo.failed", pictures=pictures), FAILED)
    print(text("cli.demo.done", pictures=pictures))
    if not seen:
        print(text("cli.demo.window"))
    return DONE


def _issue(given: Namespace, settings: Settings, _text: Text) -> int:
    from desktop.headless import run_issue  # noqa: PLC0415 - asyncio and the authority, for this command alone
    from desktop.services.vocabulary import Kind, Task  # noqa: PLC0415 - as above

    check_answers(given.answers)
    return run_issue(
        settings,
        bank=given.bank,
        kind=Kind(given.kind),
        task=Task(given.task),
        answers=given.answers,
        out=given.out,
        as_json=given.json,
    )


def _remind(given: Namespace, settings: Settings, text: Text) -> int:
    from desktop.remind import run_remind  # noqa: PLC0415 - for this command alone

    return run_remind(
        settings,
        text,
        days=given.days,
        ics=given.ics,
        as_json=given.json,
        notifying=given.notify,
        scheduling="install" if given.install else "uninstall" if given.uninstall else None,
    )


def _certs(given: Namespace, settings: Settings, text: Text) -> int:
    from desktop.certs_cli.run import run_certs  # noqa: PLC0415 - for this command alone

    return run_certs(given, settings, text)


def _serve(given: Namespace, settings: Settings, text: Text) -> int:
    try:
        from desktop.serve import run_serve  # noqa: PLC0415 - for this command alone
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in {"starlette", "uvicorn", "httptools"}:
            raise
        return _complain(text("serve.refused.extra"), FAILED)
    return run_serve(given, settings, text)


def _kiosk(given: Namespace, settings: Settings, text: Text) -> int:
    if not has_display(os.environ):
        return _complain(text("cli.error.no_display"), FAILED)
    from desktop.kiosk.config import KioskFileError  # noqa: PLC0415 - Qt, for this command alone
    from desktop.kiosk.run import run_kiosk  # noqa: PLC0415 - as above

    try:
        return run_kiosk(settings, given.kiosk)
    except KioskFileError as error:
        return _complain(str(error), USAGE)


def _kiosk_pin(_given: Namespace, _settings: Settings, text: Text) -> int:
    from desktop.kiosk.pin_command import run_kiosk_pin  # noqa: PLC0415 - for this command alone

    return run_kiosk_pin(text)


def _beside(given: Namespace, settings: Settings, text: Text) -> int:
    """What an operator does beside a server."""
    from desktop import backup, books, rotate  # noqa: PLC0415 - the authority, for these commands alone

    run = {
        "backup": backup.run_backup,
        "rotate-key": rotate.run_rotate,
        "renew-ca": rotate.run_renew,
        "books": books.run_books,
    }[given.command]
    return run(given, settings, text)


def _doctor(settings: Settings, text: Text, *, as_json: bool, for_support: bool) -> int:
    from desktop import doctor  # noqa: PLC0415 - for this command alone

    findings = list(doctor.examine(settings))
    failed = any(f.state == doctor.State.FAIL for f in findings)
    if for_support:
        from desktop.support import support_text  # noqa: PLC0415 - for this option alone

        print(support_text(findings, settings.data), end="")
        return FAILED if failed else DONE
    if as_json:
        print(doctor.as_json(findings))
        return FAILED if failed else DONE
    for finding in findings:
        print(f"[{text(f'cli.doctor.{finding.state}')}] {text(f'cli.doctor.{finding.code}', **finding.data)}")
        if finding.state != doctor.State.OK:
            print(f"       → {text(f'cli.doctor.{finding.code}_remedy', **finding.data)}")
    print(text("cli.doctor.ill" if failed else "cli.doctor.well"))
    return FAILED if failed else DONE


def _sentence(error: Exception, text: Text) -> tuple[str, int] | None:
    """What a person is told about a failure we know, and the exit code; None for any other."""
    from desktop.banks import ProfileError  # noqa: PLC0415 - not before the first page
    from desktop.failures import failure  # noqa: PLC0415 - as above
    from desktop.services.vocabulary import Reason, ServiceError  # noqa: PLC0415 - as above

    match error:
        case ConfigError(code=code, data=data):
            return _numbered(text(f"cli.config.{code}", **data), failure(code, "config"), text), USAGE
        case ProfileError():
            return str(error), FAILED
        case ServiceError(reason=reason, detail=detail, where=where):
            # Of a password that cannot be chosen, the rule that it breaks.
            name = detail if reason in {Reason.WEAK_PIN, Reason.WEAK_PASSWORD} and detail else reason.value
            said = "\n".join(text(f"problem.{name}.{part}") for part in ("cause", "remedy"))
            said = _numbered(said, failure(name), text)
            said = f"{said}\n{text('ui.where', where=where)}" if where else said
            return said, UNKNOWN if reason == Reason.OUTCOME_UNKNOWN else FAILED
        case _:
            return None


def _numbered(said: str, failure: Failure, text: Text) -> str:
    return f"{said}\n{text('code.line', code=failure.code)}"


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
