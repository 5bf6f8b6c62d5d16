"""What the theme takes from outside: a bank's colours and the words of the widgets in a language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.text import Text
from desktop.widgets.theme import Accents
from desktop.widgets.words import Words

if TYPE_CHECKING:
    from desktop.banks import Bank

#: The widgets fill these themselves.
_KEPT = {name: f"{{{name}}}" for name in ("length", "filled", "first", "second")}


def accents_of(bank: Bank) -> Accents:
    return Accents(bank.accent.light, bank.accent.dark, bank.accent.contrast)


def words_of(text: Text) -> Words:
    return Words(**{name: text(f"ui.words.{name}", **_KEPT) for name in Words._fields})
