"""After a journey at the kiosk nothing of the person is anywhere: files, clipboard, what readers see, memory."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from desktop.kiosk.memory import WANTED, overwrite_what_is_freed
from tests.kiosk.searching import SENTINELS, Child, files_with, walk

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is a file on Linux alone")


def test_what_came_by_the_keypad_is_gone_from_files_clipboard_readers_and_memory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    child = Child(tmp_path, dict(WANTED))
    try:
        child.tell("look")
        before = child.counts()
        walk(child, "key")
        during = child.counts()
        child.tell("end")
        left = child.tell("left")
        after = child.counts()
    finally:
        child.close()
    with capsys.disabled():
        sys.stdout.write(f"\nin memory before, at the end of, and after the journey: {before} {during} {after}\n")
    assert [] == [name for name, value in SENTINELS.items() if value in left]
    assert [] == files_with(tmp_path)
    assert before == after


def test_a_program_started_without_it_starts_again_with_an_allocator_that_wipes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[dict[str, str]] = []
    monkeypatch.setattr("os.execve", lambda path, words, environ: started.append(environ))
    overwrite_what_is_freed({"HOME": "h"}, "linux")
    assert [{"HOME": "h", **WANTED}] == started
    overwrite_what_is_freed(WANTED, "linux")
    overwrite_what_is_freed({}, "win32")
    assert 1 == len(started)
