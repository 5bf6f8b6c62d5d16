"""A gateway over HTTP: `POST messages` takes an SMS or a call."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from desktop.services.api import Reason
from desktop.services.hooks.gateway import Dispatch
from desktop.services.hooks.line import BankLine, Reach

#: What is given up: the gateway has understood it, and will not send it.
_REFUSALS: Final = frozenset({Reason.BAD_REQUEST, Reason.CODE_NOT_SENT, Reason.NOT_OFFERED})


class HttpGateway:
    Settings = Reach

    def __init__(self, settings: Reach, folder: Path) -> None:
        self._line = BankLine(settings, folder)

    def send(self, dispatch: Dispatch, *, key: str) -> None:
        """`message` in the body is the key too: a reply names it."""
        body = {
            "message": key,
            "channel": dispatch.channel,
            "phone": dispatch.phone,
            "sender": dispatch.sender,
            "says": dispatch.says,
            "data": dispatch.data,
            "expects": dispatch.expects,
            "expires_at": dispatch.expires_at,
        }
        self._line.ask("messages", body, type(None), key=key, refusals=_REFUSALS)

    def close(self) -> None:
        self._line.close()
