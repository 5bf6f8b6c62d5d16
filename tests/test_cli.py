from __future__ import annotations

import json
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest

from desktop import __version__, doctor
from desktop.banks import ProfileError
from desktop.cli import DONE, FAILED, INTERRUPTED, UNKNOWN, USAGE, has_display, main
from desktop.config import Settings
from desktop.doctor import Finding
from desktop.log import FILE_NAME
from desktop.services.api import Kind, Reason, ServiceError, Task

ROOT = Path(__file__).parent.parent
ISSUE = ["issue", "--bank", "epost", "--kind", "financial", "--task", "issue"]


class Fake(types.ModuleType):
    """Stands where a composition root is imported late; keeps what it was called with, then does as told."""

    def __init__(self, name: str, answer: int | BaseException = DONE) -> None:
        super().__init__(name)
        self.answer = answer
        self.nobody_offers = False
        self.calls: list[tuple[tuple[object, ...], dict[str, object]]] = []

    def __call__(self, *args: object, **kwargs: object) -> int:
        self.calls.append((args, kwargs))
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer

    run = run_demo = run_issue = __call__

    class Missing(LookupError):  # noqa: N818 - its name in the demo
        """As the demo says it of a journey that nobody offers."""

    def journey(self, bank: str | None, kind: str | None, task: str | None) -> str:
        if self.nobody_offers:
            raise self.Missing(bank)
        return "/".join(filter(None, (bank, kind, task)))


@pytest.fixture
def roots(monkeypatch: pytest.MonkeyPatch) -> dict[str, Fake]:
    fakes = {name: Fake(f"desktop.{name}") for name in ("app", "demo", "headless")}
    for name, fake in fakes.items():
        monkeypatch.setitem(sys.modules, fake.__name__, fake)
        monkeypatch.setattr(f"desktop.{name}", fake, raising=False)
    return fakes


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "answers.toml"
    path.write_text("[answers]\n", encoding="utf-8")
    path.chmod(0o600)
    return path


# ── What is started ─────────────────────────────────────────────────────────────────────────────────────────


def test_without_a_command_the_window_opens(roots: dict[str, Fake], tmp_path: Path) -> None:
    assert DONE == main(["--data", str(tmp_path), "--lang", "en", "--mode", "dark", "--scale", "1.5"])
    expected = Settings(data=tmp_path, language="en", mode="dark", scale=1.5)
    assert [((expected,), {})] == roots["app"].calls


def test_the_window_says_what_to_do_without_a_display(
    roots: dict[str, Fake], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("desktop.cli.has_display", lambda environ: has_display(environ, "linux"))
    assert FAILED == main(["--lang", "en"])
    assert [] == roots["app"].calls
    said = capsys.readouterr().err
    assert (1, True) == (said.count("\n"), "changgu demo" in said)


def test_windows_and_macs_always_have_a_display() -> None:
    assert has_display({}, "darwin")
    assert has_display({}, "win32")
    assert has_display({"WAYLAND_DISPLAY": "wayland-0"}, "linux")
    assert not has_display({"DISPLAY": ""}, "linux")


def test_the_demo_is_given_the_folder_for_its_pictures(roots: dict[str, Fake], tmp_path: Path) -> None:
    assert DONE == main(["demo", "--pictures", str(tmp_path / "p"), "--data", str(tmp_path)])
    ((settings,), options) = roots["demo"].calls[0]
    assert isinstance(settings, Settings)
    assert {"pictures": tmp_path / "p", "offer": ""} == options


def test_the_demo_shows_the_journey_that_was_named_or_says_that_nobody_offers_it(
    roots: dict[str, Fake], capsys: pytest.CaptureFixture[str]
) -> None:
    assert DONE == main(["demo", "--bank", "kb", "--kind", "mobile", "--task", "issue"])
    assert "kb/mobile/issue" == roots["demo"].calls[0][1]["offer"]
    roots["demo"].nobody_offers = True
    assert USAGE == main(["demo", "--bank", "kb", "--lang", "en"])
    assert "kb" in capsys.readouterr().err


def test_the_demo_says_where_its_pictures_and_the_certificate_are(
    roots: dict[str, Fake], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert DONE == main(["demo", "--lang", "en"])
    assert {"pictures": Path("pictures"), "offer": ""} == roots["demo"].calls[0][1]
    said = capsys.readouterr().out
    assert ("pictures/certificate.pem" in said, "display" in said) == (True, False)
    monkeypatch.setattr("desktop.cli.has_display", lambda _environ: False)
    main(["demo", "--lang", "en"])
    assert "display" in capsys.readouterr().out
    roots["demo"].answer = FAILED
    assert FAILED == main(["demo", "--lang", "en"])
    assert "last picture" in capsys.readouterr().err


@pytest.mark.parametrize("order", [1, -1])
def test_common_options_stand_before_or_after_the_command(roots: dict[str, Fake], order: int) -> None:
    words = [["--lang=en"], ["demo"]][::order]
    assert DONE == main([*words[0], *words[1]])
    (settings,) = roots["demo"].calls[0][0]
    assert isinstance(settings, Settings)
    assert "en" == settings.language


def test_an_issue_is_handed_on_whole(roots: dict[str, Fake], answers: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = [*ISSUE, "--answers", str(answers), "--data", str(tmp_path), "--out", str(out), "--json", "--lang", "en"]
    assert DONE == main(words)
    expected = {
        "bank": "epost",
        "kind": Kind.FINANCIAL,
        "task": Task.ISSUE,
        "answers": answers,
        "out": out,
        "as_json": True,
    }
    assert [((Settings(data=tmp_path, language="en"),), expected)] == roots["headless"].calls


@pytest.mark.parametrize("code", [DONE, FAILED, UNKNOWN])
def test_the_exit_code_is_the_journeys(roots: dict[str, Fake], answers: Path, code: int) -> None:
    roots["headless"].answer = code
    assert code == main([*ISSUE, "--answers", str(answers)])


# ── What goes wrong ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ServiceError(Reason.STORE_FULL), FAILED),
        (ServiceError(Reason.OUTCOME_UNKNOWN), UNKNOWN),
        (ProfileError(Path("epost.toml"), 7, "unknown step"), FAILED),
        (KeyboardInterrupt(), INTERRUPTED),
    ],
)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_failure_is_said_in_words_and_by_its_code(
    roots: dict[str, Fake], capsys: pytest.CaptureFixture[str], error: BaseException, code: int, language: str
) -> None:
    roots["demo"].answer = error
    assert code == main(["demo", "--lang", language])
    out, err = capsys.readouterr()
    assert ("", True) == (out, len(err.strip()) > 5)
    assert "Traceback" not in err


def test_a_broken_profile_is_shown_with_its_line(roots: dict[str, Fake], capsys: pytest.CaptureFixture[str]) -> None:
    roots["app"].answer = ProfileError(Path("epost.toml"), 7, "unknown step")
    main(["--lang", "en"])
    assert "epost.toml:7: unknown step\n" == capsys.readouterr().err


def test_a_missing_system_library_points_at_the_doctor(
    roots: dict[str, Fake], capsys: pytest.CaptureFixture[str]
) -> None:
    roots["app"].answer = ImportError("libEGL.so.1: cannot open shared object file", name="PySide6.QtGui")
    assert FAILED == main(["--lang", "en"])
    assert "changgu doctor" in capsys.readouterr().err


def test_our_own_broken_import_is_not_taken_for_a_missing_library(roots: dict[str, Fake]) -> None:
    roots["app"].answer = ImportError("cannot import name 'x'", name="desktop.wizard")
    with pytest.raises(ImportError, match="cannot import"):
        main([])


def test_the_end_and_a_failure_are_noted_in_the_log(roots: dict[str, Fake], tmp_path: Path) -> None:
    main(["demo", "--data", str(tmp_path)])
    roots["demo"].answer = ServiceError(Reason.STORE_FULL)
    main(["demo", "--data", str(tmp_path)])
    ended, failed = (json.loads(line) for line in (tmp_path / FILE_NAME).read_text(encoding="utf-8").splitlines())
    assert ("ended", "demo", DONE) == (ended["event"], ended["command"], ended["code"])
    assert ("failure", "ServiceError") == (failed["event"], failed["error"])


def test_answers_that_others_can_read_are_refused(
    roots: dict[str, Fake], answers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers.chmod(0o644)
    assert USAGE == main([*ISSUE, "--answers", str(answers), "--lang", "en"])
    assert [] == roots["headless"].calls
    assert f"chmod 600 {answers}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["fly"], "fly"),
        (["--wings"], "--wings"),
        (["issue"], "--bank, --kind, --task, --answers"),
        ([*ISSUE[:3], "--kind", "paper", "--task", "issue", "--answers", "x"], "paper"),
        ([*ISSUE, "--answers", "none.toml"], "none.toml"),
        ([*ISSUE, "--answers"], "--answers"),
        (["--scale", "9"], "9"),
        (["--lang", "fr"], "fr"),
        (["--backend", "http://bank.example"], "http://bank.example"),
        (["iss", "--bank", "epost"], "iss"),
    ],
)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_wrong_command_is_a_usage_error_that_names_it(
    roots: dict[str, Fake],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    said: str,
    language: str,
) -> None:
    monkeypatch.setenv("CHANGGU_LANG", language)
    assert USAGE == main(words)
    out, err = capsys.readouterr()
    assert ("", True) == (out, said in err)
    assert [] == [call for fake in roots.values() for call in fake.calls]


# ── What is read ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("words", [[], ["issue"], ["demo"], ["doctor"]])
def test_help_is_whole_in_both_languages(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert DONE == main([*words, "--help", "--lang", "ko"])
    korean = capsys.readouterr().out
    assert DONE == main([*words, "--help", "--lang=en"])
    english = capsys.readouterr().out
    assert ("쓰임: ", "usage: ") == (korean[:4], english[:7])
    assert korean.count("--") == english.count("--")
    for heading in ("usage:", "options:", "positional", "show this"):
        assert heading not in korean


def test_help_comes_in_the_systems_language(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    main(["--help"])
    assert capsys.readouterr().out.startswith("usage: ")
    monkeypatch.setenv("CHANGGU_LANG", "ko")
    main(["--help"])
    assert capsys.readouterr().out.startswith("쓰임: ")


def test_the_version_is_the_projects(capsys: pytest.CaptureFixture[str]) -> None:
    assert DONE == main(["--version"])
    assert f"changgu {__version__}\n" == capsys.readouterr().out


@pytest.mark.parametrize(("code", "result"), [("folder", DONE), ("no_display", DONE), ("folder_full", FAILED)])
def test_the_doctor_prints_what_to_do_and_fails_on_a_fault(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, code: str, result: int
) -> None:
    finding = Finding("folder", code, {"path": "x", "free": "1"})
    monkeypatch.setattr(doctor, "examine", lambda _settings: iter([finding]))
    assert result == main(["doctor", "--lang", "en"])
    assert (code != "folder") == ("→" in capsys.readouterr().out)
    assert result == main(["doctor", "--json"])
    assert [code] == [row["code"] for row in json.loads(capsys.readouterr().out)]


def test_the_module_is_the_command() -> None:
    command = [sys.executable, "-W", "error", "-m", "desktop", "--version"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=os.environ, check=True)
    assert (f"changgu {__version__}\n", "") == (done.stdout, done.stderr)


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    source = "import sys; from desktop.cli import main; main(['--help'])\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set() == {"PySide6", "asyncio", "cryptography", "httpx", "qasync", "sqlite3"} & set(done.stderr.split())
