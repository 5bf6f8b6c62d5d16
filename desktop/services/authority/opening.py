"""Opening a key: a PIN is counted before it is tried, a joint certificate's password never; slow work lies between."""

from __future__ import annotations

import sqlite3

from desktop.secret import Secret
from desktop.services.api import Kind, Reason, ServiceError
from desktop.services.authority.cloud import Cloud, Credential
from desktop.services.authority.keyrules import OPENED_BY, well_formed


class Opening:
    """Three parts: `count` in one transaction, `attempt` outside any, `settle` in the next."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def count(
        self,
        cx: sqlite3.Connection,
        held: Credential,
        secret: Secret | None,
        *,
        pin_tries: int,
        pin_digits: int,
        field: str = "",
    ) -> int:
        """The how-manieth try in a row this is; 0 where none are counted. `field` is the wizard's, if not the usual.

        Raises BAD_REQUEST, PIN_LOCKED, or NOT_OFFERED for a key that lives on a phone.
        """
        kind = held.purpose.kind
        if kind == Kind.MOBILE:
            raise ServiceError(Reason.NOT_OFFERED)
        well_formed(kind, secret, field or OPENED_BY[kind], pin_digits=pin_digits)
        return self._cloud.count_try(cx, held.id, pin_tries=pin_tries) if kind == Kind.FINANCIAL else 0

    def attempt(self, held: Credential, secret: Secret) -> Secret | None:
        """The PKCS#8 DER, for the caller to wipe, or None: a wrong PIN is an outcome, to be put on record. 0.2 s."""
        try:
            return self._cloud.unlock(held.record, secret)
        except ServiceError as error:
            if error.reason != Reason.WRONG_PIN:
                raise
            return None

    def settle(
        self, cx: sqlite3.Connection, held: Credential, *, opened: bool, counted: int, pin_tries: int, field: str = ""
    ) -> None:
        """Forgives the tries after the right one. Raises WRONG_PIN with the tries left, PIN_LOCKED, WRONG_PASSWORD."""
        kind = held.purpose.kind
        field = field or OPENED_BY[kind]
        if opened:
            self._cloud.forgive(cx, held.id, counted)
        elif kind == Kind.JOINT:
            raise ServiceError(Reason.WRONG_PASSWORD, field=field)
        else:
            left = max(pin_tries - counted, 0)
            raise ServiceError(Reason.WRONG_PIN if left else Reason.PIN_LOCKED, field=field, tries_left=left)
