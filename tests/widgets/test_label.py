"""Text breaks between Korean words, and is as high as its lines."""

from __future__ import annotations

import pytest
import shiboken6
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column
from desktop.widgets.theme import Mode, Role, Theme, Type
from desktop.widgets.wrap import wrap

SENTENCE = "본인 명의의 우체국 예금 계좌와 휴대전화가 있어야 합니다."


@pytest.mark.parametrize("width", [90, 140, 200, 320])
def test_lines_break_between_words_only(theme: Theme, qtbot: QtBot, width: int) -> None:
    label = Label(theme, SENTENCE)
    qtbot.addWidget(label)

    lines = label.lines(width)

    assert SENTENCE == " ".join(lines)
    assert all(QFontMetricsF(label.font()).horizontalAdvance(line) <= width for line in lines)


@given(text=st.text(alphabet="가나다 라마바사아 12.\n", max_size=40), width=st.integers(1, 200))
def test_wrapping_loses_and_adds_no_character(qapp: QApplication, text: str, width: int) -> None:
    joined = "".join(wrap(text, QFont(), width))

    assert text.replace(" ", "").replace("\n", "") == joined.replace(" ", "")


def test_a_word_wider_than_the_line_is_split_rather_than_cut(theme: Theme, qtbot: QtBot) -> None:
    label = Label(theme, "가" * 30)
    qtbot.addWidget(label)

    assert len(label.lines(100)) > 1
    assert "가" * 30 == "".join(label.lines(100))


def test_a_label_in_a_column_gets_the_height_of_its_lines(theme: Theme, qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    column = Column(theme)
    holder.setLayout(column)
    label = Label(theme, SENTENCE)
    column.addWidget(label)
    column.addStretch(1)
    holder.resize(160, 400)
    holder.show()
    QApplication.processEvents()

    assert len(label.lines(160)) * theme.leading(Type.BODY) == label.height()


def test_a_reader_hears_the_plain_text(theme: Theme, qtbot: QtBot) -> None:
    label = Label(theme, SENTENCE)
    qtbot.addWidget(label)

    assert (SENTENCE, SENTENCE) == (label.plain_text(), label.accessibleName())


def test_a_button_shows_an_ampersand_and_has_no_mnemonic(theme: Theme, qtbot: QtBot) -> None:
    button = Button(theme, "Q&A", ButtonKind.LINK)
    qtbot.addWidget(button)

    assert ("Q&A", "Q&A") == (button.plain_text(), button.accessibleName())
    assert button.shortcut().isEmpty()


def test_a_change_of_scale_reaches_what_is_already_shown(theme: Theme, qtbot: QtBot) -> None:
    button = Button(theme, "다음", ButtonKind.PRIMARY)
    qtbot.addWidget(button)
    before = button.sizeHint()

    theme.set_scale(2.0)

    assert 2 * before.height() == button.sizeHint().height()


def test_a_change_of_mode_reaches_what_is_already_shown(theme: Theme, qtbot: QtBot) -> None:
    label = Label(theme, "■" * 20)
    qtbot.addWidget(label)
    label.resize(200, 30)

    theme.set_mode(Mode.CONTRAST)
    image = label.grab().toImage()

    colours = {image.pixelColor(x, y).name() for x in range(0, 200, 3) for y in range(0, 30, 3)}
    assert theme.color(Role.TEXT).name() in colours


def test_a_widget_that_is_gone_is_restyled_no_more(theme: Theme) -> None:
    label = Label(theme, SENTENCE)
    column = Column(theme)
    shiboken6.delete(label)
    shiboken6.delete(column)

    theme.set_scale(1.5)

    assert 1.5 == theme.scale


@pytest.mark.parametrize(
    ("text", "words", "lines"),
    [
        ("타행 공동인증서(구 공인인증서) 등록", "타행 공동인증서(구", ["타행 공동인증서", "(구 공인인증서)", "등록"]),
        ("전화(ARS)로 받기", "전화(ARS)로", ["전화(ARS)로", "받기"]),
    ],
)
def test_a_line_breaks_before_words_in_brackets_and_not_among_them(
    qapp: QApplication, text: str, words: str, lines: list[str]
) -> None:
    width = QFontMetricsF(QFont()).horizontalAdvance(words) + 1
    assert lines == wrap(text, QFont(), width)
