import errno
import os
import stat
from pathlib import Path

import pytest

from desktop.services.api import Kind, Reason, Task
from desktop.wizard.flow.journal import Interrupted, Journal, JournalError, NoJournal

ENTRY = Interrupted("epost", Kind.FINANCIAL, Task.ISSUE, "journey-1", "review", "issue", "key")


def test_what_was_written_is_found_after_a_restart(tmp_path: Path) -> None:
    Journal(tmp_path).write(ENTRY)
    assert ENTRY == Journal(tmp_path).interrupted()


def test_a_cleared_journal_knows_of_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.write(ENTRY)
    journal.clear()
    journal.clear()
    assert journal.interrupted() is None


def test_a_note_that_comes_after_the_end_of_its_journey_is_not_kept(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.clear(ENTRY.journey)
    journal.write(ENTRY)
    assert journal.interrupted() is None


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    Journal(tmp_path).write(ENTRY)
    assert 0o600 == stat.S_IMODE((tmp_path / "journal.json").stat().st_mode)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"bank": 1}'])
def test_a_damaged_journal_is_put_aside(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "journal.json").write_bytes(content)
    assert Journal(tmp_path).interrupted() is None
    assert content == (tmp_path / "journal.damaged").read_bytes()


def test_an_entry_without_a_journey_is_nothing_to_ask_about(tmp_path: Path) -> None:
    Journal(tmp_path).write(Interrupted("epost", Kind.FINANCIAL, Task.ISSUE, "", "terms"))
    assert Journal(tmp_path).interrupted() is None


@pytest.mark.parametrize(
    ("error", "reason"),
    [(errno.ENOSPC, Reason.STORE_FULL), (errno.EDQUOT, Reason.STORE_FULL), (errno.EROFS, Reason.STORE_READ_ONLY)],
)
def test_a_disk_that_refuses_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int, reason: Reason
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(JournalError) as caught:
        Journal(tmp_path).write(ENTRY)
    assert reason == caught.value.reason
    assert "journal.json" in str(caught.value)


def test_a_folder_that_cannot_be_read_or_cleared_is_said(tmp_path: Path) -> None:
    (tmp_path / "journal.json").mkdir()
    with pytest.raises(JournalError):
        Journal(tmp_path).interrupted()
    with pytest.raises(JournalError):
        Journal(tmp_path).clear()


def test_the_same_entry_is_written_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.write(ENTRY)
    (tmp_path / "journal.json").unlink()
    journal.write(ENTRY)
    assert journal.interrupted() is None


def test_a_kiosk_keeps_no_journal() -> None:
    journal = NoJournal()
    journal.write(ENTRY)
    journal.clear()
    assert journal.interrupted() is None  # type: ignore[func-returns-value]  # that it is None is the point
