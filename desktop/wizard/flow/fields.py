"""Every field a step can ask: how it is entered, when what was given is right, and what is shown of it afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from desktop.password_rules import broken_password_rule
from desktop.pin_rules import broken_rule
from desktop.services.api import (
    Channel,
    CloudCodeSent,
    CodeSent,
    Document,
    Holdings,
    Medium,
    MediumChallenge,
    PlaceKind,
    Places,
)
from desktop.wizard.flow.digits import plain_digits
from desktop.wizard.flow.facts import Facts
from desktop.wizard.flow.masks import mask_account, mask_all, mask_rrn
from desktop.wizard.flow.view import Entry


@dataclass(frozen=True, slots=True)
class Context:
    """What a validator may look at besides its own value. `secrets` are views into the session's buffers."""

    today: date
    facts: Facts
    answers: Mapping[str, str]
    secrets: Mapping[str, memoryview]
    required_terms: tuple[str, ...] = ()


#: The code of what is wrong, or None. Digit fields get ASCII digits.
Check = Callable[[memoryview, Context], str | None]


#: Whether a field is asked at all, from what the services told and what was chosen.
Applies = Callable[[Facts, Mapping[str, str]], bool]


def _always(facts: Facts, answers: Mapping[str, str]) -> bool:
    return True


def _untold(facts: Facts) -> int:
    return 0


def _right(value: memoryview, context: Context) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Field:
    """One input. `check` blocks, `doubt` only warns; `applies` tells whether it is asked at all.

    `digits_told` is the length a service named in its answer, 0 where it named none.
    """

    id: str
    entry: Entry
    check: Check = _right
    doubt: Check = _right
    mask: Callable[[memoryview], str] = mask_all
    secret: bool = False
    readable: bool = False
    groups: tuple[int, ...] = ()
    lengths: tuple[int, int] = (1, 64)
    options: tuple[str, ...] = ()
    optional: bool = False
    applies: Applies = field(default=_always)
    digits_told: Callable[[Facts], int] = field(default=_untold)

    def length_range(self, facts: Facts) -> tuple[int, int]:
        """Fewest and most characters; exact where the service told how many digits it wants."""
        told = self.digits_told(facts)
        return (told, told) if told else self.lengths

    @property
    def numeric(self) -> bool:
        return self.entry in {Entry.DIGITS, Entry.CODE, Entry.DATE, Entry.PHONE}

    def judge(self, value: memoryview, context: Context) -> tuple[str | None, str | None]:
        """(problem, warning) as codes; a problem hides the warning."""
        if len(value) == 0 and not self.optional:
            return "required", None
        fewest, most = self.length_range(context.facts)
        if self.numeric and not fewest <= len(value) <= most:
            return _LENGTHS.get(self.id, "wrong_length"), None
        if self.options and bytes(value).decode() not in self.options and self.entry == Entry.CHOICE:
            return "required", None
        problem = self.check(value, context)
        return problem, None if problem else self.doubt(value, context)


_LENGTHS = {"rrn": "rrn_length", "phone": "phone_length"}


def normalise(asked: Field, given: memoryview) -> tuple[bytearray, str | None]:
    """What is kept of an input, as UTF-8, and the code of what could not be read."""
    if asked.numeric:
        return plain_digits(given)
    return bytearray(bytes(given).strip()), None


def birth_date(rrn: memoryview) -> str:
    """YYYYMMDD from 13 digits; the seventh tells the century (9, 0: 18xx; 1, 2, 5, 6: 19xx; 3, 4, 7, 8: 20xx)."""
    century = {b"9": "18", b"0": "18", b"3": "20", b"4": "20", b"7": "20", b"8": "20"}.get(bytes(rrn[6:7]), "19")
    return century + bytes(rrn[:6]).decode()


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def _check_rrn(value: memoryview, context: Context) -> str | None:
    day = _day(birth_date(value))
    if day is None:
        return "rrn_impossible_date"
    return "rrn_future_date" if day > context.today else None


def _doubt_rrn(value: memoryview, context: Context) -> str | None:
    """Numbers given before October 2020 carry a check digit; later ones do not, so a mismatch never blocks."""
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    total = sum(weight * (digit - 0x30) for weight, digit in zip(weights, value[:12], strict=True))
    return None if (11 - total % 11) % 10 == value[12] - 0x30 else "rrn_check_digit"


def _check_birth_date(value: memoryview, context: Context) -> str | None:
    day = _day(bytes(value).decode())
    if day is None:
        return "date_impossible"
    return "date_future" if day > context.today else None


def _check_phone(value: memoryview, context: Context) -> str | None:
    return None if re.fullmatch(rb"01[016789]\d{7,8}", value) else "phone_prefix"


def _check_name(value: memoryview, context: Context) -> str | None:
    """Letters of any script, spaces, dots, hyphens and apostrophes; at least two characters."""
    text = bytes(value).decode()
    right = len(text) >= 2 and all(c.isalpha() or c in " .-'" for c in text) and not re.search("[ㄱ-ㅣ]", text)
    return None if right else "name_characters"


def _check_terms(value: memoryview, context: Context) -> str | None:
    accepted = bytes(value).decode().split()
    return None if set(context.required_terms) <= set(accepted) else "terms_required"


def _check_pin(value: memoryview, context: Context) -> str | None:
    def given(name: str) -> memoryview:
        return context.secrets.get(name) or memoryview(context.answers.get(name, "").encode())

    return broken_rule(
        value,
        rrn=given("rrn"),
        birth_date=given("birth_date"),
        phone=given("phone"),
        account=given("account"),
    )


def _check_pin_again(value: memoryview, context: Context) -> str | None:
    return None if context.secrets.get("pin") == value else "pin_mismatch"


def _medium(wanted: Medium) -> Applies:
    def applies(facts: Facts, answers: Mapping[str, str]) -> bool:
        challenge = facts.get(MediumChallenge)
        return challenge is not None and challenge.medium == wanted

    return applies


def _serial_asked(facts: Facts, answers: Mapping[str, str]) -> bool:
    return _medium(Medium.CARD)(facts, answers) and _serial_digits(facts) > 0


def _code_digits(facts: Facts) -> int:
    sent = facts.get(CodeSent)
    return sent.digits if sent else 0


def _cloud_digits(facts: Facts) -> int:
    sent = facts.get(CloudCodeSent)
    return sent.digits if sent else 0


def _serial_digits(facts: Facts) -> int:
    challenge = facts.get(MediumChallenge)
    return challenge.serial_digits if challenge else 0


def _otp_digits(facts: Facts) -> int:
    challenge = facts.get(MediumChallenge)
    return challenge.otp_digits if challenge else 0


def _check_password(value: memoryview, context: Context) -> str | None:
    return broken_password_rule(value)


def _check_password_again(value: memoryview, context: Context) -> str | None:
    return None if context.secrets.get("password") == value else "password_mismatch"


def _check_email(value: memoryview, context: Context) -> str | None:
    """One @ with something on both sides and a dot in the domain: the rest only the message itself can tell."""
    return None if re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", bytes(value).decode()) else "email_form"


def _elsewhere(facts: Facts, answers: Mapping[str, str]) -> bool:
    holdings = facts.get(Holdings)
    return holdings is not None and bool(holdings.elsewhere)


def on_token(facts: Facts, answers: Mapping[str, str]) -> bool:
    """Whether the place chosen is a token, whose own PIN takes the password's part."""
    places = facts.get(Places)
    return places is not None and any(p.id == answers.get("place") and p.kind is PlaceKind.TOKEN for p in places.places)


def _in_a_file(facts: Facts, answers: Mapping[str, str]) -> bool:
    return not on_token(facts, answers)


def _chose(name: str, value: str) -> Applies:
    def applies(facts: Facts, answers: Mapping[str, str]) -> bool:
        return answers.get(name) == value

    return applies


_ALL = (
    Field("terms", Entry.AGREEMENTS, _check_terms),
    Field("rrn", Entry.DIGITS, _check_rrn, _doubt_rrn, mask_rrn, secret=True, groups=(6, 7), lengths=(13, 13)),
    Field("account", Entry.DIGITS, mask=mask_account, secret=True, readable=True, lengths=(10, 14)),
    Field("account_password", Entry.DIGITS, secret=True, lengths=(4, 4)),
    Field("channel", Entry.CHOICE, options=(Channel.SMS, Channel.ARS)),
    Field("code", Entry.CODE, secret=True, lengths=(2, 8), digits_told=_code_digits),
    Field("card_serial", Entry.DIGITS, secret=True, readable=True, applies=_serial_asked, digits_told=_serial_digits),
    Field("card_first", Entry.CODE, secret=True, lengths=(2, 2), applies=_medium(Medium.CARD)),
    Field("card_second", Entry.CODE, secret=True, lengths=(2, 2), applies=_medium(Medium.CARD)),
    Field("otp", Entry.CODE, secret=True, lengths=(6, 8), applies=_medium(Medium.OTP), digits_told=_otp_digits),
    Field("name", Entry.TEXT, _check_name, lengths=(2, 40)),
    Field("phone", Entry.PHONE, _check_phone, groups=(3, 4, 4), lengths=(10, 11)),
    Field("birth_date", Entry.DATE, _check_birth_date, groups=(4, 2, 2), lengths=(8, 8)),
    Field("cloud_code", Entry.CODE, secret=True, lengths=(2, 6), digits_told=_cloud_digits),
    Field("user_id", Entry.TEXT, lengths=(4, 20)),
    Field("email", Entry.TEXT, _check_email, lengths=(5, 60)),
    Field("current_password", Entry.PASSWORD, secret=True, lengths=(1, 56)),
    Field("document", Entry.CHOICE, options=tuple(Document)),
    Field(
        "document_number",
        Entry.DIGITS,
        secret=True,
        readable=True,
        groups=(2, 2, 6, 2),
        lengths=(12, 12),
        applies=_chose("document", "driver"),
    ),
    Field("document_date", Entry.DATE, _check_birth_date, secret=True, readable=True, groups=(4, 2, 2), lengths=(8, 8)),
    Field("existing", Entry.CHOICE, options=("register", "new"), applies=_elsewhere),
    Field("certificate", Entry.CHOICE),
    Field("usage", Entry.CHOICE),
    Field("limit", Entry.CHOICE, options=("all", "chosen")),
    Field("devices", Entry.AGREEMENTS, applies=_chose("limit", "chosen")),
    Field("current_pin", Entry.CODE, secret=True, lengths=(6, 6)),
    Field("place", Entry.CHOICE),
    Field("password", Entry.PASSWORD, _check_password, secret=True, lengths=(1, 56), applies=_in_a_file),
    Field("password_again", Entry.PASSWORD, _check_password_again, secret=True, lengths=(1, 56), applies=_in_a_file),
    Field("token_pin", Entry.PASSWORD, secret=True, lengths=(4, 64), applies=on_token),
    Field("pin", Entry.CODE, _check_pin, secret=True, lengths=(6, 6)),
    Field("pin_again", Entry.CODE, _check_pin_again, secret=True, lengths=(6, 6)),
)

FIELDS: Mapping[str, Field] = {asked.id: asked for asked in _ALL}
