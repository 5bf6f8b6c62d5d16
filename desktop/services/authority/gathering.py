"""Asked one by one and answered together: what is asked while a batch is worked on is the next batch."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

A = TypeVar("A")
R = TypeVar("R")


class Gathering(Generic[A, R]):
    """`work` answers at most `most` questions, never raises, and runs in a thread that `submit` finds, one at a time.

    For tasks of any event loop. An asker that is cancelled leaves its question, which is worked on all the same.
    """

    def __init__(
        self,
        work: Callable[[Sequence[A]], Sequence[R | Exception]],
        submit: Callable[[Callable[[], None]], object],
        *,
        most: int,
    ) -> None:
        self._work, self._submit, self._most = work, submit, most
        self._lock = threading.Lock()
        self._asked: list[tuple[A, asyncio.Future[R]]] = []
        self._busy = False

    def ask(self, question: A) -> asyncio.Future[R]:
        """Of the running loop. Raises what `submit` raises."""
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        with self._lock:
            if not self._busy:
                self._submit(self._run)
                self._busy = True
            self._asked.append((question, answer))
        return answer

    def _run(self) -> None:
        while asked := self._next():
            outcomes = self._work([question for question, _ in asked])
            settled = defaultdict(list)
            for (_, answer), outcome in zip(asked, outcomes, strict=True):
                settled[answer.get_loop()].append((answer, outcome))
            for loop, answered in settled.items():
                with suppress(RuntimeError):  # a loop that has ended, and nobody waits there
                    loop.call_soon_threadsafe(_settle, answered)

    def _next(self) -> list[tuple[A, asyncio.Future[R]]]:
        with self._lock:
            asked, self._asked = self._asked[: self._most], self._asked[self._most :]
            self._busy = bool(asked)
        return asked


def _settle(answered: list[tuple[asyncio.Future[R], R | Exception]]) -> None:
    for answer, outcome in answered:
        if answer.done():
            continue
        if isinstance(outcome, Exception):
            answer.set_exception(outcome)
        else:
            answer.set_result(outcome)
