"""Garbage is collected in the interface's thread alone: a widget that dies in another one ends the program."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer

#: How often there is a look (ms), and how many new objects are worth it.
LOOK = 1000
MANY = 10_000


@contextmanager
def collected_here() -> Iterator[None]:
    """While this holds, no thread of the services comes to collect. What lived before is never looked at again."""
    enabled = gc.isenabled()
    gc.disable()
    gc.freeze()
    timer = QTimer()
    timer.setInterval(LOOK)
    timer.timeout.connect(sweep)
    timer.start()
    try:
        yield
    finally:
        timer.stop()
        gc.unfreeze()
        if enabled:
            gc.enable()


def sweep() -> None:
    """The young ones, which takes a few milliseconds; the rest when a journey has ended."""
    if gc.get_count()[0] > MANY:
        gc.collect(1)
