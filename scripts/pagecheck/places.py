"""Where the program is checked: a window on a PC, and a kiosk that stands upright or lies across."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from desktop.app import Front, make_front
from desktop.banks import Bank
from desktop.config import Settings
from desktop.kiosk.config import read_kiosk
from desktop.kiosk.front import KioskHome
from desktop.kiosk.size import LEAST, TARGET, Millimetres
from desktop.kiosk.sounds import Guidance
from desktop.kiosk.window import KioskWindow
from desktop.shipped import shipped
from desktop.text import Text
from desktop.widgets.theme import Mode, Theme
from desktop.wizard.kit import Kiosk
from desktop.wizard.looks import words_of
from desktop.wizard.offers import offers_of
from scripts.pagecheck.stage import DESKTOP, Place, Stage

#: The screen of each kiosk, px; how large they are is said in the example of its file.
KIOSKS = {"portrait": QSize(1080, 1920), "landscape": QSize(1920, 1080)}
PLACES = ("desktop", *KIOSKS)


class Mute:
    """Could speak as far as the window can tell, so that all there is to choose of a voice is offered."""

    def say(self, words: str) -> None: ...

    def stop(self) -> None: ...

    def set_volume(self, volume: float) -> None: ...

    def set_rate(self, rate: float) -> None: ...

    def set_language(self, language: str) -> None: ...


def open_stage(name: str, application: QApplication, banks: Mapping[str, Bank], data: Path) -> Stage:
    """`name` is one of PLACES, `data` what a PC remembers."""
    if name in KIOSKS:
        return _kiosk(name, application, banks)
    settings = Settings(data=data, language="ko", mode="light")
    return Stage(make_front(application, settings, animations=False), banks, DESKTOP)


def _kiosk(orientation: str, application: QApplication, banks: Mapping[str, Bank]) -> Stage:
    example, screen = read_kiosk(shipped("kiosk", "kiosk.toml"), banks), KIOSKS[orientation]
    config = replace(example, screen=replace(example.screen, orientation=orientation))
    size = Millimetres(screen.width(), screen.height(), config.screen.mm_per_pixel)
    text = Text("ko")
    theme = Theme(mode=Mode.LIGHT, scale=size.scale, words=words_of(text), animations=False, least=LEAST)
    theme.apply(application)
    columns = 1 if orientation == "portrait" else 2
    home = KioskHome(theme, text, banks, config.offers, practice=True, columns=columns)
    window = KioskWindow(
        theme,
        text,
        home,
        config=config,
        size=size,
        clock=time.monotonic,
        shuffle=lambda digits: digits.reverse(),
        sounds=Guidance(Mute(), config.voice).choices(),
    )
    place = Place(orientation, screen, size.px(TARGET), size.scale * LEAST, size)
    every = frozenset(offer for bank in banks.values() for offer in offers_of(bank))
    return Stage(Front(application, theme, window), banks, place, Kiosk(every, config.receipt.kind, window.around))
