"""The one place of a journey that holds secrets, and that wipes them on every way out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from desktop.secret import Secret


class SessionClosedError(Exception):
    """A secret was offered to a session whose journey is over; it was wiped instead of kept."""


class Session:
    """Secrets by field id. A secret that is replaced, dropped or left at the end is overwritten."""

    def __init__(self) -> None:
        self._secrets: dict[str, Secret] = {}
        self._closed = False

    @property
    def held(self) -> frozenset[str]:
        return frozenset(self._secrets)

    def put(self, field: str, secret: Secret) -> None:
        """Takes the bytes over; the caller's buffer is empty afterwards. An empty secret changes nothing."""
        if self._closed:
            secret.wipe()
            raise SessionClosedError(field)
        if len(secret) == 0:
            return
        self.drop([field])
        self._secrets[field] = secret.move()

    def get(self, field: str) -> Secret | None:
        return self._secrets.get(field)

    def need(self, field: str) -> Secret:
        """Raises KeyError when the field is not held: the plan's order is checked, so that is our own mistake."""
        return self._secrets[field]

    def lend(self, fields: Iterable[str]) -> dict[str, Secret]:
        """Copies for one call, to be wiped by the caller when it returns: what is held may change meanwhile."""
        return {name: Secret(self._secrets[name].view()) for name in fields if name in self._secrets}

    def views(self) -> Mapping[str, memoryview]:
        """Read-only views for validators; let them go before anything is put or dropped."""
        return {name: secret.view() for name, secret in self._secrets.items()}

    def drop(self, fields: Iterable[str]) -> None:
        for name in list(fields):
            if secret := self._secrets.pop(name, None):
                secret.wipe()

    def keep_only(self, fields: Iterable[str]) -> None:
        self.drop(self.held - set(fields))

    def close(self) -> None:
        """Wipes everything; nothing can be put afterwards. Closing twice is closing once."""
        self.drop(self.held)
        self._closed = True

    def __repr__(self) -> str:
        return f"<session holding {len(self._secrets)} secrets>"
