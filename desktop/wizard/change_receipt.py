"""The receipt of a change to a certificate as text: what it was, how it stands, who confirms it; nothing personal."""

from __future__ import annotations

from desktop.services.api import Changed
from desktop.wizard.flow.masks import mask_serial
from desktop.wizard.flow.steps import Confirmed
from desktop.wizard.kit import Kit
from desktop.wizard.receipt import day, moment


def change_receipt(kit: Kit, changed: Changed, confirmed: Confirmed | None, *, practice: bool) -> str:
    """Lines of `name: value`."""
    text = kit.text
    lines = [text("pages.changed.receipt"), ""]
    if practice:
        lines += [text("ui.receipt.practice"), ""]
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
    return "\n".join([*lines, *(f"{name}: {value}" for name, value in rows)]) + "\n"
