"""What every page of a journey is given to draw with."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from desktop.banks import Bank, JourneyData, Product, Term
from desktop.services.api import Kind, Task
from desktop.text import Text
from desktop.widgets.theme import Theme
from desktop.wizard.naming import journey_name, task_name
from desktop.wizard.offers import Offer
from desktop.wizard.practice import PracticeSheet

#: The code of the PIN rule that the digits break, or None.
PinRule = Callable[[memoryview], str | None]


@dataclass(frozen=True, slots=True)
class Kiosk:
    """What differs where strangers follow one another: nothing is pasted or kept, and not everything may be done.

    `receipt` is how one is had: "paper", "qr" or "none". `around` is the theme of what stands round a page, of which
    only the words grow when the page is enlarged; None dresses it like the page.
    """

    offers: frozenset[Offer]
    receipt: str = "none"
    around: Theme | None = None


@dataclass(slots=True)
class Kit:
    """Not frozen: `text` is exchanged when the person changes the language, and pages read it at each drawing.

    `term_text` gives the whole text of a term in a language. `practice` is what a made-up person would enter;
    None outside practice. `clock` is the runner's, in seconds; `now` is seconds since the epoch.
    `banks` are all that have a profile, for certificates of others. `kiosk` is None on a person's own PC.
    """

    theme: Theme
    text: Text
    bank: Bank
    kind: Kind
    task: Task
    term_text: Callable[[Term, str], str]
    pin_rule: PinRule
    practice: PracticeSheet | None = None
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    banks: Mapping[str, Bank] = field(default_factory=dict)
    kiosk: Kiosk | None = None

    @property
    def around(self) -> Theme:
        """The theme of what stands round a page."""
        return (self.kiosk.around if self.kiosk else None) or self.theme

    def offered(self, task: Task) -> bool:
        """Whether it can be done of this kind, at this bank and here."""
        allowed = self.kiosk is None or Offer(self.bank.id, self.kind, task) in self.kiosk.offers
        return allowed and self.bank.journey(self.kind, task) is not None

    @property
    def product(self) -> Product:
        return self.bank.product(self.kind)

    def bank_name(self, bank: str) -> str:
        """Of any bank, by its id; a bank without a profile is called by what the services call it."""
        known = self.banks.get(bank, self.bank if bank == self.bank.id else None)
        return known.name[self.text.language] if known else bank

    def kind_name(self, bank: str, kind: Kind) -> str:
        """What a bank calls a kind of certificate."""
        known = self.banks.get(bank, self.bank)
        named = next((p.name for p in (*known.products, *self.bank.products) if p.kind == kind), None)
        return named[self.text.language] if named else self.text(f"pages.kind.{kind}")

    @property
    def journey(self) -> JourneyData:
        found = self.bank.journey(self.kind, self.task)
        assert found is not None, "a journey that is under way is offered"
        return found

    @property
    def task_name(self) -> str:
        return task_name(self.text, self.product.name[self.text.language], self.task)

    @property
    def journey_name(self) -> str:
        language = self.text.language
        return journey_name(self.text, self.bank.name[language], self.product.name[language], self.task)
