"""The bank's way to a telephone: text messages, and calls that read out a number or take keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from desktop.services.api import Channel


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A message to be sent. `says` names the wording (sms, ars_typed, ars_keyed, cloud), `data` fills it.

    `phone`: digits alone. `sender`: a bank's id, or `cloud`. `expects`: what the person does with it: type the code on
    the screen, key it in during the call, or reply with it; the latter two come back as a reply to the call's key.
    `expires_at`: epoch seconds, after which it helps nobody.
    """

    channel: Channel
    phone: str = field(repr=False)
    sender: str
    says: str
    expects: str
    data: Mapping[str, str] = field(repr=False)
    expires_at: float


class Gateway(Protocol):
    """Called after the message's transaction is on disk, by one thread, at least once.

    A message that comes again under its `key` is the same message, and is not sent again.
    """

    def send(self, dispatch: Dispatch, *, key: str) -> None:
        """Returns when the gateway has taken it. Raises ServiceError: UNREACHABLE, TIMED_OUT and NONSENSE are tried
        again until it expires; after any other reason it is given up."""
        ...

    def close(self) -> None: ...
