"""A secret is bytes that can be wiped, compared without leaking time, and never printed or copied by accident."""

from __future__ import annotations

import hmac
from typing import NoReturn, SupportsIndex


class Secret:
    """UTF-8 bytes of a secret in one buffer that `wipe` overwrites.

    Equality is constant-time. Printing shows a placeholder; pickling and copying raise, so that no
    second buffer appears that nobody wipes. `move` hands the bytes on and empties the source.
    """

    __slots__ = ("_buffer",)

    def __init__(self, data: bytes | bytearray | memoryview = b"") -> None:
        self._buffer = bytearray(data)

    @classmethod
    def of(cls, text: str) -> Secret:
        """For text that already exists as an ordinary string (files, prompts, tests)."""
        return cls(text.encode())

    def view(self) -> memoryview:
        """The bytes without a copy, read-only; release the view before the secret grows or is wiped."""
        return memoryview(self._buffer).toreadonly()

    def reveal(self) -> str:
        """The text as an ordinary string, which cannot be wiped: only for what insists on one."""
        return self._buffer.decode()

    def append(self, text: str) -> None:
        """Adds characters; the grown buffer's old block is overwritten before it is let go."""
        grown = bytearray(self._buffer)
        grown += text.encode()
        self.wipe()
        self._buffer = grown

    def backspace(self) -> None:
        """Removes the last character (all bytes of its UTF-8 form)."""
        end = len(self._buffer) - 1
        while end > 0 and self._buffer[end] & 0xC0 == 0x80:
            end -= 1
        if end >= 0:
            for i in range(end, len(self._buffer)):
                self._buffer[i] = 0
            del self._buffer[end:]

    def move(self) -> Secret:
        """A new secret with these bytes; this one is wiped."""
        moved = Secret(self._buffer)
        self.wipe()
        return moved

    def wipe(self) -> None:
        for i in range(len(self._buffer)):
            self._buffer[i] = 0
        self._buffer.clear()

    def __len__(self) -> int:
        """Bytes, not characters."""
        return len(self._buffer)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._buffer, other._buffer)

    __hash__ = None  # type: ignore[assignment]  # what compares in constant time is not to be looked up

    def __repr__(self) -> str:
        return "<secret>"

    def __copy__(self) -> NoReturn:
        raise TypeError("a secret is not copied; use move()")

    def __deepcopy__(self, memo: object) -> NoReturn:
        raise TypeError("a secret is not copied; use move()")

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a secret is not pickled")
