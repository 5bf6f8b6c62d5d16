"""Where the certificate is to be kept: this PC, a stick by its name and room, or a token."""

from __future__ import annotations

from desktop.services.api import Places
from desktop.widgets.choice import Option
from desktop.widgets.notice import Notice, NoticeKind
from desktop.wizard.flow.view import View
from desktop.wizard.page import Page
from desktop.wizard.places import place_about, place_name, place_of, place_option


class PlacePage(Page):
    #: What is chosen stays so when a drive that was plugged in meanwhile makes another list.
    LEADING = frozenset({"place"})

    def shape(self, view: View) -> tuple[object, ...]:
        return (view.facts.get(Places),)

    def hint(self, field: str) -> str:
        """Name and room stand on each card."""
        return ""

    def option(self, field: str, value: str) -> Option:
        place = place_of(self.view, value) if self.view else None
        return place_option(self.kit.text, place) if place else (value, value, "", "usb")

    def build(self, view: View) -> None:
        """What is plugged in but cannot be written to is said too: else a person looks for it in vain."""
        super().build(view)
        text, places = self.kit.text, view.facts.get(Places)
        if self.kit.kiosk is not None and places is not None and all(place.trouble for place in places.places):
            said = (text("kiosk.stick.plug_in.title"), text("kiosk.stick.plug_in.body"))
            self.body.add(Notice(self.kit.theme, NoticeKind.INFO, *said))
        for place in places.places if places else ():
            if place.trouble:
                said = (place_name(text, place), place_about(text, place))
                self.body.add(Notice(self.kit.theme, NoticeKind.WARNING, *said))
        self.body.add(Notice(self.kit.theme, NoticeKind.INFO, text("pages.place.made_here")))

    def ready(self, view: View) -> bool:
        editor = self.editors.get("place")
        return editor is None or bool(editor.value())
