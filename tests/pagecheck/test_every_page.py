"""Every state of a page and every place of the lobby in one look each; all looks come by. `make pagecheck` does all."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, product
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from desktop.banks import load_banks
from desktop.shipped import shipped
from desktop.widgets.theme import Mode
from scripts.pagecheck.checker import Checker, Looks
from scripts.pagecheck.lobby import of_lobby, remember
from scripts.pagecheck.pages import of_journeys, states
from scripts.pagecheck.places import open_stage
from scripts.pagecheck.stage import LANGUAGES, ZOOMS, Stage
from scripts.pagecheck.windows import of_windows


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def certificate(data: Path) -> Path:
    return remember(data)


@pytest.fixture
def stage(qapp: QApplication, data: Path, certificate: Path) -> Iterator[Stage]:
    stage = open_stage("desktop", qapp, load_banks(shipped("banks")), data)
    yield stage
    stage.close()


@pytest.mark.qt_log_ignore("This plugin does not support")  # what a menu wants of the screen
def test_no_page_has_a_fault(stage: Stage, certificate: Path) -> None:
    checker = Checker(stage)
    looks = cycle(product(LANGUAGES, Mode, ZOOMS))
    pages = (*of_journeys(states()), *of_lobby(certificate, stage.banks), *of_windows())
    for page in (page for page in pages if not page.alike):
        language, mode, zoom = next(looks)
        checker.check(page, Looks((language,), (mode,), (zoom,)))
    assert [] == [(one.page, one.rule, one.what, one.looks) for one in checker.findings.found.values()]
