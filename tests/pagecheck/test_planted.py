"""The page checker finds one planted fault of each kind, and none on the page as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QWidget

from desktop.banks import load_banks
from desktop.shipped import shipped
from desktop.widgets.button import Button
from desktop.widgets.label import Label
from desktop.widgets.theme import Mode, Role, Type
from desktop.wizard.page import Page
from scripts.pagecheck import tabs
from scripts.pagecheck.checker import Checker, Looks
from scripts.pagecheck.findings import Finding
from scripts.pagecheck.pages import Shown
from scripts.pagecheck.places import open_stage
from scripts.pagecheck.stage import Stage
from scripts.pagecheck.walks import Met
from tests.wizard.views import NOW, VIEWS

ONE_LOOK = Looks(languages=("ko",), modes=(Mode.LIGHT,), zooms=(1.0,))
Plant = Callable[[Stage], QWidget]


@pytest.fixture(scope="module")
def stage(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    stage = open_stage("desktop", qapp, load_banks(shipped("banks")), tmp_path_factory.mktemp("data"))
    yield stage
    stage.close()


def page_of(stage: Stage) -> Page:
    frame = stage.window.frame
    assert frame is not None
    assert frame.page is not None
    return frame.page


def found(stage: Stage, plant: Plant | None, looks: Looks = ONE_LOOK) -> list[Finding]:
    """On a page with three fields, into which something was put."""

    def show(stage: Stage) -> None:
        stage.journey(Met(VIEWS["identity"], NOW))
        if plant is not None:
            page_of(stage).body.add(plant(stage))
        stage.settle()

    checker = Checker(stage)
    checker.check(Shown("page", show), looks)
    return list(checker.findings.found.values())


class Dull(QPushButton):
    """Looks the same with the focus and without."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())

    def sizeHint(self) -> QSize:
        return QSize(200, 40)


class Drawn(QWidget):
    """Draws its texts behind one another on one line. The ink of each reaches `into` the one before, and that of the
    last `out` of the widget (shares of the size of the letters)."""

    _SIZE = 20

    def __init__(self, stage: Stage, *texts: str, into: float = 0.0, out: float = -1.0) -> None:
        super().__init__()
        self._texts, self._into, self._out = texts, into * self._SIZE, out * self._SIZE
        self._letters = stage.theme.font(Type.BODY)
        self._letters.setPixelSize(self._SIZE)
        self._colour = stage.theme.color(Role.TEXT)
        self.setFixedSize(200, 40)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._letters)
        painter.setPen(self._colour)
        metrics, right = QFontMetricsF(self._letters), self.width() + self._out
        for text in reversed(self._texts):
            ink = metrics.tightBoundingRect(text)
            painter.drawText(QPointF(right - ink.right(), 28), text)
            right += ink.left() - ink.right() + self._into


class LowInTheDark(Label):
    """Has no room for its words in one theme alone."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage.theme, "어두우면 잘리는 글")

    def _restyle(self) -> None:
        super()._restyle()
        self.setFixedHeight(9 if self._theme.mode is Mode.DARK else 40)


def fixed(widget: QWidget, width: int, height: int) -> QWidget:
    widget.setFixedSize(width, height)
    return widget


def nameless(stage: Stage) -> QWidget:
    button = Button(stage.theme, "")
    button.setAccessibleName("")
    return button


def out_of_reach(stage: Stage) -> QWidget:
    """Nobody looks for what takes the focus inside a text."""
    text = Label(stage.theme, "읽을거리")
    within = Button(stage.theme, "누르기")
    within.setParent(text)
    return text


def over_the_title(stage: Stage) -> QWidget:
    page = page_of(stage)
    over = Label(stage.theme, "위에 놓인 글")
    over.setParent(page)
    over.setGeometry(0, 0, 200, 40)
    over.show()
    return Label(stage.theme, "다음")


PLANTS: dict[str, Plant] = {
    "name": nameless,
    "target": lambda stage: fixed(Button(stage.theme, "예"), 90, 20),
    "contrast": lambda stage: Label(stage.theme, "연한 글", role=Role.BORDER),
    "focus": lambda stage: Dull("둔한 단추"),
    "clipped": lambda stage: fixed(Label(stage.theme, "아래가 잘린 글"), 200, 9),
    "broken": lambda stage: fixed(Button(stage.theme, "창구에서확인하기"), 110, 80),
    "overlap": over_the_title,
    "language": lambda stage: Label(stage.theme, "Please go on"),
    "missing": lambda stage: Label(stage.theme, "step.identity.title"),
    "tofu": lambda stage: Label(stage.theme, "\ue0ff\uf123"),
    "order": out_of_reach,
    "scroll": lambda stage: fixed(QLabel("넓은 것"), 1200, 20),
}


@pytest.mark.parametrize("rule", PLANTS)
def test_a_fault_that_was_planted_is_found(stage: Stage, rule: str) -> None:
    assert rule in {finding.rule for finding in found(stage, PLANTS[rule])}


def test_what_is_out_of_reach_of_tab_is_found(stage: Stage) -> None:
    said = [finding.what for finding in found(stage, out_of_reach) if finding.rule == "order"]
    assert ["Button '누르기': Tab never comes to it"] == said


def test_the_page_without_it_has_no_fault(stage: Stage) -> None:
    assert [] == [(finding.rule, finding.what) for finding in found(stage, None)]


def test_korean_left_in_english_is_found(stage: Stage) -> None:
    english = Looks(languages=("en",), modes=(Mode.LIGHT,), zooms=(1.0,))
    said = found(stage, lambda stage: Label(stage.theme, "남은 우리말"), english)
    assert ["language"] == [finding.rule for finding in said]


def test_what_has_room_for_english_alone_is_found_by_the_longer_language(stage: Stage) -> None:
    def narrow(stage: Stage) -> QWidget:
        return fixed(Label(stage.theme, stage.text("ui.header.leave")), 48, 23)

    both = {language: Looks((language,), (Mode.LIGHT,), (1.0,)) for language in ("en", "pseudo")}
    assert [] == found(stage, narrow, both["en"])
    assert {"clipped", "broken"} & {finding.rule for finding in found(stage, narrow, both["pseudo"])}


def test_a_finding_is_told_once_with_a_picture_of_its_place(stage: Stage, tmp_path: Path) -> None:
    def show(stage: Stage) -> None:
        stage.journey(Met(VIEWS["identity"], NOW))
        page_of(stage).body.add(Label(stage.theme, "Please go on"))
        stage.settle()

    checker = Checker(stage)
    checker.check(Shown("page", show), Looks(languages=("ko",), modes=(Mode.LIGHT,), zooms=(1.0, 2.0)))
    (line,) = checker.findings.save(tmp_path)
    assert line.startswith("page: language: Label 'Please go on'")
    assert 2 == checker.findings.combinations
    assert "2 in all" in line
    assert ["001-language-page.png"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.qt_log_ignore("This plugin does not support")  # what a menu wants of the screen
def test_a_menu_with_low_entries_is_found(stage: Stage) -> None:
    def show(stage: Stage) -> None:
        stage.lobby("front")
        stage.dialog = QMenu(stage.window)
        stage.dialog.addAction("낮은 줄")
        stage.dialog.show()
        stage.settle()

    checker = Checker(stage)
    checker.check(Shown("menu", show), ONE_LOOK)
    assert {"target"} == {one.rule for one in checker.findings.found.values()}


def test_what_has_the_focus_under_something_else_is_found(stage: Stage) -> None:
    stage.journey(Met(VIEWS["identity"], NOW))
    cover = QWidget(stage.window)
    cover.setGeometry(stage.window.rect())
    cover.show()
    faults = [fault for fault in tabs.disorderly(stage.window, cover) if fault.rule == "focus"]
    cover.setParent(None)
    cover.deleteLater()
    assert page_of(stage).editors["rrn"].input in {fault.widget for fault in faults}


def test_a_window_larger_than_the_screen_is_found(stage: Stage) -> None:
    def show(stage: Stage) -> None:
        stage.lobby("front")
        stage.dialog = fixed(QWidget(stage.window, Qt.WindowType.Dialog), 900, 800)
        stage.dialog.show()

    checker = Checker(stage)
    checker.check(Shown("dialog", show), ONE_LOOK)
    assert ["QWidget '': it is 900×800 px instead of 900×720"] == [one.what for one in checker.findings.found.values()]


def test_what_moves_in_another_theme_is_looked_at_there(stage: Stage) -> None:
    """Where things stand is looked at once a language and size, unless something stands elsewhere."""
    both = Looks(languages=("ko",), modes=(Mode.LIGHT, Mode.DARK), zooms=(1.0,))
    assert ["clipped"] == [one.rule for one in found(stage, LowInTheDark, both)]
    assert [] == found(stage, LowInTheDark)


def test_an_address_may_break_anywhere(stage: Stage) -> None:
    address = found(stage, lambda stage: fixed(Label(stage.theme, "www.bank-of-nobody.example"), 120, 80))
    assert [] == [one.rule for one in address if one.rule == "language"]


@pytest.mark.parametrize(("out", "told"), [(0.05, []), (0.25, ["clipped"])])
def test_letters_may_reach_a_little_out_of_their_place_and_no_further(
    stage: Stage, out: float, told: list[str]
) -> None:
    assert told == [one.rule for one in found(stage, lambda stage: Drawn(stage, "가나", out=out))]


@pytest.mark.parametrize(("into", "told"), [(0.05, []), (0.25, ["overlap"])])
def test_letters_may_reach_a_little_into_the_next_and_no_further(stage: Stage, into: float, told: list[str]) -> None:
    assert told == [one.rule for one in found(stage, lambda stage: Drawn(stage, "가나", "다라", into=into))]


@pytest.mark.parametrize("thin", ["_", "I"])
def test_a_thin_line_too_faint_to_be_seen_is_found(stage: Stage, thin: str) -> None:
    assert [] == found(stage, lambda stage: Label(stage.theme, thin))
    faint = found(stage, lambda stage: Label(stage.theme, thin, role=Role.BORDER))
    assert ["contrast"] == [one.rule for one in faint]
