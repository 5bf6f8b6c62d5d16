"""A directory over HTTP: `POST people` says who somebody is, `POST documents` whether they hold a document."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

from msgspec import Meta, Struct

from desktop.secret import Secret
from desktop.services.api import Medium, Reason
from desktop.services.hooks.directory import DocumentInquiry, Inquiry, Person
from desktop.services.hooks.line import BankLine, Reach, shown

_IDENTITY: Final = frozenset({Reason.IDENTITY_MISMATCH, Reason.WRONG_ACCOUNT_PASSWORD, Reason.ACCOUNT_LOCKED})
_DOCUMENT: Final = frozenset({Reason.DOCUMENT_MISMATCH})


class _Person(Struct, frozen=True):
    """Members that are not named here are passed over."""

    id: Annotated[str, Meta(min_length=1, max_length=200)]
    rrn: Annotated[str, Meta(pattern="^[0-9]{13}$")]
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    phone: Annotated[str, Meta(pattern="^[0-9]{10,11}$")]
    joined: bool
    account: Annotated[str, Meta(pattern="^([0-9]{10,16})?$")] = ""
    media: tuple[Medium, ...] = ()


class HttpDirectory:
    Settings = Reach

    def __init__(self, settings: Reach, folder: Path) -> None:
        self._line = BankLine(settings, folder)

    def identify(self, inquiry: Inquiry, *, key: str) -> Person:
        body = {"bank": inquiry.bank, "told": shown(inquiry.told)}
        found = self._line.ask("people", body, _Person, key=key, refusals=_IDENTITY)
        return Person(
            id=found.id,
            rrn=Secret.of(found.rrn),
            name=found.name,
            phone=found.phone,
            joined=found.joined,
            account=found.account,
            media=found.media,
        )

    def check_document(self, inquiry: DocumentInquiry, *, key: str) -> None:
        told = shown({"issued_on": inquiry.issued_on, "number": inquiry.number})
        body = {"bank": inquiry.bank, "person": inquiry.person, "document": inquiry.document, **told}
        self._line.ask("documents", body, type(None), key=key, refusals=_DOCUMENT)

    def close(self) -> None:
        self._line.close()
