"""Telling the window that a drive was plugged in or pulled out, so that it asks for the places again."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import BinaryIO

from PySide6.QtCore import QFileSystemWatcher, QObject, QSocketNotifier, QStorageInfo, QTimer, Signal

#: Milliseconds: a drive comes with a burst of news, and where the system brings none we ask.
SETTLED = 200
INTERVAL = 2000
_TABLE = Path("/proc/self/mountinfo")
_DEVICES = "/dev"


def drives_now() -> Hashable:
    """Different once a drive came, went, or can be written no more. On Linux no medium is touched for it."""
    if sys.platform != "linux":
        return tuple(
            (volume.rootPath(), bytes(volume.device().data()), volume.isReady(), volume.isReadOnly())
            for volume in QStorageInfo.mountedVolumes()
        )
    devices = Path("/sys/class/block")
    names = sorted(os.listdir(devices)) if devices.is_dir() else []  # noqa: PTH208 - names are all that is asked for
    return _TABLE.read_bytes(), tuple(names)


class Drives(QObject):
    """Calls `changed` in the thread of its parent. `now` tells what to compare; `interval` is in milliseconds."""

    compared = Signal()

    def __init__(
        self,
        changed: Callable[[], object],
        parent: QObject | None = None,
        *,
        now: Callable[[], Hashable] = drives_now,
        interval: int = INTERVAL,
    ) -> None:
        super().__init__(parent)
        self._changed, self._now, self._last = changed, now, now()
        self._table: BinaryIO | None = None
        self._settling = QTimer(self, singleShot=True, interval=min(SETTLED, interval))
        self._settling.timeout.connect(self._compare)
        self._asking = QTimer(self, interval=interval)
        self._asking.timeout.connect(self._compare)
        if sys.platform == "linux" and _TABLE.exists():
            self._listen()
        else:
            self._asking.start()

    def _listen(self) -> None:
        """The kernel rings when a mount comes or goes; /dev shows a drive that nobody mounts."""
        self._table = _TABLE.open("rb")
        notifier = QSocketNotifier(self._table.fileno(), QSocketNotifier.Type.Exception, self)
        notifier.activated.connect(self.look)
        self._notifier = notifier
        QFileSystemWatcher([_DEVICES], self).directoryChanged.connect(self.look)

    def look(self) -> None:
        """Compares soon: now is too early, since more news follow the first."""
        self._settling.start()

    def close(self) -> None:
        """Hears nothing more. The notifier goes before its file does."""
        self._settling.stop()
        self._asking.stop()
        if self._table is not None:
            self._notifier.setEnabled(False)
            self._table.close()
            self._table = None

    def _compare(self) -> None:
        now = self._now()
        if now != self._last:
            self._last = now
            self._changed()
        self.compared.emit()
