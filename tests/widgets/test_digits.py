"""Digits are taken as people give them, and grouped as people read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.widgets.digits import clean_ascii, clean_digits, group, plain_index, shown_index

GROUPS = st.lists(st.integers(1, 7), min_size=1, max_size=4).map(tuple)


@pytest.mark.parametrize(
    ("given_text", "digits"),
    [
        ("711231-9000000", "7112319000000"),
        ("７１１２３１", "711231"),
        (" 010 0000 1234\n", "01000001234"),
        ("010–0000—1234", "01000001234"),
        ("010.0000.1234", "01000001234"),
        ("", ""),
        (" - ", ""),
    ],
)
def test_digits_are_understood_however_they_are_written(given_text: str, digits: str) -> None:
    assert (digits, "") == clean_digits(given_text)


@pytest.mark.parametrize(
    ("given_text", "code"),
    [("ㅁ", "hangul_typed"), ("12가", "hangul_typed"), ("12a", "not_digits"), ("١٢", "not_digits"), ("²", "")],
)
def test_what_is_no_digit_is_refused_whole_with_its_reason(given_text: str, code: str) -> None:
    digits, found = clean_digits(given_text)

    assert code == found
    assert digits == ("2" if not code else "")


def test_a_password_takes_printable_ascii_and_nothing_else() -> None:
    assert ("aB1! -", "") == clean_ascii("aB1! -")
    assert ("", "hangul_typed") == clean_ascii("비밀")
    assert ("", "not_ascii") == clean_ascii("é")


def test_separators_appear_only_once_something_stands_behind_them() -> None:
    shown = [group("01000001234"[:n], (3, 4, 4)) for n in (3, 4, 7, 8, 11)]

    assert ["010", "010-0", "010-0000", "010-0000-1", "010-0000-1234"] == shown


@given(groups=GROUPS, length=st.integers(0, 28), index=st.integers(0, 28))
def test_a_place_among_the_digits_survives_the_way_to_the_picture_and_back(
    groups: tuple[int, ...], length: int, index: int
) -> None:
    index = min(index, length)

    assert index == plain_index(shown_index(index, length, groups), groups)
