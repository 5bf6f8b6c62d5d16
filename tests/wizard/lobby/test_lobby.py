"""The pages between journeys: every way in leads to a journey or to an answer, by keys alone, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.history import History, Outcome
from desktop.known import KnownCertificates
from desktop.services.api import Kind, Status, Task
from desktop.shipped import shipped
from desktop.text import LANGUAGES, Text
from desktop.widgets.nav import NavList
from desktop.widgets.theme import Theme
from desktop.wizard.home import PAGES, Home
from desktop.wizard.lobby.apps import AppsPage
from desktop.wizard.lobby.chooser import ChooserPage
from desktop.wizard.lobby.compare import ComparePage
from desktop.wizard.lobby.find import FindPage
from desktop.wizard.lobby.mine import MinePage
from desktop.wizard.lobby.past import PastPage
from desktop.wizard.lobby.tasks import TasksPage
from desktop.wizard.offers import Offer, branches_in
from desktop.wizard.reading import stops
from desktop.wizard.window import Window
from tests.wizard.pages.seeing import button, buttons, words
from tests.wizard.task_views import BANKS, holding

#: What `open` wants to be told of places that are about something.
ABOUT = {"tasks": "kb", "file": "/nowhere", "file_job": "check"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """What a PC remembers: one that expires soon, one suspended, and a revocation."""
    known = KnownCertificates(tmp_path)
    known.remember(
        holding("epost", "a", days=24),
        replace(holding("kb", "b", status=Status.SUSPENDED), serial="22224444"),
        replace(holding("woori", "c", days=-3), kind=Kind.JOINT, serial="55556666"),
    )
    history = History(tmp_path)
    for outcome in (Outcome.DONE, Outcome.CANCELLED):
        history.add(day=date(2026, 11, 20), bank="epost", kind=Kind.FINANCIAL, task=Task.REVOKE, outcome=outcome)
    return tmp_path


@pytest.fixture
def home(theme: Theme, data: Path) -> Home:
    return Home(theme, Text("ko"), branches_in(shipped("banks")), practice=True, data=data)


def show(home: Home, place: str) -> None:
    home.open(place, ABOUT.get(place, ""))
    QApplication.processEvents()
    QApplication.processEvents()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", PAGES)
def test_every_place_speaks_and_names_all_that_takes_the_focus(window: Window, place: str, language: str) -> None:
    window.set_text(Text(language))
    show(window.home, place)
    assert window.home.leaf.title() in words(window)
    assert [] == [w for w in stops(window) if not w.accessibleName() and not getattr(w, "text", str)()]


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("place", ["front", *PAGES])
def test_no_place_is_wider_than_the_window(window: Window, theme: Theme, place: str, scale: float) -> None:
    theme.set_scale(scale)
    window.resize(880, 640)
    show(window.home, place)
    leaf = window.home.leaf
    assert 880 >= leaf.mapTo(window, leaf.rect().topRight()).x()
    assert (880, 640) == (window.width(), window.height())


def test_where_there_is_no_room_the_places_stand_on_the_first_page_and_each_leads_back(window: Window) -> None:
    window.resize(720, 640)
    QApplication.processEvents()
    listed = [nav for nav in window.findChildren(NavList) if nav.isVisible()]
    assert 1 == len(listed)
    listed[0].entries()["history"].click()
    assert "처음" in buttons(window)
    window.home.footer.back.click()
    assert "front" == window.home.place


def test_esc_leads_back_to_the_first_page(window: Window) -> None:
    show(window.home, "compare")
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert "front" == window.home.place


def test_f1_opens_the_help(window: Window) -> None:
    QTest.keyClick(window, Qt.Key.Key_F1)
    assert "help" == window.home.place


# ── The direct way ──


def test_all_that_a_bank_offers_is_listed_by_kind(window: Window) -> None:
    show(window.home, "tasks")
    page = window.home.leaf
    assert isinstance(page, TasksPage)
    listed = {kind: len(cards.cards()) for kind, cards in page.lists.items()}
    assert {Kind.FINANCIAL: 7, Kind.MOBILE: 2} == listed


def test_a_choice_in_one_list_takes_back_the_one_in_the_other(window: Window, qtbot: QtBot) -> None:
    show(window.home, "tasks")
    page = window.home.leaf
    assert isinstance(page, TasksPage)
    page.lists[Kind.MOBILE].card("kb/mobile/issue").click()
    assert "" == page.lists[Kind.FINANCIAL].value()
    window.home.set_ready(True)
    with qtbot.waitSignal(window.home.chosen) as begun:
        window.home.press_primary()
    assert [Offer("kb", Kind.MOBILE, Task.ISSUE)] == begun.args


# ── The chooser (GN-01) ──


def test_three_answers_at_most_lead_to_a_journey(window: Window, qtbot: QtBot) -> None:
    show(window.home, "chooser")
    page = window.home.leaf
    assert isinstance(page, ChooserPage)
    window.home.set_ready(True)
    asked = 0
    for answer in ("kb", "lost", "financial"):
        if page.cards is None:
            break
        page.cards.set_value(answer)
        window.home.press_primary()
        asked += 1
    assert asked <= 3
    assert "금융인증서 분실 신고" in words(window)
    with qtbot.waitSignal(window.home.chosen) as begun:
        window.home.press_primary()
    assert [Offer("kb", Kind.FINANCIAL, Task.LOSS)] == begun.args


def test_back_goes_one_question_back_and_then_to_the_first_page(window: Window) -> None:
    show(window.home, "chooser")
    page = window.home.leaf
    assert isinstance(page, ChooserPage)
    assert page.cards is not None
    page.cards.set_value("woori")
    window.home.press_primary()
    assert "woori" == page.answers.bank
    window.home.step_out()
    assert "" == page.answers.bank
    window.home.step_out()
    assert "front" == window.home.place


def test_what_this_pc_knows_answers_first(theme: Theme, home: Home, qtbot: QtBot) -> None:
    qtbot.addWidget(home)
    show(home, "chooser")
    page = home.leaf
    assert isinstance(page, ChooserPage)
    assert page.cards is not None
    page.cards.set_value("epost")
    home.press_primary()
    assert "soon" == page.cards.value()


# ── My certificates (MG-01) and history (MG-11) ──


@pytest.fixture
def room(theme: Theme, home: Home, qtbot: QtBot) -> Window:
    window = Window(theme, Text("ko"), home)
    qtbot.addWidget(window, before_close_func=Window.close_now)
    window.show()
    return window


def test_a_card_says_how_a_certificate_stands_and_what_can_be_done_now(room: Window, qtbot: QtBot) -> None:
    show(room.home, "mine")
    page = room.home.leaf
    assert isinstance(page, MinePage)
    said = words(page)
    for part in ("김*체", "지금 갱신할 수 있습니다", "금융결제원 클라우드", "쓸 수 있는 곳", "만료되었습니다"):
        assert part in said
    room.home.set_ready(True)
    with qtbot.waitSignal(room.home.chosen) as begun:
        button(page, "우체국 금융인증서 갱신").click()
    assert [Offer("epost", Kind.FINANCIAL, Task.RENEW)] == begun.args


def test_only_what_is_possible_now_is_offered(room: Window) -> None:
    show(room.home, "mine")
    page = room.home.leaf
    assert isinstance(page, MinePage)
    suspended = {name.partition("/")[2] for name in page.tasks if name.startswith("22224444")}
    assert {"revoke", "loss"} == suspended


def test_an_expired_one_can_be_taken_off_the_list(room: Window, data: Path) -> None:
    show(room.home, "mine")
    button(room.home.leaf, "목록에서 지우기").click()
    assert {"epost", "kb"} == {known.bank for known in KnownCertificates(data).all()}
    assert "목록에서 지우기" not in buttons(room.home.leaf)


def test_who_has_none_is_led_on(theme: Theme, qtbot: QtBot) -> None:
    home = Home(theme, Text("ko"), branches_in(shipped("banks")), practice=True)
    qtbot.addWidget(home)
    home.show()
    show(home, "mine")
    button(home, "알맞은 일 찾기").click()
    assert "chooser" == home.place
    home.stop()


def test_a_line_of_the_past_and_all_of_it_can_be_deleted(room: Window, data: Path) -> None:
    show(room.home, "history")
    page = room.home.leaf
    assert isinstance(page, PastPage)
    assert "금융인증서 폐기" in words(page)
    page.deletes[0].click()
    assert 1 == len(History(data).all())
    assert page.clear_all is not None
    page.clear_all.click()
    assert () == History(data).all()
    assert "아직 한 일이 없습니다." in words(page)


# ── Help (GN-04), comparison (KB-15), phone apps (EP-11, KB-16, KK-01) ──


def test_help_is_found_while_it_is_typed_and_enter_unfolds_it(window: Window) -> None:
    show(window.home, "help")
    page = window.home.leaf
    assert isinstance(page, FindPage)
    QTest.keyClicks(page.entry, "forgot the PIN")
    assert page.answers
    QTest.keyClick(page.entry, Qt.Key.Key_Return)
    assert page.answers[0].unfolded
    page.entry.clear()
    QTest.keyClicks(page.entry, "CG-2107")
    assert 1 == len(page.answers)


def test_every_bank_can_be_called_from_the_help(window: Window) -> None:
    show(window.home, "help")
    assert all(bank.centre.phone in words(window) for bank in BANKS.values())


def test_the_kinds_are_compared_from_what_the_banks_say(window: Window) -> None:
    show(window.home, "compare")
    page = window.home.leaf
    assert isinstance(page, ComparePage)
    said = words(page)
    for bank in BANKS.values():
        for product in bank.products:
            assert product.checked_by is not None
            assert product.checked_by["ko"] in said
            assert product.fee["ko"] in said


def test_each_guide_to_a_phone_app_says_every_step(window: Window) -> None:
    show(window.home, "apps")
    page = window.home.leaf
    assert isinstance(page, AppsPage)
    guided = [(b, j) for b in BANKS.values() for j in b.journeys if j.app is not None]
    assert len(guided) == len(page.choices.cards())
    for bank, journey in guided:
        assert journey.app is not None
        page.choices.card(f"{bank.id}/{journey.kind}/{journey.task}").click()
        said = words(page)
        assert all(step["ko"] in said for step in journey.app.steps)
