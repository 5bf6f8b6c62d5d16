"""How the authority's two keys come to be, and how they are kept: the root's stays sealed once it has signed."""

from __future__ import annotations

from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from desktop.services.api import Reason, ServiceError
from desktop.services.authority import profile
from desktop.services.authority.connection import Connection
from desktop.services.authority.custody import Signer
from desktop.services.authority.keys import (
    KeyKind,
    SigningKey,
    check_own,
    key_bytes,
    load_signing_key,
    new_signing_key,
)
from desktop.services.authority.profile import Issuer, Names
from desktop.services.authority.vault import Vault

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS ca_authorities (
    role TEXT PRIMARY KEY,
    certificate BLOB NOT NULL,
    sealed_key BLOB NOT NULL
) STRICT;
"""

_ROOT, _ISSUING = "root", "issuing"


def make(names: Names, now: float, kind: KeyKind, signer: Signer | None) -> dict[str, Issuer]:
    """`signer` has the issuing CA's key, None: it is made here. The root's is always made here, and signs once."""
    root_key, issuing_key = new_signing_key(kind), signer.make(kind) if signer else new_signing_key(kind)
    root = Issuer(profile.root(root_key, names, now), root_key)
    issuing = profile.issuing(root, issuing_key.public_key(), names, now)
    return {_ROOT: root, _ISSUING: Issuer(issuing, issuing_key)}


def save(cx: Connection, vault: Vault, made: dict[str, Issuer], signer: Signer | None) -> None:
    """Both or neither. Keeps what another start has saved meanwhile. A key on a token leaves an empty place."""
    if cx.execute("SELECT count(*) FROM ca_authorities").fetchone()[0]:
        return
    for role, issuer in made.items():
        certificate = issuer.certificate.public_bytes(serialization.Encoding.DER)
        elsewhere = signer is not None and role == _ISSUING
        sealed = b"" if elsewhere else vault.seal(key_bytes(issuer.key), f"ca:{role}")
        cx.execute("INSERT INTO ca_authorities VALUES (?, ?, ?)", (role, certificate, sealed))


def load(cx: Connection, vault: Vault, signer: Signer | None) -> tuple[Issuer, x509.Certificate] | None:
    """The issuing CA and the root's certificate; the root's key stays sealed.

    Raises ServiceError STORE_CORRUPT; KEY_MISSING where the key is on a token that nobody names or has; KEY_MISMATCH
    where one is named and the key is here.
    """
    found = look(cx, vault)
    if found is None:
        return None
    certificate, root, key = found
    if key is None and signer is None:
        raise ServiceError(Reason.KEY_MISSING, detail="ca")
    if key is not None and signer is not None:
        raise ServiceError(Reason.KEY_MISMATCH, detail="ca")
    if signer is not None:
        key = signer.find(check_own(certificate.public_key()))
    assert key is not None
    return Issuer(certificate, key), root


def look(cx: Connection, vault: Vault) -> tuple[x509.Certificate, x509.Certificate, SigningKey | None] | None:
    """Certificates of the issuing CA and of the root; the former's key, None where it is on a token.

    Raises ServiceError STORE_CORRUPT.
    """
    rows = {row["role"]: row for row in cx.execute("SELECT * FROM ca_authorities")}
    if not rows:
        return None
    try:
        root = x509.load_der_x509_certificate(rows[_ROOT]["certificate"])
        certificate = x509.load_der_x509_certificate(rows[_ISSUING]["certificate"])
        sealed = rows[_ISSUING]["sealed_key"]
        return certificate, root, load_signing_key(vault.unseal(sealed, f"ca:{_ISSUING}")) if sealed else None
    except (KeyError, ValueError) as error:
        raise ServiceError(Reason.STORE_CORRUPT, detail="ca") from error
