"""A light client in a process of its own: requests made before, over kept TLS connections, one each at a time."""

from __future__ import annotations

import selectors
import socket
import ssl
import struct
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

_MOST: Final = 1 << 16
_END: Final = b"\r\n\r\n"


def read_pieces(path: Path) -> Iterator[bytes]:
    """What `write_pieces` wrote."""
    with path.open("rb") as file:
        while head := file.read(4):
            yield file.read(struct.unpack(">I", head)[0])


def write_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    """One after another, for `read_pieces`."""
    with path.open("wb") as file:
        for piece in pieces:
            file.write(struct.pack(">I", len(piece)) + piece)


class Connection:
    """One, with at most one request under way."""

    def __init__(self, port: int, context: ssl.SSLContext) -> None:
        plain = socket.create_connection(("127.0.0.1", port))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = context.wrap_socket(plain, server_hostname="localhost")
        self.socket.setblocking(False)
        self.began = 0.0
        self._came = b""

    def ask(self, request: bytes) -> None:
        self.began, self._came = time.perf_counter(), b""
        self.socket.send(request)

    def answer(self) -> tuple[int, bytes] | None:
        """Status and body, once they are here."""
        while True:
            try:
                part = self.socket.recv(_MOST)
            except ssl.SSLWantReadError:
                return None
            if not part:
                raise ConnectionError("the server hung up")
            self._came += part
            head, found, body = self._came.partition(_END)
            if found and len(body) >= _length(head):
                return int(head[9:12]), body


def run(port: int, roots: Path, requests: list[bytes], clients: int, answers: Path) -> None:
    """Writes each answer's status, seconds and body; says on stdout when it is connected, and what all took.

    Seconds, and those of the processor.
    """
    context = ssl.create_default_context(cafile=roots)
    chosen, waiting = selectors.DefaultSelector(), iter(requests)
    for _ in range(clients):
        connection = Connection(port, context)
        chosen.register(connection.socket, selectors.EVENT_READ, connection)
    print("ready", flush=True)
    sys.stdin.readline()
    came: list[tuple[int, float, bytes]] = []
    began, used = time.perf_counter(), time.process_time()
    for key in list(chosen.get_map().values()):
        key.data.ask(next(waiting))
    while len(came) < len(requests):
        for key, _ in chosen.select():
            connection = key.data
            answer = connection.answer()
            if answer is None:
                continue
            came.append((answer[0], time.perf_counter() - connection.began, answer[1]))
            if request := next(waiting, None):
                connection.ask(request)
    print(time.perf_counter() - began, time.process_time() - used, flush=True)
    write_pieces(answers, (struct.pack(">Hd", status, seconds) + body for status, seconds, body in came))


def read_answers(path: Path) -> list[tuple[int, float, bytes]]:
    """Status, seconds and body of each."""
    return [(*struct.unpack(">Hd", piece[:10]), piece[10:]) for piece in read_pieces(path)]


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


if __name__ == "__main__":
    _, port, roots, requests, clients, answers = sys.argv
    run(int(port), Path(roots), list(read_pieces(Path(requests))), int(clients), Path(answers))
