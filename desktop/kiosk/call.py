"""Somebody of the branch is called: a request or a command that the bank configures, and nothing personal in it."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Sequence
from typing import Protocol

from desktop.kiosk.config import KioskConfig

#: How long the branch's own system may take (seconds).
PATIENCE = 5.0


class CallError(Exception):
    """Nobody was reached; the person is told to go to a counter."""


class Caller(Protocol):
    async def call(self, kiosk: str, branch: str) -> None:
        """Raises CallError."""


class Nobody:
    """Where the branch has named no way: the screen alone says what to do."""

    async def call(self, kiosk: str, branch: str) -> None:
        raise CallError


class ByCommand:
    """Runs the command with CHANGGU_KIOSK and CHANGGU_BRANCH in its environment, and no shell."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)

    async def call(self, kiosk: str, branch: str) -> None:
        environ = {**os.environ, "CHANGGU_KIOSK": kiosk, "CHANGGU_BRANCH": branch}
        try:
            running = await asyncio.create_subprocess_exec(*self._command, env=environ)
        except OSError as error:
            raise CallError(self._command[0]) from error
        try:
            async with asyncio.timeout(PATIENCE):
                code = await running.wait()
        except TimeoutError as error:
            running.kill()
            raise CallError(self._command[0]) from error
        if code != 0:
            raise CallError(self._command[0])


class ByRequest:
    """POST of {"kiosk", "branch", "reason": "call"} as JSON."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def call(self, kiosk: str, branch: str) -> None:
        import httpx  # noqa: PLC0415 - slow to load, and only few branches need it

        body = json.dumps({"kiosk": kiosk, "branch": branch, "reason": "call"})
        headers = {"Content-Type": "application/json"}
        try:
            async with httpx.AsyncClient(timeout=PATIENCE) as client:
                answer = await client.post(self._url, content=body, headers=headers)
                answer.raise_for_status()
        except httpx.HTTPError as error:
            raise CallError(self._url) from error


def make_caller(config: KioskConfig) -> Caller:
    if config.call.url:
        return ByRequest(config.call.url)
    return ByCommand(config.call.command) if config.call.command else Nobody()
