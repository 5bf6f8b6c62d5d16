"""Who may open a cloud account: the very person of the journey, by name, phone and birth date."""

from __future__ import annotations

import unicodedata

from desktop.services.api import OpenCloud, Reason, ServiceError
from desktop.services.authority.bank import Customer

_NAME_LENGTH = 40


def check_person(customer: Customer, request: OpenCloud) -> None:
    """Raises BAD_REQUEST for what cannot be such a value, CLOUD_MISMATCH for another person's; both name the field."""
    if not 0 < len(request.name.strip()) <= _NAME_LENGTH:
        raise ServiceError(Reason.BAD_REQUEST, field="name")
    for field, lengths in (("phone", (10, 11)), ("birth_date", (8,))):
        value: str = getattr(request, field)
        if len(value) not in lengths or not (value.isascii() and value.isdecimal()):
            raise ServiceError(Reason.BAD_REQUEST, field=field)
    if _plain(request.name) != _plain(customer.name):
        raise ServiceError(Reason.CLOUD_MISMATCH, field="name")
    for field in ("phone", "birth_date"):
        if getattr(request, field) != getattr(customer, field):
            raise ServiceError(Reason.CLOUD_MISMATCH, field=field)


def _plain(name: str) -> str:
    """Without what differs between keyboards and systems: spaces, case, composed or decomposed Hangul."""
    return "".join(unicodedata.normalize("NFC", name).split()).casefold()
