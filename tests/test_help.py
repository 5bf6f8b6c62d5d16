"""What people type leads to the help they mean, however they spell it."""

from __future__ import annotations

import functools

import pytest

from desktop.banks import load_banks
from desktop.failures import FAILURES
from desktop.help import SYMPTOMS, Entry, Help, help_of, plain
from desktop.services.api import Reason
from desktop.text import LANGUAGES, Text
from tests.fakes import ROOT


@functools.cache
def everything() -> Help:
    banks = load_banks(ROOT / "resources" / "banks")
    return help_of(banks.values(), {language: Text(language) for language in LANGUAGES})


def first(query: str, language: str = "ko", bank: str = "epost") -> str:
    hits = everything().search(query, language, bank=bank)
    return hits[0].entry.id if hits else ""


#: What people would type: plainly, colloquially, with slips, without spaces, in part.
TYPED = [
    ("문자가 안 와요", "epost.no_text_message"),
    ("문자안와요", "epost.no_text_message"),
    ("문자가 않와요", "epost.no_text_message"),
    ("메세지가 안옴", "epost.no_text_message"),
    ("SMS 안 와요", "epost.no_text_message"),
    ("비밀번호를 잊어버렸어요", "epost.lost_pin"),
    ("비번 까먹었어요", "epost.lost_pin"),
    ("비밀번호 잊었어요", "epost.lost_pin"),
    ("비밀 번호 5번 틀렸어요", "epost.lost_pin"),
    ("수수료가 있나요", "epost.fee"),
    ("돈 내야 하나요", "epost.fee"),
    ("얼마나 걸려요?", "epost.time"),
    ("다른 은행 인증서가 있는데", "epost.other_bank"),
    ("타행인증서 등록", "epost.other_bank"),
    ("클라우드가 뭐에요", "epost.cloud"),
    ("인증서가 어디 있어요", "epost.cloud"),
    ("보안카드를 잃어버렸어요", "epost.card_unreadable"),
    ("보안카드 숫자가 안보여요", "epost.card_unreadable"),
    ("인터넷이 끊겼어요", "epost.interrupted"),
    ("컴퓨터가 갑자기 꺼졌어요", "epost.interrupted"),
    ("유효기간이 지났어요", "epost.expiry"),
    ("OTP가 고장났어요", "symptom.medium"),
    ("오티피 배터리", "symptom.medium"),
    ("앱 오류", "symptom.app_error"),
    ("상담원 연결이 안돼요", "symptom.busy"),
    ("고객센터 전화 안받음", "symptom.busy"),
    ("보안프로그램 설치하래요", "symptom.security_program"),
    ("화면이 멈췄어요", "symptom.unstable"),
    ("와이파이 자꾸 끊김", "symptom.unstable"),
    ("자동갱신 켜고 싶어요", "symptom.expiry"),
    ("사기 아닌가요 이상해요", "symptom.phishing"),
    ("보안카드 번호 전부 입력하라는데요", "symptom.whole_card"),
    ("컴퓨터를 새로 샀어요", "symptom.reinstall"),
    ("핸드폰 바꿨어요", "symptom.reinstall"),
    ("부모님 명의 폰이에요", "symptom.own_phone"),
    ("도서관 컴퓨터에서 해도 되나요", "symptom.other_pc"),
    ("계좌 비밀번호가 잠겼어요", "problem.account_locked"),
    ("인증번호가 맞지 않아요", "problem.wrong_code"),
    ("인증번호 시간이 지났대요", "problem.code_expired"),
    ("이미 사용한 OTP라고 나와요", "problem.otp_replayed"),
    ("한글로 입력돼요", "problem.hangul_typed"),
    ("저장할 공간이 부족하대요", "problem.store_full"),
    ("프로그램이 이미 열려 있대요", "problem.data_folder_in_use"),
]
TYPED_IN_ENGLISH = [
    ("no text message", "epost.no_text_message"),
    ("I didn't get the sms", "epost.no_text_message"),
    ("forgot my pin", "epost.lost_pin"),
    ("how much does it cost", "epost.fee"),
    ("certificate of another bank", "epost.other_bank"),
    ("is this a scam?", "symptom.phishing"),
    ("OTP is brokn", "symptom.medium"),
    ("app keeps crashing", "symptom.app_error"),
    ("install security software", "symptom.security_program"),
    ("new computer", "symptom.reinstall"),
    ("disk is full", "problem.store_full"),
    ("account password locked", "problem.account_locked"),
]


@pytest.mark.parametrize(("query", "expected"), TYPED)
def test_what_is_typed_finds_what_is_meant(query: str, expected: str) -> None:
    assert expected == first(query)


@pytest.mark.parametrize(("query", "expected"), TYPED_IN_ENGLISH)
def test_in_english_too(query: str, expected: str) -> None:
    assert expected == first(query, "en")


def test_a_korean_word_is_understood_in_the_english_window_and_answered_in_english() -> None:
    (hit, *_) = everything().search("문자가 안 와요", "en", bank="epost")
    assert "The text message does not come." == hit.title


@pytest.mark.parametrize("query", ["CG-2104", "cg 2104", "2104", " cg2104 "])
def test_the_number_of_a_failure_finds_that_failure_alone(query: str) -> None:
    assert [Reason.ACCOUNT_LOCKED] == [
        hit.entry.id.removeprefix("problem.") for hit in everything().search(query, "ko")
    ]


@pytest.mark.parametrize("query", ["", "  ", "?!", "ㅋ", "zxqvjkw", "오늘 저녁 메뉴 추천"])
def test_what_fits_nothing_finds_nothing(query: str) -> None:
    assert () == everything().search(query, "ko")


def test_the_answer_of_the_bank_at_hand_goes_before_the_same_of_another() -> None:
    entries = [
        Entry(f"{bank}.fee", {"ko": "비용이 있나요?", "en": "fee?"}, {"ko": bank, "en": bank}, bank=bank)
        for bank in ("one", "two")
    ]
    found = Help(entries)
    assert ["two", "one"] == [hit.answer for hit in found.search("비용", "ko", bank="two")]


def test_full_width_capitals_and_marks_make_no_difference() -> None:
    assert plain("ＯＴＰ, 번호?") == plain("otp 번호") == "otp 번호"
    assert first("ＯＴＰ가 고장났어요!!") == first("otp가 고장났어요")


def test_syllables_that_came_apart_are_put_together() -> None:
    import unicodedata

    assert first("문자가 안 와요") == first(unicodedata.normalize("NFD", "문자가 안 와요"))


def test_no_more_is_found_than_asked_for_and_the_best_comes_first() -> None:
    hits = everything().search("비밀번호", "ko", most=3)
    assert 3 == len(hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 < hit.score <= 1 for hit in hits)


def test_every_failure_seen_in_the_window_can_be_found_by_its_own_words() -> None:
    """Its own sentence brings it up among the first three: several causes are nearly the same words."""
    lost = []
    for failure in FAILURES:
        if failure.domain == "problem":
            hits = everything().search(Text("ko")(failure.cause), "ko", most=3)
            if failure.code not in {hit.entry.code for hit in hits}:
                lost.append(failure.name)
    assert [] == lost


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_symptom_has_title_answer_and_what_people_say(language: str) -> None:
    text = Text(language)
    for name in SYMPTOMS:
        assert text(f"help.symptom.{name}.title")
        assert text(f"help.symptom.{name}.answer")
        assert text(f"help.symptom.{name}.said")


def test_the_nine_failures_of_the_guide_are_found_by_their_own_words() -> None:
    """KB-09: each with the remedy that the guide gives."""
    remedies = {
        "wrong_rrn": "다시 입력",
        "call": "전파",
        "medium": "QR",
        "app_error": "업데이트",
        "busy": "붐비지 않는 시간",
        "input_error": "고쳐",
        "unstable": "와이파이",
        "security_program": "설치",
        "expiry": "자동으로 갱신",
    }
    assert list(remedies) == list(SYMPTOMS[:9])
    text = Text("ko")
    for name, remedy in remedies.items():
        for phrase in text(f"help.symptom.{name}.said").split(";"):
            found = [hit.entry.id for hit in everything().search(phrase, "ko", bank="epost", most=3)]
            assert f"symptom.{name}" in found, phrase
        assert remedy in text(f"help.symptom.{name}.answer")
