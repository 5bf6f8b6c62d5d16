"""The receipt of an issue: what was made and proven, what it means, and nothing that could be misused."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from desktop.banks import Bank
from desktop.services.api import Issued, PlaceKind
from desktop.text import Text
from desktop.wizard.flow.masks import mask_serial
from desktop.wizard.flow.steps import Proof
from desktop.wizard.paper import Paper, Section

KST = timezone(timedelta(hours=9), "KST")
#: A certificate can be renewed from this many days before its last day (requirements MG-02).
RENEWAL_DAYS = 30


def day(seconds: float) -> str:
    """Seconds since the epoch as the Korean calendar day: 2029.11.21."""
    return datetime.fromtimestamp(seconds, KST).strftime("%Y.%m.%d")


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, KST).strftime("%Y.%m.%d %H:%M:%S KST")


def receipt(text: Text, bank: Bank, issued: Issued, proof: Proof | None, *, practice: bool) -> Paper:
    """Holds no number that identifies a person or an account."""
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
    return Paper(
        file=f"{text('ui.receipt.file')}-{day(issued.not_before)}",
        title=text("ui.receipt.title"),
        mark=text("ui.receipt.practice") if practice else "",
        rows=tuple((text(f"ui.receipt.{name}"), value) for name, value in rows),
        sections=_in_plain_words(text, bank, issued),
    )


def _in_plain_words(text: Text, bank: Bank, issued: Issued) -> tuple[Section, ...]:
    """What it is, how to look after it, and what to do when something happens to it."""
    where = "cloud" if issued.kept_at is None else "token" if issued.kept_at.kind is PlaceKind.TOKEN else "files"
    data = {
        "bank": bank.name[text.language],
        "until": day(issued.not_after),
        "renew": day(issued.not_after - timedelta(days=RENEWAL_DAYS).total_seconds()),
        "phone": bank.centre.phone,
    }
    about = (f"paper.about.{issued.kind}", f"paper.kept.{where}", "paper.until")
    return (
        (text("paper.about_title"), tuple(text(key, **data) for key in about)),
        (text("paper.care_title"), tuple(line.format_map(data) for line in text.items("paper.care"))),
        (text("paper.trouble_title"), tuple(line.format_map(data) for line in text.items("paper.trouble"))),
    )
