"""What people type where digits are wanted, made plain; and how digits are grouped for reading."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

SEPARATOR = "-"
_IGNORED = set(" -\u2010\u2011\u2012\u2013\u2014\u2212.\u00b7\u200b\t\r\n")


def has_hangul(text: str) -> bool:
    """Any Hangul syllable or letter: the keyboard is in its Korean state."""
    return any("HANGUL" in unicodedata.name(character, "") for character in text)


def clean_digits(text: str) -> tuple[str, str]:
    """The ASCII digits of what was typed or pasted, and the code of the refusal (empty when all was understood).

    Full-width digits count; spaces, dots and dashes between digits are dropped; anything else is refused whole.
    """
    plain = unicodedata.normalize("NFKC", text)
    digits = "".join(c for c in plain if c not in _IGNORED)
    if has_hangul(plain):
        return "", "hangul_typed"
    if not (digits.isascii() and (digits.isdigit() or not digits)):
        return "", "not_digits"
    return digits, ""


def clean_ascii(text: str) -> tuple[str, str]:
    """Like `clean_digits`, for passwords: printable ASCII as it is, full-width made half-width."""
    plain = unicodedata.normalize("NFKC", text).strip("\r\n\t")
    if has_hangul(plain):
        return "", "hangul_typed"
    if not (plain.isascii() and (plain.isprintable() or not plain)):
        return "", "not_ascii"
    return plain, ""


def boundaries(groups: tuple[int, ...]) -> list[int]:
    """How many digits stand before each separator: (3, 4, 4) gives [3, 7]."""
    ends: list[int] = []
    for size in groups[:-1]:
        ends.append(size + (ends[-1] if ends else 0))
    return ends


def group(text: str, groups: tuple[int, ...], separator: str = SEPARATOR) -> str:
    """With separators at the boundaries that have something behind them."""
    cuts = [0, *(b for b in boundaries(groups) if b < len(text)), len(text)]
    return separator.join(text[a:b] for a, b in pairwise(cuts))


def plain_index(position: int, groups: tuple[int, ...]) -> int:
    """How many digits stand before a position of the grouped text."""
    return position - sum(b + n < position for n, b in enumerate(boundaries(groups)))


def shown_index(index: int, length: int, groups: tuple[int, ...]) -> int:
    """Where in the grouped text the digit of this index stands; behind the separator at a boundary."""
    return index + sum(b <= index and b < length for b in boundaries(groups))
