"""`changgu issue` in a process killed at a service call: python -m tests.killed BANK KIND DATA OUT N before|after."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from desktop import backend, headless
from desktop.backend import Backend
from desktop.banks import Bank
from desktop.config import Settings
from desktop.services.api import Kind, Task
from desktop.shipped import shipped

_real_open = backend.open_backend


class KillingServices:
    """Passes every call on, and kills the process before or after the n-th (1-based); 0 only counts.

    Waiting for the phone is not counted: the typed answer ends it in the middle, and it changes nothing.
    """

    def __init__(self, services: object, number: int, when: str) -> None:
        self._services, self._number, self._when = services, number, when
        self.count = 0

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        call: Callable[..., Awaitable[Any]] = getattr(self._services, name)
        if name == "await_reply":
            return call

        async def counted(*args: object, **named: object) -> object:
            self.count += 1
            mine = self.count == self._number
            if mine and self._when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            answer = await call(*args, **named)
            if mine and self._when == "after":
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        return counted


def main(bank: str, kind: str, data: str, out: str, number: str, when: str) -> int:
    killing: list[KillingServices] = []

    @asynccontextmanager
    async def opened(
        settings: Settings, banks: Mapping[str, Bank], *, folders: Sequence[Path] = (), kiosk: bool = False
    ) -> AsyncIterator[Backend]:
        async with _real_open(settings, banks, folders=folders, kiosk=kiosk) as real:
            killing.append(KillingServices(real.services, int(number), when))
            yield Backend(killing[0], real.wallet, real.phone)  # type: ignore[arg-type]  # it passes on whatever there is

    headless.open_backend = opened  # type: ignore[attr-defined]  # the seam of this test
    code = headless.run_issue(
        Settings(data=Path(data), language="en"),
        bank=bank,
        kind=Kind(kind),
        task=Task.ISSUE,
        answers=shipped("practice", f"{bank}-{kind}-issue.toml"),
        out=Path(out),
        as_json=True,
    )
    sys.stderr.write(f"calls {killing[0].count}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
