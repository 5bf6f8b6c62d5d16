"""The places of the lobby, in the order in which they are listed."""

from __future__ import annotations

from desktop.text import Text
from desktop.widgets.nav import Place

PLACES = (
    ("front", "home"),
    ("mine", "certificate"),
    ("files", "usb"),
    ("help", "help"),
    ("compare", "card"),
    ("apps", "phone"),
    ("history", "clock"),
)


def places(text: Text) -> list[Place]:
    return [(name, text(f"lobby.{name}.place"), icon) for name, icon in PLACES]
