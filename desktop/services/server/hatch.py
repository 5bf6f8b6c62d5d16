"""What passes between a front process and the one that writes: frames on a socket of this machine alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Generic, TypeVar

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


Asked = Request | Gone
Told = Response | Failure
Answered = Reply | Failure
Frame = Asked | Told | Message | Reply
_encoder: Final = msgspec.msgpack.Encoder()
_M = TypeVar("_M")


def write_frame(frame: Frame, into: bytearray) -> None:
    """At the end of what is there."""
    at = len(into)
    _encoder.encode_into(frame, into, at + _LENGTH)
    into[at : at + _LENGTH] = (len(into) - at - _LENGTH).to_bytes(_LENGTH, "big")


class Reader(Generic[_M]):
    """Frames of one type out of what comes in pieces."""

    def __init__(self, kind: type[_M]) -> None:
        self._decoder = msgspec.msgpack.Decoder(kind)
        self._come = bytearray()

    def feed(self, data: bytes) -> list[_M]:
        """Those that are whole by now. Raises ValueError for what is no such frame."""
        self._come += data
        frames: list[_M] = []
        at, end = 0, len(self._come)
        with memoryview(self._come) as come:
            while at + _LENGTH <= end:
                begin = at + _LENGTH
                length = int.from_bytes(come[at:begin], "big")
                if length > _MOST:
                    raise ValueError("no frame is as long")
                if begin + length > end:
                    break
                frames.append(self._decoder.decode(come[begin : begin + length]))
                at = begin + length
        del self._come[:at]
        return frames


class Link(asyncio.Protocol, Generic[_M]):
    """One end in an event loop: frames out, together where they come together, and frames in, each given to `heard`."""

    def __init__(
        self, kind: type[_M], heard: Callable[[_M, Link[_M]], None], lost: Callable[[Link[_M]], None] = lambda _: None
    ) -> None:
        self._reader = Reader(kind)
        self._heard, self._lost = heard, lost
        self._transport: asyncio.Transport | None = None
        self._going = bytearray()

    def say(self, frame: Frame) -> None:
        """Dropped where the other end is gone."""
        if not self._going:
            asyncio.get_running_loop().call_soon(self._send)
        write_frame(frame, self._going)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # a stream's, always
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._lost(self)

    def data_received(self, data: bytes) -> None:
        try:
            frames = self._reader.feed(data)
        except ValueError:
            self.close()
            return
        for frame in frames:
            self._heard(frame, self)

    def _send(self) -> None:
        going, self._going = self._going, bytearray()
        if self._transport is not None:
            self._transport.write(going)
