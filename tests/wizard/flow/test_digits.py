import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.wizard.flow.digits import plain_digits


@pytest.mark.parametrize(
    "text", ["123456", "123-456", "12 34 56", "１２３４５６", "123－456", "12–34—56", "1２3　4‐56", "12\t3456"]
)
def test_digits_are_accepted_as_people_give_them(text: str) -> None:
    assert (bytearray(b"123456"), None) == plain_digits(text.encode())


@pytest.mark.parametrize("text", ["12ㅂ", "ㅏ", "한12", "1ᄒ"])
def test_hangul_among_digits_is_told_apart(text: str) -> None:
    assert "hangul_typed" == plain_digits(text.encode())[1]


@pytest.mark.parametrize("text", ["12a", "+82", "१", "１２Ａ", "é", "😀"])
def test_anything_else_is_not_digits(text: str) -> None:
    assert "not_digits" == plain_digits(text.encode())[1]


@pytest.mark.parametrize("data", [b"\xef", b"\xef\xbc", b"1\xef\xbc", b"\xea", b"\xe3\x84", b"\xe2\x80"])
def test_a_character_cut_in_half_is_not_a_digit(data: bytes) -> None:
    assert plain_digits(data)[1] in {"hangul_typed", "not_digits"}


@given(st.binary())
def test_hostile_bytes_never_raise(data: bytes) -> None:
    digits, code = plain_digits(data)
    assert digits.isdigit() or not digits
    assert code in {None, "hangul_typed", "not_digits"}
