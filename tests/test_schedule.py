"""Each system's scheduler gets files that it understands, whatever the path is called."""

from __future__ import annotations

import plistlib
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

import pytest

from desktop.schedule import LABEL, TASK, Plan, ScheduleError, install, plan, uninstall

ODD = 'my "data" & 100% $HOME\\ <김>'


@pytest.fixture(autouse=True)
def _no_config_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)


def planned(platform: str, tmp_path: Path, data: str = "data") -> Plan:
    return plan(platform, home=tmp_path, data=tmp_path / data, language="ko", executable=sys.executable)


class Scheduler:
    """Answers every command with the same code, and keeps them."""

    def __init__(self, code: int = 0) -> None:
        self.code = code
        self.said: list[tuple[str, ...]] = []

    def __call__(self, command: Sequence[str]) -> int:
        self.said.append(tuple(command))
        return self.code


def test_systemd_gets_a_timer_and_what_it_starts(tmp_path: Path) -> None:
    scheduler = Scheduler()
    assert install(planned("linux", tmp_path), scheduler)
    folder = tmp_path / ".config" / "systemd" / "user"
    service = (folder / "changgu-remind.service").read_text(encoding="utf-8")
    assert f'ExecStart="{sys.executable}" "-m" "desktop" "remind" "--notify" "--data" "{tmp_path}/data"' in service
    assert "Persistent=true" in (folder / "changgu-remind.timer").read_text(encoding="utf-8")
    assert ("systemctl", "--user", "enable", "--now", "changgu-remind.timer") == scheduler.said[-1]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this system has no systemd")
@pytest.mark.parametrize("data", ["data", ODD])
def test_systemd_itself_finds_no_fault(tmp_path: Path, data: str) -> None:
    wanted = planned("linux", tmp_path, data)
    install(wanted, Scheduler())
    units = [str(unit.path) for unit in wanted.units]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", "--man=no", *units], capture_output=True, text=True, check=False
    )
    complaints = [line for line in done.stderr.splitlines() if "changgu" in line]
    assert [] == complaints


def test_systemd_is_given_odd_paths_with_its_own_characters_escaped(tmp_path: Path) -> None:
    (service, _) = planned("linux", tmp_path, ODD).units
    assert 'my \\"data\\" & 100%% $$HOME\\\\ <김>"' in service.content


def test_launchd_gets_an_agent_that_it_can_read(tmp_path: Path) -> None:
    scheduler = Scheduler()
    wanted = planned("darwin", tmp_path, ODD)
    install(wanted, scheduler)
    agent = plistlib.loads((tmp_path / "Library" / "LaunchAgents" / f"{LABEL}.plist").read_bytes())
    assert [sys.executable, "-m", "desktop", "remind", "--notify", "--data"] == agent["ProgramArguments"][:6]
    assert str(tmp_path / ODD) == agent["ProgramArguments"][6]
    assert (LABEL, {"Hour": 9, "Minute": 0}) == (agent["Label"], agent["StartCalendarInterval"])
    assert ["bootout", "bootstrap"] == [command[1] for command in scheduler.said]


def test_windows_gets_a_task_that_it_can_read(tmp_path: Path) -> None:
    scheduler = Scheduler()
    wanted = planned("win32", tmp_path)
    install(wanted, scheduler)
    (unit,) = wanted.units
    assert unit.path.read_bytes()[:2] in {b"\xff\xfe", b"\xfe\xff"}
    spaces = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    root = ET.fromstring(unit.path.read_text(encoding="utf-16").partition("?>")[2])
    assert sys.executable == root.findtext(".//t:Command", namespaces=spaces)
    assert f"-m desktop remind --notify --data {tmp_path / 'data'} --lang ko" == root.findtext(
        ".//t:Arguments", namespaces=spaces
    )
    assert "true" == root.findtext(".//t:StartWhenAvailable", namespaces=spaces)
    assert ("schtasks", "/Create", "/TN", TASK, "/XML", str(unit.path), "/F") == scheduler.said[-1]


def test_windows_is_given_odd_paths_quoted_and_escaped(tmp_path: Path) -> None:
    (unit,) = planned("win32", tmp_path, 'a & b "c" <d>').units
    root = ET.fromstring(unit.content.partition("?>")[2])
    spaces = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    assert 'a & b \\"c\\" <d>"' in (root.findtext(".//t:Arguments", namespaces=spaces) or "")


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_what_was_set_up_can_be_taken_away_twice(tmp_path: Path, platform: str) -> None:
    wanted, scheduler = planned(platform, tmp_path), Scheduler()
    install(wanted, Scheduler())
    for _ in range(2):
        uninstall(wanted, scheduler)
    assert [] == [unit.path for unit in wanted.units if unit.path.exists()]
    assert [*wanted.stop, *wanted.stop] == scheduler.said


def test_a_scheduler_that_refuses_is_told_apart_from_one_that_started(tmp_path: Path) -> None:
    assert not install(planned("linux", tmp_path), Scheduler(1))


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / ".config").write_text("")
    with pytest.raises(ScheduleError) as caught:
        install(planned("linux", tmp_path), Scheduler())
    assert "refused" == caught.value.code


def test_a_system_without_a_scheduler_we_know_is_said(tmp_path: Path) -> None:
    with pytest.raises(ScheduleError) as caught:
        planned("plan9", tmp_path)
    assert ("unsupported", {"platform": "plan9"}) == (caught.value.code, caught.value.data)


def test_every_unit_that_is_shipped_has_all_its_places_filled(tmp_path: Path) -> None:
    for platform in ("linux", "darwin", "win32"):
        assert not any("@" in unit.content for unit in planned(platform, tmp_path).units)
