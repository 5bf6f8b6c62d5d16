"""What was done can be looked up and deleted, and names nobody."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from desktop.history import FILE_NAME, MOST, History, Outcome
from desktop.services.api import Kind, Task
from desktop.text import LANGUAGES, Text

DAY = date(2026, 11, 22)


def add(history: History, task: Task = Task.ISSUE, outcome: Outcome = Outcome.DONE) -> None:
    history.add(day=DAY, bank="epost", kind=Kind.FINANCIAL, task=task, outcome=outcome, serial="99887766554217")


def test_the_newest_is_first_and_only_the_end_of_a_serial_is_kept(tmp_path: Path) -> None:
    history = History(tmp_path)
    add(history)
    history.add(
        day=DAY, bank="kb", kind=Kind.JOINT, task=Task.REVOKE, outcome=Outcome.FAILED, serial="", code="CG-3104"
    )
    newest, oldest = History(tmp_path).all()
    assert (Task.REVOKE, Outcome.FAILED, "CG-3104") == (newest.task, newest.outcome, newest.code)
    assert "4217" == oldest.serial_end
    assert b"5421" not in (tmp_path / FILE_NAME).read_bytes()


def test_one_line_can_be_deleted_and_its_number_does_not_come_back(tmp_path: Path) -> None:
    history = History(tmp_path)
    for task in (Task.ISSUE, Task.RENEW, Task.REVOKE):
        add(history, task)
    history.delete(history.all()[0].id)
    add(history, Task.LOSS)
    assert [(4, Task.LOSS), (2, Task.RENEW), (1, Task.ISSUE)] == [(e.id, e.task) for e in history.all()]


def test_all_can_be_deleted(tmp_path: Path) -> None:
    history = History(tmp_path)
    add(history)
    history.clear()
    assert () == history.all()
    assert b"epost" not in (tmp_path / FILE_NAME).read_bytes()


def test_where_it_is_switched_off_nothing_is_written(tmp_path: Path) -> None:
    history = History(tmp_path, keep=False)
    add(history)
    history.clear()
    assert () == history.all()
    assert [] == list(tmp_path.iterdir())


def test_the_oldest_go_when_there_are_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.history.MOST", 3)
    history = History(tmp_path)
    for _ in range(5):
        add(history)
    assert [5, 4, 3] == [entry.id for entry in history.all()]
    assert MOST > 100


def test_a_damaged_history_is_put_aside(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"[]")
    assert () == History(tmp_path).all()
    assert (tmp_path / FILE_NAME).with_suffix(".damaged").exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_outcome_has_its_words(language: str) -> None:
    assert all(Text(language)(f"history.outcome.{outcome}", code="CG-1101") for outcome in Outcome)
