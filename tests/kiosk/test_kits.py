"""The files for the operating system can be read, and name options, keys and classes that exist."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from desktop.kiosk.memory import WANTED
from desktop.options import parse
from desktop.shipped import shipped
from desktop.text import Text

KIT = shipped("kiosk")
LINUX, WINDOWS = KIT / "linux", KIT / "windows"
#: systemd.unit(5), systemd.exec(5), systemd.service(5), systemd.resource-control(5), as far as they are used here.
DIRECTIVES = {
    "Unit": {"Description", "After", "Wants", "Conflicts", "StartLimitIntervalSec", "BindsTo"},
    "Service": {
        *("User", "PAMName", "TTYPath", "StandardInput", "StandardOutput", "UtmpIdentifier", "UtmpMode", "Type"),
        *("RuntimeDirectory", "StateDirectory", "Environment", "ExecStart", "ExecStop", "Restart", "RestartSec"),
        *("RestartPreventExitStatus", "MemorySwapMax", "LimitCORE", "PrivateTmp", "ProtectHome", "ProtectSystem"),
        *("NoNewPrivileges", "ProtectKernelTunables", "ProtectKernelModules", "ProtectControlGroups"),
        *("RestrictSUIDSGID", "LockPersonality", "RemainAfterExit"),
    },
    "Install": {"WantedBy"},
}
#: udev(7): what may be matched and set.
UDEV = {"ACTION", "SUBSYSTEM", "ENV", "ATTR", "TAG"}


def lines(path: Path) -> list[str]:
    """Without comments and what is empty."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip() and line[0] not in "#<"]


@pytest.mark.parametrize("name", ["changgu-kiosk.service", "changgu-stick@.service"])
def test_a_unit_uses_directives_that_systemd_knows(name: str) -> None:
    unit = configparser.RawConfigParser(strict=False, comment_prefixes=("#",))
    unit.optionxform = str  # type: ignore[assignment, method-assign]  # names are written as they are
    unit.read(LINUX / name, encoding="utf-8")
    for section in unit.sections():
        assert set(unit[section]) <= DIRECTIVES[section], section


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_itself_finds_nothing_unknown() -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(LINUX / "changgu-kiosk.service")],
        capture_output=True,
        text=True,
        check=False,
    )
    unknown = [line for line in done.stderr.splitlines() if re.search("Unknown|Failed to parse|Invalid", line)]
    assert [] == unknown


def test_what_the_unit_starts_is_a_command_of_ours_and_its_memory_is_wiped() -> None:
    unit = lines(LINUX / "changgu-kiosk.service")
    start = next(line.partition("=")[2] for line in unit if line.startswith("ExecStart="))
    cage, ours = start.split(" -- ")
    assert ["/usr/bin/cage", "-d"] == cage.split()
    given = parse(ours.split()[1:], Text("ko"))
    assert Path("/etc/changgu/kiosk.toml") == given.kiosk
    for name, value in WANTED.items():
        assert f"Environment={name}={value}" in unit


def test_udev_rules_match_and_set_what_there_is() -> None:
    for rule in lines(LINUX / "99-changgu-kiosk.rules"):
        parts = re.findall(r'([A-Z]+)(?:\{[\w]+\})?(==|!=|\+=|=)"[^"]*"', rule)
        assert parts, rule
        assert {name for name, _ in parts} <= UDEV
        assert re.fullmatch(r'([A-Z]+(\{\w+\})?(==|!=|\+=|=)"[^"]*"(, )?)+', rule), rule


def test_sysctl_settings_have_a_name_and_a_value() -> None:
    for line in lines(LINUX / "99-changgu-kiosk.conf"):
        name, _, value = line.partition(" = ")
        assert re.fullmatch(r"(kernel|fs)(\.[a-z_-]+)+", name)
        assert value


def test_assigned_access_is_xml_of_the_shell_launchers_schema() -> None:
    space = "{http://schemas.microsoft.com/ShellLauncher/2018/Configuration}"
    root = ET.parse(WINDOWS / "assigned-access.xml").getroot()
    assert f"{space}ShellLauncherConfiguration" == root.tag
    profile = root.find(f"{space}Profiles/{space}Profile")
    config = root.find(f"{space}Configs/{space}Config/{space}Profile")
    assert profile is not None
    assert config is not None
    assert profile.attrib["Id"] == config.attrib["Id"]
    shell = profile.find(f"{space}Shell")
    assert shell is not None
    program = re.findall(r'"[^"]+"|\S+', shell.attrib["Shell"])
    assert Path("C:\\ProgramData\\Changgu\\kiosk.toml") == parse(_plain(program[1:]), Text("ko")).kiosk
    actions = {part.attrib["Action"] for part in shell.iter() if "Action" in part.attrib}
    assert actions <= {"RestartShell", "RestartDevice", "ShutdownDevice", "DoNothing"}


def _plain(words: list[str]) -> list[str]:
    return [word.strip('"') for word in words]


def test_the_scripts_of_windows_use_its_classes_and_close_what_they_open() -> None:
    shell = (WINDOWS / "shell-launcher.ps1").read_text(encoding="utf-8")
    keys = (WINDOWS / "keyboard-filter.ps1").read_text(encoding="utf-8")
    assert {"SetDefaultShell", "SetCustomShell", "SetEnabled"} == set(re.findall(r"\$launcher\.(\w+)\(", shell))
    assert "WESL_UserSetting" in shell
    assert {"WEKF_PredefinedKey", "WEKF_CustomKey", "WEKF_Settings"} == set(re.findall(r"WEKF_\w+", keys))
    assert {"Client-EmbeddedShellLauncher", "Client-KeyboardFilter"} == set(re.findall(r"Client-\w+", shell + keys))
    for script in (shell, keys):
        assert 'ErrorActionPreference = "Stop"' in script
        for opening, closing in ("()", "{}", "[]"):
            assert script.count(opening) == script.count(closing)
