"""The bank's own knowledge of its customers: who somebody is, whose account that is, which document they hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from desktop.secret import Secret
from desktop.services.api import Document, Medium


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What somebody tells of themselves, by field: rrn (13 digits), account, account_password, user_id, phone.

    `bank` is the id of the profile. The caller wipes the secrets.
    """

    bank: str
    told: Mapping[str, Secret] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Person:
    """Who proved to be one. `id` is the bank's own for a customer, by which its other services are asked.

    `phone` and `account` are digits alone; `account` is the one that was told, else the customer's first, else empty.
    `joined`: whether they use the bank by the internet, without which no certificate is issued. `media`: what they
    were given to confirm with. Who gets one wipes `rrn`.
    """

    id: str
    rrn: Secret = field(repr=False)
    name: str = field(repr=False)
    phone: str = field(repr=False)
    joined: bool
    account: str = field(default="", repr=False)
    media: tuple[Medium, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentInquiry:
    """`person` as in Person.id; `issued_on` YYYYMMDD, `number` 12 digits of a licence. The caller wipes the secrets."""

    bank: str
    person: str
    document: Document
    issued_on: Secret = field(repr=False)
    number: Secret | None = field(default=None, repr=False)


class Directory(Protocol):
    """Called outside any transaction, by many threads at once.

    A call that comes again under its `key` is the same call: it counts nothing again and is answered as before. What
    raises UNREACHABLE, TIMED_OUT or NONSENSE is asked again; every other reason is an outcome.
    """

    def identify(self, inquiry: Inquiry, *, key: str) -> Person:
        """The one customer whom all that was told fits, an account password too where one was told.

        The bank counts a try of an account password before it compares it, whoever asks.
        Raises ServiceError IDENTITY_MISMATCH, WRONG_ACCOUNT_PASSWORD (with `tries_left`) or ACCOUNT_LOCKED.
        """
        ...

    def check_document(self, inquiry: DocumentInquiry, *, key: str) -> None:
        """Returns when that person holds that document. Raises ServiceError DOCUMENT_MISMATCH."""
        ...

    def close(self) -> None: ...
