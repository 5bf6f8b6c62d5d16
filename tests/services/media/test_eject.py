"""What is said before a stick is pulled out is what was done."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from desktop.services.api import Place
from desktop.services.media import eject
from desktop.services.media.eject import Removal, prepare_removal
from desktop.services.media.volumes import Volume
from desktop.services.vocabulary import PlaceKind, Reason, ServiceError


class FakeSystem:
    def __init__(self, *paths: Path) -> None:
        self.mounted = list(paths)

    def pc_folders(self) -> tuple[Path, ...]:
        return ()

    def volumes(self) -> tuple[Volume, ...]:
        return tuple(Volume(path.name, path, path.name, "vfat") for path in self.mounted)


@pytest.fixture
def stick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr(eject, "_command", lambda path: ("let-go", str(path)))
    return Place("usb:1", PlaceKind.REMOVABLE, "내 USB", str(tmp_path))


def test_without_being_asked_to_the_drive_is_only_written_out(stick: Place) -> None:
    assert Removal.WRITTEN is prepare_removal(stick)


def test_a_drive_the_system_lets_go_of_can_be_pulled_out(stick: Place) -> None:
    system, ran = FakeSystem(Path(stick.path)), list[Sequence[str]]()

    def run(command: Sequence[str]) -> None:
        ran.append(command)
        system.mounted.clear()

    assert Removal.RELEASED is prepare_removal(stick, release=True, system=system, run=run)
    assert [("let-go", stick.path)] == ran


def test_a_drive_that_is_still_mounted_is_not_called_released(stick: Place) -> None:
    system = FakeSystem(Path(stick.path))
    assert Removal.WRITTEN is prepare_removal(stick, release=True, system=system, run=lambda _: None)


def test_a_drive_in_use_is_not_called_released(stick: Place) -> None:
    def busy(command: Sequence[str]) -> None:
        raise subprocess.CalledProcessError(1, command)

    assert Removal.WRITTEN is prepare_removal(stick, release=True, system=FakeSystem(), run=busy)


def test_this_pc_is_never_let_go_of(tmp_path: Path) -> None:
    assert Removal.WRITTEN is prepare_removal(Place("pc", PlaceKind.PC, path=str(tmp_path)), release=True)


def test_a_stick_already_pulled_is_named(tmp_path: Path) -> None:
    with pytest.raises(ServiceError) as failed:
        prepare_removal(Place("usb:1", PlaceKind.REMOVABLE, "내 USB", str(tmp_path / "pulled")))
    assert (Reason.MEDIUM_GONE, "내 USB") == (failed.value.reason, failed.value.where)


def test_what_did_not_reach_the_medium_is_told(stick: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(path: Path) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))

    monkeypatch.setattr(eject, "flush", failing)
    with pytest.raises(ServiceError, match="medium_failed"):
        prepare_removal(stick)
