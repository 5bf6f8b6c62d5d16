"""What is sent to whoever helps tells how a machine stands, and nothing of a person."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from desktop import doctor
from desktop.cli import main
from desktop.config import Settings
from desktop.doctor import Finding, examine
from desktop.log import FILE_NAME, FileLog
from desktop.support import LAST, support_text
from desktop.text import LANGUAGES, Text

#: Of a made-up person: a folder bears their name, and so may a file or a server.
NAME = "kim-uche"


def seen() -> dict[str, str]:
    return {"qt": "6.11.3", "display": "xcb", "font": "Noto Sans CJK KR"}


def test_codes_versions_and_room_are_told_but_no_path_file_or_server(tmp_path: Path) -> None:
    data = tmp_path / NAME
    findings = [
        *examine(Settings(data=data), probe=seen),
        Finding("backend", "backend_unreachable", {"url": f"https://{NAME}.invalid"}),
        Finding("database", "database_broken", {"file": f"{NAME}.db"}),
    ]
    told = support_text(findings, data)
    assert NAME not in told
    for part in ("[ok] qt version=6.11.3", "[fail] backend_unreachable\n", "[fail] database_broken", "free="):
        assert part in told


def test_every_finding_there_is_keeps_to_what_may_be_told(tmp_path: Path) -> None:
    data = dict.fromkeys(("path", "file", "url", "detail"), NAME)
    assert NAME not in support_text([Finding("any", code, data) for code in doctor.STATES], tmp_path)


def test_the_last_events_follow_and_what_others_wrote_among_them_does_not(tmp_path: Path) -> None:
    log = FileLog(tmp_path)
    for count in range(LAST + 5):
        log.event("call_failed", reason="unreachable", count=count)
    log.close()
    with (tmp_path / FILE_NAME).open("a", encoding="utf-8") as file:
        file.write(f"{NAME}\n[1]\n{json.dumps({'at': '2026-11-22T00:00:00+00:00', 'event': NAME, 'reason': NAME})}\n")
        file.write(f"{json.dumps({'at': '2026-11-22T00:00:00+00:00', 'event': 'x', NAME: NAME})}\n")
    told = support_text([], tmp_path)
    assert NAME not in told
    assert f'"count": {LAST + 4}' in told
    assert '"count": 0}' not in told


def test_the_command_prints_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor", "--support", "--data", str(tmp_path / NAME)])
    told = capsys.readouterr().out
    assert "[ok] folder" in told
    assert NAME not in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_that_nothing_personal_is_in_it(language: str) -> None:
    assert Text(language)("lobby.support.about")
