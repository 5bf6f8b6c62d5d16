"""Certificates that a person has, put into words: whose, until when, and how they stand today."""

from __future__ import annotations

from datetime import datetime

from desktop.known import KST, Known, Where, state_of
from desktop.services.api import DeviceList, Holding, Holdings
from desktop.widgets.choice import Option
from desktop.wizard.flow.masks import mask_serial
from desktop.wizard.flow.view import View
from desktop.wizard.kit import Kit
from desktop.wizard.receipt import day


def held(view: View, credential: str) -> Holding | None:
    """What the services told of this certificate."""
    holdings = view.facts.get(Holdings)
    found = (*holdings.certificates, *holdings.elsewhere) if holdings else ()
    return next((holding for holding in found if holding.credential_id == credential), None)


def name_of(kit: Kit, holding: Holding) -> str:
    """Bank and kind: 우체국 금융인증서."""
    return f"{kit.bank_name(holding.bank)} {kit.kind_name(holding.bank, holding.kind)}"


def standing(kit: Kit, holding: Holding) -> str:
    """How it stands today: "24일 뒤 만료 – 지금 갱신할 수 있습니다"."""
    known = Known(
        bank=holding.bank,
        kind=holding.kind,
        serial=holding.serial,
        credential_id=holding.credential_id,
        not_before=holding.not_before,
        not_after=holding.not_after,
        status=holding.status,
        renewal=holding.renewal,
        where=Where.CLOUD,
        held_until=holding.held_until,
    )
    state = state_of(known, datetime.fromtimestamp(kit.now(), KST).date(), kit.banks.get(holding.bank, kit.bank))
    return kit.text(state.key, **state.data)


def as_option(kit: Kit, holding: Holding) -> Option:
    """The certificate as a card to choose."""
    whose = kit.text("pages.holding.line", owner=holding.owner, serial=mask_serial(holding.serial))
    return holding.credential_id, name_of(kit, holding), f"{whose}\n{standing(kit, holding)}", "certificate"


def device_names(view: View, ids: str) -> list[str]:
    """The names of devices, given their ids with spaces between."""
    known = view.facts.get(DeviceList)
    names = {device.id: device.name for device in known.devices} if known else {}
    return [names.get(name, name) for name in ids.split()]


def last_used(kit: Kit, seconds: float) -> str:
    return kit.text("pages.devices.last_used", day=day(seconds))
