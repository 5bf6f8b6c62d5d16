"""With the program closed and no network, people are told in time of what expires."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from desktop import remind, schedule
from desktop.cli import DONE, FAILED, USAGE, main
from desktop.config import Settings
from desktop.history import History, Outcome
from desktop.known import FILE_NAME, KST, KnownCertificates
from desktop.remind import due, next_notice, notice, run_remind
from desktop.services.api import Renewal, Status, Task
from desktop.text import Text
from tests.fakes import ROOT, epost
from tests.test_known import END, LAST, changed, issued, known

BANKS = {"epost": epost()}
NOON = datetime(2029, 11, 21, 12, tzinfo=KST)


def before(days: int) -> datetime:
    return NOON - timedelta(days=days)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """One that expires, one that lives long, one that is dead."""
    listed = KnownCertificates(tmp_path / "data")
    listed.remember(issued("1111"), issued("2222", credential_id="c2", not_after=END + 400 * 86400))
    listed.remember(issued("3333", credential_id="c3"))
    listed.remember(changed(Task.REVOKE, Status.REVOKED, serial="3333", credential_id="c3"))
    return tmp_path / "data"


def reminded(data: Path, days_before: int, **options: object) -> int:
    return run_remind(Settings(data), Text("ko"), now=before(days_before), **options)  # type: ignore[arg-type]  # by name


def test_from_a_month_before_it_is_told_and_not_a_day_earlier(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert DONE == reminded(data, 31)
    assert capsys.readouterr().out.startswith("곧 만료되는 인증서가 없습니다.\n  다음 갱신 알림: 2029.10.22부터")
    assert DONE == reminded(data, 30)
    assert "우체국 금융인증서 · 30일 뒤 만료" in capsys.readouterr().out


def test_programs_are_told_in_json_without_names_and_whole_serials(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert DONE == reminded(data, 24, as_json=True)
    (found,) = json.loads(capsys.readouterr().out)
    assert ("epost", "financial", "1111", "2029-11-21", 24) == tuple(
        found[name] for name in ("bank", "kind", "serial_end", "last_day", "days_left")
    )
    assert "owner" not in found


def test_how_far_to_look_ahead_can_be_said() -> None:
    lasting = known(not_after=END + 60 * 86400)
    assert () == due([lasting], BANKS, LAST)
    assert 1 == len(due([lasting], BANKS, LAST, days=60))


def test_what_has_expired_is_told_for_a_month_and_what_was_revoked_never() -> None:
    assert [True, False] == [bool(due([known()], BANKS, LAST + timedelta(days=days))) for days in (30, 31)]
    assert () == due([known(status=Status.REVOKED)], BANKS, LAST)


def test_the_soonest_is_told_first() -> None:
    later = known(serial="9", not_after=END + 86400)
    assert ["4217", "9"] == [r.known.serial for r in due([later, known()], BANKS, LAST - timedelta(days=3))]


def test_one_that_renews_by_itself_is_told_too_and_that_it_does() -> None:
    (reminder,) = due([known(renewal=Renewal.AUTOMATIC)], BANKS, LAST - timedelta(days=3))
    assert "자동으로 갱신됩니다" in reminder.line(Text("ko"))


def test_the_next_notice_is_the_first_day_of_renewal_to_come() -> None:
    assert LAST - timedelta(days=30) == next_notice([known()], BANKS, LAST - timedelta(days=40))
    assert next_notice([known()], BANKS, LAST) is None


def test_the_calendar_holds_what_can_still_be_used(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.ics"
    assert DONE == reminded(data, 100, ics=file)
    content = file.read_bytes()
    assert 2 == content.count(b"BEGIN:VEVENT")
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert [] == list(tmp_path.glob("*.new"))


def test_a_calendar_that_cannot_be_written_is_said(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert FAILED == reminded(data, 100, ics=tmp_path / "no" / "mine.ics")
    assert "달력 파일을 쓸 수 없습니다" in capsys.readouterr().err


def test_the_scheduler_gets_a_notice_on_the_desktop_and_silence_when_nothing_expires(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[str, str]] = []
    monkeypatch.setattr(remind, "notify", lambda title, body: shown.append((title, body)))
    reminded(data, 100, notifying=True)
    assert [] == shown
    reminded(data, 24, notifying=True)
    assert [("인증서 만료 알림", "우체국 금융인증서 · 24일 뒤 만료 – 은행에서 갱신해 주세요")] == [
        (title, body.replace("지금 갱신할 수 있습니다", "은행에서 갱신해 주세요")) for title, body in shown
    ]


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_words_reach_the_notice_as_words_and_never_as_commands(platform: str) -> None:
    evil = "$(touch x) `y` ' \" ; --z"
    command = notice("title", evil, platform)
    assert command is not None
    assert all(evil not in word or word == evil for word in command)
    if platform == "linux":
        assert command.index("--") < command.index(evil)


def test_a_system_without_notices_is_left_alone() -> None:
    assert notice("title", "body", "plan9") is None
    remind.notify("title", "body", "plan9")


# ── As a command ──


def test_the_command_answers_on_a_computer_that_knows_no_certificate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert DONE == main(["remind", "--data", str(tmp_path), "--lang", "en"])
    assert "No certificate expires soon.\n" == capsys.readouterr().out


def test_the_command_survives_a_damaged_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"{")
    assert DONE == main(["remind", "--data", str(tmp_path), "--json"])
    assert "[]\n" == capsys.readouterr().out
    assert (tmp_path / FILE_NAME).with_suffix(".damaged").exists()


@pytest.mark.parametrize("words", [["--days", "soon"], ["--days", "-1"], ["--install", "--uninstall"]])
def test_words_that_make_no_sense_are_a_matter_of_usage(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert USAGE == main(["remind", "--data", str(tmp_path), "--lang", "ko", *words])
    assert "잘못된 명령입니다" in capsys.readouterr().err


def test_the_command_sets_up_the_daily_look_and_takes_it_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(schedule, "_run", lambda command: 0)
    monkeypatch.setattr("sys.platform", "linux")
    assert DONE == main(["remind", "--data", str(tmp_path), "--lang", "ko", "--install"])
    assert "날마다 한 번" in capsys.readouterr().out
    units = sorted((tmp_path / "home").rglob("changgu-remind.*"))
    assert ["changgu-remind.service", "changgu-remind.timer"] == [unit.name for unit in units]
    assert DONE == main(["remind", "--data", str(tmp_path), "--lang", "ko", "--uninstall"])
    assert [] == sorted((tmp_path / "home").rglob("changgu-remind.*"))


def test_the_command_says_when_the_schedule_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(schedule, "_run", lambda command: -1)
    monkeypatch.setattr("sys.platform", "linux")
    assert DONE == main(["remind", "--data", str(tmp_path), "--lang", "en", "--install"])
    assert "could not be started" in capsys.readouterr().out


def test_a_certificate_issued_without_a_window_is_reminded_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = ROOT / "resources" / "practice" / "epost-financial-issue.toml"
    issue = ["issue", "--bank", "epost", "--kind", "financial", "--task", "issue", "--answers", str(answers)]
    data = ["--data", str(tmp_path / "data"), "--lang", "ko"]
    assert DONE == main([*issue, *data, "--json"])
    made = json.loads(capsys.readouterr().out)
    assert DONE == main(["remind", *data, "--days", "2000", "--json"])
    (found,) = json.loads(capsys.readouterr().out)
    assert made["serial"].endswith(found["serial_end"])
    (line,) = History(tmp_path / "data").all()
    assert (Task.ISSUE, Outcome.DONE, found["serial_end"]) == (line.task, line.outcome, line.serial_end)
