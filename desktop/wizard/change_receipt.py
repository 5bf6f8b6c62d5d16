"""The receipt of a change to a certificate: what it was, how it stands, who confirms it; nothing personal."""

from __future__ import annotations

from desktop.services.api import Changed
from desktop.wizard.flow.masks import mask_serial
from desktop.wizard.flow.steps import Confirmed
from desktop.wizard.kit import Kit
from desktop.wizard.paper import Paper
from desktop.wizard.receipt import day, moment


def change_receipt(kit: Kit, changed: Changed, confirmed: Confirmed | None, *, practice: bool) -> Paper:
    text = kit.text
    rows = [
        (text("ui.receipt.bank"), kit.bank_name(changed.bank)),
        (text("ui.receipt.kind"), kit.kind_name(changed.bank, changed.kind)),
        (text("pages.changed.done"), text(f"ui.task.{changed.task}", product="", bank="").strip()),
        (text("ui.receipt.owner"), changed.owner),
        (text("ui.receipt.serial"), mask_serial(changed.serial)),
        (text("ui.receipt.not_after"), day(changed.not_after)),
        (text("pages.changed.state"), text(f"pages.changed.status.{changed.status}")),
    ]
    if changed.held_until is not None:
        rows.append((text("pages.changed.held_until"), day(changed.held_until)))
    if confirmed is not None:
        rows.append((text("pages.changed.confirmed_at"), moment(confirmed.confirmed_at)))
    rows.append((text("ui.receipt.centre"), kit.bank.centre.phone))
    on = f"-{day(confirmed.confirmed_at)}" if confirmed else ""
    return Paper(
        file=f"{text('pages.changed.file')}{on}",
        title=text("pages.changed.receipt"),
        mark=text("ui.receipt.practice") if practice else "",
        rows=tuple(rows),
    )
