"""A made-up Linux machine: a table of mounts, sysfs and udev's notes below a folder."""

from __future__ import annotations

from pathlib import Path

from desktop.services.media.linux import Linux


class Machine:
    def __init__(self, folder: Path) -> None:
        self.folder, self._lines = folder, list[str]()
        (folder / "sys/dev/block").mkdir(parents=True)
        (folder / "sys/class/block").mkdir(parents=True)
        (folder / "sys/block").mkdir()
        (folder / "udev").mkdir()
        self.drive("sda", "8:0", at="pci0000:00/ata1")
        self.mount("8:0", Path("/"), source="/dev/sda")

    def drive(
        self, name: str, number: str, *, at: str, removable: bool = False, size: int = 1000, card: str = ""
    ) -> None:
        device = self._device(self.folder / "sys/devices" / at / "block" / name, name, number)
        (device / "removable").write_text(f"{int(removable)}\n")
        (device / "size").write_text(f"{size}\n")
        (self.folder / "sys/block" / name).symlink_to(device)
        if card:
            (device / "device").mkdir()
            (device / "device/type").write_text(f"{card}\n")

    def part(self, drive: str, name: str, number: str) -> None:
        device = self._device((self.folder / "sys/block" / drive).resolve() / name, name, number)
        (device / "partition").write_text("1\n")

    def notes(self, number: str, **notes: str) -> None:
        text = "".join(f"E:{name}={value}\n" for name, value in notes.items())
        (self.folder / f"udev/b{number}").write_text(f"S:disk/by-id/x\n{text}")

    def mount(
        self, number: str, path: Path, *, kind: str = "vfat", source: str = "/dev/x", options: str = "rw"
    ) -> None:
        escaped = str(path).replace("\\", "\\134").replace(" ", "\\040")
        self._lines.append(f"30 24 {number} / {escaped} {options},relatime shared:1 - {kind} {source} {options}")
        (self.folder / "mountinfo").write_text("\n".join(["", "not a line of the table", *self._lines, ""]))

    def linux(self) -> Linux:
        folder = self.folder
        return Linux(folder / "home", table=folder / "mountinfo", sysfs=folder / "sys", udev=folder / "udev")

    def _device(self, device: Path, name: str, number: str) -> Path:
        device.mkdir(parents=True)
        (device / "dev").write_text(f"{number}\n")
        (self.folder / "sys/dev/block" / number).symlink_to(device)
        (self.folder / "sys/class/block" / name).symlink_to(device)
        return device
