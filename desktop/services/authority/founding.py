"""How the authority's two keys come to be, and how they are kept: the root's stays sealed once it has signed."""

from __future__ import annotations

from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from desktop.services.api import Reason, ServiceError
from desktop.services.authority import profile
from desktop.services.authority.connection import Connection
from desktop.services.authority.keys import KeyKind, key_bytes, load_signing_key, new_signing_key
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


def make(names: Names, now: float, kind: KeyKind) -> dict[str, Issuer]:
    root_key, issuing_key = new_signing_key(kind), new_signing_key(kind)
    root = Issuer(profile.root(root_key, names, now), root_key)
    issuing = profile.issuing(root, issuing_key.public_key(), names, now)
    return {_ROOT: root, _ISSUING: Issuer(issuing, issuing_key)}


def save(cx: Connection, vault: Vault, made: dict[str, Issuer]) -> None:
    """Both or neither. Keeps what another start has saved meanwhile."""
    if cx.execute("SELECT count(*) FROM ca_authorities").fetchone()[0]:
        return
    for role, issuer in made.items():
        certificate = issuer.certificate.public_bytes(serialization.Encoding.DER)
        sealed = vault.seal(key_bytes(issuer.key), f"ca:{role}")
        cx.execute("INSERT INTO ca_authorities VALUES (?, ?, ?)", (role, certificate, sealed))


def load(cx: Connection, vault: Vault) -> tuple[Issuer, x509.Certificate] | None:
    """The issuing CA and the root's certificate; the root's key stays sealed. Raises ServiceError STORE_CORRUPT."""
    rows = {row["role"]: row for row in cx.execute("SELECT * FROM ca_authorities")}
    if not rows:
        return None
    try:
        root = x509.load_der_x509_certificate(rows[_ROOT]["certificate"])
        certificate = x509.load_der_x509_certificate(rows[_ISSUING]["certificate"])
        key = load_signing_key(vault.unseal(rows[_ISSUING]["sealed_key"], f"ca:{_ISSUING}"))
    except (KeyError, ValueError) as error:
        raise ServiceError(Reason.STORE_CORRUPT, detail="ca") from error
    return Issuer(certificate, key), root
