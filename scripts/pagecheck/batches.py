"""Pages in batches, each in a process of its own: two cores work, and what ends one process ends no other.

A process tells of each page when it is done with it. Where one ends by itself, the page it was at is a finding, and the
rest of its batch goes on in another process.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from desktop.banks import Bank
from scripts.pagecheck.checker import Checker, Looks
from scripts.pagecheck.findings import Findings
from scripts.pagecheck.pages import Shown

#: Pages in a batch: a process takes a second to start, and knows what it has measured before.
_MOST = 32
#: Seconds between two lines that say how far it is.
_PAUSE = 15.0
#: Inherits what was walked, which no pipe could carry.
_FORK = get_context("fork")

Say = Callable[[str], None]


class Told(NamedTuple):
    """Of one page: how many looks it was seen in, and a line for each finding."""

    combinations: int
    lines: list[str]


class Numbered(NamedTuple):
    """Several pages may bear one name; their pictures go by the number."""

    number: int
    page: Shown
    looks: Looks


@dataclass(frozen=True, slots=True)
class Work:
    place: str
    pages: Sequence[tuple[Shown, Looks]]
    banks: Mapping[str, Bank]
    data: Path
    pictures: Path


@dataclass(slots=True)
class Sum:
    """`lines` has one for each finding; `ended` counts the processes that ended by themselves, each a finding too."""

    place: str
    pages: int
    done: int = 0
    combinations: int = 0
    lines: list[str] = field(default_factory=list)
    ended: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def told(self) -> str:
        counts = f"{self.done} of {self.pages} pages, {self.combinations} combinations, {len(self.lines)} findings"
        minutes = (time.monotonic() - self.began) / 60
        return f"{self.place}: {counts}, {self.ended} processes ended by themselves, {minutes:.1f} minutes"


class Tally:
    """Adds up what several processes tell, and says it: each finding at once, and now and then how far it is."""

    def __init__(self, total: Sum, say: Say) -> None:
        self.total, self._say = total, say
        self._lock, self._said = Lock(), time.monotonic()

    def page(self, told: Told) -> None:
        with self._lock:
            self.total.done += 1
            self.total.combinations += told.combinations
            self._find(told.lines)
            if time.monotonic() - self._said > _PAUSE:
                self._said = time.monotonic()
                self._say(self.total.told)

    def ended(self, at: Numbered, before: Sequence[Numbered], code: int | None) -> None:
        names = ", ".join(one.page.name for one in before) or "nothing"
        with self._lock:
            self.total.ended += 1
            self._find([f"{at.page.name}: crash: the process ended by itself with {code}, after {names}"])

    def _find(self, lines: list[str]) -> None:
        self.total.lines += lines
        for line in lines:
            self._say(line)


def check_all(work: Work, *, jobs: int, say: Say) -> Sum:
    tally = Tally(Sum(work.place, len(work.pages)), say)
    numbered = [Numbered(n, page, looks) for n, (page, looks) in enumerate(work.pages)]
    batches = [numbered[n : n + _MOST] for n in range(0, len(numbered), _MOST)]
    starting = Lock()  # a process inherits what is open: the end of another one's pipe must not be
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(lambda batch: _check(work, batch, tally, starting), batches))
    return tally.total


def _check(work: Work, batch: list[Numbered], tally: Tally, starting: Lock) -> None:
    while batch:
        with starting:
            receiving, sending = _FORK.Pipe(duplex=False)
            process = _FORK.Process(target=_work, args=(work, batch, sending))
            process.start()
            sending.close()
        done = 0
        for told in _heard(receiving):
            tally.page(told)
            done += 1
        process.join()
        if done < len(batch):
            tally.ended(batch[done], batch[:done], process.exitcode)
        batch = batch[done + 1 :]


def _heard(receiving: Connection[None, Told]) -> Iterator[Told]:
    """Until the other end is closed."""
    with receiving:
        while True:
            try:
                yield receiving.recv()
            except EOFError:
                return


def _tell(_kind: object, _where: object, said: str) -> None:
    """What Qt has to say, but for what a screen that is nobody's cannot do."""
    if not said.startswith("This plugin does not support"):
        print(said, file=sys.stderr)


def _work(work: Work, batch: Sequence[Numbered], sending: Connection[Told, None]) -> None:
    from PySide6.QtCore import qInstallMessageHandler  # noqa: PLC0415 - after the fork, as what follows
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - after the fork, which no application survives

    from desktop.app import ARGUMENTS  # noqa: PLC0415 - as above
    from scripts.pagecheck.places import open_stage  # noqa: PLC0415 - as above

    gc.disable()  # as the program does: what Qt is painting is no time to take wrappers apart
    gc.freeze()  # what was walked stays
    qInstallMessageHandler(_tell)
    application = QApplication(ARGUMENTS)
    checker = Checker(open_stage(work.place, application, work.banks, work.data))
    for number, page, looks in batch:
        checker.findings = found = Findings()
        checker.check(page, looks)
        gc.collect()
        sending.send(Told(found.combinations, found.save(work.pictures / f"{number:03}")))
    sending.close()
    os._exit(0)  # nothing of Qt is taken apart any more
