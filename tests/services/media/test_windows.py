"""Windows' drives, from what its kernel says."""

from __future__ import annotations

from pathlib import Path

from desktop.services.media.windows import (
    BUS_USB,
    FIXED,
    OPTICAL,
    READ_ONLY_VOLUME,
    REMOVABLE,
    UNRECOGNISED,
    Told,
    Windows,
)


class FakeKernel:
    """Drives by letter: kind, bus, and what the volume says."""

    def __init__(self, **drives: tuple[int, int, Told]) -> None:
        self._drives = {f"{letter}:\\": drive for letter, drive in drives.items()}

    def drives(self) -> tuple[str, ...]:
        return tuple(self._drives)

    def kind(self, drive: str) -> int:
        return self._drives[drive][0]

    def bus(self, drive: str) -> int:
        return self._drives[drive][1]

    def volume(self, drive: str) -> Told:
        return self._drives[drive][2]


def windows(**drives: tuple[int, int, Told]) -> Windows:
    environment = {"SystemDrive": "C:", "ProgramFiles": r"C:\Program Files", "ProgramFiles(x86)": r"C:\x86"}
    return Windows(environment, FakeKernel(**drives), Path("home"))


def test_the_folder_is_locallow_and_program_files_are_still_read() -> None:
    expected = (Path("home/AppData/LocalLow"), Path(r"C:\Program Files"), Path(r"C:\x86"))
    assert expected == windows().pc_folders()


def test_the_system_drive_a_share_and_an_empty_reader_are_left_out() -> None:
    left_out = windows(C=(FIXED, 0, Told("OS", 1)), N=(4, 0, Told("share", 2)), F=(REMOVABLE, 0, Told(error=21)))
    assert () == left_out.volumes()


def test_a_stick_has_its_label_with_its_letter_and_its_serial_for_an_id() -> None:
    (volume,) = windows(E=(REMOVABLE, BUS_USB, Told("내 USB", 0x7FCEB1F9, 0, "FAT32"))).volumes()
    assert ("7fceb1f9", "내 USB (E:)", "FAT32", "", True) == (
        volume.key,
        volume.label,
        volume.file_system,
        volume.trouble,
        volume.external,
    )


def test_a_fixed_disk_is_external_only_on_a_usb_bus() -> None:
    volumes = windows(D=(FIXED, 11, Told("DATA", 1)), E=(FIXED, BUS_USB, Told("", 2))).volumes()
    assert [("DATA (D:)", False), ("E:", True)] == [(volume.label, volume.external) for volume in volumes]


def test_troubles_are_told() -> None:
    volumes = windows(
        E=(REMOVABLE, BUS_USB, Told(error=UNRECOGNISED)),
        F=(REMOVABLE, BUS_USB, Told("LOCKED", 3, READ_ONLY_VOLUME, "FAT32")),
        G=(OPTICAL, 0, Told("CD", 4, 0, "CDFS")),
    ).volumes()
    assert ["unformatted", "read_only", "read_only"] == [volume.trouble for volume in volumes]
    assert volumes[0].path is None
