"""The receipt of an issue as text: what was made and proven, and nothing that could be misused."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from desktop.banks import Bank
from desktop.services.api import Issued
from desktop.text import Text
from desktop.wizard.flow.masks import mask_serial
from desktop.wizard.flow.steps import Proof

KST = timezone(timedelta(hours=9), "KST")
#: A certificate can be renewed from this many days before its last day (requirements MG-02).
RENEWAL_DAYS = 30


def day(seconds: float) -> str:
    """Seconds since the epoch as the Korean calendar day: 2029.11.21."""
    return datetime.fromtimestamp(seconds, KST).strftime("%Y.%m.%d")


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, KST).strftime("%Y.%m.%d %H:%M:%S KST")


def receipt(text: Text, bank: Bank, issued: Issued, proof: Proof | None, *, practice: bool) -> str:
    """Lines of `name: value`. Holds no number that identifies a person or an account."""
    lines = [text("ui.receipt.title"), ""]
    if practice:
        lines += [text("ui.receipt.practice"), ""]
    rows = [
        ("bank", bank.name[text.language]),
        ("kind", bank.product(issued.kind).name[text.language]),
        ("owner", issued.owner),
        ("serial", mask_serial(issued.serial)),
        ("not_before", day(issued.not_before)),
        ("not_after", day(issued.not_after)),
        ("renew_from", day(issued.not_after - timedelta(days=RENEWAL_DAYS).total_seconds())),
        ("policy", issued.policy),
    ]
    if proof is not None:
        rows.append(("proven", moment(proof.verified_at)))
    rows.append(("centre", bank.centre.phone))
    lines += [f"{text(f'ui.receipt.{name}')}: {value}" for name, value in rows]
    return "\n".join(lines) + "\n"
