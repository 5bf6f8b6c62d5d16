"""What the practice phone received, in the language of the person who reads it."""

from __future__ import annotations

from desktop.services.api import Kind, PhoneEvent
from desktop.wizard.kit import Kit


def sender_name(kit: Kit, sender: str) -> str:
    """Of a code or call: a bank's or the cloud's in practice; a real number or name stays as it is."""
    if sender == "cloud":
        return kit.text("phone.from.cloud")
    if sender == kit.bank.id or sender in kit.banks:
        return kit.text("phone.from.bank", bank=kit.bank_name(sender))
    return sender


def words_of(kit: Kit, event: PhoneEvent) -> str:
    """The message, or what the call says. Empty for one that an older program left."""
    if not event.says:
        return ""
    named = {"bank": kit.bank_name(event.data["bank"])}
    if "kind" in event.data:
        named["product"] = kit.kind_name(event.data["bank"], Kind(event.data["kind"]))
    return kit.text(f"phone.says.{event.says}", **{**event.data, **named})
