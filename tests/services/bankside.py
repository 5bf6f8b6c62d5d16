"""A bank's end of the wire as far as a client's test needs one: answers by script, and sockets that misbehave."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from desktop.services.pins import pin_of
from desktop.services.wire.operations import OPERATIONS, SERVER_PATH
from desktop.services.wire.problems import MEDIA_TYPE
from desktop.services.wire.seal import Context, OpeningKeys
from desktop.services.wire.told import ServerInfo

Answer = Callable[[httpx.Request], Awaitable[httpx.Response] | httpx.Response]
JSON = {"Content-Type": "application/json"}


def said(content: object, *, packed: str = "identity") -> httpx.Response:
    body = content if isinstance(content, bytes) else msgspec.json.encode(content)
    return httpx.Response(200, content=body, headers={**JSON, "Content-Encoding": packed})


def problem(status: int, **members: object) -> httpx.Response:
    body = msgspec.json.encode({"type": "about:blank", "status": status, **members})
    return httpx.Response(status, content=body, headers={"Content-Type": MEDIA_TYPE})


def fresh(answer: httpx.Response) -> httpx.Response:
    """As from the network, its body unread."""
    if not answer.is_closed:
        return answer
    return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(answer.content))


@dataclass
class BankSide(httpx.AsyncBaseTransport):
    """Answers by an operation's name. `asked` are the requests for these, `infos` those for /v1/server."""

    answers: dict[str, Answer] = field(default_factory=dict)
    keys: OpeningKeys = field(default_factory=OpeningKeys.fresh)
    api: str = "1.0"
    asked: list[httpx.Request] = field(default_factory=list)
    infos: int = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == SERVER_PATH:
            self.infos += 1
            info = ServerInfo.of(self.keys.sealing, practice=True, banks=("epost",), clock=0.0)
            return fresh(said(msgspec.structs.replace(info, api=self.api)))
        await request.aread()
        self.asked.append(request)
        named = {(o.verb, o.path): o.name for o in OPERATIONS}
        answer = self.answers[named[request.method, request.url.path]](request)
        return fresh(answer if isinstance(answer, httpx.Response) else await answer)

    def opened(self, sealed: str, operation: str, field: str, journey: str = "epost.1") -> str:
        return self.keys.open(sealed, Context("epost", journey, operation), field).reveal()


# ── Real sockets ──

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(talk: Talk, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A port of this machine at which `talk` has each connection."""

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def heard(reader: asyncio.StreamReader) -> bytes:
    """One request without a body, to the end of its head."""
    return await reader.readuntil(b"\r\n\r\n")


def spoken(body: bytes, kind: str = "application/json") -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@dataclass(frozen=True, slots=True)
class Identity:
    """A server's TLS, whose root is in the PEM file `roots`, and the pin of its key."""

    context: ssl.SSLContext
    roots: Path
    pin: str


def identity(folder: Path, host: str = "127.0.0.1") -> Identity:
    """A made-up server of this name or address, vouched for by a root of its own."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate("Practice web root", root_key, root_key, None)
    leaf = _certificate("Practice bank", key, root_key, host)
    roots, chain = folder / f"{host}.roots.pem", folder / f"{host}.pem"
    roots.write_bytes(root.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    chain.write_bytes(private + leaf.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return Identity(context, roots, pin_of(leaf.public_bytes(Encoding.DER)))


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, signer: ec.EllipticCurvePrivateKey, host: str | None
) -> x509.Certificate:
    def called(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    now = datetime.now(UTC)
    usage = x509.KeyUsage(
        digital_signature=host is not None,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=host is None,
        crl_sign=host is None,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(called(name))
        .issuer_name(called("Practice web root"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if host is not None:
        named = x509.DNSName(host) if host[0].isalpha() else x509.IPAddress(ip_address(host))
        builder = builder.add_extension(x509.SubjectAlternativeName([named]), critical=False)
    return builder.sign(signer, SHA256())
