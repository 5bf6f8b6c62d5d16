"""A kiosk that stands upright, on a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from desktop.banks import load_banks
from desktop.shipped import shipped
from tests.kiosk.floor import Floor, example


@pytest.fixture
def floor(qapp: QApplication, tmp_path: Path) -> Iterator[Floor]:
    folder = tmp_path / "data"
    folder.mkdir()
    yield Floor(qapp, folder, example(), load_banks(shipped("banks")))
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
