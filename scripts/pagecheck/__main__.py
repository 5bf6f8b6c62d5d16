"""`python -m scripts.pagecheck`: checks every page in every look, and ends with 1 when there is anything to mend."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from desktop.banks import load_banks
from desktop.shipped import shipped
from desktop.widgets.theme import Mode
from scripts.pagecheck.batches import Sum, Work, check_all
from scripts.pagecheck.checker import Looks
from scripts.pagecheck.everything import find_everything
from scripts.pagecheck.places import PLACES

WHOLE = Looks()
#: For pages that differ from another one in words alone: the drawn-out language would say the same again.
SPOKEN = Looks(languages=("ko", "en"))
BRIEF = Looks(languages=("ko", "en"), modes=(Mode.LIGHT,), zooms=(1.0, 2.0))


def main() -> int:
    given = _options()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    began = time.monotonic()
    banks = load_banks(shipped("banks"))
    sums: list[Sum] = []
    with tempfile.TemporaryDirectory() as folder:
        everything = find_everything(banks, Path(folder))
        for place in given.places.split(","):
            pages = [
                (page, BRIEF if given.brief else SPOKEN if page.alike else WHOLE)
                for page in everything.at[place]
                if given.only in page.name
            ]
            work = Work(place, pages, banks, everything.data, given.pictures / place)
            sums.append(check_all(work, jobs=given.jobs, say=_say))
    print(*(total.told for total in sums), sep="\n")
    print(f"{sum(s.combinations for s in sums)} combinations, {(time.monotonic() - began) / 60:.1f} minutes")
    return 1 if any(s.lines for s in sums) else 0


def _say(line: str) -> None:
    print(line, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="pagecheck", description=__doc__)
    parser.add_argument("--places", default=",".join(PLACES), help="of " + ", ".join(PLACES))
    parser.add_argument("--only", default="", help="pages whose name holds this")
    parser.add_argument("--brief", action="store_true", help="two languages and sizes, in light alone")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    parser.add_argument("--pictures", type=Path, default=Path("out/pagecheck"), help="where each finding is shown")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
