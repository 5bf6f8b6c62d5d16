"""Where no face has Korean letters the program says so in shapes, with the one line that helps; nowhere a box."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.shipped import shipped
from desktop.text import LANGUAGES, Text
from desktop.widgets.hangul import drawn
from desktop.widgets.theme import Theme, Type
from desktop.wizard.no_hangul import REMEDIES, NoHangul, remedy
from scripts.pagecheck.drawn import parts_of
from scripts.pagecheck.words import HANGUL, boxes
from scripts.shapes import drawn as shapes

ROOT = Path(__file__).parents[2]
#: A process that knows the faces of one folder alone: what it finds, and what a started window shows then.
STARTED = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from PySide6.QtCore import QTimer
from desktop import app
from desktop.config import Settings
from scripts.pagecheck.drawn import parts_of
from scripts.pagecheck.words import boxes

class Watched(app.QApplication):
    def processEvents(self, *how):
        super().processEvents(*how)
        for page in self.topLevelWidgets():
            if page.isVisible():
                parts = parts_of(page)
                print(type(page).__name__, len(list(boxes(parts))), page.line.value())
                page.close()

app.QApplication = Watched
print(app.run(Settings(data=Path("nowhere"), language="ko", mode="light")))
"""


@pytest.fixture
def page(theme: Theme, qtbot: QtBot) -> NoHangul:
    page = NoHangul(theme, Text("ko"), REMEDIES["debian"], QGuiApplication.clipboard())
    qtbot.addWidget(page)
    page.show()
    return page


@pytest.mark.parametrize(
    ("platform", "release", "line"),
    [
        ("linux", 'ID=ubuntu\nID_LIKE="debian"', REMEDIES["debian"]),
        ("linux", "ID=fedora\nVERSION_ID=43", REMEDIES["fedora"]),
        ("linux", 'ID="opensuse-leap"\nID_LIKE="suse opensuse"', REMEDIES["suse"]),
        ("linux", "ID=manjaro\nID_LIKE=arch", REMEDIES["arch"]),
        ("linux", "", REMEDIES["debian"]),
        ("win32", "", REMEDIES["win32"]),
    ],
)
def test_each_system_is_told_its_own_line(platform: str, release: str, line: str) -> None:
    assert line == remedy(platform, release)


def test_the_page_writes_no_korean_and_says_it_to_a_screen_reader(page: NoHangul) -> None:
    said = [part.said for part in parts_of(page)]
    assert [] == [text for text in said if HANGUL.search(text)]
    assert [] == list(boxes(parts_of(page)))
    assert Text("ko")("ui.no_hangul.title") == page.accessibleName()
    assert HANGUL.search(page.copy.accessibleName())


def test_the_line_is_copied(page: NoHangul, qapp: QApplication) -> None:
    page.copy.click()
    assert REMEDIES["debian"] == qapp.clipboard().text()


def test_it_goes_by_keys(page: NoHangul) -> None:
    page.leave.setFocus()
    QTest.keyClick(page.leave, Qt.Key.Key_Space)
    assert not page.isVisible()


def test_the_shapes_say_what_the_tables_say(theme: Theme) -> None:
    """Whoever changes the words draws them anew: `python -m scripts.shapes`."""
    kept = shipped("pictures", "no-hangul.svg").read_text(encoding="utf-8")
    said = [Text(language)(f"ui.no_hangul.{part}") for language in LANGUAGES for part in ("title", "body")]
    assert f"<desc>{' '.join(said)}</desc>" in kept
    assert kept.split("<path")[0] == shapes(theme.font(Type.BODY).family()).split("<path")[0]
    assert QSvgRenderer(kept.encode()).isValid()


def test_a_known_face_is_believed_and_an_unknown_one_tried(qapp: QApplication) -> None:
    assert Theme().draws_hangul()
    assert drawn(Theme().sized(24))
    unknown = Theme(family="Sans Serif")
    assert unknown.draws_hangul()


@pytest.mark.skipif(sys.platform != "linux", reason="only there the faces are named by a file")
def test_a_start_without_a_korean_face_says_what_to_do(tmp_path: Path) -> None:
    faces = tmp_path / "faces"
    faces.mkdir()
    for latin in islice(Path("/usr/share/fonts").rglob("DejaVuSans.ttf"), 1):  # where there is none: no face at all
        (faces / latin.name).symlink_to(latin)
    named = tmp_path / "fonts.conf"
    named.write_text(
        f"<?xml version='1.0'?><fontconfig><dir>{faces}</dir><cachedir>{tmp_path}</cachedir></fontconfig>",
        encoding="utf-8",
    )
    environ = {**os.environ, "FONTCONFIG_FILE": str(named), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", STARTED], env=environ, check=True, capture_output=True, text=True, timeout=60
    )
    shown, code = done.stdout.splitlines()
    assert shown.startswith("NoHangul 0 ")
    assert "1" == code
