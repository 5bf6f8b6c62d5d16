"""What the authority accepts at all: digits of the right number, before anything is looked up or counted."""

from __future__ import annotations

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError


def digits(value: Secret | None, field: str, *lengths: int) -> Secret:
    """The value itself. Raises BAD_REQUEST naming `field` unless it is ASCII digits of one of the lengths."""
    if value is None or len(value) not in lengths:
        raise ServiceError(Reason.BAD_REQUEST, field=field)
    with value.view() as view:
        if not all(0x30 <= byte <= 0x39 for byte in view):
            raise ServiceError(Reason.BAD_REQUEST, field=field)
    return value


def text(value: Secret | None, field: str, fewest: int, most: int) -> Secret:
    """The value itself. Raises BAD_REQUEST naming `field` unless it is so many printable ASCII characters."""
    if value is None or not fewest <= len(value) <= most:
        raise ServiceError(Reason.BAD_REQUEST, field=field)
    with value.view() as view:
        if not all(0x20 <= byte <= 0x7E for byte in view):
            raise ServiceError(Reason.BAD_REQUEST, field=field)
    return value
