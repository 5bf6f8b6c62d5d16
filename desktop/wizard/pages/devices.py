"""Where a cloud certificate may be used: everywhere, or on the devices ticked here."""

from __future__ import annotations

from typing import ClassVar

from desktop.services.api import Device, DeviceList
from desktop.widgets.agreement import TickList
from desktop.widgets.choice import Option
from desktop.widgets.notice import Notice, NoticeKind
from desktop.wizard.flow.view import View
from desktop.wizard.holdings import last_used
from desktop.wizard.page import Page

ICONS = {"all": "cloud", "chosen": "pc"}


class DevicesPage(Page):
    LEADING: ClassVar[frozenset[str]] = frozenset({"limit"})

    def shape(self, view: View) -> tuple[object, ...]:
        return (view.facts.get(DeviceList),)

    def hint(self, field: str) -> str:
        return "" if field == "limit" else super().hint(field)

    def option(self, field: str, value: str) -> Option:
        if field == "limit":
            text = self.kit.text
            return value, text(f"field.limit.option.{value}"), text(f"pages.devices.{value}"), ICONS[value]
        device = self._device(value)
        if device is None:
            return value, value, "", ""
        here = self.kit.text("pages.devices.here") if device.here else ""
        return value, device.name, here, last_used(self.kit, device.last_used)

    def build(self, view: View) -> None:
        super().build(view)
        self._leaving = Notice(self.kit.theme, NoticeKind.WARNING, self.kit.text("pages.devices.without_this"))
        self._leaving.hide()
        ticks = self._ticks()
        if ticks is None:
            return
        field = view.field("devices")
        if field is not None and not field.value:
            ticks.set_ticked(device.id for device in self._devices() if device.allowed or device.here)
        self.body.add(self._leaving)
        ticks.changed.connect(self._warn)
        self._warn()

    def ready(self, view: View) -> bool:
        limit, ticks = self.editors.get("limit"), self._ticks()
        return limit is None or bool(limit.value() and (ticks is None or ticks.ticked()))

    def _warn(self) -> None:
        """Who unticks the device they sit at should know what follows."""
        ticks, here = self._ticks(), {device.id for device in self._devices() if device.here}
        self._leaving.setVisible(ticks is not None and bool(ticks.ticked()) and not here <= ticks.ticked())

    def _ticks(self) -> TickList | None:
        editor = self.editors.get("devices")
        return editor.input if editor and isinstance(editor.input, TickList) else None

    def _devices(self) -> tuple[Device, ...]:
        known = self.view.facts.get(DeviceList) if self.view else None
        return known.devices if known else ()

    def _device(self, name: str) -> Device | None:
        return next((device for device in self._devices() if device.id == name), None)
