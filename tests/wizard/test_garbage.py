"""No thread but the interface's collects garbage while the program runs."""

from __future__ import annotations

import gc
import threading

from PySide6.QtWidgets import QApplication

from desktop.wizard import garbage
from desktop.wizard.garbage import collected_here, sweep


class Loop:
    """Refers to itself, so that only the collector can end it."""

    def __init__(self, ended: list[int]) -> None:
        self.itself = self
        self.ended = ended

    def __del__(self) -> None:
        self.ended.append(threading.get_ident())


def test_a_thread_that_makes_much_collects_nothing(qapp: QApplication) -> None:
    ended: list[int] = []
    gc.enable()
    with collected_here():
        Loop(ended)
        maker = threading.Thread(target=lambda: [[n] for n in range(200_000)])
        maker.start()
        maker.join()
        assert [] == ended
        gc.collect()
        assert [threading.get_ident()] == ended
    assert gc.isenabled()
    gc.disable()  # as the tests have it


def test_the_sweep_collects_only_when_there_is_much(qapp: QApplication) -> None:
    ended: list[int] = []
    with collected_here():
        Loop(ended)
        sweep()
        assert [] == ended
        kept = [[n] for n in range(garbage.MANY + 1000)]
        sweep()
        assert kept
        assert [threading.get_ident()] == ended
