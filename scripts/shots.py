"""Pictures of pages in one look, on a PC or at a kiosk, to be looked at: python -m scripts.shots FOLDER [options]."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from PySide6.QtWidgets import QApplication

from desktop.app import ARGUMENTS
from desktop.banks import load_banks
from desktop.shipped import shipped
from desktop.widgets.theme import Mode
from scripts.pagecheck.checker import shots
from scripts.pagecheck.everything import find_everything
from scripts.pagecheck.pages import Shown
from scripts.pagecheck.places import PLACES, open_stage


def main() -> int:
    given = _options()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    banks = load_banks(shipped("banks"))
    given.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        everything = find_everything(banks, Path(folder))
        stage = open_stage(given.place, QApplication(ARGUMENTS), banks, everything.data)
        stage.speak(given.lang)
        stage.look(given.mode, given.zoom)
        chosen = [page for page in everything.at[given.place] if _wanted(page, given)]
        for number, page in enumerate(chosen):
            page.show(stage)
            if page.again is not None:
                page.again(stage)
            for part, picture in enumerate(shots(stage.seen, 1, {})):
                name = f"{number:03}-{page.name.replace('/', '-')}-{part}.png"
                picture.image.save(str(given.folder / name))
        stage.close()
    sys.stdout.write(f"{len(chosen)} pages in {given.folder}\n")
    return 0


def _wanted(page: Shown, given: argparse.Namespace) -> bool:
    return any(word in page.name for word in given.only.split(",")) and (given.alike or not page.alike)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="shots", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--place", default=PLACES[0], choices=PLACES)
    parser.add_argument("--lang", default="ko", choices=("ko", "en"))
    parser.add_argument("--mode", type=Mode, default=Mode.LIGHT, choices=tuple(Mode))
    parser.add_argument("--zoom", type=float, default=1.0, help="1, 1.5 or 2")
    parser.add_argument("--only", default="", help="pages whose name holds one of these words, with commas between")
    parser.add_argument("--alike", action="store_true", help="those too that differ from another page in words alone")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
