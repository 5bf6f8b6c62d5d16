"""All that there is to be looked at, on a PC and at a kiosk."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from desktop.banks import Bank
from scripts.pagecheck.kiosk import of_kiosk
from scripts.pagecheck.lobby import of_lobby, remember
from scripts.pagecheck.opened import of_openings
from scripts.pagecheck.pages import Shown, of_journeys, states
from scripts.pagecheck.places import PLACES
from scripts.pagecheck.walks import every_page
from scripts.pagecheck.windows import of_windows


@dataclass(frozen=True, slots=True)
class Everything:
    """`data` is what a PC remembers."""

    data: Path
    at: Mapping[str, tuple[Shown, ...]]


def find_everything(banks: Mapping[str, Bank], folder: Path) -> Everything:
    """Walks every journey once. `folder` is new, and stays for as long as its pages are shown."""
    data = folder / "data"
    certificate = remember(data)
    walks = asyncio.run(every_page(banks, folder / "walks"))
    walked = ((offer.id.replace("/", "-"), met) for offer, met in walks)
    openings = of_openings(banks, (one for _, met in walks for one in met))
    journeys = [*of_journeys((*walked, *states())), *openings]
    desktop, *kiosks = PLACES
    at = {desktop: (*journeys, *of_lobby(certificate, banks), *of_windows())}
    return Everything(data, at | {kiosk: (*journeys, *of_kiosk()) for kiosk in kiosks})
