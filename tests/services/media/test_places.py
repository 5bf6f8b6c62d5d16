"""The PC first, then what is plugged in, with its name and its trouble."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from desktop.services.api import Place
from desktop.services.media import places
from desktop.services.media.places import ROOM, find_places, pc_folder, pc_folders, place_of
from desktop.services.vocabulary import PlaceKind, Reason, ServiceError
from tests.services.media.machine import Machine

USB = "pci0000:00/usb2/2-1/host6"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path.resolve())


def stick(machine: Machine, name: str = "내 USB", *, options: str = "rw", kind: str = "vfat") -> Path:
    """Plugs in a stick of one partition."""
    folder = machine.folder / "media" / name
    folder.mkdir(parents=True)
    machine.drive("sdb", "8:16", at=USB, removable=True)
    machine.part("sdb", "sdb1", "8:17")
    machine.notes("8:17", ID_FS_UUID="7FCE-B1F9", ID_FS_TYPE=kind, ID_FS_LABEL_ENC=r"내\x20USB")
    machine.mount("8:17", folder, kind=kind, options=options)
    return folder


def found(machine: Machine) -> tuple[Place, ...]:
    return find_places(system=machine.linux())


def test_a_pc_alone_is_the_only_place_and_its_folder_need_not_be_there_yet(machine: Machine) -> None:
    (pc,) = found(machine)
    assert ("pc", PlaceKind.PC, str(machine.folder / "home"), "") == (pc.id, pc.kind, pc.path, pc.trouble)
    assert pc.free is not None
    assert pc.free > ROOM


def test_practice_has_a_pc_folder_of_its_own(machine: Machine, tmp_path: Path) -> None:
    assert str(tmp_path / "data") == find_places(pc=tmp_path / "data", system=machine.linux())[0].path


def test_a_stick_comes_after_the_pc_with_label_path_and_free_bytes(machine: Machine) -> None:
    folder = stick(machine)
    _, place = found(machine)
    assert ("usb:7FCE-B1F9", PlaceKind.REMOVABLE, "내 USB", str(folder), "") == (
        place.id,
        place.kind,
        place.label,
        place.path,
        place.trouble,
    )
    assert place.free is not None


def test_the_label_is_the_mount_point_where_udev_says_none(machine: Machine) -> None:
    stick(machine, "한글 스틱\\1")
    machine.notes("8:17", ID_FS_TYPE="vfat")
    assert ("usb:sdb1", "한글 스틱\\1") == (found(machine)[1].id, found(machine)[1].label)


def test_a_usb_hard_disk_and_an_sd_card_count_though_the_kernel_calls_them_not_removable(machine: Machine) -> None:
    machine.drive("sdc", "8:32", at=USB)
    machine.drive("mmcblk0", "179:0", at="platform/mmc0", card="SD")
    machine.drive("mmcblk1", "179:8", at="platform/mmc1", card="MMC")
    for number in ("8:32", "179:0", "179:8"):
        machine.mount(number, machine.folder, source=f"/dev/{number}")
        machine.mount(number, machine.folder / number.replace(":", "-"))
        (machine.folder / number.replace(":", "-")).mkdir()
    assert ["pc", "usb:sdc", "usb:mmcblk0"] == [place.id for place in found(machine)]


def test_a_file_system_with_a_number_of_its_own_is_found_by_its_source(machine: Machine) -> None:
    stick(machine)
    machine.drive("sdd", "8:48", at="pci0000:00/usb3/3-2")
    (machine.folder / "btrfs").mkdir()
    machine.mount("0:77", machine.folder / "btrfs", kind="btrfs", source="/dev/sdd")
    assert ["pc", "usb:7FCE-B1F9", "usb:sdd"] == [place.id for place in found(machine)]


def test_an_encrypted_stick_is_known_by_the_drive_below_it(machine: Machine) -> None:
    machine.drive("sdb", "8:16", at=USB, removable=True)
    machine.drive("dm-0", "253:0", at="virtual")
    (machine.folder / "sys/block/dm-0/slaves").mkdir()
    (machine.folder / "sys/block/dm-0/slaves/sdb").symlink_to(machine.folder / "sys/block/sdb")
    (machine.folder / "safe").mkdir()
    machine.mount("253:0", machine.folder / "safe", kind="ext4")
    assert "usb:dm-0" in [place.id for place in found(machine)]


def test_a_stick_that_the_system_runs_from_is_no_place(machine: Machine) -> None:
    machine.drive("sdb", "8:16", at=USB, removable=True)
    machine.mount("8:16", Path("/boot/efi"))
    assert ["pc"] == [place.id for place in found(machine)]


def test_the_same_drive_mounted_twice_is_one_place(machine: Machine) -> None:
    stick(machine)
    machine.mount("8:17", machine.folder / "again")
    assert ["pc", "usb:7FCE-B1F9"] == [place.id for place in found(machine)]


@pytest.mark.parametrize(("options", "kind"), [("ro", "vfat"), ("rw", "iso9660"), ("rw", "udf"), ("rw", "squashfs")])
def test_what_cannot_be_written_is_shown_with_that_trouble(machine: Machine, options: str, kind: str) -> None:
    stick(machine, options=options, kind=kind)
    assert "read_only" == found(machine)[1].trouble


def test_a_drive_without_a_file_system_says_so_and_one_not_mounted_too(machine: Machine) -> None:
    machine.drive("sdb", "8:16", at=USB, removable=True)
    machine.notes("8:16", ID_BUS="usb")
    machine.drive("sdc", "8:32", at=f"{USB}/2", removable=True)
    machine.part("sdc", "sdc1", "8:33")
    machine.notes("8:33", ID_FS_TYPE="exfat", ID_FS_LABEL_ENC="BACKUP")
    machine.drive("sr0", "11:0", at="pci0000:00/ata2", removable=True, size=0)
    told = [(place.label, place.path, place.free, place.trouble) for place in found(machine)[1:]]
    assert [("sdb", "", None, "unformatted"), ("BACKUP", "", None, "not_mounted")] == told


def test_a_full_stick_says_so(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    stick(machine)
    monkeypatch.setattr(places, "ROOM", 1 << 62)
    assert ["full", "full"] == [place.trouble for place in found(machine)]


def test_a_stick_that_vanished_since_the_table_was_read_has_its_trouble(machine: Machine) -> None:
    stick(machine).rmdir()
    assert (None, "failed") == (found(machine)[1].free, found(machine)[1].trouble)


def test_a_place_is_looked_up_again_by_its_id(machine: Machine) -> None:
    stick(machine)
    place = found(machine)[1]
    assert place.path == place_of(place.id, label=place.label, system=machine.linux()).path


def test_a_stick_pulled_between_choice_and_write_is_named(machine: Machine) -> None:
    with pytest.raises(ServiceError) as failed:
        place_of("usb:7FCE-B1F9", label="내 USB", system=machine.linux())
    assert (Reason.MEDIUM_GONE, "내 USB") == (failed.value.reason, failed.value.where)


def test_a_machine_that_tells_nothing_has_its_pc(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    (tmp_path / "mountinfo").unlink()
    assert ["pc"] == [place.id for place in found(machine)]


def test_this_machine_can_be_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert pc_folder() == pc_folders()[0]
    assert tmp_path in (pc_folder(), *pc_folder().parents)
    assert "pc" == find_places()[0].id


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_others_own_says_so(machine: Machine) -> None:
    stick(machine).chmod(0o500)
    assert "permission" == found(machine)[1].trouble
