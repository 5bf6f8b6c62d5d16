"""How hard a new password is to guess, for those too who type Korean words on the Latin keys (사랑해 as tkfkdgo)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from desktop.shipped import shipped

if TYPE_CHECKING:
    from zxcvbn_rs_py import Warning as Weakness

#: Powers of ten of guesses from which each of the scores 1–4 is given. A stolen `signPri.key` is tried without asking
#: anybody, 2048 rounds of SHA-1 a guess: one graphics card does some five million a second. 10^6 falls at once, 10^8 in
#: half a minute, 10^10 within the hour, 10^13 takes it weeks.
SCORES = (6, 8, 10, 13)
#: Keys of a Korean word so short that it turns up in any password by chance.
_CHANCE = 4
_PERSONAL = 3

#: The keys of each part of a syllable, in the order of Unicode; a syllable may lack the last.
_PARTS = (
    "r R s e E f a q Q t T d w W c z x v g",
    "k o i O j p u P h hk ho hl y n nj np nl b m ml l",
    " r R rt s sw sg e f fr fa fq ft fx fv fg a q qt t T d w c z x v g",
)
_FIRST, _MIDDLE, _LAST = (part.split(" ") for part in _PARTS)
_HANGUL, _SYLLABLES = 0xAC00, len(_FIRST) * len(_MIDDLE) * len(_LAST)


@dataclass(frozen=True, slots=True)
class Strength:
    """`score` 0 (falls at once) to 4. `hint` is a code of HINTS: what weakens it most, or what would help."""

    score: int
    hint: str


#: Every hint there is; the wording is `pages.strength.hint.<code>`.
HINTS = ("korean_typed", "personal", "common", "keyboard", "repeated", "sequence", "date", "longer", "good")


def strength(password: memoryview, known: Iterable[str] = ()) -> Strength:
    """Judges these UTF-8 bytes. `known`: words of the person's own, such as the name in Hangul or the birth date.

    The estimator (zxcvbn, in Rust) takes a string, so for the length of this call one exists that nobody can wipe.
    It is never kept. The first call loads the dictionaries: some 20 ms.
    """
    from zxcvbn_rs_py import zxcvbn  # noqa: PLC0415 - a megabyte, for those alone who choose a password

    text = str(password, "utf-8", "replace")
    if not text:
        return Strength(0, "longer")
    own = [form for word in known for form in _forms(word)]
    found = zxcvbn(text, [*own, *_typed_words()])
    score = sum(found.guesses_log10 >= least for least in SCORES)
    if score == len(SCORES):
        return Strength(score, "good")
    return Strength(score, _hint(text.lower(), own, found.feedback.warning if found.feedback else None))


def typed(hangul: str) -> str:
    """What the two-set keyboard (두벌식) has on the keys of these syllables; other characters stay as they are."""
    return "".join(map(_keys, hangul))


def _keys(character: str) -> str:
    n = ord(character) - _HANGUL
    if not 0 <= n < _SYLLABLES:
        return character
    rest, last = divmod(n, len(_LAST))
    first, middle = divmod(rest, len(_MIDDLE))
    return _FIRST[first] + _MIDDLE[middle] + _LAST[last]


@cache
def _typed_words() -> Sequence[str]:
    """In the order of the list, which the estimator takes for how often each is used."""
    lines = shipped("passwords", "ko.txt").read_text(encoding="utf-8").splitlines()
    words = (word for line in lines if not line.startswith("#") for word in line.split())
    return tuple(dict.fromkeys(typed(word).lower() for word in words))


def _forms(word: str) -> tuple[str, ...]:
    """As it is and as its keys; a name without its family name besides."""
    if typed(word) == word:
        return (word.lower(),)
    return tuple(typed(part).lower() for part in (word, word[1:]) if part)


def _hint(text: str, own: Sequence[str], weakness: Weakness | None) -> str:
    if any(word in text for word in own if len(word) >= _PERSONAL):
        return "personal"
    if any(word in text for word in _typed_words() if len(word) >= _CHANCE):
        return "korean_typed"
    return _WEAKNESSES.get(repr(weakness).rpartition(".")[2], "longer")


#: The estimator's own warnings, in fewer words. Rust's members lack the `name` that their stub promises, hence repr.
_WEAKNESSES = {
    "StraightRowsOfKeysAreEasyToGuess": "keyboard",
    "ShortKeyboardPatternsAreEasyToGuess": "keyboard",
    "RepeatsLikeAaaAreEasyToGuess": "repeated",
    "RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess": "repeated",
    "SequencesLikeAbcAreEasyToGuess": "sequence",
    "RecentYearsAreEasyToGuess": "date",
    "DatesAreOftenEasyToGuess": "date",
    "ThisIsATop10Password": "common",
    "ThisIsATop100Password": "common",
    "ThisIsACommonPassword": "common",
    "ThisIsSimilarToACommonlyUsedPassword": "common",
    "AWordByItselfIsEasyToGuess": "common",
    "NamesAndSurnamesByThemselvesAreEasyToGuess": "common",
    "CommonNamesAndSurnamesAreEasyToGuess": "common",
}
