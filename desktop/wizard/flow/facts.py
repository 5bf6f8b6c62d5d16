"""What the services have told this journey, each answer kept under its own type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Facts:
    """An immutable set of answers, at most one of a type, with the time each came (seconds, the runner's clock)."""

    known: Mapping[type, object] = field(default_factory=lambda: MappingProxyType({}))
    times: Mapping[type, float] = field(default_factory=lambda: MappingProxyType({}))

    def get(self, kind: type[T]) -> T | None:
        found = self.known.get(kind)
        return found if isinstance(found, kind) else None

    def at(self, kind: type) -> float:
        """When it came; 0.0 for what is not known."""
        return self.times.get(kind, 0.0)

    def __contains__(self, kind: type) -> bool:
        return kind in self.known

    def plus(self, fact: object, at: float) -> Facts:
        return Facts(
            MappingProxyType({**self.known, type(fact): fact}), MappingProxyType({**self.times, type(fact): at})
        )

    def minus(self, kinds: frozenset[type]) -> Facts:
        return Facts(
            MappingProxyType({k: v for k, v in self.known.items() if k not in kinds}),
            MappingProxyType({k: v for k, v in self.times.items() if k not in kinds}),
        )
