"""A card and token server over HTTP: `POST challenges` asks for one, `POST answers` answers it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

from msgspec import Meta, Struct

from desktop.services.api import Reason
from desktop.services.hooks.line import BankLine, Reach, shown
from desktop.services.hooks.media import Answer, Holder, Question

_LOCKED: Final = frozenset({Reason.CARD_LOCKED, Reason.OTP_LOCKED})
_CHALLENGE: Final = _LOCKED | {Reason.NO_MEDIUM}
_ANSWER: Final = _LOCKED | {Reason.WRONG_CARD, Reason.WRONG_OTP, Reason.OTP_REPLAYED}


class _Question(Struct, frozen=True):
    """Members that are not named here are passed over."""

    challenge: Annotated[str, Meta(min_length=1, max_length=200)]
    positions: tuple[int, int] | None = None
    tries_left: Annotated[int, Meta(ge=0, le=100)] | None = None


class HttpMedia:
    Settings = Reach

    def __init__(self, settings: Reach, folder: Path) -> None:
        self._line = BankLine(settings, folder)

    def challenge(self, holder: Holder, *, key: str) -> Question:
        found = self._line.ask("challenges", _whose(holder), _Question, key=key, refusals=_CHALLENGE)
        return Question(found.challenge, found.positions, found.tries_left)

    def answer(self, holder: Holder, question: str, answer: Answer, *, key: str) -> None:
        told = {"first": answer.first, "second": answer.second, "serial": answer.serial, "otp": answer.otp}
        body = {**_whose(holder), "challenge": question, **shown(told)}
        self._line.ask("answers", body, type(None), key=key, refusals=_ANSWER)

    def close(self) -> None:
        self._line.close()


def _whose(holder: Holder) -> dict[str, object]:
    return {"bank": holder.bank, "person": holder.person, "medium": holder.medium}
