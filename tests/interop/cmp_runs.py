"""One run of CMP each way beside OpenSSL, as its own lines tell it, for docs/interop.md."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from desktop.secret import Secret
from desktop.services.cmp.client import Client
from desktop.services.cmp.http import Transfer
from desktop.services.cmp.registrar import Asked
from desktop.services.cmp.responder import Responder
from desktop.services.cmp.talk import Held, Patience, Shared
from desktop.services.npki import der
from tests.openssl import openssl
from tests.services.cmp.desk import CODE, REFERENCE
from tests.services.cmp.pki import Pki, named, pki, rsa_key, usage
from tests.services.cmp.register import Register
from tests.services.cmp.served import mock_server, served, write_key, write_pki

BY_CODE = ("-ref", REFERENCE, "-secret", f"pass:{CODE}")
BY_KEY = ("-cert", "old.pem", "-key", "old.key", "-trusted", "root.pem", "-untrusted", "ca.pem")
SUBJECT = ("-subject", "/C=KR/O=changgu test/CN=hong")

RESPONSES = ("-rsp_cert", "ready.pem", "-rsp_capubs", "root.pem", "-rsp_extracerts", "ca.pem")
SERVER_BY_CODE = ("-srv_ref", REFERENCE, "-srv_secret", f"pass:{CODE}")
SERVER_BY_KEY = (
    "-srv_cert",
    "speaker.pem",
    "-srv_key",
    "speaker.key",
    "-srv_trusted",
    "root.pem",
    "-srv_untrusted",
    "ca.pem",
)
BODIES = {
    0: "ir",
    1: "ip",
    2: "cr",
    3: "cp",
    7: "kur",
    8: "kup",
    11: "rr",
    12: "rp",
    19: "pkiconf",
    21: "genm",
    22: "genp",
}
BODIES |= {4: "p10cr", 23: "error", 24: "certConf", 25: "pollReq", 26: "pollRep"}

#: Every kind of message, by code (MAC) or by the key of the certificate that the first run fetched.
RUNS = (
    ("ir", (*BY_CODE, *SUBJECT, "-newkey", "old.key", "-certout", "old.pem")),
    ("cr", (*BY_CODE, *SUBJECT, "-newkey", "new.key", "-certout", "new.pem")),
    ("p10cr", (*BY_KEY, "-csr", "new.csr", "-certout", "new.pem")),
    ("genm", (*BY_CODE, "-infotype", "caCerts")),
    ("kur", (*BY_KEY, "-newkey", "new.key", "-certout", "new.pem")),
    ("rr", ("-cert", "new.pem", "-key", "new.key", *BY_KEY[4:], "-oldcert", "new.pem", "-revreason", "1")),
)


def openssl_at_ours(at: Path) -> str:
    """`openssl cmp` as the client of our responder."""
    register = Register(pki(), {REFERENCE: CODE})
    write_pki(register.pki, at)
    for name in ("old", "new"):
        write_key(rsa_key(name), at / f"{name}.key")
    openssl("req", "-new", "-key", "new.key", "-subj", SUBJECT[1], "-out", "new.csr", at=at)
    told = []
    with served(Responder(register, register.pki.speaker, decryption=register.pki.reader)) as address:
        for command, words in RUNS:
            shown = " ".join(f"'{word}'" if " " in word else word for word in words)
            server = ("-server", address, "-recipient", "/C=KR/O=changgu test/CN=Test CA")
            said = openssl("cmp", "-config", "", "-cmd", command, *server, *words, at=at)
            told.append(f"$ openssl cmp -cmd {command} -server … {shown}\n{_lines(said)}")
    return "\n".join(told)


def ours_at_openssl(at: Path) -> str:
    """Our client at `openssl cmp -port`, a CA that we did not write: each message as it went and came."""
    made = pki()
    write_pki(made, at)
    ready = made.ca.issue(named("hong"), rsa_key("leaf").public_key(), usage("digital_signature"))
    old = made.ca.issue(named("hong"), rsa_key("old").public_key(), usage("digital_signature"))
    (at / "ready.pem").write_bytes(ready.public_bytes(Encoding.PEM))
    code, held = Shared(REFERENCE, Secret.of(CODE)), Held(old, rsa_key("old"))
    name, key = named("hong").public_bytes(), rsa_key("leaf")
    # The mock server wants an update to name the one certificate that it has.
    named_one = ready.public_bytes(Encoding.DER)
    jobs: tuple[tuple[str, Shared | Held, Callable[[Client], Awaitable[object]]], ...] = (
        ("a first certificate", code, lambda client: client.obtain(Asked.IR, name, key, _kept)),
        ("a further certificate", code, lambda client: client.obtain(Asked.CR, name, key, _kept)),
        ("a question", code, lambda client: client.ca_certificates()),
        ("a renewal", held, lambda client: client.obtain(Asked.KUR, name, key, _kept, replaces=named_one)),
        ("a revocation", held, lambda client: client.revoke(ready, x509.ReasonFlags.key_compromise)),
    )
    told = []
    for what, by, job in jobs:
        words = SERVER_BY_CODE if by is code else SERVER_BY_KEY
        with mock_server(at, *RESPONSES, *words) as url:
            heard = asyncio.run(_heard(url, made, by, job))
        told.append(f"{what}, by {'code' if by is code else 'signature'}: {', '.join(heard)}")
    return "\n".join((f"$ openssl cmp -port 0 {' '.join(RESPONSES)} …", *told))


async def _heard(url: str, made: Pki, by: Shared | Held, job: Callable[[Client], Awaitable[object]]) -> list[str]:
    """The bodies of the messages, ours and theirs, in turn."""
    heard: list[str] = []
    async with httpx.AsyncClient(trust_env=False) as http:
        send = Transfer(http, url)

        async def listened(message: bytes) -> bytes:
            answer = await send(message)
            heard.extend((f"→ {_body(message)}", f"← {_body(answer)}"))
            return answer

        async def pause(_seconds: float) -> None:
            return None

        await job(Client(listened, by, made.chain, patience=Patience(time.time, pause)))
    return heard


async def _kept(_certificate: bytes, _chain: tuple[bytes, ...]) -> None:
    return None


def _body(message: bytes) -> str:
    """PKIMessage is SEQUENCE { header, body [n] … }; the names of n are in RFC 9810, 5.1.2."""
    _, body, *_ = der.children(message, der.element(message))
    return BODIES.get(body.tag & 0x1F, str(body.tag & 0x1F))


def _lines(said: str) -> str:
    """The lines about messages, without ports and without where in OpenSSL's source they come from."""
    lines = (re.sub(r"^.*?(CMP \w+):", r"\1:", line) for line in said.splitlines())
    kept = (line for line in lines if re.search(r"CMP info: .*(sending|received|using|message)", line))
    return "\n".join(re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:…", line) for line in kept)
