"""What the first page offers: every journey of every profile, read before the profiles are checked in full."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop.services.vocabulary import Kind, Task

Words = Mapping[str, str]  # by language


@dataclass(frozen=True, slots=True)
class Offer:
    """One journey: whose, of what, and what a person wants to know before choosing it. `minutes` at best, at worst."""

    bank: str
    kind: Kind
    task: Task
    bank_name: Words
    product_name: Words
    fee: Words
    minutes: tuple[int, int]

    @property
    def id(self) -> str:
        return f"{self.bank}/{self.kind}/{self.task}"


def offers_in(folder: Path) -> tuple[Offer, ...]:
    """In the order of the files and of the journeys in them. The start of the program cannot wait for a schema.

    Raises LookupError, TypeError or ValueError for a profile that cannot be read so; the loader says what is wrong.
    """
    return tuple(offer for path in sorted(folder.glob("*.toml")) for offer in _offers(path))


def _offers(path: Path) -> list[Offer]:
    bank: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    products = {product["kind"]: product for product in bank["products"]}
    return [
        Offer(
            bank=bank["id"],
            kind=Kind(journey["kind"]),
            task=Task(journey["task"]),
            bank_name=bank["name"],
            product_name=products[journey["kind"]]["name"],
            fee=products[journey["kind"]]["fee"],
            minutes=tuple(journey["minutes"]),
        )
        for journey in bank["journeys"]
    ]
