"""A receipt says what was made, and nothing that could be misused."""

from __future__ import annotations

from desktop.banks import Bank
from desktop.text import Text
from desktop.wizard.receipt import day, receipt
from tests.wizard.views import ISSUED, PROOF


def test_a_receipt_names_bank_kind_owner_validity_and_proof(bank: Bank) -> None:
    written = receipt(Text("ko"), bank, ISSUED, PROOF, practice=False).as_text()
    for part in ("우체국", "금융인증서", "김*체", day(ISSUED.not_after), ISSUED.policy, "1588-1900", "서명 확인"):
        assert part in written


def test_a_receipt_holds_no_whole_serial(bank: Bank) -> None:
    assert ISSUED.serial not in receipt(Text("ko"), bank, ISSUED, PROOF, practice=False).as_text()


def test_a_receipt_from_practice_says_so(bank: Bank) -> None:
    assert "연습" in receipt(Text("ko"), bank, ISSUED, None, practice=True).as_text()


def test_a_day_is_the_korean_one() -> None:
    assert "2029.11.22" == day(ISSUED.not_after)
