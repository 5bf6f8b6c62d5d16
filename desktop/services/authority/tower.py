"""News between programs on one PostgreSQL: that something was written, by NOTIFY, to all who LISTEN."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

import psycopg

from desktop.services.api import ServiceError
from desktop.services.authority.link import Row, connect

#: How often our own news are told; those of others are heard at once.
_PAUSE_SECONDS: Final = 0.1
_AGAIN_SECONDS: Final = 1.0
_log = logging.getLogger(__name__)


class Tower:
    """One connection and one thread. `heard` is called there, at news and whenever some may have been missed."""

    def __init__(self, address: str, heard: Callable[[], None]) -> None:
        self._address, self._heard = address, heard
        self._news, self._closed = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._keep, name="tower", daemon=True)
        self._thread.start()

    def tell(self) -> None:
        """Soon, and once for all that is told meanwhile."""
        self._news.set()

    def close(self) -> None:
        self._closed.set()
        self._thread.join()

    def _keep(self) -> None:
        while not self._closed.is_set():
            try:
                with connect(self._address) as raw:
                    self._watch(raw)
            except (psycopg.Error, ServiceError) as error:
                _log.warning("the database cannot be listened to: %s", type(error).__name__)
                self._closed.wait(_AGAIN_SECONDS)

    def _watch(self, raw: psycopg.Connection[Row]) -> None:
        raw.execute(b"LISTEN changgu", prepare=False)
        self._heard()
        while not self._closed.is_set():
            others = [note for note in raw.notifies(timeout=_PAUSE_SECONDS, stop_after=1) if _foreign(note, raw)]
            if others:
                self._heard()
            if self._news.is_set():
                self._news.clear()
                raw.execute(b"NOTIFY changgu", prepare=False)


def _foreign(note: psycopg.Notify, raw: psycopg.Connection[Row]) -> bool:
    return note.pid != raw.info.backend_pid
