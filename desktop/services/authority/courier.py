"""What is done after a commit and outside any call: one thread that goes its rounds until it is told to stop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from desktop.services.authority.outbox import Post
from desktop.services.authority.outside import Clerk
from desktop.services.authority.parts import Parts

#: Seconds between two looks where nobody calls: for what was written by another process, or is due by its time.
IDLE_SECONDS: Final = 1.0
_SENDERS: Final = 4
_log = logging.getLogger(__name__)


class Courier:
    """Idle, and without a thread, where the bank has brought neither gateway nor CA."""

    def __init__(self, parts: Parts) -> None:
        self._pool = ThreadPoolExecutor(_SENDERS, thread_name_prefix="courier")
        self._rounds: list[Callable[[], bool]] = []
        if parts.hooks.gateway:
            post = Post(parts.store, parts.phone, parts.outbox, parts.hooks.gateway, self._pool)
            self._rounds.append(post.round)
        if parts.outside:
            self._rounds.append(Clerk(parts.store, parts.outside).round)
        self._called, self._stopping = threading.Event(), False
        self._thread = threading.Thread(target=self._walk, name="courier", daemon=True)

    def start(self) -> None:
        if self._rounds:
            self._thread.start()

    def call(self) -> None:
        """There is something to do."""
        self._called.set()

    def close(self) -> None:
        """Returns when the round under way is over."""
        self._stopping = True
        self._called.set()
        if self._thread.is_alive():
            self._thread.join()
        self._pool.shutdown()

    def _walk(self) -> None:
        while not self._stopping:
            busy = [self._safely(each) for each in self._rounds]
            if not any(busy):
                self._called.wait(IDLE_SECONDS)
            self._called.clear()

    def _safely(self, each: Callable[[], bool]) -> bool:
        try:
            return each()
        except Exception as error:  # noqa: BLE001 - whatever it was, the next round must go on
            # The kind alone: a message or a traceback may quote what is in a letter.
            _log.error("courier: %s", type(error).__name__)
            return False
