"""Where the authority's own keys are: in its store and in a file beside it, or on a token that is named here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from desktop.services.authority.keys import KeyKind, PublicKey, SigningKey


class Signer(Protocol):
    """Has the issuing CA's key. Raises ServiceError TOKEN_…, WRONG_TOKEN_PIN or KEY_MISSING."""

    def make(self, kind: KeyKind) -> SigningKey:
        """The one that is there, or a new one of this kind."""
        ...

    def find(self, public: PublicKey) -> SigningKey:
        """The one to this public key."""
        ...


class Wrapping(Protocol):
    """Seals what lies in a file. Raises as `Signer`, and KEY_MISMATCH for what another wrapped."""

    def wrap(self, plain: bytes) -> bytes: ...

    def unwrap(self, wrapped: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Custody:
    """None: the CA's key is sealed in the store; `server.key` lies as it is in its file."""

    ca: Signer | None = None
    vault: Wrapping | None = None
