"""A process that ends by itself is told of, at the page where it did, and its other pages are checked all the same."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import os, sys, tempfile
from pathlib import Path
from desktop.banks import load_banks
from desktop.shipped import shipped
from desktop.widgets.theme import Mode
from scripts.pagecheck.batches import Work, check_all
from scripts.pagecheck.checker import Looks
from scripts.pagecheck.pages import Shown

looks = Looks(("ko",), (Mode.LIGHT,), (1.0,))
front = lambda stage: stage.lobby("front")
pages = [Shown("one", front), Shown("two", lambda stage: os._exit(7)), Shown("three", front)]
with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    work = Work("desktop", [(page, looks) for page in pages], load_banks(shipped("banks")), folder, folder)
    total = check_all(work, jobs=1, say=print)
print(total.done, total.pages, total.combinations, total.ended, len(total.lines))
"""


def test_a_process_that_ends_by_itself_is_a_finding() -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60)
    assert ["two: crash: the process ended by itself with 7, after one", "2 3 2 1 1"] == run.stdout.splitlines()
