"""What can be begun: the banks by name, read before their profiles are checked in full, and a profile's journeys."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.services.vocabulary import Kind, Task

if TYPE_CHECKING:
    from desktop.banks import Bank

Words = Mapping[str, str]  # by language


@dataclass(frozen=True, slots=True)
class Branch:
    """A bank as the first page shows it."""

    id: str
    name: Words


@dataclass(frozen=True, slots=True)
class Offer:
    """One journey: at which bank, of what kind, to do what."""

    bank: str
    kind: Kind
    task: Task

    @property
    def id(self) -> str:
        return f"{self.bank}/{self.kind}/{self.task}"


def branches_in(folder: Path) -> tuple[Branch, ...]:
    """In the order of the files; only their heads are read, since the start of the program cannot wait for the rest.

    Raises LookupError, TypeError or ValueError for a profile that cannot be read so; the loader says what is wrong.
    """
    return tuple(_branch(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.toml")))


def _branch(profile: str) -> Branch:
    head = tomllib.loads(profile.partition("\n[")[0])
    return Branch(head["id"], head["name"])


def offers_of(bank: Bank) -> tuple[Offer, ...]:
    """In the order of the profile."""
    return tuple(Offer(bank.id, journey.kind, journey.task) for journey in bank.journeys)
