"""What the made-up person of a practice journey would enter: read from the shipped answers, shown beside the wizard."""

from __future__ import annotations

import base64
import hmac
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from desktop.services.api import MediumChallenge
from desktop.wizard.flow.facts import Facts
from desktop.wizard.flow.view import FieldView, View


@dataclass(frozen=True, slots=True)
class PracticeSheet:
    """Answers by field id; `codes` are those of the whole security card, the first one at position 1.

    `token` is the secret of the one-time password token; `now` is seconds since the epoch.
    """

    answers: Mapping[str, str]
    codes: tuple[str, ...] = ()
    token: bytes = b""
    now: Callable[[], float] = time.time

    @classmethod
    def load(cls, path: Path) -> PracticeSheet:
        """Reads a file such as `resources/practice/epost-financial-issue.toml`."""
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        token = base64.b32decode(raw.get("otp", {}).get("secret", ""))
        return cls(raw["answers"], tuple(raw.get("card", {}).get("codes", ())), token)

    def answer(self, field: str, facts: Facts) -> str | None:
        """What to enter in a field now; None where it comes by phone."""
        challenge = facts.get(MediumChallenge)
        if field in {"card_first", "card_second"}:
            if challenge is None or len(challenge.positions) < 2 or not self.codes:
                return None
            first, second = (self.codes[position - 1] for position in challenge.positions[:2])
            return first[:2] if field == "card_first" else second[2:]
        if field == "otp":
            return self._password() if self.token else None
        answer = self.answers.get(field.removesuffix("_again"))
        if field == "card_serial" and challenge is not None and answer is not None:
            return answer[-challenge.serial_digits :]
        return answer

    def hints(self, view: View) -> list[tuple[FieldView, str]]:
        """The fields that can be filled in now and what to enter."""
        found = [(field, self.answer(field.id, view.facts)) for field in view.fields if field.enabled]
        return [(field, answer) for field, answer in found if answer is not None and not field.options]

    def _password(self) -> str:
        """Six digits after RFC 6238, good for half a minute."""
        counter = int(self.now() // 30).to_bytes(8, "big")
        digest = hmac.digest(self.token, counter, "sha1")
        at = digest[-1] & 15
        return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"
