"""Which document decides what is asked of it, and nothing typed is lost by choosing."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtTest import QTest

from desktop.widgets.choice import ChoiceCards
from desktop.widgets.document_picture import DocumentPicture
from desktop.widgets.secret_entry import SecretEntry
from tests.wizard.conftest import DrawTask
from tests.wizard.task_views import DATE, DOCUMENT, NUMBER, TASK_VIEWS


def test_before_a_choice_nothing_else_is_asked_and_nobody_goes_on(draw_task: DrawTask) -> None:
    desk = draw_task(TASK_VIEWS["document"])
    page = desk.frame.page
    assert page is not None
    assert not page.editors["document_date"].box.isVisible()
    assert not desk.frame.footer.primary.isEnabled()


def test_a_choice_is_told_at_once_and_keeps_what_was_typed(draw_task: DrawTask) -> None:
    desk = draw_task(TASK_VIEWS["document-resident"])
    page = desk.frame.page
    assert page is not None
    date = page.editors["document_date"].input
    assert isinstance(date, SecretEntry)
    QTest.keyClicks(date, "19200102")
    cards = page.editors["document"].input
    assert isinstance(cards, ChoiceCards)
    cards.card("driver").click()
    assert ["choose document driver"] == desk.asked.moves
    desk.draw(replace(TASK_VIEWS["document-driver"], fields=(replace(DOCUMENT, value="driver"), NUMBER, DATE)))
    assert page.editors["document_number"].box.isVisible()
    assert 8 == date.length()
    assert page.editors["document"].input is cards


def test_the_picture_says_where_what_is_asked_stands(draw_task: DrawTask) -> None:
    page = draw_task(TASK_VIEWS["document-driver"]).frame.page
    assert page is not None
    picture = page.findChild(DocumentPicture)
    assert picture is not None
    assert "면허번호 12자리는 위쪽" in picture.accessibleName()
