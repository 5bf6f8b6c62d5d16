"""What is exchanged with other programs, and how each side of an exchange is judged."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_der_private_key

from desktop.secret import Secret
from desktop.services.npki.cms import sign_cms, verify_cms
from desktop.services.npki.container import Form, open_key, seal_key
from desktop.services.npki.key import random_of
from desktop.services.npki.pfx import export_pfx, import_pfx
from tests.made import PASSWORD, Person, gildong, office

DOCUMENT = "계약서: 홍길동은 연습한다.\r\n".encode()


class Kind(StrEnum):
    KEY = "key"
    PFX = "pfx"
    CMS = "cms"


@dataclass(frozen=True, slots=True)
class Case:
    """`name` is what a peer is told; `title` stands in the table."""

    kind: Kind
    name: str
    title: str


CASES = (
    Case(Kind.KEY, Form.KISA, "signPri.key, 1.2.410.200004.1.15 (SEED, SHA-1)"),
    Case(Kind.KEY, Form.OLD, "signPri.key, 1.2.410.200004.1.4 (SEED, fixed IV)"),
    Case(Kind.KEY, Form.PBES2_SEED_SHA1, "PBES2, SEED-CBC, HMAC-SHA1"),
    Case(Kind.KEY, Form.PBES2_SEED_SHA256, "PBES2, SEED-CBC, HMAC-SHA256"),
    Case(Kind.KEY, Form.PBES2_ARIA128_SHA1, "PBES2, ARIA-128-CBC, HMAC-SHA1"),
    Case(Kind.KEY, Form.PBES2_ARIA256_SHA256, "PBES2, ARIA-256-CBC, HMAC-SHA256"),
    Case(Kind.KEY, Form.PBES2_AES256_SHA256, "PBES2, AES-256-CBC, HMAC-SHA256"),
    Case(Kind.PFX, "pfx-aes256", "PFX, AES-256 and HMAC-SHA256"),
    Case(Kind.PFX, "pfx-3des", "PFX, 3DES and HMAC-SHA1"),
    Case(Kind.CMS, "cms-attached", "CMS, the document inside"),
    Case(Kind.CMS, "cms-detached", "CMS, the document beside"),
)


class Result(StrEnum):
    """How an exchange went. Without R the key works, and the owner can no longer be proven."""

    WHOLE = "yes"
    WITHOUT_R = "yes, R lost"
    UNKNOWN = "–"


class Peer(Protocol):
    """Another program. Each call may raise anything for what it does not know.

    In `at` lie `certificate.der`, `plain.der` (PKCS#8 with R), `chain.pem` (issuing CA, then root), `document`.
    """

    name: str

    def read(self, case: Case, data: bytes, at: Path) -> bytes:
        """The PKCS#8 that it found in a key or PFX, or the document that a CMS proves, as it gives it out."""
        ...

    def write(self, case: Case, at: Path) -> bytes: ...


def lay_out(at: Path) -> None:
    """The files that every peer finds."""
    person = gildong()
    (at / "certificate.der").write_bytes(person.der)
    (at / "certificate.pem").write_bytes(person.certificate.public_bytes(Encoding.PEM))
    (at / "plain.der").write_bytes(person.pkcs8)
    (at / "document").write_bytes(DOCUMENT)
    for name, certificates in (("chain.pem", office().chain), ("root.pem", office().chain[1:])):
        (at / name).write_bytes(b"".join(ca.public_bytes(Encoding.PEM) for ca in certificates))


@cache
def written_by_us(case: Case) -> bytes:
    person = gildong()
    match case.kind:
        case Kind.KEY:
            return seal_key(Secret(person.pkcs8), Secret.of(PASSWORD), form=Form(case.name))
        case Kind.PFX:
            chain = [ca.public_bytes(Encoding.DER) for ca in office().chain]
            legacy = case.name == "pfx-3des"
            return export_pfx(person.der, Secret(person.pkcs8), chain, Secret.of(PASSWORD), legacy=legacy)
        case Kind.CMS:
            return sign_cms(DOCUMENT, person.certificate, person.key, office().chain, detached=_detached(case))


def read_by(peer: Peer, case: Case, at: Path) -> Result:
    """Whether the peer reads what we write. AssertionError where it reads something else."""
    try:
        found = peer.read(case, written_by_us(case), at)
    except Exception:  # noqa: BLE001 - whatever a foreign program raises means that it cannot
        return Result.UNKNOWN
    return _judged(case, found)


def read_by_us(peer: Peer, case: Case, at: Path) -> Result:
    """Whether we read what the peer writes; UNKNOWN when it writes none. Raises ServiceError where we cannot."""
    try:
        data = peer.write(case, at)
    except Exception:  # noqa: BLE001 - as above
        return Result.UNKNOWN
    return _judged(case, _read(case, data))


def _read(case: Case, data: bytes) -> bytes:
    match case.kind:
        case Kind.KEY:
            return bytes(open_key(data, Secret.of(PASSWORD)).view())
        case Kind.PFX:
            bundle = import_pfx(data, Secret.of(PASSWORD))
            assert gildong().der == bundle.certificate
            return bytes(bundle.plain.view())
        case Kind.CMS:
            signed = verify_cms(data, DOCUMENT if _detached(case) else None)
            assert [gildong().certificate] == [signer.certificate for signer in signed.signers]
            return signed.document


def _judged(case: Case, found: bytes) -> Result:
    if case.kind is Kind.CMS:
        assert DOCUMENT == found
        return Result.WHOLE
    person: Person = gildong()
    key = load_der_private_key(found, None)
    assert isinstance(key, RSAPrivateKey)
    assert person.key.private_numbers() == key.private_numbers()
    r = random_of(Secret(found))
    assert r in {None, person.r}
    return Result.WITHOUT_R if r is None else Result.WHOLE


def _detached(case: Case) -> bool:
    return case.name == "cms-detached"
