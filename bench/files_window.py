"""Ten thousand certificate files listed in the window: when the first can be read, and whether it stays alive."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from bench.certs_list import CERTIFICATES, fill
from bench.ui_stall import Heartbeat
from desktop.app import ARGUMENTS, make_front
from desktop.config import Settings
from desktop.wizard.garbage import collected_here
from desktop.wizard.lobby.files import SHOWN, FilesPage

#: Seconds until the first card stands, and the longest in which the window could not answer.
MOST_FIRST, MOST_STALL = 0.5, 0.1
PATIENCE = 120


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, collected_here():
        os.environ["HOME"] = str(Path(folder) / "home")
        fill([Path(folder) / "data"])
        application = QApplication(ARGUMENTS)
        front = make_front(application, Settings(data=Path(folder) / "data", language="ko"), animations=False)
        front.window.show()
        sys.setswitchinterval(0.0005)  # as `run_in_loop` has it
        import_module("desktop.services.authority.local")  # which the program has read long before
        _turn(application, 1.0)
        heartbeat = Heartbeat()
        began = time.monotonic()
        front.window.home.open("files")
        leaf = front.window.home.leaf
        assert isinstance(leaf, FilesPage)
        first = page = whole = 0.0
        while not whole and time.monotonic() - began < PATIENCE:
            _turn(application, 0.002)
            now = time.monotonic() - began
            first = first or (now if leaf.cards else 0.0)
            page = page or (now if len(leaf.cards) >= SHOWN else 0.0)
            whole = now if len(leaf.found) >= CERTIFICATES else 0.0
        stalls = heartbeat.end()
        worst = max((stall.seconds for stall in stalls), default=0.0)
        front.window.home.stop()
        front.window.close_now()
        print(f"first card {first * 1000:.0f} ms, the page full {page * 1000:.0f} ms, all {whole:.1f} s")
        print(f"longest stall meanwhile {worst * 1000:.0f} ms (at most {MOST_STALL * 1000:.0f})")
        for stall in sorted(stalls, key=lambda one: -one.seconds)[:3]:
            print(f"  {stall.seconds * 1000:.0f} ms in {stall.place}")
    return 0 if 0 < first <= MOST_FIRST and whole and worst <= MOST_STALL else 1


def _turn(application: QApplication, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        application.processEvents()
        time.sleep(0.0005)


if __name__ == "__main__":
    sys.exit(main())
