"""What every page before and between journeys is given: words, looks, the banks, and what this PC remembers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from desktop.shipped import shipped
from desktop.text import Text
from desktop.widgets.notice import NoticeKind
from desktop.widgets.theme import Theme
from desktop.wizard.naming import journey_name, task_name
from desktop.wizard.offers import Branch, Offer, offers_of

if TYPE_CHECKING:  # read when their pages are opened, not before the first
    from datetime import date

    from desktop.banks import Bank
    from desktop.history import History
    from desktop.known import KnownCertificates
    from desktop.services.vocabulary import Kind, Task


def today_in_korea() -> date:
    from datetime import datetime, timedelta, timezone  # noqa: PLC0415 - not before the first page

    return datetime.now(timezone(timedelta(hours=9))).date()


class News(NamedTuple):
    """Something to be said on the first page: `lobby.news.<code>.title|body`, filled with `data`."""

    code: str
    kind: NoticeKind
    data: Mapping[str, str] = MappingProxyType({})


class Room:
    """`text` is exchanged when the person changes the language."""

    def __init__(
        self,
        theme: Theme,
        text: Text,
        branches: tuple[Branch, ...],
        practice: bool,
        today: Callable[[], date],
        data: Path | None = None,
        support: Callable[[], str] | None = None,
    ) -> None:
        """`data` is the folder of what this PC remembers, None where nothing is kept. `today` is the day in Korea.

        `support` tells, in any thread, what may be sent to whoever helps.
        """
        self.theme, self.text, self.branches, self.practice = theme, text, branches, practice
        self.today, self.data = today, data
        self.support = support
        self._banks: Mapping[str, Bank] = {}
        self._allowed: frozenset[Offer] | None = None

    def limit(self, banks: Mapping[str, Bank], allowed: frozenset[Offer]) -> None:
        """At a kiosk: what may be done there; and the profiles, which have been read."""
        self._banks, self._allowed = banks, allowed

    @property
    def banks(self) -> Mapping[str, Bank]:
        """The profiles, read when a page first needs more than the names. Raises ProfileError."""
        if not self._banks:
            from desktop.banks import load_banks  # noqa: PLC0415 - not before the first page

            self._banks = load_banks(shipped("banks"))
        return self._banks

    def read_ahead(self) -> None:
        """What the pages after the first will want, in any thread. Raises ProfileError."""
        self.text.read_ahead()
        self.banks  # noqa: B018 - kept by being asked for

    @property
    def offers(self) -> tuple[Offer, ...]:
        return tuple(offer for bank in self.banks.values() for offer in offers_of(bank))

    def offer(self, bank: str, kind: Kind, task: Task) -> Offer | None:
        """That journey, if the bank offers it, and here."""
        wanted = Offer(bank, kind, task)
        if self._allowed is not None and wanted not in self._allowed:
            return None
        return wanted if bank in self.banks and wanted in offers_of(self.banks[bank]) else None

    def bank_name(self, bank: str) -> str:
        """A bank that nobody knows any more is called by its id."""
        return next((branch.name[self.text.language] for branch in self.branches if branch.id == bank), bank)

    def journey_name(self, offer: Offer) -> str:
        """ "우체국 금융인증서 발급"."""
        product = self.banks[offer.bank].product(offer.kind).name[self.text.language]
        return journey_name(self.text, self.bank_name(offer.bank), product, offer.task)

    def task_name(self, offer: Offer) -> str:
        """ "금융인증서 발급"."""
        return task_name(self.text, self.banks[offer.bank].product(offer.kind).name[self.text.language], offer.task)

    def about(self, offer: Offer) -> str:
        """How long it takes and what it costs."""
        bank = self.banks[offer.bank]
        journey = bank.journey(offer.kind, offer.task)
        assert journey is not None, "an offer comes from a journey"
        low, high = journey.minutes
        fee = bank.product(offer.kind).fee[self.text.language]
        return self.text("ui.home.about_task", low=low, high=high, fee=fee)

    @property
    def known(self) -> KnownCertificates:
        from desktop.known import KnownCertificates  # noqa: PLC0415 - not before the first page

        return KnownCertificates(self.data or Path(), keep=self.data is not None)

    @property
    def history(self) -> History:
        from desktop.history import History  # noqa: PLC0415 - as above

        return History(self.data or Path(), keep=self.data is not None)
