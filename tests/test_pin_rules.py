"""PIN rules: what is refused, by which rule, and what is not."""

import pytest

from desktop.pin_rules import RULES, broken_rule

PERSON = {"rrn": b"8503149111640", "birth_date": b"18850314", "phone": b"01000001885", "account": b"03967402461613"}


@pytest.mark.parametrize(
    ("pin", "rule"),
    [
        ("000000", "pin_repeated"),
        ("121212", "pin_repeated"),
        ("123123", "pin_repeated"),
        ("123456", "pin_ascending"),
        ("890123", "pin_ascending"),
        ("901234", "pin_ascending"),
        ("654321", "pin_descending"),
        ("210987", "pin_descending"),
        ("850314", "pin_from_rrn"),
        ("149111", "pin_from_rrn"),
        ("111640", "pin_from_rrn"),
        ("188503", "pin_from_birth_date"),
        ("001885", "pin_from_phone"),
        ("039674", "pin_from_account"),
        ("461613", "pin_from_account"),
    ],
)
def test_an_easy_pin_breaks_its_rule(pin: str, rule: str) -> None:
    assert rule in RULES
    assert broken_rule(memoryview(pin.encode()), **PERSON) == rule


@pytest.mark.parametrize("pin", ["470382", "135790", "112233", "123457", "314850"])
def test_any_other_pin_is_good(pin: str) -> None:
    assert broken_rule(memoryview(pin.encode()), **PERSON) is None


def test_what_is_not_known_forbids_nothing() -> None:
    assert broken_rule(memoryview(b"850314")) is None
    assert broken_rule(memoryview(b"850314"), rrn=b"", birth_date=b"", phone=b"", account=b"") is None
