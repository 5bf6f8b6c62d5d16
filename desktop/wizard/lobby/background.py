"""Work done beside the interface: reading media takes time, and a window that waits looks broken."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from desktop.services.vocabulary import Reason, ServiceError

T = TypeVar("T")
#: How many things found are told of together: each telling costs the interface a turn.
BATCH = 5
#: What the work leaves to the interface after each thing found, in seconds.
BREATH = 0.0001
_log = logging.getLogger(__name__)


class Background(QObject):
    """One piece of work after another, in a thread; what comes of it arrives in the interface's thread.

    `stop` ends it: what is being written is finished, what is being read is let go, and nothing arrives any more.
    """

    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._arrived.connect(self._take)
        self._turn = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._stopped = threading.Event()

    def run(self, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[ServiceError], None]) -> None:
        """`then` with what `work` gives, or `failed` with why it did not."""

        def whole() -> None:
            try:
                given = work()
            except ServiceError as error:
                self._tell(partial(failed, error))
            except Exception as error:  # noqa: BLE001 - a fault of ours must not leave a page that waits for ever
                _log.error("work failed: %s", type(error).__name__)
                self._tell(partial(failed, ServiceError(Reason.INTERNAL)))
            else:
                self._tell(partial(then, given))

        self._start(whole)

    def stream(
        self, work: Callable[[], Iterator[T]], each: Callable[[list[T]], None], ended: Callable[[], None]
    ) -> Callable[[], None]:
        """`each` with a few at a time as they are found, then `ended`. Returns what lets go of the rest."""
        unwanted = threading.Event()

        def tell(call: Callable[[], None]) -> None:
            self._tell(lambda: None if unwanted.is_set() else call())

        def whole() -> None:
            batch: list[T] = []
            room = 1  # the first at once: a person waits for it
            for item in work():
                # The interpreter is let go of meanwhile: the interface may be waiting for it.
                if unwanted.wait(BREATH) or self._stopped.is_set():
                    return
                batch.append(item)
                if len(batch) == room:
                    tell(partial(each, batch))
                    batch, room = [], BATCH
            tell(partial(each, batch))
            tell(ended)

        self._start(whole)
        return unwanted.set

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _start(self, work: Callable[[], None]) -> None:
        """A thread that ends with its work: a page that nobody looks at keeps none."""

        def in_turn() -> None:
            with self._turn:
                if not self._stopped.is_set():
                    work()

        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=in_turn, name="lobby")
        self._threads.append(thread)
        thread.start()

    def _tell(self, call: Callable[[], None]) -> None:
        if not self._stopped.is_set():
            self._arrived.emit(call)

    @Slot(object)
    def _take(self, call: Callable[[], None]) -> None:
        if not self._stopped.is_set():
            call()
