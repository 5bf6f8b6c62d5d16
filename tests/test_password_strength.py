"""What people think hard to guess and is not: Korean words on Latin keys, names, dates, rows of keys."""

from __future__ import annotations

import pytest

from desktop.password_rules import broken_password_rule
from desktop.password_strength import HINTS, SCORES, strength, typed
from desktop.text import LANGUAGES, Text
from desktop.widgets.strength_bar import SEGMENTS


@pytest.mark.parametrize(
    ("hangul", "keys"),
    [
        ("사랑해", "tkfkdgo"),
        ("비밀번호", "qlalfqjsgh"),
        ("우리은행", "dnfldmsgod"),
        ("없음", "djqtdma"),
        ("의왕 뷁!", "dmldhkd qnpfr!"),
        ("꽃삐", "RhcQl"),
    ],
)
def test_hangul_is_typed_on_the_two_set_keyboard(hangul: str, keys: str) -> None:
    assert keys == typed(hangul)


@pytest.mark.parametrize("password", ["tkfkdgo12!9", "Tkfkdgo!29", "qlalfqjsgh1!", "dnfldmsgod1!", "2!dkssudgktpdy"])
def test_a_korean_word_on_latin_keys_keeps_every_rule_and_is_still_weak(password: str) -> None:
    assert broken_password_rule(memoryview(password.encode())) is None
    judged = strength(memoryview(password.encode()))
    assert judged.score <= 1
    assert "korean_typed" == judged.hint


def test_what_the_person_is_called_and_was_born_is_not_a_secret() -> None:
    for password in (b"rlfehd!2ab", b"ghdrlfehd#72", b"!18900101ab"):
        judged = strength(memoryview(password), ("홍길동", "18900101"))
        assert "personal" == judged.hint
        assert judged.score < strength(memoryview(password)).score or judged.score <= 2


@pytest.mark.parametrize(
    ("password", "hint"),
    [(b"password1!", "common"), (b"qwer1234!@", "common"), (b"xxxxxxxxxxxx", "repeated"), (b"zxcvbnm", "common")],
)
def test_the_weakness_is_named(password: bytes, hint: str) -> None:
    assert (0, hint) == (strength(memoryview(password)).score, strength(memoryview(password)).hint)


def test_what_nobody_can_guess_is_told_so() -> None:
    assert (3, "longer") == _judged(b"Wq7!mZ-4kP")
    assert (4, "good") == _judged(b"Wq7!mZ-4kPx9#")
    assert (0, "longer") == _judged(b"")


def test_the_longest_password_and_bytes_that_are_no_text_are_judged_too() -> None:
    assert 4 == strength(memoryview(bytes(range(0x21, 0x7E))[::7] * 4)).score
    assert strength(memoryview(b"\xff\xfe")).score <= 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_score_and_every_hint_has_its_words(language: str) -> None:
    text = Text(language)
    assert all(text(f"pages.strength.score_{score}") for score in range(len(SCORES) + 1))
    assert all(text(f"pages.strength.hint.{hint}") for hint in HINTS)
    assert SEGMENTS == len(SCORES)


def _judged(password: bytes) -> tuple[int, str]:
    found = strength(memoryview(password))
    return found.score, found.hint
