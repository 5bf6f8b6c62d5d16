"""What every page before and between journeys is given: words, looks, the banks, and what this PC remembers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.banks import Bank
from desktop.services.vocabulary import Kind, Task
from desktop.text import Text
from desktop.widgets.notice import NoticeKind
from desktop.widgets.theme import Theme

if TYPE_CHECKING:  # read when their pages are opened, not before the first
    from desktop.history import History
    from desktop.known import KnownCertificates


def today_in_korea() -> date:
    return datetime.now(timezone(timedelta(hours=9))).date()


@dataclass(frozen=True, slots=True)
class Offer:
    """A journey that can be begun."""

    bank: Bank
    kind: Kind
    task: Task

    @property
    def id(self) -> str:
        return f"{self.bank.id}/{self.kind}/{self.task}"


def offers(banks: Iterable[Bank]) -> tuple[Offer, ...]:
    """Every journey of every bank, in the profiles' order."""
    return tuple(Offer(bank, journey.kind, journey.task) for bank in banks for journey in bank.journeys)


@dataclass(frozen=True, slots=True)
class News:
    """Something to be said on the first page: `lobby.news.<code>.title|body`, filled with `data`."""

    code: str
    kind: NoticeKind
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Room:
    """Not frozen: `text` is exchanged when the person changes the language.

    `data` is the folder of what this PC remembers, None where nothing is kept. `today` is the day in Korea.
    """

    theme: Theme
    text: Text
    offers: tuple[Offer, ...]
    practice: bool
    today: Callable[[], date]
    data: Path | None = None

    @property
    def banks(self) -> dict[str, Bank]:
        return {offer.bank.id: offer.bank for offer in self.offers}

    def of(self, bank: str) -> tuple[Offer, ...]:
        """What a bank offers."""
        return tuple(offer for offer in self.offers if offer.bank.id == bank)

    def offer(self, bank: str, kind: Kind, task: Task) -> Offer | None:
        return next((o for o in self.of(bank) if (o.kind, o.task) == (kind, task)), None)

    def bank_name(self, bank: str) -> str:
        known = self.banks.get(bank)
        return known.name[self.text.language] if known else bank

    @property
    def known(self) -> KnownCertificates:
        from desktop.known import KnownCertificates  # noqa: PLC0415 - not before the first page

        return KnownCertificates(self.data or Path(), keep=self.data is not None)

    @property
    def history(self) -> History:
        from desktop.history import History  # noqa: PLC0415 - as above

        return History(self.data or Path(), keep=self.data is not None)
