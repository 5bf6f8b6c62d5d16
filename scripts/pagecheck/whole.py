"""All pages that there are at a place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from desktop.banks import Bank
from desktop.wizard.offers import Offer
from scripts.pagecheck.kiosk import of_kiosk
from scripts.pagecheck.lobby import of_lobby
from scripts.pagecheck.opened import of_openings
from scripts.pagecheck.pages import Shown, of_journeys, states
from scripts.pagecheck.places import PLACES
from scripts.pagecheck.walks import Met
from scripts.pagecheck.windows import of_windows


def all_pages(
    place: str, banks: Mapping[str, Bank], walks: Sequence[tuple[Offer, list[Met]]], certificate: Path
) -> Iterator[Shown]:
    """`walks` as `every_page` gives them, `certificate` as `remember` does."""
    if place == PLACES[0]:
        yield from of_lobby(certificate, banks)
        yield from of_windows()
    else:
        yield from of_kiosk()
    yield from of_openings(banks, (one for _, met in walks for one in met))
    yield from of_journeys((*((offer.id.replace("/", "-"), met) for offer, met in walks), *states()))
