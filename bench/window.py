"""One process that opens a window, `bare` or `ours`, says when its first page stood painted, and ends."""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget


def memory() -> int:
    """Bytes resident now; the most there ever were where the system does not tell."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


class Watched(QApplication):
    """The application of either process. Nothing is watched but the one call that paints the first page.

    Both windows show themselves, then let Qt do what is due: after that the page stands. `answers` is when the
    event loop took up the next thing. Times are of the clock that parent and child share (seconds).
    """

    @staticmethod
    def processEvents(*_: object) -> None:
        QApplication.processEvents()
        said = {"painted": time.monotonic(), "memory": memory()}
        QTimer.singleShot(0, lambda: report(said))


def report(said: dict[str, float]) -> None:
    """Says it to the parent; then the process is gone."""
    sys.stdout.write(json.dumps({**said, "answers": time.monotonic(), "memory_then": memory()}))
    sys.stdout.flush()
    os._exit(0)


def bare() -> int:
    """The least that PySide6 can show: a window of our size with one line of Korean."""
    application = Watched(["bare"])
    window = QWidget()
    window.resize(1080, 720)
    QVBoxLayout(window).addWidget(QLabel("인증서 창구"))
    window.show()
    application.processEvents()
    return application.exec()


def aligned() -> int:
    """As bare, with its line in the middle: the first mention of `Qt` makes the enums that every program needs."""
    from PySide6.QtCore import Qt  # noqa: PLC0415 - the bare window does without

    application = Watched(["aligned"])
    window = QWidget()
    window.resize(1080, 720)
    label = QLabel("인증서 창구")
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    QVBoxLayout(window).addWidget(label)
    window.show()
    application.processEvents()
    return application.exec()


def ours() -> int:
    """The whole program as a person starts it, in a home folder of its own."""
    from PySide6 import QtWidgets  # noqa: PLC0415 - the bare window must not pay for ours

    from desktop.cli import main  # noqa: PLC0415 - as above

    setattr(QtWidgets, "QApplication", Watched)  # noqa: B010 - mypy refuses to assign to a class
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = os.environ["XDG_DATA_HOME"] = folder
        return main([])


if __name__ == "__main__":
    sys.exit({"bare": bare, "aligned": aligned, "ours": ours}[sys.argv[1]]())
