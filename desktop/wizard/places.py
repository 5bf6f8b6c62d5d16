"""Where certificates can be kept, put into words: name, room, and why a place cannot be written to."""

from __future__ import annotations

from desktop.services.api import Place, Places
from desktop.services.vocabulary import PlaceKind
from desktop.text import Text
from desktop.widgets.choice import Option
from desktop.wizard.flow.view import View

ICONS = {PlaceKind.PC: "pc", PlaceKind.REMOVABLE: "usb", PlaceKind.FOLDER: "document", PlaceKind.TOKEN: "token"}
_KIB = 1024
_UNITS = ("KB", "MB", "GB", "TB")


def place_of(view: View, name: str) -> Place | None:
    """The place with this id, as far as the journey knows it."""
    places = view.facts.get(Places)
    return next((place for place in places.places if place.id == name), None) if places else None


def place_name(text: Text, place: Place) -> str:
    """이 PC, USB 드라이브 ‘SANDISK’, 보안토큰 ‘…’."""
    named = "named" if place.label else "plain"
    return text(f"places.{place.kind}.{named}", label=place.label)


def place_about(text: Text, place: Place) -> str:
    """Where exactly, and how much room is left there; or why it cannot be chosen."""
    if place.trouble:
        return text(f"places.trouble.{place.trouble}")
    if place.free is None:
        return text(f"places.{place.kind}.about", path=place.path)
    return text("places.room", path=place.path, free=size(place.free))


def place_option(text: Text, place: Place) -> Option:
    return place.id, place_name(text, place), place_about(text, place), ICONS[place.kind]


def size(count: int) -> str:
    """Bytes as people read them: 14.2 GB."""
    amount = count / _KIB
    for unit in _UNITS:
        if amount < _KIB or unit == _UNITS[-1]:
            return f"{amount:.0f} {unit}" if amount >= 100 or unit == _UNITS[0] else f"{amount:.1f} {unit}"
        amount /= _KIB
    raise AssertionError("the last unit takes every amount")
