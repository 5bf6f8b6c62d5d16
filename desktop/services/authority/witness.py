"""A look at the store from a process beside the one that writes: it proves what can be proven of a message first."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from desktop.secret import Secret
from desktop.services.api import ServiceError
from desktop.services.authority.custody import Wrapping
from desktop.services.authority.enrolments import Enrolments
from desktop.services.authority.sqlite import Glance
from desktop.services.authority.vault import Vault
from desktop.services.cmp.proving import prove, write_proof


class Witness:
    """Decides nothing: who writes looks at everything again, but for what is pure arithmetic."""

    def __init__(self, database: Path, vault: Vault, clock: Callable[[], float]) -> None:
        self._glance = Glance(database)
        self._enrolments, self._clock = Enrolments(vault, clock), clock

    @classmethod
    def open(
        cls, database: Path, wrapping: Wrapping | None = None, *, clock: Callable[[], float] = time.time
    ) -> Witness:
        """On the file of an authority that runs, whose key lies beside it. Raises ServiceError STORE_*."""
        return cls(database, Vault.open(database.parent, wrapping), clock)

    def prove(self, message: bytes) -> bytes:
        """Of a PKIMessage, in a form for the authority alone; empty where nothing is proven."""
        try:
            proof = prove(message, self._secret_of, self._clock())
        except ServiceError:  # of the store, and for the authority to say
            return b""
        return write_proof(proof) if proof else b""

    def close(self) -> None:
        self._glance.close()

    def _secret_of(self, reference: str) -> Secret | None:
        with self._glance.read() as cx:
            leave = self._enrolments.by_reference(cx, reference)
        return self._enrolments.code(leave) if leave else None
