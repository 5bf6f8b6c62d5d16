"""Several processes that serve at one socket: started, watched, started again when they die, and ended together."""

from __future__ import annotations

import os
import selectors
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from desktop.services.server.access import AccessLog
from desktop.services.server.notify import Notifier

DONE, FAILED = 0, 1
#: So many deaths in so many seconds are no accident; who started this decides what to do then.
MOST_DEATHS: Final = 5
WITHIN: Final = 30.0
_PAUSE: Final = 1.0  # before one is started again that could not even begin
_SIGNALS: Final = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGCHLD") if hasattr(signal, name)
)


@dataclass(frozen=True, slots=True)
class Post:
    """What a worker is given. `number` counts from 1; `life` is at its end (a read gives b"") once nobody watches."""

    number: int
    life: int
    _started: int

    def started(self) -> None:
        """To be called once connections are accepted."""
        os.write(self._started, bytes([self.number]))


class Supervisor:
    """POSIX alone. `work` runs in a process of its own and returns its exit code.

    The first one begins alone: what a start does once is done by it, and what it cannot begin the others do not try.

    `patience`: seconds from the first request to end until whoever is still there is killed.
    `ready` is called once, when all have started.
    """

    def __init__(
        self,
        work: Callable[[Post], int],
        workers: int,
        *,
        patience: float,
        ready: Callable[[], None],
        log: AccessLog,
        notifier: Notifier,
    ) -> None:
        self._work, self._workers, self._patience = work, workers, patience
        self._announce, self._log, self._notifier = ready, log, notifier
        self._alive: dict[int, int] = {}
        self._begun: set[int] = set()
        self._later: dict[int, float] = {}
        self._deaths: deque[float] = deque(maxlen=MOST_DEATHS)
        self._announced, self._code = False, DONE
        self._deadline: float | None = None

    def run(self) -> int:
        """Until SIGTERM or SIGINT; SIGHUP is passed on. Returns 0, 1, or what a worker returned that never began."""
        self._life, self._leash = os.pipe()
        self._told, self._telling = os.pipe()
        try:
            with _signals() as heard, selectors.DefaultSelector() as selector:
                selector.register(heard, selectors.EVENT_READ, self._hear)
                selector.register(self._told, selectors.EVENT_READ, self._listen)
                self._start(1)
                while self._alive or (self._later and self._deadline is None):
                    for key, _ in selector.select(self._wait()):
                        key.data(key.fd)
                    self._turn()
        finally:
            for end in (self._life, self._leash, self._told, self._telling):
                os.close(end)
        return self._code

    def _start(self, number: int) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)  # none is lost between two handlers
        pid = os.fork()
        if pid:
            self._alive[pid] = number
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            return
        code = FAILED
        try:
            os.close(self._leash)
            signal.set_wakeup_fd(-1)
            for name in _SIGNALS:  # until the worker listens itself; a new certificate it will read anyway
                signal.signal(name, signal.SIG_IGN if name == signal.SIGHUP else signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            code = self._work(Post(number, self._life, self._telling))
        except BaseException as error:  # noqa: BLE001 - the end of the process: nothing is above it
            self._log.failure(error, "")
        finally:
            with suppress(OSError, ValueError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def _wait(self) -> float | None:
        now = time.monotonic()
        times = [*self._later.values(), *([] if self._deadline is None else [self._deadline])]
        waits = [max(0.0, when - now) for when in times]
        if self._notifier.seconds is not None:
            waits.append(self._notifier.seconds)
        return min(waits, default=None)

    def _turn(self) -> None:
        now = time.monotonic()
        self._reap(now)
        for number in [number for number, when in self._later.items() if when <= now]:
            del self._later[number]
            if self._deadline is None:
                self._start(number)
        if self._deadline is not None and now >= self._deadline and self._alive:
            self._code = self._code or FAILED
            self._log.event("worker_killed", "error", count=len(self._alive))
            self._send(signal.SIGKILL)
            self._deadline = now + self._patience
        if len(self._alive) == self._workers:
            self._notifier.alive()

    def _hear(self, heard: int) -> None:
        for number in os.read(heard, 64):
            if number in {signal.SIGTERM, signal.SIGINT}:
                self._stop()
            elif number == signal.SIGHUP:
                self._send(signal.SIGHUP)

    def _listen(self, told: int) -> None:
        first = not self._begun and not self._announced
        self._begun.update(os.read(told, 64))
        if first and self._deadline is None:
            for number in range(2, self._workers + 1):
                self._start(number)
        if not self._announced and len(self._begun) == self._workers:
            self._announced = True
            self._announce()
            self._notifier.ready()

    def _stop(self) -> None:
        if self._deadline is None:
            self._notifier.stopping()
            self._deadline = time.monotonic() + self._patience
            self._send(signal.SIGTERM)

    def _send(self, name: signal.Signals) -> None:
        for pid in self._alive:
            with suppress(ProcessLookupError):
                os.kill(pid, name)

    def _reap(self, now: float) -> None:
        for pid in list(self._alive):
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                self._buried(self._alive.pop(pid), os.waitstatus_to_exitcode(status), now)

    def _buried(self, number: int, code: int, now: float) -> None:
        """A code below 0 is the signal that killed it."""
        began = number in self._begun
        self._begun.discard(number)
        if self._deadline is not None:
            self._code = self._code or max(code, 0)
            return
        if not self._announced:
            self._code = code if code > 0 else FAILED
            self._stop()
            return
        self._log.event("worker_died", "error", number=number, code=code)
        self._deaths.append(now)
        if len(self._deaths) == MOST_DEATHS and now - self._deaths[0] < WITHIN:
            self._log.event("gave_up", "error")
            self._code = FAILED
            self._stop()
            return
        self._later[number] = now if began else now + _PAUSE


@contextmanager
def _signals() -> Iterator[int]:
    """A file that holds a byte for each signal that came."""
    heard, hearing = os.pipe()
    for end in (heard, hearing):
        os.set_blocking(end, False)
    before = {name: signal.signal(name, lambda *_: None) for name in _SIGNALS}
    old = signal.set_wakeup_fd(hearing, warn_on_full_buffer=False)
    try:
        yield heard
    finally:
        signal.set_wakeup_fd(old)
        for name, handler in before.items():
            signal.signal(name, handler)
        os.close(heard)
        os.close(hearing)
