"""Knows what a server tells of itself, and the small requests and answers that only the wire has."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from typing import Annotated, Final

import msgspec

from desktop.services.api import (
    CloudVerified,
    Issued,
    JourneyStatus,
    KeyFile,
    PhoneEvent,
    PhoneVerified,
    Reason,
    ServiceError,
)
from desktop.services.wire.forms import AnswerForm
from desktop.services.wire.seal import SUITE, SealingKey

#: Changes of the second number only add; a client speaks to a server of the same first number.
API_VERSION: Final = "1.1"
LONGEST_POLL: Final = 60.0

Wait = Annotated[float, msgspec.Meta(ge=0.0, le=LONGEST_POLL, description="Seconds to wait for something to tell.")]

#: What a database can hold as a row's number.
Number = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class Sealing(msgspec.Struct):
    """`id` and raw public key of X25519, and the HPKE suite."""

    id: str
    key: Annotated[bytes, msgspec.Meta(description="The raw public key, 32 bytes.")]
    suite: str = SUITE


class ServerInfo(msgspec.Struct):
    """`clock` is the server's, in seconds since the epoch. `practice`: everything is simulated."""

    api: str
    practice: bool
    banks: tuple[str, ...]
    sealing: Sealing
    clock: float

    @classmethod
    def of(cls, key: SealingKey, *, practice: bool, banks: tuple[str, ...], clock: float) -> ServerInfo:
        return cls(API_VERSION, practice, banks, Sealing(key.id, key.public), clock)

    def sealing_key(self) -> SealingKey:
        """Raises ServiceError NONSENSE where the server speaks another version or suite."""
        if self.api.partition(".")[0] != API_VERSION.partition(".")[0]:
            raise ServiceError(Reason.NONSENSE, detail="api_version")
        if self.sealing.suite != SUITE:
            raise ServiceError(Reason.NONSENSE, detail="sealing_key")
        return SealingKey(self.sealing.id, self.sealing.key)


class Credential(msgspec.Struct, forbid_unknown_fields=True):
    credential_id: str


class AwaitReply(msgspec.Struct, forbid_unknown_fields=True):
    wait: Wait = 0.0


class Events(msgspec.Struct, forbid_unknown_fields=True):
    after: Number = 0
    wait: Wait = 0.0


class PhoneAnswer(msgspec.Struct, forbid_unknown_fields=True):
    event: Number
    text: Annotated[str, msgspec.Meta(max_length=100)]


class Reply(msgspec.Struct, omit_defaults=True):
    """What the answer on the phone completed: one of the three."""

    phone: PhoneVerified | None = None
    cloud: CloudVerified | None = None
    issued: Issued | None = None


class EventList(msgspec.Struct):
    events: tuple[PhoneEvent, ...]


class FileList(msgspec.Struct):
    files: tuple[KeyFile, ...]


def _write_reply(answer: PhoneVerified | CloudVerified | Issued) -> Reply:
    if isinstance(answer, PhoneVerified):
        return Reply(phone=answer)
    return Reply(cloud=answer) if isinstance(answer, CloudVerified) else Reply(issued=answer)


def _read_issued(told: Issued) -> Issued:
    """Where a certificate is kept is for the person's own side to say: no server names a path here."""
    return replace(told, kept_at=None)


def _read_reply(told: Reply) -> PhoneVerified | CloudVerified | Issued | None:
    return told.phone or told.cloud or (told.issued and _read_issued(told.issued))


def _read_status(told: JourneyStatus) -> JourneyStatus:
    return replace(told, issued=told.issued and _read_issued(told.issued))


ISSUED: Final = AnswerForm(Issued, read=_read_issued)
STATUS: Final = AnswerForm(JourneyStatus, read=_read_status)
REPLY: Final = AnswerForm(Reply, _write_reply, _read_reply)
EVENTS: Final = AnswerForm(EventList, EventList, lambda told: told.events)
FILES: Final = AnswerForm(FileList, FileList, lambda told: told.files)


def der_of_path(text: str) -> bytes:
    """The OCSPRequest that a GET carries in its path (RFC 6960, A.1), already URL-decoded; nothing for no base64."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
