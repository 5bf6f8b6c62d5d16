"""Blocking work on threads of its own, awaited from any event loop, with secrets that outlive a cancelled caller."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from desktop.services.api import Reason, ServiceError
from desktop.services.authority.owning import own, wipe
from desktop.services.authority.phone import Bell

A = TypeVar("A")
R = TypeVar("R")
T = TypeVar("T")
#: Enough for a batch that shares a commit.
THREADS = 16
_log = logging.getLogger(__name__)


class Workers:
    """A call that is cancelled goes on in its thread. `tell` lets other programs on the store know of a write."""

    def __init__(self, tell: Callable[[], None], threads: int = THREADS) -> None:
        self._tell = tell
        self._bell = Bell()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="authority")
        self._closed = False

    async def write(self, work: Callable[[R], T], request: R) -> T:
        """The work in a thread, with secrets of its own, which are wiped whatever becomes of the caller."""
        owned = own(request)

        def done(_: object) -> None:
            wipe(owned)
            self._bell.ring()
            self._tell()

        future = self._submit(lambda: work(owned))
        future.add_done_callback(done)
        return await asyncio.wrap_future(future)

    async def read(self, work: Callable[[], T]) -> T:
        return await asyncio.wrap_future(self._submit(work))

    def each(self, work: Callable[[Sequence[A]], Sequence[T | Exception]], asked: Sequence[A]) -> list[T | Exception]:
        """What came of each, in this thread: an error that is none of the services' is logged, and INTERNAL."""
        try:
            outcomes = work(asked)
        except Exception as error:  # noqa: BLE001 - each of those who asked gets it
            outcomes = [error] * len(asked)
        return [_known(outcome) if isinstance(outcome, Exception) else outcome for outcome in outcomes]

    async def watch(self, look: Callable[[], T], wait: float) -> T:
        """Looks, and again at each ring, until there is something or `wait` seconds are over."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait
        with self._bell.listening() as heard:
            while True:
                heard.clear()
                found = await self.read(look)
                left = deadline - loop.time()
                if found or left <= 0:
                    return found
                with suppress(TimeoutError):
                    await asyncio.wait_for(heard.wait(), left)

    def ring(self) -> None:
        """Whoever watches looks again."""
        self._bell.ring()

    async def aclose(self) -> bool:
        """Waits for the work under way; False when it was closed before."""
        if self._closed:
            return False
        self._closed = True
        self._bell.ring()
        await asyncio.to_thread(self._threads.shutdown)
        return True

    def _submit(self, work: Callable[[], T]) -> Future[T]:
        if self._closed:
            raise ServiceError(Reason.UNREACHABLE)
        return self._threads.submit(_guarded, work)


def _guarded(work: Callable[[], T]) -> T:
    try:
        return work()
    except ServiceError:
        raise
    except Exception as error:
        raise _internal(error) from error


def _known(error: Exception) -> ServiceError:
    """One of its own for each: it is raised where it is heard."""
    if isinstance(error, ServiceError):
        return error
    internal = _internal(error)
    internal.__cause__ = error
    return internal


def _internal(error: Exception) -> ServiceError:
    """The kind alone is logged: a message or a traceback may quote what somebody typed."""
    _log.error("internal error: %s", type(error).__name__)
    return ServiceError(Reason.INTERNAL)
