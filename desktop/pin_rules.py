"""Which six digits are too easy to guess to be a PIN; the window shows these rules and the authority keeps them."""

from __future__ import annotations

from itertools import pairwise

#: The rules in the order they are checked and shown.
RULES = (
    "pin_repeated",
    "pin_ascending",
    "pin_descending",
    "pin_from_rrn",
    "pin_from_birth_date",
    "pin_from_phone",
    "pin_from_account",
)

Digits = memoryview | bytes | bytearray


def broken_rule(
    pin: Digits,
    *,
    rrn: Digits | None = None,
    birth_date: Digits | None = None,
    phone: Digits | None = None,
    account: Digits | None = None,
) -> str | None:
    """The first rule of RULES that these ASCII digits break, or None. Runs wrap around: 890123 ascends."""
    if _repeats(pin):
        return "pin_repeated"
    if _runs(pin, 1):
        return "pin_ascending"
    if _runs(pin, -1):
        return "pin_descending"
    owned = {"rrn": rrn, "birth_date": birth_date, "phone": phone, "account": account}
    return next((f"pin_from_{name}" for name, digits in owned.items() if digits and _within(pin, digits)), None)


def _repeats(pin: Digits) -> bool:
    """One digit throughout (000000), or a shorter block again and again (121212, 123123)."""
    return any(
        len(pin) % size == 0 and all(pin[i] == pin[i % size] for i in range(len(pin))) for size in range(1, len(pin))
    )


def _runs(pin: Digits, step: int) -> bool:
    return all((b - a - step) % 10 == 0 for a, b in pairwise(pin))


def _within(pin: Digits, digits: Digits) -> bool:
    """A part of the other number; for one shorter than the PIN, that number within the PIN."""
    short, long = (digits, pin) if len(digits) < len(pin) else (pin, digits)
    size = len(short)
    return any(all(long[i + j] == short[j] for j in range(size)) for i in range(len(long) - size + 1))
