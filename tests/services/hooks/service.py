"""A bank's service on a real socket, answering as a test says."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(slots=True)
class Asked:
    path: str
    headers: dict[str, str]
    body: Any


@dataclass(slots=True)
class Service:
    """`answers`: status and JSON (None: no body) for one request after another; the last one stays."""

    answers: list[tuple[int, Any]]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    raw: Callable[[BaseHTTPRequestHandler], None] | None = None

    def next(self) -> tuple[int, Any]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def service(*answers: tuple[int, Any], tls: ssl.SSLContext | None = None) -> Iterator[Service]:
    made = Service(list(answers))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told = {name.lower(): value for name, value in self.headers.items()}
            made.asked.append(Asked(self.path, told, json.loads(body) if body[:1] == b"{" else body))
            if made.raw:
                made.raw(self)
                return
            status, answer = made.next()
            content = answer if isinstance(answer, bytes) else b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *said: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A handshake that the other side broke off."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    made.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def problem(code: str, **more: Any) -> tuple[int, dict[str, Any]]:
    return 422, {"type": "about:blank", "status": 422, "code": code, **more}
