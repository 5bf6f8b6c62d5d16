"""What stands on the keys of each keypad, row by row; and the order of the digits where it is shuffled."""

from __future__ import annotations

import random
from collections.abc import Callable, MutableSequence
from enum import StrEnum

Rows = tuple[tuple[str, ...], ...]
#: Puts a list into a random order, in place.
Shuffle = Callable[[MutableSequence[str]], None]


class Pad(StrEnum):
    DIGITS = "digits"
    SHUFFLED = "shuffled"
    HANGUL = "hangul"
    LATIN = "latin"
    MARKS = "marks"


#: Keys that do something; any other key is the character that stands on it.
BACK, CLEAR, NEXT, SHIFT, SPACE = "back", "clear", "next", "shift", "space"
TO_HANGUL, TO_LATIN, TO_MARKS = "to_hangul", "to_latin", "to_marks"
ACTIONS = frozenset({BACK, CLEAR, NEXT, SHIFT, SPACE, TO_HANGUL, TO_LATIN, TO_MARKS})

_FIGURES = tuple("1234567890")
_HANGUL = ("ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ", "ㅋㅌㅊㅍㅠㅜㅡ")
_LATIN = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_MARKS = ("!@#$%^&*()", "-_=+[]{}\\|", ";:'\",.?/~`", "<>")
_SHIFTED = dict(zip("ㅂㅈㄷㄱㅅㅐㅔ", "ㅃㅉㄸㄲㅆㅒㅖ", strict=True))
_shuffle: Shuffle = random.SystemRandom().shuffle


def digits(shuffle: Shuffle | None = None) -> Rows:
    """Like a telephone's; in random order with `shuffle`, the same places staying keys."""
    order = list(_FIGURES)
    if shuffle is not None:
        shuffle(order)
    a, b, c = (tuple(order[n : n + 3]) for n in (0, 3, 6))
    return (a, b, c, (CLEAR, order[9], BACK), (NEXT,))


def rows_of(pad: Pad, *, shift: bool = False, hangul: bool = False, shuffle: Shuffle = _shuffle) -> Rows:
    """`hangul`: whether the field takes Hangul too, so that there is a key that leads to it."""
    match pad:
        case Pad.DIGITS:
            return digits()
        case Pad.SHUFFLED:
            return digits(shuffle)
        case Pad.HANGUL:
            first, second, third = _HANGUL
            if shift:
                first = "".join(_SHIFTED.get(key, key) for key in first)
            return tuple(first), tuple(second), (SHIFT, *third, BACK), (TO_LATIN, SPACE, NEXT)
        case Pad.LATIN:
            first, second, third = (row.upper() if shift else row for row in _LATIN)
            last = (TO_HANGUL, SPACE, NEXT) if hangul else (TO_MARKS, SPACE, NEXT)
            top = () if hangul else (_FIGURES,)
            return *top, tuple(first), tuple(second), (SHIFT, *third, BACK), last
        case Pad.MARKS:
            *rows, rest = _MARKS
            return *map(tuple, rows), (*rest, BACK), (TO_LATIN, SPACE, NEXT)
