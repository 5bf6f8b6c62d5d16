"""What somebody sees who sits between the end of TLS and the server, and whether a secret is in it in any writing."""

from __future__ import annotations

import base64
import re
import selectors
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import quote_from_bytes

#: Figures that mean nothing, and that four digits of a secret may meet by chance.
_FIGURES = re.compile(rb'(?i)content-length: \d+|"(bytes|ms|pid)": [\d.]+|(127\.0\.\d+\.\d+|localhost):\d+')
_NUMBER = re.compile(rb"(?<![\d.])\d+")
_WORD = re.compile(rb"[\w.+/%-]+")
#: Characters: below that, a secret is met by chance; from there on it is not, wherever one looks.
SHORT, LONG = 6, 8
_BLOCK = 1 << 16


@dataclass(slots=True)
class Tap:
    """`seen`: all that went by, in both directions."""

    url: str
    seen: bytearray = field(default_factory=bytearray, repr=False)
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextmanager
def tapped(port: int) -> Iterator[Tap]:
    """A port that leads to this one, plain."""

    class Relay(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(("127.0.0.1", port)) as server, selectors.DefaultSelector() as ready:
                with tap.lock:
                    ends.append(server)
                other = {self.request: server, server: self.request}
                for end in other:
                    ready.register(end, selectors.EVENT_READ)
                while True:
                    for key, _ in ready.select():
                        data = key.fileobj.recv(_BLOCK)  # type: ignore[union-attr]  # one of the two sockets
                        if not data:
                            return
                        with tap.lock:
                            tap.seen += data
                        other[key.fileobj].sendall(data)

    ends: list[socket.socket] = []
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Relay) as listening:
        tap = Tap(f"http://127.0.0.1:{listening.server_address[1]}")
        turning = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05})
        turning.start()
        try:
            yield tap
        finally:
            listening.shutdown()
            turning.join()
            for end in ends:
                with suppress(OSError):  # that has ended already
                    end.shutdown(socket.SHUT_RDWR)


def writings(secret: str) -> dict[str, set[bytes]]:
    """What it looks like, by the way of writing; hex and percent in small letters."""
    plain = secret.encode()
    wide = {secret.encode("utf-16-le"), secret.encode("utf-16-be")}
    inside = {text.hex().encode() for text in (plain, *wide)}
    percent = {"".join(f"%{byte:02x}" for byte in plain).encode(), quote_from_bytes(plain).lower().encode()}
    return {
        "UTF-8": {plain},
        "UTF-16": wide,
        "hex": inside | {b"x" + text for text in inside},  # as PostgreSQL writes bytes
        "percent": percent - {plain},
        "base64": _in_base64(plain),
    }


def _in_base64(plain: bytes) -> set[bytes]:
    """Alone; and what it always looks like within something longer, whatever stands before and after it."""
    texts = {base64.b64encode(plain).rstrip(b"=")}
    if len(plain) >= 8:
        for before in range(3):
            text = base64.b64encode(bytes(before) + plain)
            texts.add(text[(8 * before + 5) // 6 : 8 * (before + len(plain)) // 6])
    return texts | {text.replace(b"+", b"-").replace(b"/", b"_") for text in texts}


def leaks(secrets: dict[str, str], places: dict[str, bytes]) -> list[str]:
    """`secrets` by what they are. Which is where, and how it is written.

    What is too short to be unlike anything else must stand there as a word; four digits among bytes without words, as
    in a database's pages, say nothing, so its dump is to be a place too.
    """
    found = []
    for where, data in places.items():
        searched = _FIGURES.sub(b"", data)
        small, is_text = searched.lower(), not (data.startswith(b"SQLite format") or b"\0" in data[:8])
        words = frozenset((_WORD if is_text else _NUMBER).findall(small)) | frozenset(_WORD.findall(searched))
        for what, secret in secrets.items():
            if len(secret) < SHORT and not is_text:
                continue
            for writing, texts in writings(secret).items():
                within = small if writing in {"hex", "percent"} else searched
                alone = len(secret) < LONG and writing != "UTF-16"
                if words & texts if alone else any(text in within for text in texts):
                    found.append(f"{what} in {where}, {writing}")
    return found
