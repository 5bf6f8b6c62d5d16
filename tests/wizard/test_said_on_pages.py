"""What a bank's profile and the tables hold for people stands on the page where they need it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from desktop.services.api import CloudCodeSent
from desktop.text import LANGUAGES
from desktop.widgets.label import Label
from desktop.wizard.wording import time_left
from tests.wizard.conftest import Desk
from tests.wizard.views import VIEWS


def said(widget: QWidget) -> str:
    """Every word of it, also what unfolds only when asked for."""
    return "\n".join(label.plain_text() for label in widget.findChildren(Label))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_thing_to_have_stands_with_its_remedy(desk: Desk, language: str) -> None:
    desk.speak(language)
    page = said(desk.draw(VIEWS["checklist"]))
    items = {item.id: item for item in desk.kit.bank.checklist}
    for name in desk.kit.journey.checklist:
        assert items[name].text[language] in page
        assert items[name].remedy[language] in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guidance_says_all_that_the_bank_says(desk: Desk, language: str) -> None:
    desk.speak(language)
    page = said(desk.draw(VIEWS["guidance"]))
    product = desk.kit.product
    for text in (*desk.kit.journey.guidance, *product.facts, product.fee):
        assert text[language] in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_page_says_that_nobody_asks_for_the_whole_card(desk: Desk, language: str) -> None:
    desk.speak(language)
    assert desk.kit.text("ui.medium.never_all") in said(desk.draw(VIEWS["medium-card"]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cloud_page_says_who_sends_the_two_digits_and_both_ways_to_answer(desk: Desk, language: str) -> None:
    desk.speak(language)
    shown = VIEWS["cloud-code"]
    sent = shown.facts.get(CloudCodeSent)
    assert sent is not None
    page = said(desk.draw(shown))
    assert sent.sender in page
    assert desk.kit.text("ui.cloud.two_ways", digits=sent.digits) in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_before_the_issue_its_consequence_is_said(desk: Desk, language: str) -> None:
    desk.speak(language)
    consequence = desk.kit.journey.consequence
    assert consequence is not None
    assert consequence[language] in said(desk.draw(VIEWS["review"]))


@pytest.mark.parametrize("name", VIEWS)
def test_every_page_says_that_it_is_practice_and_how_long_it_takes(desk: Desk, name: str) -> None:
    desk.draw(VIEWS[name])
    window = said(desk.window)
    assert desk.kit.text("ui.practice.mark") in window
    assert time_left(desk.kit.text, VIEWS[name].seconds_left) in window


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_help_of_a_step_has_its_paragraphs(desk: Desk, language: str) -> None:
    desk.speak(language)
    for name in ("identity", "phone-sms", "medium-card", "cloud-code", "pin"):
        desk.draw(VIEWS[name])
        window = said(desk.window)
        for paragraph in desk.kit.text.items(f"step.{VIEWS[name].step}.help"):
            assert paragraph in window, name
