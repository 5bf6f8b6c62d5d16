"""Where the answers of a journey without a window come from, and how challenges are answered from them."""

from __future__ import annotations

import time
import tomllib
from base64 import b32decode
from collections.abc import Callable
from dataclasses import dataclass, field
from getpass import getpass
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from desktop.secret import Secret
from desktop.services.api import (
    Channel,
    CloudCodeSent,
    CodeSent,
    DeviceList,
    HandOff,
    Holdings,
    MediumChallenge,
    PhoneEvent,
    PracticePhone,
)
from desktop.wizard.flow.view import Entry, FieldView, Given, View

#: How long a practice message may take to arrive (seconds).
ARRIVES_WITHIN = 10.0
#: Typed twice, so that a slip is noticed; a file holds it once.
REPEATS = {"pin_again": "pin", "password_again": "password"}


class AnswersError(Exception):
    """A file of answers that cannot be used; `code` names the wording, `detail` the place."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A practice security card, whole, so that any challenge can be answered."""

    serial: str
    codes: tuple[str, ...]


class Otp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    secret: str  # Base32, RFC 4648


class Phone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    answer: str = "ask"  # ask | auto


class Answers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of answers. Only a `practice` file may be readable by others, and only a practice authority takes it.

    `answers` by field id. `terms` and `devices` may be "all", `devices` also "here"; `certificate` is a serial number,
    or "only" for the one there is. `take` names actions to take where they are offered, such as forgot_password.
    """

    answers: dict[str, str]
    practice: bool = False
    take: tuple[str, ...] = ()
    card: Card | None = None
    otp: Otp | None = None
    phone: Phone = Phone()


def read_answers(path: Path) -> Answers:
    """Raises AnswersError with the place of what cannot be understood; never with the text that stands there."""
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Answers)
    except tomllib.TOMLDecodeError as error:
        raise AnswersError("answers_broken", str(error).rpartition("(")[2].rstrip(")")) from None
    except msgspec.ValidationError as error:
        raise AnswersError("answers_broken", str(error)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise AnswersError("answers_broken", type(error).__name__) from None


@dataclass(slots=True)
class Answerer:
    """Fills a page's fields. What the file does not hold is asked at the prompt, a secret without echo."""

    answers: Answers
    phone: PracticePhone | None
    ask: Callable[[str], str] = input
    ask_secretly: Callable[[str], str] = getpass
    clock: Callable[[], float] = time.time
    restarted: bool = False
    _seen: int = 0
    _prompted: set[str] = field(default_factory=set)
    _taken: set[str] = field(default_factory=set)

    def can_mend(self, view: View) -> bool:
        """Only what was typed at a prompt can be typed better; a file would answer the same again."""
        faulty = {f.id for f in view.fields if f.problem} or {f.id for f in view.fields if f.enabled}
        return view.can_next and bool(faulty & self._prompted)

    async def choices(self, view: View) -> dict[str, str]:
        """What is chosen on a page, before the rest of it is answered."""
        open_ = [f for f in view.fields if f.entry is Entry.CHOICE and f.enabled and not f.problem]
        return {asked.id: await self._answer(asked, view) for asked in open_}

    def action(self, view: View) -> str | None:
        """The action of `take` that this page offers, each once; None to fill the page in."""
        offered = {action.id for action in view.actions} - self._taken
        found = next((name for name in self.answers.take if name in offered), None)
        self._taken |= {found} if found else set()
        return found

    async def press(self, view: View) -> bool:
        """Does on the practice phone what the bank's app asks there; False when it asks nothing."""
        if self.phone is None or self.answers.phone.answer != "auto" or view.facts.get(HandOff) is None:
            return False
        events = await self.phone.events(after=0, wait=ARRIVES_WITHIN)
        asked = [event.id for event in events if event.expects == "press" and not event.answered]
        for event in asked:
            await self.phone.answer(event, "")
        return bool(asked)

    async def give(self, view: View) -> Given:
        plain: dict[str, str] = {}
        secrets: dict[str, Secret] = {}
        for asked in view.fields:
            if not asked.enabled or (asked.mask and not asked.problem):
                continue
            text = await self._answer(asked, view)
            if asked.secret:
                secrets[asked.id] = Secret.of(text)
            else:
                plain[asked.id] = text
        return Given(plain, secrets)

    async def _answer(self, asked: FieldView, view: View) -> str:
        known = self.answers.answers.get(REPEATS.get(asked.id, asked.id))
        if asked.entry is Entry.AGREEMENTS and known == "all":
            return " ".join(asked.options)
        computed = _chosen(asked, known, view) or await self._computed(asked.id, view)
        if computed is not None:
            return computed
        if known is not None:
            return known
        if asked.value and not asked.problem:
            return asked.value
        self._prompted.add(asked.id)
        return (self.ask_secretly if asked.secret else self.ask)(f"{asked.id}: ")

    async def _computed(self, name: str, view: View) -> str | None:
        """An answer to a challenge: from the card, the token or the practice phone."""
        challenge = view.facts.get(MediumChallenge)
        card, otp = self.answers.card, self.answers.otp
        match name:
            case "card_first" if card and challenge:
                return card.codes[challenge.positions[0] - 1][:2]
            case "card_second" if card and challenge:
                return card.codes[challenge.positions[1] - 1][2:]
            case "card_serial" if card and challenge:
                return card.serial[-challenge.serial_digits :]
            case "otp" if otp and challenge:
                return _totp(otp.secret, challenge.otp_digits, self.clock())
            case "code" | "cloud_code" if self.phone and self.answers.phone.answer == "auto":
                return await self._from_phone(self.phone, name, view)
        return None

    async def _from_phone(self, phone: PracticePhone, name: str, view: View) -> str | None:
        """The newest code that the practice phone received for what this page waits for."""
        sent = view.facts.get(CodeSent) if name == "code" else view.facts.get(CloudCodeSent)
        wanted = sent.channel if isinstance(sent, CodeSent) else Channel.SMS
        while True:
            events = await phone.events(after=self._seen, wait=ARRIVES_WITHIN)
            if not events:
                return None
            self._seen = events[-1].id
            codes = [code for e in events if e.channel is wanted for code in _codes(e, _digits(sent))]
            if codes:
                return codes[-1]


def _chosen(asked: FieldView, known: str | None, view: View) -> str | None:
    """What a file calls by another name than the services do: a certificate by its serial number, this device."""
    holdings, devices = view.facts.get(Holdings), view.facts.get(DeviceList)
    if asked.id == "certificate" and known == "only" and len(asked.options) == 1:
        return asked.options[0]
    if asked.id == "certificate" and holdings:
        found = (*holdings.certificates, *holdings.elsewhere)
        return next((h.credential_id for h in found if h.serial == known), None)
    if asked.id == "devices" and known == "here" and devices:
        return " ".join(device.id for device in devices.devices if device.here)
    return None


def _codes(event: PhoneEvent, digits: int) -> list[str]:
    """What of a message can be typed: its code, or the number read out in a call that asks to key another."""
    return [code for code in (event.code, event.data.get("code")) if code and len(code) == digits][:1]


def _digits(sent: CodeSent | CloudCodeSent | None) -> int:
    return sent.digits if sent else 0


def _totp(secret: str, digits: int, now: float) -> str:
    """RFC 6238 with SHA-1 and 30 s, as the tokens of the banks have it."""
    return TOTP(b32decode(secret), digits, SHA1(), 30).generate(int(now)).decode()  # noqa: S303 — RFC 6238
