"""What the guides of 국민은행, 우리은행 and 케이뱅크 say is in the profiles, row by row of docs/requirements.md."""

from __future__ import annotations

import pytest

from desktop.banks import Bank, load_banks
from desktop.services.api import Check, Kind, Renewal, Task
from desktop.shipped import shipped
from desktop.wizard.flow.plan import make_plan

BANKS = load_banks(shipped("banks"))


@pytest.mark.parametrize("bank", BANKS.values(), ids=BANKS)
def test_the_customer_centre_has_a_number_its_source_and_when_to_call(bank: Bank) -> None:
    numbers = {"epost": "1588-1900", "kb": "1588-9999", "woori": "1588-5000", "kbank": "1522-1000"}
    assert numbers[bank.id] == bank.centre.phone
    assert bank.centre.source
    assert bank.centre.verified_on.year >= 2026
    assert "붐빕니다" in bank.centre.off_peak.ko
    assert "빠릅니다" in bank.centre.off_peak.ko


@pytest.mark.parametrize(
    ("failure", "code", "words", "symptom"),
    [
        ("wrong RRN or ID", "identity_mismatch", "다시 입력", "주민등록번호 오류"),
        ("ARS does not connect", "call_not_answered", "전파와 수신 차단", "ARS 연결 안 됨"),
        ("medium broken", "no_medium", "QR로 받는", "OTP 고장"),
        ("app error", "handoff_expired", "업데이트", "앱 오류"),
        ("centre busy", "identity_locked", "오후 3시 이후", "상담원 연결이 안 돼요"),
        ("input error", "bad_request", "다시 봐 주세요", "입력 오류"),
        ("unstable app", "unreachable", "Wi-Fi", "앱이 불안정해요"),
        ("security program missing", "nonsense", "보안 프로그램을 먼저 설치", "보안 프로그램 설치"),
        ("expiry", "certificate_expired", "저절로 갱신", "자동 갱신"),
    ],
)
def test_kb_has_a_remedy_for_each_of_the_nine_failures_of_its_guide(
    failure: str, code: str, words: str, symptom: str
) -> None:
    kb = BANKS["kb"]
    remedy = next(remedy for remedy in kb.remedies if remedy.code == code)
    assert words in remedy.text.ko, failure
    assert symptom in {s.ko for faq in kb.faq for s in faq.symptoms}, failure


def test_kb_lists_the_ten_points_of_its_guide() -> None:
    issue = BANKS["kb"].journey(Kind.FINANCIAL, Task.ISSUE)
    assert issue is not None
    assert 10 == len(issue.checklist)
    words = " ".join(f"{item.text.ko} {item.remedy.ko}" for item in BANKS["kb"].checklist)
    for point in ("신분증", "약관", "휴대폰", "보안카드 또는 OTP", "비밀번호 6자리", "인터넷", "1588-9999"):
        assert point in words
    for point in ("해결 방법", "등록을 확인", "모바일 OTP가 더 쉽습니다", "아이디", "출금계좌"):
        assert point in words


def test_kb_asks_for_all_that_either_of_its_guides_asks() -> None:
    issue = make_plan(BANKS["kb"], Kind.FINANCIAL, Task.ISSUE)
    asked = {name for step in issue.steps for stage in step.stages for name in stage.asks}
    assert {"user_id", "rrn", "account", "account_password", "email", "phone", "card_serial", "otp", "pin"} <= asked
    assert ("service", "privacy", "description") == issue.data.terms
    assert 8 == BANKS["kb"].policies.card_serial_digits


def test_kb_calls_and_lets_the_two_digits_be_keyed() -> None:
    policies = BANKS["kb"].policies
    assert (("ars",), "keyed") == (policies.channels, policies.ars)


def test_the_mobile_certificate_needs_a_phone_and_an_id_document_alone() -> None:
    assert (Check.TERMS, Check.IDENTITY, Check.DOCUMENT) == BANKS["kb"].checks(Kind.MOBILE, Task.ISSUE)
    product = BANKS["kb"].product(Kind.MOBILE)
    facts = " ".join(fact.ko for fact in product.facts)
    assert all(words in facts for words in ("지문이나 패턴", "은행에 가지 않아도", "이용 계약에 따릅니다"))


def test_financial_and_mobile_can_be_compared_by_issue_validity_and_check() -> None:
    for kind in (Kind.FINANCIAL, Kind.MOBILE):
        product = BANKS["kb"].product(kind)
        assert product.checked_by is not None
        assert product.years
        assert BANKS["kb"].journey(kind, Task.ISSUE) is not None


def test_woori_asks_an_id_registered_at_a_branch_and_a_number_and_checks_the_phone() -> None:
    plan = make_plan(BANKS["woori"], Kind.JOINT, Task.ISSUE)
    identity = plan.step("identity")
    assert ("user_id", "rrn") == identity.stages[0].asks
    assert (Check.TERMS, Check.IDENTITY, Check.PHONE) == BANKS["woori"].checks(Kind.JOINT, Task.ISSUE)
    assert "지점에서 등록한" in next(i.text.ko for i in BANKS["woori"].checklist if i.id == "user_id")
    assert "yessign" in BANKS["woori"].terms[0].title.ko


def test_woori_offers_two_types_each_with_its_fee() -> None:
    usages = {usage.id: usage.fee.ko for usage in BANKS["woori"].product(Kind.JOINT).usages}
    assert {"bank": "무료입니다.", "general": "한 해 4,400원입니다."} == usages
    assert any(step.id == "type" for step in make_plan(BANKS["woori"], Kind.JOINT, Task.ISSUE).steps)


def test_woori_lists_what_to_have_and_a_usb_drive_is_not_required() -> None:
    issue = BANKS["woori"].journey(Kind.JOINT, Task.ISSUE)
    assert issue is not None
    assert {"account", "phone", "usb", "internet"} <= set(issue.checklist)
    assert "없어도 됩니다" in next(i.text.ko for i in BANKS["woori"].checklist if i.id == "usb")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("WR-09 keep safe, never share", "누구에게도 주지 말아 주세요"),
        ("WR-09 wrong data", "틀린 정보를 입력하면 발급되지 않습니다"),
        ("WR-11 renewal before expiry", "끝나기 30일 전부터 직접 갱신"),
        ("WR-11 an expired one", "기간이 지난 인증서는 쓸 수 없고"),
        ("WR-14 legal effect", "전자서명법에 따른"),
    ],
)
def test_woori_says_what_its_guide_says(row: str, words: str) -> None:
    assert words in " ".join(fact.ko for fact in BANKS["woori"].product(Kind.JOINT).facts), row


def test_every_product_says_where_it_can_be_used() -> None:
    uses = {
        (bank.id, product.kind): " ".join(use.ko for use in product.uses)
        for bank in BANKS.values()
        for product in bank.products
    }
    assert "인터넷뱅킹" in uses["kb", Kind.FINANCIAL]
    assert "앱" in uses["kb", Kind.FINANCIAL]
    assert "공공기관" in uses["kb", Kind.FINANCIAL]
    assert all(words in uses["woori", Kind.JOINT] for words in ("인터넷뱅킹", "쇼핑", "세금"))


def test_a_loss_is_blocked_at_once_then_reissued_with_one_more_check() -> None:
    for bank in BANKS.values():
        for journey in (j for j in bank.journeys if j.task is Task.LOSS):
            assert (Check.IDENTITY,) == bank.checks(journey.kind, Task.LOSS)
            told = " ".join(text.ko for text in journey.guidance)
            assert "바로 막힙니다" in told
            assert "재발급" in told
            said = f"{told} {journey.consequence.ko if journey.consequence else ''}"
            reissue = bank.journey(journey.kind, Task.REISSUE)
            assert reissue is not None
            assert ("신분증을 한 번 더" in said) == (reissue.when == {"document": "hardened"})
            assert "신분증" in said
    reissue = BANKS["woori"].journey(Kind.JOINT, Task.REISSUE)
    assert reissue is not None
    assert {"document": "hardened"} == reissue.when


def test_kbank_lists_what_to_have_and_what_helps_who_forgot() -> None:
    reissue = BANKS["kbank"].journey(Kind.JOINT, Task.REISSUE)
    assert reissue is not None
    assert ("phone", "rrn", "password", "id_card") == reissue.checklist
    items = {item.id: f"{item.text.ko} {item.remedy.ko}" for item in BANKS["kbank"].checklist}
    assert "충전기" in items["phone"]
    assert "주민등록증이나 운전면허증" in items["rrn"]
    assert "신분증으로 확인하고" in items["password"]


@pytest.mark.parametrize("faq", ["password_forgotten", "expired", "time", "how_to_use"])
def test_kbank_answers_the_questions_of_its_guide(faq: str) -> None:
    found = next(f for f in BANKS["kbank"].faq if f.id == faq)
    words = {"password_forgotten": "신분증", "expired": "재발급", "time": "10분", "how_to_use": "로그인"}
    assert words[faq] in found.answer.ko


@pytest.mark.parametrize(
    ("bank", "kind", "menus"),
    [
        (
            "epost",
            Kind.FINANCIAL,
            ("잇다뱅킹", "전체 메뉴(≡)", "인증/보안", "금융인증서", "발급/재발급", "카메라", "두 번"),
        ),
        ("kb", Kind.FINANCIAL, ("KB스타뱅킹", "인증/보안", "금융인증서", "발급/재발급")),
        ("kb", Kind.MOBILE, ("KB스타뱅킹", "인증/보안", "QR", "지문이나 패턴")),
    ],
)
def test_the_way_through_the_phone_app_is_told_menu_by_menu(bank: str, kind: Kind, menus: tuple[str, ...]) -> None:
    issue = BANKS[bank].journey(kind, Task.ISSUE)
    assert issue is not None
    assert issue.app is not None
    assert issue.app.store_url.startswith("https://")
    told = " ".join(step.ko for step in issue.app.steps)
    assert all(menu in told for menu in menus)


def test_each_bank_renews_in_its_own_way_from_thirty_days_before() -> None:
    ways = {bank.id: bank.products[0].renewal for bank in BANKS.values()}
    assert {
        "epost": Renewal.CHECK,
        "kb": Renewal.AUTOMATIC,
        "woori": Renewal.BY_HAND,
        "kbank": Renewal.BY_HAND,
    } == ways
    assert {30} == {bank.policies.renewal_days for bank in BANKS.values()}


def test_the_menu_of_kb_is_named_as_its_guide_names_it() -> None:
    menu = next(faq.answer.ko for faq in BANKS["kb"].faq if faq.id == "menu")
    assert "인증센터 → 개인 → 금융인증서 → 발급/재발급" in menu
    assert "폐기도 금융인증서 메뉴" in menu
