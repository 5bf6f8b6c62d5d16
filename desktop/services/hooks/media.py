"""The bank's security cards and one-time passwords: what is asked of who has one, and whether the answer is right."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from desktop.secret import Secret
from desktop.services.api import Medium


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose: the profile's id, and `person` as in directory.Person.id."""

    bank: str
    person: str
    medium: Medium


@dataclass(frozen=True, slots=True)
class Question:
    """`id` names the challenge to the bank's server. A card: two positions, 1 to 35; `tries_left` if it is told."""

    id: str
    positions: tuple[int, int] | None = None
    tries_left: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Digits. A card's first half of the first position, last half of the second, end of its serial; or a token's."""

    first: Secret | None = field(default=None, repr=False)
    second: Secret | None = field(default=None, repr=False)
    serial: Secret | None = field(default=None, repr=False)
    otp: Secret | None = field(default=None, repr=False)


class MediaServer(Protocol):
    """Called outside any transaction, by many threads at once. A call under the same `key` is the same call."""

    def challenge(self, holder: Holder, *, key: str) -> Question:
        """The one outstanding until it is answered rightly: asking anew must not bring an easier one.

        Raises ServiceError NO_MEDIUM, CARD_LOCKED or OTP_LOCKED.
        """
        ...

    def answer(self, holder: Holder, question: str, answer: Answer, *, key: str) -> None:
        """Returns when it is right. The bank counts a try before it compares, whoever asks.

        Raises ServiceError WRONG_CARD, CARD_LOCKED, WRONG_OTP, OTP_REPLAYED or OTP_LOCKED, with `tries_left`.
        """
        ...

    def close(self) -> None: ...
