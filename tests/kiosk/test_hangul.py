"""What the keys of the two-set keyboard make."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.kiosk.hangul import compose
from tests.kiosk.floor import keys_of


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("ㄱㅣㅁㅇㅜㅊㅔ", "김우체"),
        ("ㅎㅗㅏㅇㅂㅗㄹㅐㅁ", "황보램"),
        ("ㄷㅗㄱㄱㅗㅂㅣㅊㄴㅏ", "독고빛나"),
        ("ㅇㅣㄱㅅㅏ", "익사"),
        ("ㄷㅏㄹㄱㅇㅣ", "닭이"),
        ("ㄷㅏㄹㄱㅣ", "달기"),
        ("ㅇㅢㅅㅏ", "의사"),
        ("ㄲㅗㅊ", "꽃"),
        ("ㅂㅏㄸㅏ", "바따"),
        ("ㄱ", "ㄱ"),
        ("ㅏㅏ", "ㅏㅏ"),
        ("ㄱㄱㅏ", "ㄱ가"),
        ("ㅗㅏ", "ㅘ"),
        ("ㄱㅏ ㄴㅏa1", "가 나a1"),
        ("", ""),
    ],
)
def test_letters_become_syllables(keys: str, text: str) -> None:
    assert text == compose(keys)


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), max_size=12))
def test_every_word_can_be_typed(word: str) -> None:
    """`keys_of` asserts that composing gives the word again."""
    keys_of(word)
