from __future__ import annotations

import json
import sqlite3
import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from desktop import doctor
from desktop.config import Settings
from desktop.doctor import STATES, Finding, State, as_json, examine
from desktop.services.authority.sqlite import LOCK_NAME
from desktop.shipped import shipped

WELL: dict[str, Any] = {"qt": "6.11.3", "display": "xcb", "font": "Noto Sans CJK KR"}


def findings(data: Path, *, seen: dict[str, Any] | None = None, backend: str | None = None) -> dict[str, Finding]:
    settings = Settings(data=data, backend=backend)
    return {f.check: f for f in examine(settings, probe=lambda: WELL if seen is None else seen)}


def states(found: dict[str, Finding]) -> set[State]:
    return {f.state for f in found.values()}


def test_a_machine_that_has_everything_is_well(tmp_path: Path) -> None:
    found = findings(tmp_path / "data")
    assert ["python", "qt", "display", "fonts", "folder", "clock"] == list(found)
    assert {State.OK} == states(found)


def test_qt_that_does_not_load_is_named_with_its_library(tmp_path: Path) -> None:
    found = findings(tmp_path, seen={"error": "libEGL.so.1: cannot open shared object file"})
    assert ("qt_broken", State.FAIL) == (found["qt"].code, found["qt"].state)
    assert "libEGL" in found["qt"].data["detail"]
    assert "fonts" not in found


def test_no_display_is_a_note_since_the_demo_works_without(tmp_path: Path) -> None:
    found = findings(tmp_path, seen=WELL | {"display": ""})["display"]
    assert ("no_display", State.WARN) == (found.code, found.state)


def test_no_korean_font_is_a_fault(tmp_path: Path) -> None:
    assert State.FAIL == findings(tmp_path, seen=WELL | {"font": ""})["fonts"].state


def test_a_python_we_never_tried_is_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 14, 0, "final", 0))
    assert State.WARN == findings(tmp_path)["python"].state


def test_a_folder_that_cannot_be_made_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert "folder_refuses" == findings(tmp_path / "file" / "data")["folder"].code


def test_a_nearly_full_disk_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "SPACE_NEEDED", 2**80)
    assert "folder_full" == findings(tmp_path)["folder"].code


def test_a_second_program_on_the_folder_is_a_note(tmp_path: Path) -> None:
    with FileLock(tmp_path / LOCK_NAME, thread_local=False):
        assert "folder_in_use" == findings(tmp_path)["lock"].code
    assert "lock" not in findings(tmp_path)


def test_a_sound_database_is_well_and_a_damaged_one_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "authority.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (x)")
    connection.executemany("INSERT INTO t VALUES (?)", [("x" * 900,)] * 100)
    connection.commit()
    connection.close()
    assert State.OK == findings(tmp_path)["database"].state
    data = bytearray(path.read_bytes())
    data[4096:8192] = b"\xa5" * 4096
    path.write_bytes(data)
    assert "database_broken" == findings(tmp_path)["database"].code
    path.write_bytes(b"not a database at all")
    assert "database_broken" == findings(tmp_path)["database"].code


@contextmanager
def answering(date: str | None) -> Iterator[str]:
    """A server that answers one request, with the Date given or none."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response_only(404)
            if date:
                self.send_header("Date", date)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        thread.join()
        server.server_close()


def test_a_backend_that_answers_anything_is_reachable(tmp_path: Path) -> None:
    with answering(formatdate(usegmt=True)) as url:
        assert {State.OK} == states(findings(tmp_path, backend=url))
    with answering(None) as url:
        assert {State.OK} == states(findings(tmp_path, backend=url))


def test_a_clock_far_from_the_backends_is_a_fault(tmp_path: Path) -> None:
    with answering(formatdate(1_800_000_000 + 10**9, usegmt=True)) as url:
        assert "clock_wrong" == findings(tmp_path, backend=url)["clock"].code


def test_a_backend_that_nobody_answers_for_is_a_fault(tmp_path: Path) -> None:
    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    url = f"http://127.0.0.1:{server.server_port}"
    server.server_close()
    assert "backend_unreachable" == findings(tmp_path, backend=url)["backend"].code


def test_a_clock_before_our_first_certificate_is_a_fault(tmp_path: Path) -> None:
    found = {f.check: f for f in examine(Settings(data=tmp_path), probe=lambda: WELL, now=lambda: 86400.0)}
    assert State.FAIL == found["clock"].state


def test_qt_is_looked_at_in_a_process_of_its_own(tmp_path: Path) -> None:
    found = {f.check: f for f in examine(Settings(data=tmp_path))}
    assert ("qt", State.OK, "no_display") == (found["qt"].code, found["fonts"].state, found["display"].code)
    assert found["qt"].data["version"].startswith("6.")


#: Sentences of the command that are no findings.
FRAME = {"brief", "about", "examples", "well", "ill", *State}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_finding_is_worded_and_every_fault_has_a_remedy(language: str) -> None:
    worded = tomllib.loads(shipped("text", language, "cli.toml").read_text(encoding="utf-8"))["doctor"]
    remedies = {f"{code}_remedy" for code, state in STATES.items() if state != State.OK}
    assert {*STATES, *remedies, *FRAME} == set(worded)


def test_json_holds_every_finding(tmp_path: Path) -> None:
    rows = json.loads(as_json(list(findings(tmp_path).values())))
    assert [{"check", "state", "code", "data"}] * 6 == [set(row) for row in rows]
