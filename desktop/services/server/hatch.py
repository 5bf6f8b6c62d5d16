"""What passes between a front process and the one that writes: frames on a socket of this machine alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import msgspec
from msgspec import Struct

#: Bytes of a frame's length, before it; and of the longest frame: an answer with a list of a million certificates.
_LENGTH: Final = 4
_MOST: Final = 256 << 20


class Request(Struct, frozen=True, array_like=True, tag=0):
    """Of HTTP, read to its end and not yet understood. What is sealed in it stays sealed."""

    id: int
    method: str
    path: str
    raw_path: bytes
    query: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Message(Struct, frozen=True, array_like=True, tag=1):
    """For the CMP door. `proof` is what the front has proven of it, as the authority's witness writes it."""

    id: int
    message: bytes
    proof: bytes


class Gone(Struct, frozen=True, array_like=True, tag=2):
    """Nobody waits for this answer any more."""

    id: int


class Response(Struct, frozen=True, array_like=True, tag=3):
    """`operation` of the table, for the front's figures."""

    id: int
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    operation: str


class Reply(Struct, frozen=True, array_like=True, tag=4):
    """Of the CMP door."""

    id: int
    message: bytes


class Failure(Struct, frozen=True, array_like=True, tag=5):
    """The ServiceError of a message that was not answered: its reason, and its detail."""

    id: int
    reason: str
    detail: str | None


Asked = Request | Message | Gone
Told = Response | Reply | Failure
_encoder: Final = msgspec.msgpack.Encoder()


class Link(asyncio.Protocol):
    """One end: frames out, together where they come together, and frames in, each given to `heard`."""

    def __init__(
        self, kind: object, heard: Callable[[object, Link], None], lost: Callable[[Link], None] = lambda _: None
    ) -> None:
        self._decoder = msgspec.msgpack.Decoder(kind)
        self._heard, self._lost = heard, lost
        self._transport: asyncio.Transport | None = None
        self._come, self._going = bytearray(), bytearray()

    def say(self, frame: Asked | Told) -> None:
        """Dropped where the other end is gone."""
        if not self._going:
            asyncio.get_running_loop().call_soon(self._send)
        at = len(self._going)
        _encoder.encode_into(frame, self._going, at + _LENGTH)
        self._going[at : at + _LENGTH] = (len(self._going) - at - _LENGTH).to_bytes(_LENGTH, "big")

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # a stream's, always
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._lost(self)

    def data_received(self, data: bytes) -> None:
        self._come += data
        at, end = 0, len(self._come)
        with memoryview(self._come) as come:
            while at + _LENGTH <= end:
                begin = at + _LENGTH
                length = int.from_bytes(come[at:begin], "big")
                if length > _MOST:
                    self.close()
                    return
                if begin + length > end:
                    break
                self._heard(self._decoder.decode(come[begin : begin + length]), self)
                at = begin + length
        del self._come[:at]

    def _send(self) -> None:
        going, self._going = self._going, bytearray()
        if self._transport is not None:
            self._transport.write(going)
