"""What can be begun: the banks by name, read before their profiles are checked in full, and a profile's journeys."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from desktop.tables import shipped_table

if TYPE_CHECKING:
    from desktop.banks import Bank
    from desktop.services.vocabulary import Kind, Task

Words = Mapping[str, str]  # by language


class Branch(NamedTuple):
    """A bank as the first page shows it."""

    id: str
    name: Words


class Offer(NamedTuple):
    """One journey: at which bank, of what kind, to do what."""

    bank: str
    kind: Kind
    task: Task

    @property
    def id(self) -> str:
        return f"{self.bank}/{self.kind}/{self.task}"


def branches_in(folder: Path) -> tuple[Branch, ...]:
    """The shipped folder's, in the order of its files; unchecked, since the start of the program cannot wait for that.

    Raises LookupError, TypeError or ValueError for a profile that cannot be read so; the loader says what is wrong.
    """
    profiles = map(shipped_table, sorted(folder.glob("*.toml")))
    return tuple(Branch(profile["id"], profile["name"]) for profile in profiles)


def offers_of(bank: Bank) -> tuple[Offer, ...]:
    """In the order of the profile."""
    return tuple(Offer(bank.id, journey.kind, journey.task) for journey in bank.journeys)
