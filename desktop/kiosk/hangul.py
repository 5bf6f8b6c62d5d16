"""Hangul from the keys of the two-set keyboard: single letters (jamo) become syllables, as an input method does it."""

from __future__ import annotations

LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
TAILS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
JOINED = {
    **{"ㅗㅏ": "ㅘ", "ㅗㅐ": "ㅙ", "ㅗㅣ": "ㅚ", "ㅜㅓ": "ㅝ", "ㅜㅔ": "ㅞ", "ㅜㅣ": "ㅟ", "ㅡㅣ": "ㅢ"},
    **{"ㄱㅅ": "ㄳ", "ㄴㅈ": "ㄵ", "ㄴㅎ": "ㄶ", "ㄹㄱ": "ㄺ", "ㄹㅁ": "ㄻ", "ㄹㅂ": "ㄼ", "ㄹㅅ": "ㄽ", "ㄹㅌ": "ㄾ"},
    **{"ㄹㅍ": "ㄿ", "ㄹㅎ": "ㅀ", "ㅂㅅ": "ㅄ"},
}
_FIRST = 0xAC00


def compose(keys: str) -> str:
    """The text that these keys make. What is no jamo ends a syllable and stays as it is."""
    done: list[str] = []
    open_ = ""
    for key in keys:
        open_, finished = _pressed(open_, key)
        done.append(finished)
    return "".join(done) + _syllable(open_)


def _pressed(open_: str, key: str) -> tuple[str, str]:
    """The syllable in the making after one key, as its jamo (lead, vowel, tail), and the text that this one ended."""
    if key in VOWELS:
        return _vowel(open_, key)
    if key not in LEADS:
        return "", _syllable(open_) + key
    match len(open_):
        case 0:
            return key, ""
        case 2 if open_[0] in LEADS and key in TAILS:
            return open_ + key, ""
        case 3 if (joined := JOINED.get(open_[2] + key, "")) and joined in TAILS:
            return open_[:2] + joined, ""
        case _:
            return key, _syllable(open_)


def _vowel(open_: str, key: str) -> tuple[str, str]:
    match len(open_):
        case 0:
            return key, ""
        case 1 if open_ in LEADS:
            return open_ + key, ""
        case 1 | 2 if joined := JOINED.get(open_[-1] + key):
            return open_[:-1] + joined, ""
        case 3:  # the last consonant goes over to the syllable that begins here
            kept, moved = _parted(open_[2])
            return moved + key, _syllable(open_[:2] + kept)
        case _:
            return key, _syllable(open_)


def _parted(tail: str) -> tuple[str, str]:
    """What stays of a tail and what moves on: ㄳ is ㄱ and ㅅ."""
    pair = next((pair for pair, joined in JOINED.items() if joined == tail), None)
    return (pair[0], pair[1]) if pair else ("", tail)


def _syllable(jamo: str) -> str:
    if len(jamo) < 2:
        return jamo
    lead, vowel = LEADS.index(jamo[0]), VOWELS.index(jamo[1])
    tail = TAILS.index(jamo[2]) if len(jamo) == 3 else 0
    return chr(_FIRST + (lead * len(VOWELS) + vowel) * len(TAILS) + tail)
