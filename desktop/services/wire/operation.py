"""Knows one row of the wire's table: where a method goes, what it carries, and how both ends read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from desktop.services.api import Reason, ServiceError
from desktop.services.wire.forms import (
    UNREADABLE,
    AnswerForm,
    Arguments,
    Open,
    RequestForm,
    Seal,
    decode_query,
    decode_request,
)

JSON: Final = "application/json"
PKIXCMP: Final = "application/pkixcmp"
PKIX_CRL: Final = "application/pkix-crl"
PKIX_CERT: Final = "application/pkix-cert"
OCSP_REQUEST: Final = "application/ocsp-request"
OCSP_RESPONSE: Final = "application/ocsp-response"

#: An Idempotency-Key: a structured field's string, as the draft has it, or the same without its quotes.
KEY_PATTERN: Final = r'^("[ !#-~]{1,255}"|[!#-~]{1,255})$'


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`name` is the method's. `journey`: it wants `Authorization: Bearer <journey>`, the method's first argument.

    `request` is None where nothing is sent, or where `raw` names the one argument that is the body as it is (DER).
    `answer` is None where the body is DER, or there is none. 204 No Content is an answer of None, for those that have
    none and for the `optional`, which have none yet.
    `write`: it wants an Idempotency-Key, the method's `key` where `keyed`. Clients that speak CSC and know no such key
    may leave it out (`key_optional`): the server makes one up.
    `seconds`: how long a client waits for an answer, besides a `wait` it asked for. Sizes are in bytes.
    """

    name: str
    verb: str
    path: str
    about: str
    request: RequestForm | None = None
    answer: AnswerForm | None = None
    raw: str = ""
    takes: str = JSON
    gives: str = JSON
    journey: bool = True
    write: bool = False
    keyed: bool = True
    key_optional: bool = False
    practice: bool = False
    optional: bool = False
    get_too: bool = False
    seconds: float = 15.0
    max_request: int = 64 << 10
    max_answer: int = 1 << 20

    @property
    def secrets(self) -> tuple[str, ...]:
        return self.request.secrets if self.request else ()

    @property
    def repeatable(self) -> bool:
        """Whether asking twice is as asking once, without a key. A CMP transaction is not."""
        return not self.write and self.takes != PKIXCMP

    @property
    def empty(self) -> bool:
        """Whether there is never an answer but that it is done."""
        return self.answer is None and self.gives == JSON

    @property
    def csc(self) -> bool:
        """Whether it is of the CSC API, whose clients know nothing of ours."""
        return self.path.startswith("/csc/")

    @property
    def in_query(self) -> bool:
        """Whether the request is in the address, as that of a GET: numbers alone, nothing secret or personal."""
        return self.verb == "GET" and self.request is not None

    def encode(self, arguments: Arguments, seal: Seal) -> bytes:
        """The body of a request with these arguments."""
        if self.raw:
            return bytes(arguments[self.raw])
        return msgspec.json.encode(self.request.write(arguments, seal)) if self.request else b""

    def query(self, arguments: Arguments) -> dict[str, str]:
        return {name: str(value) for name, value in arguments.items()} if self.in_query else {}

    def decode(self, body: bytes, query: Mapping[str, str], unseal: Open) -> Arguments:
        """The arguments that a request carries, secrets opened; `forms.wipe` them. Raises ServiceError BAD_REQUEST."""
        if self.raw:
            return {self.raw: body}
        if self.in_query and self.request is not None:
            return decode_query(self.request, query)
        if self.request is None:
            if body not in (b"", b"{}"):
                raise ServiceError(Reason.BAD_REQUEST)
            return {}
        return decode_request(self.request, body, unseal)

    def encode_answer(self, answer: Any) -> bytes | None:
        """The body of the answer; None where there is none (204)."""
        if answer is None:
            return None
        return msgspec.json.encode(self.answer.write(answer)) if self.answer else bytes(answer)

    def decode_answer(self, body: bytes) -> Any:
        """Raises ServiceError NONSENSE."""
        if self.answer is None:
            return body
        try:
            return self.answer.read(msgspec.json.decode(body, type=self.answer.type))
        except (*UNREADABLE, ValueError):
            raise ServiceError(Reason.NONSENSE) from None
