"""The tables of words are total in both languages, say the same, and are written in one voice."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import desktop
from desktop.banks import load_bank
from desktop.services.api import Channel, Medium, Reason
from desktop.shipped import shipped
from desktop.text import LANGUAGES, MissingText, Text, read_table
from desktop.wizard.flow.fields import FIELDS
from desktop.wizard.flow.steps import STEPS, Effect

NAMESPACES = sorted(path.stem for path in shipped("text", "ko").glob("*.toml"))
#: Written for the person at the window; cli.toml holds commands and is judged by its keys alone.
SPOKEN = ("step", "field", "problem", "busy", "action", "ui", "pages", "lobby")
#: Whole sentences; ui.toml is mostly names and short marks.
SENTENCES = ("step", "field", "problem", "busy", "pages", "lobby")
LATIN_IN_KOREAN = {"ARS", "PFX", "OTP", "PC", "QR", "USB", "Caps", "Lock", "English"}
#: The switch back to Korean, and the name of a menu that banks show in Korean only.
KOREAN_IN_ENGLISH = ("한국어", "타행 인증서 등록")
#: Advice that the guides give and that is not safe (C8), and names that are no longer right (C12).
BANNED = ("메모해", "적어 두세요", "자주 쓰는", "공인인증서", "안전한 곳에 보관", "해요.", "하세요.", "에러", "클릭")
#: A particle after a placeholder would need to know how the data ends.
GLUED = re.compile(r"\}(은|는|이|가|을|를|과|와|으로|로|이나|나)(?![가-힣])")
CODE = re.compile(
    "(pin|rrn|date|phone|name|terms|password)_[a-z_]*[a-z]|email_form|devices_none|hangul_typed|not_digits|wrong_length|required"
)
CHECKS = (
    "pin_rules.py",
    "password_rules.py",
    "wizard/flow/fields.py",
    "wizard/flow/digits.py",
    "wizard/flow/judging.py",
)


def _entries(language: str, namespace: str) -> dict[str, tuple[str, ...]]:
    """Every text of one file by key; a single text as a list of one."""
    table = read_table(shipped("text", language, f"{namespace}.toml"))
    return {key: (entry,) if isinstance(entry, str) else entry for key, entry in table.items()}


def _spoken(language: str, namespaces: tuple[str, ...] = SPOKEN) -> Iterator[tuple[str, str]]:
    for namespace in namespaces:
        for key, texts in _entries(language, namespace).items():
            yield from ((key, text) for text in texts)


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in re.split(r"(?<=[.?!])\s+", text) if sentence]


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _validator_codes() -> set[str]:
    """Every code of a validator, read from the source, so that a new one cannot be forgotten here."""
    trees = [ast.parse((Path(desktop.__file__).parent / name).read_text(encoding="utf-8")) for name in CHECKS]
    leaves = [leaf.value for tree in trees for leaf in ast.walk(tree) if isinstance(leaf, ast.Constant)]
    return {text for text in leaves if isinstance(text, str) and CODE.fullmatch(text)} - {"pin_from", *FIELDS}


# ── Looking up ──


@pytest.fixture
def table(tmp_path: Path) -> Path:
    (tmp_path / "ko").mkdir()
    (tmp_path / "ko" / "step.toml").write_text(
        '[phone]\ntitle = "{bank} 확인"\nprimary = ["받기", "확인하기"]\n', encoding="utf-8"
    )
    return tmp_path


def test_a_text_is_filled_with_its_data(table: Path) -> None:
    assert "우체국 확인" == Text("ko", table)("step.phone.title", bank="우체국")


def test_a_list_gives_its_last_text_for_every_later_place(table: Path) -> None:
    text = Text("ko", table)
    assert ("받기", "확인하기") == text.items("step.phone.primary")
    assert ["받기", "확인하기", "확인하기"] == [text.item("step.phone.primary", n) for n in (0, 1, 7)]


def test_whether_a_text_exists_can_be_asked(table: Path) -> None:
    text = Text("ko", table)
    assert text.has("step.phone.title")
    assert text.has("step.phone.primary")
    assert not text.has("step.phone")
    assert not text.has("nowhere.at.all")


def test_words_for_a_case_come_before_the_words_for_all(table: Path) -> None:
    text = Text("ko", table)
    assert "step.phone.title" == text.first("step.phone.revoke.title", "step.phone.title")
    assert "step.phone.title" == text.first("step.phone.title", "step.phone.primary")
    assert "step.nowhere.title" == text.first("step.nowhere.revoke.title", "step.nowhere.title")


@pytest.mark.parametrize("key", ["step.phone.help", "step.phone.primary", "nowhere.title", "step"])
def test_a_missing_text_is_named_with_its_language(table: Path, key: str) -> None:
    with pytest.raises(MissingText, match=f"ko:{key}: "):
        Text("ko", table)(key)


def test_missing_data_and_a_wrong_kind_of_entry_are_missing_texts(table: Path) -> None:
    text = Text("ko", table)
    with pytest.raises(MissingText, match=r"ko:step\.phone\.title: cannot be filled in: KeyError\('bank'\)"):
        text("step.phone.title")
    with pytest.raises(MissingText, match="is one text, not a list"):
        text.items("step.phone.title")


def test_an_unknown_language_and_a_broken_table_are_said(table: Path) -> None:
    with pytest.raises(MissingText, match="no folder 'fr'"):
        Text("fr", table)
    (table / "ko" / "busy.toml").write_text("issue = 3", encoding="utf-8")
    with pytest.raises(MissingText, match=r"busy\.toml cannot be read: busy\.issue is neither"):
        Text("ko", table).has("busy.issue")


# ── Total ──


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_has_title_why_rail_help_and_a_primary_button_a_stage(language: str) -> None:
    text = Text(language)
    for step in STEPS.values():
        assert all(text(f"step.{step.id}.{part}") for part in ("title", "why", "rail"))
        assert text.items(f"step.{step.id}.help")
        assert len(step.stages) == len(text.items(f"step.{step.id}.primary")), step.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_has_a_label_and_a_hint(language: str) -> None:
    text = Text(language)
    assert [] == [f"{name}.{part}" for name in FIELDS for part in ("label", "hint") if not text(f"field.{name}.{part}")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_option_of_a_choice_has_its_name_and_what_it_means(language: str) -> None:
    text = Text(language)
    for name, asked in FIELDS.items():
        for option in asked.options:
            assert text(f"field.{name}.option.{option}")
            assert text(f"field.{name}.about.{option}")
    assert all(text.has(f"action.use_{way}") for way in (Channel.SMS, Channel.ARS, *Medium))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_and_every_validator_code_has_cause_and_remedy(language: str) -> None:
    text = Text(language)
    codes = {*Reason, *_validator_codes()}
    assert {"pin_from_account", "rrn_check_digit", "hangul_typed", "terms_required", "required"} < codes
    keys = [f"problem.{code}.{part}" for code in sorted(codes) for part in ("cause", "remedy")]
    assert [] == [key for key in keys if not text.has(key)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_effect_and_every_action_has_its_words(language: str) -> None:
    text = Text(language)
    assert all(text(f"busy.{effect}") for effect in (*Effect, "close_journey"))
    actions = {action.id for step in STEPS.values() for action in step.actions}
    assert all(text(f"action.{action}") for action in (*actions, "restart", "finish"))


def test_both_languages_have_the_same_files() -> None:
    assert NAMESPACES == sorted(path.stem for path in shipped("text", "en").glob("*.toml"))


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_both_languages_have_the_same_keys_and_the_same_placeholders(namespace: str) -> None:
    korean, english = (_entries(language, namespace) for language in LANGUAGES)
    assert sorted(korean) == sorted(english)
    for key, texts in korean.items():
        assert len(texts) == len(english[key]), key
        for one, other in zip(texts, english[key], strict=True):
            assert _placeholders(one) == _placeholders(other), key


# ── One voice ──


def test_no_english_is_left_in_the_korean_and_no_korean_in_the_english() -> None:
    for key, text in _spoken("ko"):
        latin = set(re.findall(r"[A-Za-z]+", re.sub(r"\{.*?\}", "", text)))
        assert latin <= LATIN_IN_KOREAN, f"{key}: {text}"
    for key, text in _spoken("en"):
        assert not re.search("[가-힣]", re.sub("|".join(KOREAN_IN_ENGLISH), "", text)), f"{key}: {text}"


def test_no_unsafe_advice_and_no_name_that_is_out_of_date() -> None:
    bank = shipped("banks", "epost.toml").read_text(encoding="utf-8")
    terms = [path.read_text(encoding="utf-8") for path in shipped("terms").rglob("*.ko.txt")]
    for place, text in (*_spoken("ko"), ("epost.toml", bank), *(("terms", text) for text in terms)):
        plain = text.replace("공동인증서(구 공인인증서)", "")
        assert [] == [word for word in BANNED if word in plain], place


def test_people_are_told_not_to_reuse_or_write_down_the_pin() -> None:
    told = " ".join(Text("ko").items("step.pin.help"))
    assert "다른 곳에서 쓰는 비밀번호는 쓰지 말아 주세요" in told
    assert "적어 두지 말아 주세요" in told


def test_people_are_told_that_nobody_asks_for_a_whole_security_card_and_who_sends_the_two_digits() -> None:
    assert "보안카드 번호를 모두 묻는 일은 절대 없습니다." in Text("ko").items("step.medium.help")
    assert any("보낸 번호가 화면의 번호와 같은지" in text for text in Text("ko").items("step.cloud.help"))


def test_the_two_digit_code_may_be_replied_or_typed_and_people_are_told_so() -> None:
    assert "문자에 답장으로 보내도 됩니다." == Text("ko")("field.cloud_code.hint")
    assert "Reply to the text message" in " ".join(Text("en").items("step.cloud.help"))


def test_once_locked_people_are_told_where_to_go() -> None:
    for reason in Reason:
        if reason.value.endswith("_locked"):
            remedy = Text("ko")(f"problem.{reason}.remedy")
            assert "창구" in remedy or "고객센터" in remedy, reason


def test_a_korean_sentence_has_at_most_forty_characters() -> None:
    long = [(key, s) for key, text in _spoken("ko", SENTENCES) for s in _sentences(text) if len(s) > 40]
    bank = load_bank(shipped("banks", "epost.toml"))
    journey = bank.journeys[0]
    told = [
        *journey.guidance,
        *bank.products[0].facts,
        *(faq.answer for faq in bank.faq),
        *(item.remedy for item in bank.checklist),
    ]
    long += [("epost", s) for text in told for s in _sentences(text["ko"]) if len(s) > 40]
    assert [] == long


def test_an_english_sentence_has_at_most_a_hundred_characters() -> None:
    assert [] == [(key, s) for key, text in _spoken("en") for s in _sentences(text) if len(s) > 100]


def test_korean_sentences_end_politely_and_alike() -> None:
    ends = re.compile(r"(니다|주세요)\.$")
    for key, text in _spoken("ko", SENTENCES):
        if re.search(r"\.(cause|remedy|why|help|hint)$|^busy\.", key):
            assert all(ends.search(sentence) for sentence in _sentences(text)), f"{key}: {text}"


def test_no_particle_is_glued_to_a_placeholder() -> None:
    for namespace in NAMESPACES:
        for key, texts in _entries("ko", namespace).items():
            assert not any(GLUED.search(text) for text in texts), key


def test_no_text_has_doubled_spaces_or_straight_quotes() -> None:
    for language in LANGUAGES:
        for key, text in _spoken(language):
            assert not re.search(r"  |^\s|\s$|\"", text), f"{key}: {text}"


@pytest.mark.parametrize(("language", "quoted"), [("ko", "‘([^’]+)’"), ("en", "“([^”]+)”")])
def test_a_button_that_a_text_names_is_called_so(language: str, quoted: str) -> None:
    buttons = {
        text
        for namespace in NAMESPACES
        for key, texts in _entries(language, namespace).items()
        for text in texts
        if namespace in {"action", "lobby", "ui"} or key.endswith(".primary")
    }
    named = {name for _, text in _spoken(language, SENTENCES) for name in re.findall(quoted, text)}
    assert set() == named - buttons
