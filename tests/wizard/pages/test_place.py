"""Where a certificate can be kept: what can be chosen, and why not what cannot."""

from __future__ import annotations

import pytest

from desktop.services.api import Place, PlaceKind
from desktop.text import LANGUAGES, Text
from desktop.wizard.places import place_about, place_name, size
from tests.wizard.conftest import DrawTask
from tests.wizard.pages.seeing import words
from tests.wizard.task_views import TASK_VIEWS

#: Every code that the services give as trouble.
TROUBLES = ("read_only", "full", "locked", "unformatted", "not_mounted", "permission", "failed")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("kind", PlaceKind)
def test_why_nothing_can_be_written_there_is_said_in_words(language: str, trouble: str, kind: PlaceKind) -> None:
    text = Text(language)
    for label in ("", "가온"):
        place = Place("x", kind, label, trouble=trouble)
        assert label in place_name(text, place)
        assert place_about(text, place)


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 KB"), (65_536, "64 KB"), (14_200_000_000, "13.2 GB"), (2**50, "1024 TB")]
)
def test_room_is_said_as_people_read_it(count: int, said: str) -> None:
    assert said == size(count)


def test_a_drive_that_cannot_be_written_to_is_told_but_not_offered(draw_task: DrawTask) -> None:
    page = draw_task(TASK_VIEWS["place"]).frame.page
    assert page is not None
    assert ("pc", "usb:1", "token:a:1") == page.editors["place"].field.options
    assert "USB 드라이브 ‘잠긴 스틱’" in words(page)
    assert "잠금 스위치" in words(page)
