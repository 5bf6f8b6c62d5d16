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

    `forget` lets go of what was begun so far: what a page asked of one file must not come to it for another. `stop`
    ends all: what is being written is finished, and nothing arrives any more.
    """

    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._arrived.connect(self._take)
        self._turn = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._unwanted, self._stopped = threading.Event(), False

    def run(self, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[ServiceError], None]) -> None:
        """`then` with what `work` gives, or `failed` with why it did not."""
        unwanted = self._unwanted

        def whole() -> None:
            try:
                given = work()
            except ServiceError as error:
                self._tell(unwanted, partial(failed, error))
            except Exception as error:  # noqa: BLE001 - a fault of ours must not leave a page that waits for ever
                _log.error("work failed: %s", type(error).__name__)
                self._tell(unwanted, partial(failed, ServiceError(Reason.INTERNAL)))
            else:
                self._tell(unwanted, partial(then, given))

        self._start(unwanted, whole)

    def stream(
        self, work: Callable[[], Iterator[T]], each: Callable[[list[T]], None], ended: Callable[[], None]
    ) -> None:
        """`each` with a few at a time as they are found, then `ended`."""
        unwanted = self._unwanted

        def whole() -> None:
            batch: list[T] = []
            room = 1  # the first at once: a person waits for it
            for item in work():
                # The interpreter is let go of meanwhile: the interface may be waiting for it.
                if unwanted.wait(BREATH):
                    return
                batch.append(item)
                if len(batch) == room:
                    self._tell(unwanted, partial(each, batch))
                    batch, room = [], BATCH
            self._tell(unwanted, partial(each, batch))
            self._tell(unwanted, ended)

        self._start(unwanted, whole)

    @property
    def busy(self) -> bool:
        """Whether something was begun that is not over."""
        return any(thread.is_alive() for thread in self._threads)

    def forget(self) -> None:
        self._unwanted.set()
        self._unwanted = threading.Event()

    def stop(self) -> None:
        self._stopped = True
        self.forget()
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _start(self, unwanted: threading.Event, work: Callable[[], None]) -> None:
        """A thread that ends with its work: a page that nobody looks at keeps none."""
        if self._stopped:
            return

        def in_turn() -> None:
            with self._turn:
                if not unwanted.is_set():
                    work()

        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=in_turn, name="lobby")
        self._threads.append(thread)
        thread.start()

    def _tell(self, unwanted: threading.Event, call: Callable[[], None]) -> None:
        self._arrived.emit(lambda: None if unwanted.is_set() else call())

    @Slot(object)
    def _take(self, call: Callable[[], None]) -> None:
        call()
