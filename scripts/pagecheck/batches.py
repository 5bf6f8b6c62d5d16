"""Pages in batches, each in a process of its own: two cores work, and what ends one process ends no other.

PySide sometimes ends a process that took thousands of its widgets apart. Such a batch is checked again page by page:
a page at which that happens by itself is a finding.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from desktop.banks import Bank
from scripts.pagecheck.checker import Checker, Looks
from scripts.pagecheck.pages import Shown

#: Pages in a batch: a process takes a second to start.
_MOST = 16
#: Inherits what was walked, which no pipe could carry.
_FORK = get_context("fork")

Pages = Sequence[tuple[Shown, Looks]]


@dataclass(frozen=True, slots=True)
class Work:
    place: str
    pages: Pages
    banks: Mapping[str, Bank]
    data: Path
    pictures: Path


@dataclass(frozen=True, slots=True)
class Sum:
    """`lines` has one for each finding."""

    place: str
    pages: int
    combinations: int
    lines: tuple[str, ...]

    @property
    def told(self) -> str:
        counts = f"{self.pages} pages, {self.combinations} combinations, {len(self.lines)} findings"
        return "\n".join([*self.lines, f"{self.place}: {counts}"])


def check_all(work: Work, *, jobs: int) -> Sum:
    batches = [work.pages[n : n + _MOST] for n in range(0, len(work.pages), _MOST)]
    with ThreadPoolExecutor(jobs) as pool:
        done = list(pool.map(lambda n: _checked(work, batches[n], f"{n:02}"), range(len(batches))))
    lines = tuple(line for _, said in done for line in said)
    return Sum(work.place, len(work.pages), sum(count for count, _ in done), lines)


def _checked(work: Work, batch: Pages, name: str) -> tuple[int, list[str]]:
    """How many combinations, and a line for each finding."""
    if (told := _in_a_process(work, batch, name)) is not None:
        return told
    if len(batch) == 1:
        return 0, [f"{batch[0][0].name}: crash: the process that showed it has ended"]
    one_by_one = [_checked(work, [page], f"{name}-{n:02}") for n, page in enumerate(batch)]
    return sum(count for count, _ in one_by_one), [line for _, said in one_by_one for line in said]


def _in_a_process(work: Work, batch: Pages, name: str) -> tuple[int, list[str]] | None:
    receiving, sending = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=_work, args=(work, batch, name, sending))
    process.start()
    sending.close()
    try:
        told: tuple[int, list[str]] | None = receiving.recv()
    except EOFError:
        told = None
    process.join()
    receiving.close()
    return told


def _work(work: Work, batch: Pages, name: str, sending: Connection[tuple[int, list[str]], None]) -> None:
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - after the fork, which no application survives

    from desktop.app import ARGUMENTS  # noqa: PLC0415 - as above
    from scripts.pagecheck.places import open_stage  # noqa: PLC0415 - as above

    gc.disable()  # as the program does: what Qt is painting is no time to take wrappers apart
    application = QApplication(ARGUMENTS)
    checker = Checker(open_stage(work.place, application, work.banks, work.data))
    for page, looks in batch:
        checker.check(page, looks)
        gc.collect()
    sending.send((checker.findings.combinations, checker.findings.save(work.pictures / name)))
    sending.close()
    os._exit(0)  # nothing of Qt is taken apart any more
