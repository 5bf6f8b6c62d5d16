"""A bank profile loads whole, or says in which line it is wrong and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.banks import Bank, ProfileError, load_bank, load_banks, term_text
from desktop.services.api import Check, Kind, Task
from desktop.shipped import shipped
from desktop.text import LANGUAGES

EPOST = shipped("banks", "epost.toml")


@pytest.fixture(scope="module")
def epost() -> Bank:
    return load_bank(EPOST)


def _changed(folder: Path, old: str, new: str) -> tuple[Path, int]:
    """A copy of the shipped profile with one change, and the line of the change."""
    source = EPOST.read_text(encoding="utf-8")
    assert old in source
    copy = folder / "epost.toml"
    copy.write_text(source.replace(old, new, 1), encoding="utf-8")
    return copy, source[: source.index(old)].count("\n") + 1


def test_every_shipped_profile_loads() -> None:
    assert ["epost", "kb", "kbank", "woori"] == list(load_banks(shipped("banks")))


def test_every_term_of_every_bank_has_its_text_in_every_language_marked_as_practice() -> None:
    for bank in load_banks(shipped("banks")).values():
        for term in bank.terms:
            korean, english = (term_text(shipped("terms"), bank, term, language) for language in LANGUAGES)
            assert 2 <= korean.count("연습용입니다")
            assert 2 <= english.count("This is a practice text")
            assert term.version in korean
            assert term.version in english


def test_a_term_without_its_text_is_named(tmp_path: Path, epost: Bank) -> None:
    with pytest.raises(ProfileError, match=r"service\.ko\.txt:1: cannot be read"):
        term_text(tmp_path, epost, epost.terms[0], "ko")


def test_the_post_office_asks_for_four_things_each_with_its_remedy(epost: Bank) -> None:
    journey = epost.journey(Kind.FINANCIAL, Task.ISSUE)
    assert journey is not None
    assert ("account", "medium", "phone", "banking") == journey.checklist
    remedies = {item.id: item.remedy for item in epost.checklist}
    assert all(remedies[name]["ko"] and remedies[name]["en"] for name in journey.checklist)


def test_the_post_office_wants_terms_identity_phone_medium_and_cloud_in_this_order(epost: Bank) -> None:
    assert (Check.TERMS, Check.IDENTITY, Check.PHONE, Check.MEDIUM, Check.CLOUD) == epost.checks(
        Kind.FINANCIAL, Task.ISSUE
    )
    assert () == epost.checks(Kind.JOINT, Task.ISSUE)


def test_the_post_office_product_is_the_three_year_financial_certificate(epost: Bank) -> None:
    product = epost.product(Kind.FINANCIAL)
    assert ("1.2.410.200005.1.1.1.10", 3, "check") == (product.policy, product.years, product.renewal)


@pytest.mark.parametrize(
    ("row", "where", "words"),
    [
        ("EP-12 fee", "fee", "개인은 무료입니다. 법인은 유료일 수 있습니다."),
        ("EP-13 another bank's certificate", "guidance", "새로 발급받지 않아도 됩니다. 타행 인증서 등록"),
        ("EP-14 the cloud", "facts", "본인 확인 뒤 다른 기기에서도 씁니다"),
        ("EP-15 lost PIN", "facts", "잊으면 찾을 수 없어 폐기하고 새로 발급"),
        ("EP-19 three minutes", "guidance", "3분 안에 끝납니다"),
        ("EP-12 fee", "faq.fee", "개인은 무료입니다"),
        ("EP-13 another bank's certificate", "faq.other_bank", "타행 인증서 등록"),
        ("EP-14 the cloud", "faq.cloud", "이름, 휴대폰 번호, 생년월일"),
        ("EP-15 lost PIN", "faq.lost_pin", "폐기하고 새로 발급받으면"),
        ("EP-17 devices", "faq.devices", "제한이 없습니다"),
        ("EP-18 validity", "faq.expiry", "한 달 전부터"),
        ("EP-19 three minutes", "faq.time", "3분 안에 끝납니다"),
        ("EP-16 revoke", "revoke", "클라우드에서 바로 지워지고"),
        ("EP-17 devices", "devices", "고른 기기에서만 쓰도록 제한"),
        ("EP-18 renewal", "renew", "끝나기 30일 전부터"),
        ("EP-18 expired", "renew", "재발급을 골라"),
        ("EP-13 register", "register", "새로 발급하지 않습니다"),
        ("MG-03 reissue", "reissue", "옛 인증서는 폐기됩니다"),
        ("MG-03 expiry kept", "reissue", "새 인증서가 그대로 이어받습니다"),
        ("MG-04 suspend", "suspend", "6개월이 지나면 저절로 폐기됩니다"),
    ],
)
def test_the_post_office_says_what_its_guide_says(epost: Bank, row: str, where: str, words: str) -> None:
    journey = epost.journey(Kind.FINANCIAL, Task.ISSUE)
    assert journey is not None
    texts = {f"faq.{faq.id}": faq.answer["ko"] for faq in epost.faq}
    for other in epost.journeys:
        texts[other.task.value] = " ".join(text["ko"] for text in other.guidance)
    texts["fee"] = epost.product(Kind.FINANCIAL).fee["ko"]
    texts["guidance"] = " ".join(text["ko"] for text in journey.guidance)
    texts["facts"] = " ".join(text["ko"] for text in epost.product(Kind.FINANCIAL).facts)
    assert words in texts[where], row


def test_the_three_minutes_are_a_range_and_the_time_left_a_number_a_step(epost: Bank) -> None:
    journey = epost.journey(Kind.FINANCIAL, Task.ISSUE)
    assert journey is not None
    assert (2, 3) == journey.minutes


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('phone = "1588-1900"', "phone = 15881900", "Expected `str`, got `int`"),
        ('renewal = "check"', 'renewal = "often"', "Invalid enum value 'often'"),
        ("years = 3", "years = 30", "<= 5"),
        ("pin_tries = 5", "pin_trys = 5", "unknown field `pin_trys`; remove it or correct its spelling"),
        ('id = "epost"', 'id = "post"', "id is 'post', but the file is named 'epost'"),
        ('terms = ["service", "privacy"]', 'terms = ["service", "lost"]', "terms names ['lost']"),
        ("minutes = [2, 3]", "minutes = [3, 2]", "minutes is [at best, at worst]"),
        ("asks = { identity", "asks = { identities", "asks names ['identities']"),
        ("asks = { identity", 'asks = { "1d"', "Expected `str` matching regex"),
        ('"terms", "identity", "phone"', '"terms", "phone"', "an issue without the step 'identity'"),
        ('id = "privacy"', 'id = "service"', "terms defines 'service' twice"),
        ('steps = ["medium"]', 'steps = ["medium", "usb"]', "steps names ['usb']"),
        ("years = 3", "years = = 3", "is not TOML"),
        ('when = { document = "hardened" }', 'when = { usb = "hardened" }', "when names ['usb']"),
        ('when = { document = "hardened" }', 'when = { document = "often" }', "Invalid enum value 'often'"),
        ('code = "pin_locked"', 'code = "identity_mismatch"', "remedies defines 'identity_mismatch' twice"),
        ('code = "pin_locked"', 'code = "pin_lost"', "Invalid enum value 'pin_lost'"),
    ],
)
def test_a_mistake_is_reported_with_its_file_its_line_and_what_is_wrong(
    tmp_path: Path, old: str, new: str, problem: str
) -> None:
    copy, line = _changed(tmp_path, old, new)
    with pytest.raises(ProfileError) as caught:
        load_bank(copy)
    assert problem in str(caught.value)
    assert str(caught.value).startswith(f"{copy}:{line}: ")


def test_a_journey_without_a_product_and_one_that_comes_twice_are_refused(tmp_path: Path) -> None:
    source = EPOST.read_text(encoding="utf-8")
    start, end = source.index("[[journeys]]"), source.index("# ── 자주 묻는 것")
    for old, problem in (
        ("", "there is a financial issue already"),
        ('kind = "financial"', "no product of kind 'joint'"),
    ):
        again = source[start:end].replace(old, 'kind = "joint"') if old else source[start:end]
        copy = tmp_path / "epost.toml"
        copy.write_text(source[:end] + again + source[end:], encoding="utf-8")
        with pytest.raises(ProfileError) as caught:
            load_bank(copy)
        assert problem in str(caught.value)
        assert caught.value.line > source[:end].count("\n")


def test_a_step_that_offers_to_register_needs_a_journey_that_does(tmp_path: Path) -> None:
    copy, _ = _changed(tmp_path, 'task = "register"', 'task = "issue"')
    copy.write_text(copy.read_text(encoding="utf-8").replace('task = "issue"', 'task = "renew"', 1), encoding="utf-8")
    with pytest.raises(ProfileError, match="add a register journey of this kind"):
        load_bank(copy)


def test_an_unfinished_or_unreadable_file_is_reported_and_not_a_traceback(tmp_path: Path) -> None:
    copy = tmp_path / "epost.toml"
    with pytest.raises(ProfileError, match="cannot be read"):
        load_bank(copy)
    copy.write_bytes("이름".encode("euc-kr"))
    with pytest.raises(ProfileError, match="save it as UTF-8 text"):
        load_bank(copy)
    copy.write_text("[centre", encoding="utf-8")
    with pytest.raises(ProfileError, match=r"epost\.toml:1: is not TOML"):
        load_bank(copy)
