"""One process that opens a window, `bare` or `ours`, says when its first page stood painted, and ends."""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget


def report() -> None:
    """Time on the clock that parent and child share, and resident memory in bytes; then the process is gone."""
    painted = time.monotonic()
    status = Path("/proc/self/statm")
    if status.exists():
        memory = int(status.read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    else:
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.stdout.write(json.dumps({"painted": painted, "memory": memory}))
    sys.stdout.flush()
    os._exit(0)


class Watch(QObject):
    """Sees the first paint of a window, and reports when the event loop has finished it."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget) and watched.isWindow():
            QTimer.singleShot(0, report)
        return False


class Watched(QApplication):
    """The application of either process; both pay alike for being watched."""

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        self.installEventFilter(Watch(self))


def bare() -> int:
    """The least that PySide6 can show: a window of our size with one line of Korean."""
    application = Watched(["bare"])
    window = QWidget()
    window.resize(1080, 720)
    QVBoxLayout(window).addWidget(QLabel("인증서 창구"))
    window.show()
    return application.exec()


def ours() -> int:
    """The whole program as a person starts it, on a data folder of its own."""
    from PySide6 import QtWidgets  # noqa: PLC0415 - the bare window must not pay for ours

    from desktop.cli import main  # noqa: PLC0415 - as above

    setattr(QtWidgets, "QApplication", Watched)  # noqa: B010 - mypy refuses to assign to a class
    with tempfile.TemporaryDirectory() as folder:
        return main(["--data", folder, "--lang", "ko"])


if __name__ == "__main__":
    sys.exit({"bare": bare, "ours": ours}[sys.argv[1]]())
