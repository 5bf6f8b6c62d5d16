"""What a start does without until its first page stands, and that the page answers while the rest is read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
#: Nothing of this is on the first page.
LATER = (
    *("asyncio", "qasync", "cryptography", "sqlite3", "msgspec", "httpx", "tomllib", "datetime", "dataclasses"),
    *("desktop.banks", "desktop.services.vocabulary", "desktop.wizard.flow", "desktop.widgets.nav"),
)
START = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from PySide6 import QtCore
from desktop import app
from desktop.config import Settings

application = app.QApplication(app.ARGUMENTS)
front = app.make_front(application, Settings(data=Path("nowhere")))
front.window.show()
front.window.home.focus_first()
application.processEvents()
"""
READ = f"""
read = [name for name in {LATER!r} if name in sys.modules]
sys.stdout.write(" ".join([*read, *(["Qt"] if "Qt" in vars(QtCore) else [])]))
sys.stdout.flush()
"""
BEATS = """
beats = []
timer = QtCore.QTimer(interval=1)
timer.timeout.connect(lambda: beats.append(1))
timer.start()
app.read_on(front)
timer.stop()
sys.stdout.write(f"{len(beats) > 3} {'qasync' in sys.modules and 'desktop.wizard.counter' in sys.modules}")
sys.stdout.flush()
"""


def test_the_first_page_is_painted_without_what_it_does_not_need(tmp_path: Path) -> None:
    _said(START + READ, tmp_path)  # the first one makes the bytecode of the words
    assert "" == _said(START + READ, tmp_path)


def test_the_first_page_answers_while_the_rest_is_read(tmp_path: Path) -> None:
    assert "True True" == _said(START + BEATS, tmp_path)


def _said(script: str, folder: Path) -> str:
    """By a fresh process whose bytecode lies in `folder`."""
    command = [
        sys.executable,
        "-X",
        f"pycache_prefix={folder}",
        "-c",
        f"import sys; sys.dont_write_bytecode = False\n{script}",
    ]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=120).stdout
