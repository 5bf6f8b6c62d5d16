"""`python -m scripts.pagecheck`: checks every page in every look, and ends with 1 when there is anything to mend."""

from __future__ import annotations

import argparse
import asyncio
import faulthandler
import gc
import os
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtWidgets import QApplication

from desktop.app import ARGUMENTS
from desktop.banks import load_banks
from desktop.shipped import shipped
from desktop.widgets.theme import Mode
from scripts.pagecheck.checker import Checker, Looks
from scripts.pagecheck.findings import Findings
from scripts.pagecheck.pages import Shown, of_journeys, of_kiosk, of_lobby, of_windows, remember, states
from scripts.pagecheck.places import PLACES, open_stage
from scripts.pagecheck.walks import every_page

WHOLE = Looks()
#: For pages that differ from another one in words alone.
BRIEF = Looks(languages=("ko", "en"), modes=(Mode.LIGHT,), zooms=(1.0, 2.0))


def main() -> int:
    given = _options()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    began = time.monotonic()
    gc.disable()  # as the program does: what Qt is painting is no time to take wrappers apart
    faulthandler.enable()
    application = QApplication(ARGUMENTS)
    banks = load_banks(shipped("banks"))
    total: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "data")
        certificate = remember(data)
        walks = asyncio.run(every_page(banks, Path(folder, "walks")))
        walked = ((offer.id.replace("/", "-"), met) for offer, met in walks)
        journeys = [*of_journeys((*walked, *states()))]
        for place in given.places.split(","):
            between = [*of_lobby(certificate), *of_windows()] if place == PLACES[0] else [*of_kiosk()]
            pages = [page for page in (*journeys, *between) if given.only in page.name]
            stage = open_stage(place, application, banks, data)
            checker = Checker(stage, Findings(loud=given.verbose))
            _check(checker, pages, brief=given.brief, verbose=given.verbose)
            stage.close()
            total += _told(checker.findings, place, len(pages), given.pictures)
    print("\n".join(total))
    print(f"{(time.monotonic() - began) / 60:.1f} minutes, {time.process_time() / 60:.1f} of them of a processor")
    return 1 if any(" 0 findings" not in line for line in total) else 0


def _check(checker: Checker, pages: list[Shown], *, brief: bool, verbose: bool) -> None:
    for n, page in enumerate(pages, 1):
        if verbose:
            print(f"{n}/{len(pages)} {page.name}", file=sys.stderr, flush=True)
        checker.check(page, BRIEF if page.alike or brief else WHOLE)
        gc.collect()


def _told(findings: Findings, place: str, pages: int, pictures: Path) -> list[str]:
    """Prints a line for each finding. Returns the sum for the end."""
    for line in findings.save(pictures / place):
        print(line, flush=True)
    return [f"{place}: {pages} pages, {findings.combinations} combinations, {len(findings.found)} findings"]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="pagecheck", description=__doc__)
    parser.add_argument("--places", default=",".join(PLACES), help="of " + ", ".join(PLACES))
    parser.add_argument("--only", default="", help="pages whose name holds this")
    parser.add_argument("--brief", action="store_true", help="two languages and sizes, in light alone")
    parser.add_argument("--pictures", type=Path, default=Path("out/pagecheck"), help="where each finding is shown")
    parser.add_argument("--verbose", action="store_true", help="tell of each fault as it is found")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
