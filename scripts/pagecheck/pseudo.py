"""A language that nobody speaks: English with its vowels drawn out by two fifths, so that what is too narrow shows."""

from __future__ import annotations

import re
from pathlib import Path

from desktop.shipped import shipped
from desktop.text import Entry, Text, read_table

LONGER = 1.4
_KEPT = re.compile(r"(\{[^}]*\})")
_WORD = re.compile(r"\S+")
_DRAWN_OUT = {"a": "å", "e": "ë", "i": "ï", "o": "ö", "u": "ü", "A": "Å", "E": "Ë", "I": "Ï", "O": "Ö", "U": "Ü"}


class PseudoText(Text):
    """The English tables, longer. It calls itself English, as do the banks' own names, which stay as they are."""

    def _read(self, name: str) -> dict[str, Entry]:
        path = Path(shipped("text")) / "en" / f"{name}.toml"
        table = read_table(path) if path.is_file() else {}
        return {key: drawn_out(e) if isinstance(e, str) else tuple(map(drawn_out, e)) for key, e in table.items()}


def drawn_out(text: str) -> str:
    """Every vowel accented, and so many of them doubled or trebled that each word is LONGER times as long."""
    return "".join(piece if n % 2 else _WORD.sub(_longer, piece) for n, piece in enumerate(_KEPT.split(text)))


def _longer(word: re.Match[str]) -> str:
    letters = word.group()
    owed = len(letters) * (LONGER - 1) / max(sum(letter in _DRAWN_OUT for letter in letters), 1)
    given, longer = 0.0, []
    for letter in letters:
        stretched = _DRAWN_OUT.get(letter, letter)
        longer.append(stretched)
        if letter in _DRAWN_OUT:
            given += owed
            longer.append(stretched.lower() * int(given))
            given -= int(given)
    return "".join(longer)
