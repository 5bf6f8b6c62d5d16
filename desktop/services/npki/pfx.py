"""PFX files (PKCS#12): a certificate with key and chain, written so that R stays, read from whoever wrote them.

The libraries' own writers serialise the key anew and so lose R: here the bag holds the very bytes that were unwrapped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ObjectIdentifier

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError
from desktop.services.npki import container, pbe, pfx_form, pfx_mac
from desktop.services.npki.container import Form
from desktop.services.npki.key import load_key
from desktop.services.npki.pfx_mac import Budget

#: The largest file looked at, in bytes, and the most keys and certificates in it.
MOST_BYTES: Final = 1024 * 1024
MOST_KEYS: Final = 16
MOST_CERTIFICATES: Final = 64
ROUNDS: Final = 10_000
SALT_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a PFX holds. Certificates are DER; `plain` is PKCS#8, with R where the file had it, for the owner to wipe.

    `chain` goes from the issuing CA up to the root, as far as the file goes.
    """

    certificate: bytes = field(repr=False)
    plain: Secret
    chain: tuple[bytes, ...] = field(repr=False)


def export_pfx(
    certificate: bytes, plain: Secret, chain: Sequence[bytes], password: Secret, *, legacy: bool = False
) -> bytes:
    """AES-256 with SHA-256, as OpenSSL 3 writes; `legacy`: 3DES with SHA-1, which every old program reads.

    All certificates are DER.
    """
    form, prf = (Form.PKCS12_3DES, "sha1") if legacy else (Form.PBES2_AES256_SHA256, "sha256")
    recipe = pbe.choose(form, ROUNDS, salt=pbe.random_salt(SALT_BYTES))
    local_id = hashlib.sha1(certificate, usedforsecurity=False).digest()
    sealed = container.seal_key(plain, password, form=form, rounds=ROUNDS, salt=pbe.random_salt(SALT_BYTES))
    certificates = [_certificate_bag(certificate, local_id), *(_certificate_bag(one) for one in chain)]
    safes = [
        pfx_form.sealed_safe(certificates, password, recipe),
        pfx_form.plain_safe([pfx_form.bag(pfx_form.SHROUDED_BAG, sealed, local_id)]),
    ]
    return pfx_form.write(safes, password, prf=prf, rounds=ROUNDS)


def import_pfx(data: bytes, password: Secret, *, where: str = "") -> Bundle:
    """The signing certificate and its key. Raises ServiceError FILE_TOO_BIG, FILE_BROKEN, FORM_UNKNOWN,
    TOO_MANY_ROUNDS, WRONG_PASSWORD; KEY_MISSING without a key, KEY_MISMATCH where no certificate fits it."""
    if len(data) > MOST_BYTES:
        raise ServiceError(Reason.FILE_TOO_BIG, where=where)
    opened = _Opened()
    try:
        try:
            _open(data, password, opened, where)
        except pbe.FormUnknownError as error:
            raise ServiceError(Reason.FORM_UNKNOWN, where=where) from error
        except pfx_mac.TooManyRoundsError as error:
            raise ServiceError(Reason.TOO_MANY_ROUNDS, where=where) from error
        except pfx_mac.WrongMacError as error:
            raise ServiceError(Reason.WRONG_PASSWORD, where=where) from error
        except ValueError as error:
            raise ServiceError(Reason.FILE_BROKEN, where=where) from error
        if not opened.keys:
            raise ServiceError(Reason.KEY_MISSING, where=where)
        plain, certificate = _pair(opened, where)
        chain = tuple(_der(one) for one in _chain(certificate, opened.certificates))
        return Bundle(_der(certificate), plain.move(), chain)
    finally:
        for key in opened.keys:
            key.wipe()


@dataclass(slots=True)
class _Opened:
    keys: list[Secret] = field(default_factory=list)
    certificates: list[x509.Certificate] = field(default_factory=list)


def _open(data: bytes, password: Secret, opened: _Opened, where: str) -> None:
    budget = Budget()
    for safe in pfx_form.read(data, password, budget):
        for bag in pfx_form.open_safe(safe, password, budget):
            _take(*pfx_form.open_bag(bag), password, opened, budget, where)


def _take(
    type_id: ObjectIdentifier, value: bytes, password: Secret, opened: _Opened, budget: Budget, where: str
) -> None:
    if type_id == pfx_form.SHROUDED_BAG:
        budget.spend(container.rounds_of(value, where=where))
        opened.keys.append(container.open_key(value, password, where=where))
    elif type_id == pfx_form.KEY_BAG:
        opened.keys.append(Secret(value))
    elif type_id == pfx_form.CERTIFICATE_BAG:
        bag = asn1.decode_der(pfx_form.CertificateBag, value)
        if bag.type_id == pfx_form.X509:
            opened.certificates.append(x509.load_der_x509_certificate(bag.value))
    if len(opened.keys) > MOST_KEYS or len(opened.certificates) > MOST_CERTIFICATES:
        raise ValueError("more than a person's file holds")


def _pair(opened: _Opened, where: str) -> tuple[Secret, x509.Certificate]:
    """A Korean file may hold a pair for encipherment too: the one that signs comes first."""
    for certificate in sorted(opened.certificates, key=_signs, reverse=True):
        for plain in opened.keys:
            try:
                load_key(plain, certificate, where=where)
            except ServiceError as error:
                if error.reason not in (Reason.KEY_MISMATCH, Reason.FORM_UNKNOWN):
                    raise
            else:
                return plain, certificate
    raise ServiceError(Reason.KEY_MISMATCH, where=where)


def _signs(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature
    except (x509.ExtensionNotFound, ValueError):
        return False


def _chain(certificate: x509.Certificate, known: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    chain = [certificate]
    while True:
        above = [one for one in known if one.subject == chain[-1].issuer and one not in chain]
        if not above:
            return chain[1:]
        chain.append(above[0])


def _certificate_bag(certificate: bytes, local_id: bytes | None = None) -> bytes:
    bag = pfx_form.CertificateBag(type_id=pfx_form.X509, value=certificate)
    return pfx_form.bag(pfx_form.CERTIFICATE_BAG, asn1.encode_der(bag), local_id)


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)
