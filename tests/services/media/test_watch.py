"""The places are told again when they change, and the watching ends without leaving anything behind."""

from __future__ import annotations

import os
import socket
import sys
import threading
from contextlib import aclosing
from pathlib import Path

import pytest

from desktop.services.api import Place
from desktop.services.media.watch import changes
from desktop.services.vocabulary import PlaceKind

PC = Place("pc", PlaceKind.PC, free=1000)
STICK = Place("usb:1", PlaceKind.REMOVABLE, "내 USB", "media", 500)


async def test_places_are_told_at_once_and_after_each_change_but_of_the_free_bytes() -> None:
    looks = [(PC,), (Place("pc", PlaceKind.PC, free=900),), (PC, STICK), (PC, STICK), (PC,)]
    waiting = iter(looks)
    told = []
    async with aclosing(changes(lambda: next(waiting), interval=0.001)) as changing:
        async for places in changing:
            told.append(places)
            if len(told) == 3:
                break
    assert [looks[0], looks[2], looks[4]] == told


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not ring")
async def test_the_thread_that_listens_ends_with_the_watching() -> None:
    async with aclosing(changes(lambda: (PC,))) as changing:
        assert (PC,) == await anext(changing)
        assert "mounts" in [thread.name for thread in threading.enumerate()]
    assert "mounts" not in [thread.name for thread in threading.enumerate()]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not ring")
def test_the_mark_of_the_kernel_rings_until_it_is_told_to_stop() -> None:
    """Urgent bytes of a socket raise the same mark as a changed table of mounts does."""
    from desktop.services.media.watch import _ring  # there on Linux alone

    stop, stopper = os.pipe()
    server = socket.create_server(("127.0.0.1", 0))
    with server, socket.create_connection(server.getsockname()) as far, server.accept()[0] as near:
        far.send(b"!", socket.MSG_OOB)
        rings: list[int] = []
        _ring(near.fileno(), stop, lambda: rings.append(os.write(stopper, b"x")))
    os.close(stop)
    os.close(stopper)
    assert [1] == rings


async def test_a_system_without_a_table_of_mounts_is_asked_now_and_then(tmp_path: Path) -> None:
    looks = iter([(PC,), (PC, STICK)])
    watching = changes(lambda: next(looks), interval=0.001, table=tmp_path / "missing")
    async with aclosing(watching) as changing:
        assert [(PC,), (PC, STICK)] == [await anext(changing), await anext(changing)]
