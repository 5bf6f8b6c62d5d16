"""Makes the transcript in docs/cmp.md: `openssl cmp` at our responder, and our client at the server of `openssl cmp`.

Run as `python -m tests.services.cmp.transcript` to write it anew; the test only compares.
"""

from __future__ import annotations

import asyncio
import re
import shlex
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from desktop.secret import Secret
from desktop.services.cmp.client import Client
from desktop.services.cmp.http import Transfer
from desktop.services.cmp.registrar import Asked
from desktop.services.cmp.responder import Responder
from desktop.services.cmp.talk import Held, Patience, Shared
from tests.openssl import openssl
from tests.services.cmp.desk import CODE, REFERENCE
from tests.services.cmp.pki import named, pki, rsa_key, usage
from tests.services.cmp.register import Register
from tests.services.cmp.served import mock_server, served, write_key, write_pki

DOCUMENT = Path(__file__).parents[3] / "docs" / "cmp.md"
BEGIN, END = "<!-- transcript -->\n", "<!-- end of transcript -->\n"

BY_CODE = f"-ref {REFERENCE} -secret pass:{CODE}"
BY_KEY = "-cert old.pem -key old.key -trusted root.pem -untrusted ca.pem"
NEW = "-newkey new.key -subject '/C=KR/O=changgu test/CN=hong' -certout new.pem"
#: What the person outside types, each after `openssl cmp -config '' -server … -recipient …`.
COMMANDS = (
    f"-cmd ir {BY_CODE} -newkey old.key -subject '/C=KR/O=changgu test/CN=hong' -certout old.pem",
    f"-cmd ir {BY_CODE} -mac hmacWithSHA256 -implicit_confirm {NEW}",
    f"-cmd cr {BY_CODE} {NEW}",
    f"-cmd cr {BY_KEY} {NEW}",
    f"-cmd p10cr {BY_CODE} -csr new.csr -certout new.pem",
    f"-cmd p10cr {BY_KEY} -csr new.csr -certout new.pem",
    f"-cmd genm {BY_CODE} -infotype caCerts",
    f"-cmd genm {BY_KEY} -infotype currentCRL",
    f"-cmd kur {BY_CODE} -oldcert new.pem -newkey new.key -certout new.pem",
    f"-cmd kur {BY_KEY} -newkey new.key -certout new.pem",
    f"-cmd rr {BY_CODE} -oldcert old.pem",
    "-cmd rr -oldcert new.pem -cert new.pem -key new.key -trusted root.pem -untrusted ca.pem -revreason 1",
    f"-cmd ir -ref {REFERENCE} -secret pass:wrong -trusted root.pem -untrusted ca.pem {NEW}",
)
TOLD = re.compile(
    r"CMP (?:info|DEBUG|error): ((?:sending|received) [A-Z0-9]+$|received \d enrolled certificate|genp.*|.*PKIStatus.*)"
)
SERVER = "-rsp_cert ready.pem -srv_ref 20261122 -srv_secret pass:A1B2C3D4E5F6G7H8"
SIGNING = "-rsp_cert ready.pem -srv_cert speaker.pem -srv_key speaker.key -srv_trusted root.pem -srv_untrusted ca.pem"


def transcript() -> str:
    """Markdown, the same in each run."""
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        write_pki(pki(), at)
        for name in ("old", "new"):
            write_key(rsa_key(name), at / f"{name}.key")
        openssl("req", "-new", "-key", "new.key", "-subj", "/CN=hong", "-out", "new.csr", at=at)
        ready = pki().ca.issue(named("hong"), rsa_key("ready").public_key(), usage("digital_signature"))
        (at / "ready.pem").write_bytes(ready.public_bytes(Encoding.PEM))
        outside, ours = "\n".join(at_our_responder(at)), "\n".join(asyncio.run(at_their_server(at, ready)))
    return (
        "### `openssl cmp` at our responder\n\n"
        "Each command begins with `openssl cmp -config '' -server 127.0.0.1:…/.well-known/cmp`"
        " `-recipient '/C=KR/O=changgu test/CN=Test CA'`.\n\n"
        f"```\n{outside}\n```\n\n"
        "### Our client at the server of `openssl cmp`\n\n"
        "What the server says of it (`-verbosity 8`).\n\n"
        f"```\n{ours}\n```\n"
    )


def at_our_responder(at: Path) -> Iterator[str]:
    register = Register(pki(), {REFERENCE: CODE})
    responder = Responder(register, pki().speaker, decryption=pki().reader, implicit=True)
    general = ["openssl", "cmp", "-config", "", "-recipient", "/C=KR/O=changgu test/CN=Test CA"]
    with served(responder) as address:
        for command in COMMANDS:
            words = [*general, "-server", address, *shlex.split(command)]
            done = subprocess.run(words, cwd=at, capture_output=True, text=True, check=False, timeout=60)
            yield f"$ {command}"
            lines = "; ".join(told(done.stdout + done.stderr))
            yield f"{lines}: exit {done.returncode}"


async def at_their_server(at: Path, ready: x509.Certificate) -> list[str]:
    old = pki().ca.issue(named("hong"), rsa_key("old").public_key(), usage("digital_signature"))
    csr = x509.CertificateSigningRequestBuilder(named("hong")).sign(rsa_key("ready"), hashes.SHA256())
    subject, key, replaces = named("hong").public_bytes(), rsa_key("ready"), ready.public_bytes(Encoding.DER)

    async def store(certificate: bytes, chain: tuple[bytes, ...]) -> None:
        """Into this run's memory, which forgets it."""

    def asking(asked: Asked) -> Callable[[Client], Awaitable[object]]:
        return lambda client: client.obtain(
            asked, subject, key, store, replaces=replaces if asked is Asked.KUR else None
        )

    steps: tuple[tuple[str, Callable[[Client], Awaitable[object]]], ...] = (
        *((asked, asking(asked)) for asked in (Asked.IR, Asked.CR, Asked.KUR)),
        ("p10cr", lambda client: client.obtain_pkcs10(csr, store)),
        ("genm", lambda client: client.ca_certificates()),
    )
    revoking = ("rr", lambda client: client.revoke(ready, x509.ReasonFlags.key_compromise))
    lines = []
    for server, by, done in (
        (SERVER, Shared(REFERENCE, Secret.of(CODE)), steps),
        (SIGNING, Held(old, rsa_key("old")), (*steps, revoking)),
        (f"{SERVER} -poll_count 2 -check_after 1", Shared(REFERENCE, Secret.of(CODE)), steps[:1]),
    ):
        lines.append(f"$ openssl cmp -config '' -port 0 {server}")
        for name, do in done:
            with mock_server(at, *shlex.split(server), "-verbosity", "8") as url:
                async with httpx.AsyncClient(trust_env=False) as http:
                    await do(Client(Transfer(http, url), by, pki().chain, patience=Patience(time.time)))
            lines.append(f"{name}: " + "; ".join(told((at / "mock.txt").read_text())))
        lines.append("")
    return lines[:-1]


def told(said: str) -> Iterator[str]:
    """The lines about messages, without the addresses and file names of the run."""
    for line in said.splitlines():
        found = TOLD.search(line)
        if found:
            yield found[1]


def written() -> str:
    """The document's transcript."""
    return DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]


if __name__ == "__main__":
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(before + BEGIN + transcript() + END + after, encoding="utf-8")
