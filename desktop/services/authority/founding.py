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


def renew(cx: Connection, vault: Vault, names: Names, now: float) -> x509.Certificate:
    """The issuing CA's next certificate: its name and its key, the years to come, never beyond the root's.

    The one before stays for what it has issued, so that nothing is revoked or fetched anew by this; list and answers
    of the one key hold for both. Raises ServiceError STORE_CORRUPT.
    """
    found = look(cx, vault)
    if found is None:
        raise ServiceError(Reason.STORE_CORRUPT, detail="ca")
    old, root, _ = found
    sealed = cx.execute("SELECT sealed_key FROM ca_authorities WHERE role = ?", (_ROOT,)).fetchone()["sealed_key"]
    issuer = Issuer(root, load_signing_key(vault.unseal(sealed, f"ca:{_ROOT}")))
    made = profile.issuing(issuer, check_own(old.public_key()), names, now)
    kept = (f"{_ISSUING} {old.serial_number}", old.public_bytes(serialization.Encoding.DER), b"")
    cx.execute("INSERT INTO ca_authorities VALUES (?, ?, ?)", kept)
    der = made.public_bytes(serialization.Encoding.DER)
    cx.execute("UPDATE ca_authorities SET certificate = ? WHERE role = ?", (der, _ISSUING))
    return made


def earlier(cx: Connection) -> dict[int, bytes]:
    """Certificates, DER, that the issuing CA had before, by their serial numbers."""
    rows = cx.execute("SELECT role, certificate FROM ca_authorities WHERE role LIKE ?", (f"{_ISSUING} %",))
    return {int(row["role"].partition(" ")[2]): row["certificate"] for row in rows}


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
