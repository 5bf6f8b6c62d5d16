"""A responder behind HTTP, for `openssl cmp`; and `openssl cmp` as a server, for our client."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from desktop.services.cmp.http import MEDIA_TYPE
from desktop.services.cmp.responder import Responder
from tests.services.cmp.pki import Pki, SigningKey

PATH = "/.well-known/cmp"


@contextmanager
def served(responder: Responder) -> Iterator[str]:
    """The address, such as 127.0.0.1:40000/.well-known/cmp."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            message = self.rfile.read(int(self.headers["Content-Length"]))
            right = self.path == PATH and self.headers["Content-Type"] == MEDIA_TYPE
            answer = responder.answer(message) if right else b""
            self.send_response(200 if right else 404)
            self.send_header("Content-Type", MEDIA_TYPE)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}{PATH}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def mock_server(at: Path, *words: str | Path) -> Iterator[str]:
    """`openssl cmp -port 0 …`: its URL, once it says that it listens."""
    command = ["openssl", "cmp", "-config", "", "-port", "0", *map(str, words)]
    said = at / "mock.txt"
    with said.open("wb") as out, subprocess.Popen(command, cwd=at, stdout=subprocess.PIPE, stderr=out) as server:
        assert server.stdout is not None
        try:
            for line in server.stdout:
                found = re.match(rb"ACCEPT .*:(\d+) PID=", line)
                if found:
                    yield f"http://127.0.0.1:{int(found[1])}/"
                    return
            raise AssertionError(said.read_text())
        finally:
            server.kill()


def write_pki(pki: Pki, at: Path) -> None:
    """root.pem, ca.pem, speaker.pem with speaker.key, ca.key."""
    (at / "root.pem").write_bytes(pki.root.certificate.public_bytes(Encoding.PEM))
    (at / "ca.pem").write_bytes(pki.ca.certificate.public_bytes(Encoding.PEM))
    (at / "speaker.pem").write_bytes(pki.speaker.certificate.public_bytes(Encoding.PEM))
    assert not isinstance(pki.speaker.key, bytes)
    write_key(pki.speaker.key, at / "speaker.key")


def write_key(key: object, path: Path) -> None:
    assert isinstance(key, SigningKey)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
