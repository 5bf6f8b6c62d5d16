"""A receipt tells from which day on the certificate can be extended."""

from __future__ import annotations

from desktop.banks import load_bank
from desktop.shipped import shipped
from desktop.text import Text
from desktop.wizard.receipt import day, receipt
from tests.wizard.views import ISSUED


def test_a_receipt_names_the_last_day_and_the_day_thirty_days_before_it() -> None:
    bank = load_bank(shipped("banks", "epost.toml"))
    written = receipt(Text("ko"), bank, ISSUED, None, practice=False).as_text().splitlines()
    assert f"만료일: {day(ISSUED.not_after)}" in written
    assert f"연장 시작일: {day(ISSUED.not_after - 30 * 86400)}" in written
