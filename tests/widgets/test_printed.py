"""A paper on pages: the text stays text, nothing is cut, and what was typed into it cannot be markup."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from desktop.banks import load_bank
from desktop.shipped import shipped
from desktop.text import Text
from desktop.widgets.printed import as_pdf, set_out
from desktop.wizard.paper import Paper
from desktop.wizard.receipt import receipt
from tests.wizard.views import ISSUED, PROOF


def paper_in(language: str) -> Paper:
    return receipt(Text(language), load_bank(shipped("banks", "epost.toml")), ISSUED, PROOF, practice=True)


def lines(paper: Paper) -> list[str]:
    return [line for line in set_out(paper, "").toPlainText().splitlines() if line]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_everything_that_a_paper_says_stands_on_it_in_order(qapp: QApplication, language: str) -> None:
    paper = paper_in(language)
    rows = [part for row in paper.rows for part in row]
    sections = [part for heading, said in paper.sections for part in (heading, *said)]
    assert [paper.title, paper.mark, *rows, *sections] == lines(paper)


def test_markup_in_a_value_is_printed_as_it_stands(qapp: QApplication) -> None:
    value = "<b>Kim</b> & <img src='file:///etc/hostname'>"
    assert ["A title", "Name", value] == lines(Paper("file", "A title", "", (("Name", value),)))


def test_a_paper_is_a_pdf_of_one_page_with_its_title(qapp: QApplication) -> None:
    paper = paper_in("en")
    made = as_pdf(paper, qapp.font().family())
    assert 1 == made.count(b"/Type /Page\n")
    assert paper.title.encode("utf-16-be") in made


@pytest.mark.skipif(shutil.which("gs") is None, reason="install ghostscript")
def test_another_program_draws_the_pdf(qapp: QApplication, tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(as_pdf(paper_in("ko"), qapp.font().family()))
    words = ["gs", "-q", "-dBATCH", "-dNOPAUSE", "-dPDFSTOPONERROR", "-sDEVICE=png16m", "-r40", "-sOutputFile=-"]
    drawn = subprocess.run([*words, str(tmp_path / "paper.pdf")], capture_output=True, check=True).stdout
    picture = QImage.fromData(drawn)
    ink = sum(
        QColor(picture.pixel(x, y)).lightness() < 128 for x in range(picture.width()) for y in range(picture.height())
    )
    assert 500 < ink < picture.width() * picture.height() / 10
