"""Answers CMP messages to a front, in a thread: what came while the last were written is written together."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from typing import Final

from desktop.services.api import Reason, ServiceError
from desktop.services.server.hatch import Answered, Failure, Message, Reader, Reply, write_frame

#: Bytes that are read at once, more than a full line of messages has; and messages that are answered at once: while
#: those are written, the front reads the next ones, which it could not if all of them waited for one commit.
_MOST: Final = 1 << 18
_TOGETHER: Final = 8

#: Messages, each with its proof, to what came of each.
Door = Callable[[Sequence[tuple[bytes, bytes]]], Sequence[bytes | Exception]]


class Scribe:
    """No event loop stands between the socket and the store: two threads of one interpreter would take turns at it."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def serve(self, connection: socket.socket) -> None:
        """Until the front leaves, or says what nobody understands. Blocks."""
        reader = Reader(Message)
        try:
            while data := connection.recv(_MOST):
                asked = reader.feed(data)
                for first in range(0, len(asked), _TOGETHER):
                    connection.sendall(self._answered(asked[first : first + _TOGETHER]))
        except (OSError, ValueError):
            return

    def _answered(self, asked: Sequence[Message]) -> bytearray:
        outcomes = self._door([(each.message, each.proof) for each in asked])
        told = bytearray()
        for each, outcome in zip(asked, outcomes, strict=True):
            write_frame(_frame(each.id, outcome), told)
        return told


def _frame(number: int, outcome: bytes | Exception) -> Answered:
    if isinstance(outcome, bytes):
        return Reply(number, outcome)
    if isinstance(outcome, ServiceError):
        return Failure(number, outcome.reason.value, outcome.detail)
    return Failure(number, Reason.INTERNAL.value, None)
