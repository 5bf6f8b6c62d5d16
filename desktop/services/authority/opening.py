"""Opening a key in the cloud: a PIN is counted before it is tried, and slow work lies between."""

from __future__ import annotations

from desktop.secret import Secret
from desktop.services.api import Kind, Reason, ServiceError
from desktop.services.authority.cloud import Cloud, Credential
from desktop.services.authority.connection import Connection
from desktop.services.authority.inputs import digits


class Opening:
    """Three parts: `count` in one transaction, `attempt` outside any, `settle` in the next. `field` is the wizard's."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def count(
        self,
        cx: Connection,
        held: Credential,
        pin: Secret | None,
        *,
        pin_tries: int,
        pin_digits: int,
        field: str = "pin",
    ) -> int:
        """The how-manieth try in a row this is. Raises BAD_REQUEST, PIN_LOCKED, or NOT_OFFERED for a key elsewhere."""
        if held.purpose.kind != Kind.FINANCIAL:
            raise ServiceError(Reason.NOT_OFFERED)
        digits(pin, field, pin_digits)
        return self._cloud.count_try(cx, held.id, pin_tries=pin_tries)

    def attempt(self, held: Credential, pin: Secret) -> Secret | None:
        """The PKCS#8 DER, for the caller to wipe, or None: a wrong PIN is an outcome, to be put on record. 0.2 s."""
        try:
            return self._cloud.unlock(held.record, pin)
        except ServiceError as error:
            if error.reason != Reason.WRONG_PIN:
                raise
            return None

    def settle(
        self,
        cx: Connection,
        held: Credential,
        *,
        opened: bool,
        counted: int,
        pin_tries: int,
        field: str = "pin",
    ) -> None:
        """Forgives the tries after the right one. Raises WRONG_PIN with the tries left, or PIN_LOCKED."""
        if opened:
            self._cloud.forgive(cx, held.id, counted)
            return
        left = max(pin_tries - counted, 0)
        raise ServiceError(Reason.WRONG_PIN if left else Reason.PIN_LOCKED, field=field, tries_left=left)
