"""Telling when the places change: at once where the system rings (Linux), else soon."""

from __future__ import annotations

import asyncio
import os
import select
import sys
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from desktop.services.api import Place

#: Seconds between looks without a ring: a drive without a file system, or a system that does not ring.
INTERVAL = 2.0
_TABLE = Path("/proc/self/mountinfo")


async def changes(
    look: Callable[[], tuple[Place, ...]], *, interval: float = INTERVAL, table: Path | None = None
) -> AsyncGenerator[tuple[Place, ...], None]:
    """The places now, and again after each change but of the free bytes. Close it (aclosing) to end its thread.

    `look` runs in a worker, since a dying stick can hold it up. `table`: another mount table, in tests.
    """
    loop, rung = asyncio.get_running_loop(), asyncio.Event()
    with _bell(table or _TABLE, lambda: loop.call_soon_threadsafe(rung.set)):
        last: object = None
        while True:
            rung.clear()
            places = await asyncio.to_thread(look)
            seen = [(place.id, place.label, place.path, place.trouble) for place in places]
            if seen != last:
                last = seen
                yield places
            try:
                await asyncio.wait_for(rung.wait(), interval)
            except TimeoutError:
                continue


@contextmanager
def _bell(table: Path, ring: Callable[[], object]) -> Iterator[None]:
    """A thread that rings whenever the kernel's table of mounts changed, and has ended when this has."""
    with ExitStack() as stack:
        if sys.platform == "linux" and table.exists():
            mounts = stack.enter_context(table.open("rb"))
            stop, stopper = os.pipe()
            stack.callback(os.close, stop)
            stack.callback(os.close, stopper)
            thread = threading.Thread(target=_ring, args=(mounts.fileno(), stop, ring), name="mounts", daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(os.write, stopper, b"x")
        yield


if sys.platform == "linux":

    def _ring(mounts: int, stop: int, ring: Callable[[], object]) -> None:
        """The kernel marks the table by POLLPRI and POLLERR, proc(5), and each mark is seen once."""
        poll = select.poll()
        poll.register(mounts, select.POLLPRI)
        poll.register(stop, select.POLLIN)
        while True:
            ready = {handle for handle, _ in poll.poll()}
            if stop in ready:
                return
            ring()
