"""One process that opens a window, `bare` or `ours`, says when its first page stood painted and answered, and ends."""

from __future__ import annotations

import gc
import os
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # neither window may pay for what only the other one needs
    from PySide6.QtWidgets import QApplication


def memory() -> int:
    """Bytes resident now; the most there ever were where the system does not tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as status:  # noqa: PTH123 - pathlib is ours to pay for
            return int(status.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        import resource  # noqa: PLC0415 - Linux does without

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def watched() -> type[QApplication]:
    """The application of either process. Nothing is watched but the one call that paints the first page.

    Both windows show themselves, then let Qt do what is due: after that the page stands. It answers when the
    event loop has taken up the next thing. Times are of the clock that parent and child share (seconds).
    """
    from PySide6.QtCore import QTimer  # noqa: PLC0415 - read in the order of the program that is watched
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - as above

    class Watched(QApplication):
        @staticmethod
        def processEvents(*_: object) -> None:
            QApplication.processEvents()
            painted = time.monotonic(), memory()
            QTimer.singleShot(0, lambda: report(*painted))

    return Watched


def report(painted: float, taken: int) -> None:
    """Says it to the parent; then the process is gone."""
    sys.stdout.write(f"{painted} {taken} {time.monotonic()} {memory()}\n")
    sys.stdout.flush()
    os._exit(0)


def bare() -> int:
    """The least that PySide6 can show: a window of our size with one line of Korean."""
    from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget  # noqa: PLC0415 - as above

    application = watched()(["bare"])
    window = QWidget()
    window.resize(1080, 720)
    QVBoxLayout(window).addWidget(QLabel("인증서 창구"))
    window.show()
    application.processEvents()
    return application.exec()


def ours() -> int:
    """The whole program as a person starts it."""
    from desktop import cli  # noqa: PLC0415 - as above

    gc.disable()  # as the command does before it reads Qt, which is read here to be watched
    from PySide6 import QtWidgets  # noqa: PLC0415 - as above

    setattr(QtWidgets, "QApplication", watched())  # noqa: B010 - mypy refuses to assign to a class
    return cli.main([])


if __name__ == "__main__":
    sys.exit({"bare": bare, "ours": ours}[sys.argv[1]]())
