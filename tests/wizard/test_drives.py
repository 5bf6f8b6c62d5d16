"""The window hears of a drive that comes or goes, once, and of nothing when it is closed."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from desktop.wizard.drives import Drives, drives_now


class Machine:
    def __init__(self) -> None:
        self.drives: tuple[str, ...] = ("pc",)
        self.told = 0

    def now(self) -> tuple[str, ...]:
        return self.drives

    def changed(self) -> None:
        self.told += 1


def test_a_drive_that_comes_and_one_that_goes_are_each_told_once(qtbot: QtBot) -> None:
    machine = Machine()
    drives = Drives(machine.changed, now=machine.now, interval=5)
    for count, plugged in enumerate([("pc", "usb"), ("pc",)], 1):
        machine.drives = plugged
        drives.look()
        drives.look()
        qtbot.waitUntil(lambda count=count: machine.told == count)  # type: ignore[misc]  # mypy sees no default
    drives.close()
    assert 2 == machine.told


def test_news_that_change_nothing_are_not_told(qtbot: QtBot) -> None:
    machine = Machine()
    drives = Drives(machine.changed, now=machine.now, interval=5)
    with qtbot.waitSignal(drives.compared):
        drives.look()
    drives.close()
    assert 0 == machine.told


def test_nothing_is_told_once_it_is_closed(qtbot: QtBot) -> None:
    machine = Machine()
    drives = Drives(machine.changed, now=machine.now, interval=5)
    drives.look()
    drives.close()
    drives.close()
    machine.drives = ("pc", "usb")
    with qtbot.assertNotEmitted(drives.compared, wait=30):
        pass
    assert 0 == machine.told


def test_the_drives_of_this_machine_can_be_compared(qtbot: QtBot) -> None:
    assert hash(drives_now()) == hash(drives_now())
