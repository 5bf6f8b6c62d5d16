"""The CA's own certificates, which thousands of sealed things would have in them: kept once, and a mark for each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from desktop.services.authority.connection import Connection
from desktop.services.authority.vault import Vault

_MARK_BYTES: Final = 16


class Shelf:
    """Seals as the vault does. Nobody who does not have its key knows a mark, so none can be written by chance or will.

    What was sealed before there were marks has none, and opens as well.
    """

    def __init__(self, vault: Vault, certificates: Iterable[bytes]) -> None:
        self._vault = vault
        self._marks = [(vault.digest(der, "shelf")[:_MARK_BYTES], der) for der in certificates]

    @classmethod
    def of(cls, cx: Connection, vault: Vault) -> Shelf:
        """With all that the CA has or had: none is ever taken away."""
        return cls(vault, [row["certificate"] for row in cx.execute("SELECT certificate FROM ca_authorities")])

    def seal(self, plain: bytes, context: str) -> bytes:
        for mark, der in self._marks:
            plain = plain.replace(der, mark)
        return self._vault.seal(plain, context)

    def unseal(self, sealed: bytes, context: str) -> bytes:
        """Raises ServiceError STORE_CORRUPT, as the vault does."""
        plain = self._vault.unseal(sealed, context)
        for mark, der in self._marks:
            plain = plain.replace(mark, der)
        return plain
