"""ID documents as the authority that issued them would confirm them: numbers and dates, kept as digests alone."""

from __future__ import annotations

import hmac
from typing import NoReturn

from desktop.secret import Secret
from desktop.services.api import Document, DocumentVerified, Reason, ServiceError, VerifyDocument
from desktop.services.authority.connection import Connection
from desktop.services.authority.inputs import digits
from desktop.services.authority.journeys import Journey, Journeys
from desktop.services.authority.vault import Vault

SCHEMA = """
CREATE TABLE IF NOT EXISTS document (
    customer INTEGER NOT NULL REFERENCES customer (id), kind TEXT NOT NULL, digest BLOB NOT NULL,
    PRIMARY KEY (customer, kind)
);
"""
_DATE_DIGITS, _LICENCE_DIGITS = 8, 12


class Documents:
    """A resident card is known by its owner's RRN, so its date alone is asked; a licence has a number too."""

    def __init__(self, vault: Vault, journeys: Journeys) -> None:
        self._vault, self._journeys = vault, journeys

    def add(self, cx: Connection, customer: int, document: Document, *, issued_on: str, number: str = "") -> None:
        """`issued_on` YYYYMMDD; `number` 12 digits, of a licence."""
        digest = self._digest(customer, document, Secret.of(issued_on), Secret.of(number))
        cx.execute(
            "INSERT INTO document VALUES (?, ?, ?) ON CONFLICT (customer, kind) DO UPDATE SET digest = excluded.digest",
            (customer, document.value, digest),
        )

    def count(self, cx: Connection, journey: Journey, request: VerifyDocument) -> str:
        """Counts a try on the journey. Raises BAD_REQUEST, or DOCUMENT_LOCKED, which closes the journey."""
        digits(request.issued_on, "document_date", _DATE_DIGITS)
        if request.document == Document.DRIVER:
            digits(request.number, "document_number", _LICENCE_DIGITS)
        elif request.number is not None:
            raise ServiceError(Reason.BAD_REQUEST, field="document_number")
        if journey.document_tries >= journey.bank.policies.document_tries:
            self._lock(cx, journey)
        cx.execute("UPDATE journey SET document_tries = document_tries + 1 WHERE id = ?", (journey.id,))
        return str(journey.document_tries + 1)

    def ask(self, name: str, request: VerifyDocument, key: str) -> ServiceError | None:
        """Between the two: nobody else has to be asked."""
        return None

    def check(
        self, cx: Connection, journey: Journey, request: VerifyDocument, note: str, refused: ServiceError | None
    ) -> DocumentVerified:
        """Raises DOCUMENT_MISMATCH without saying which part, or DOCUMENT_LOCKED."""
        customer = journey.owner()
        row = cx.execute(
            "SELECT digest FROM document WHERE customer = ? AND kind = ?", (customer, request.document.value)
        ).fetchone()
        given = self._digest(customer, request.document, request.issued_on, request.number or Secret())
        if not hmac.compare_digest(row["digest"] if row else b"", given):
            self._refuse(cx, journey, int(note))
        return DocumentVerified(request.document)

    def _refuse(self, cx: Connection, journey: Journey, counted: int) -> NoReturn:
        left = journey.bank.policies.document_tries - counted
        if left <= 0:
            self._lock(cx, journey)
        raise ServiceError(Reason.DOCUMENT_MISMATCH, tries_left=left)

    def _lock(self, cx: Connection, journey: Journey) -> None:
        self._journeys.shut(cx, journey.id)
        raise ServiceError(Reason.DOCUMENT_LOCKED, tries_left=0)

    def _digest(self, customer: int, document: Document, issued_on: Secret, number: Secret) -> bytes:
        with issued_on.view() as date, number.view() as licence:
            first = self._vault.digest(date, f"document-date:{customer}:{document.value}")
            return first + self._vault.digest(licence, f"document-number:{customer}:{document.value}")
