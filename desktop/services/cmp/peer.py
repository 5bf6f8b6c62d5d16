"""Knows with whom a CA speaks: what proves a message to be theirs, and how the answer is protected for them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.asn1 import TLV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from msgspec import Struct

from desktop.secret import Secret
from desktop.services.cmp.crmf import written
from desktop.services.cmp.failures import Failure, RefusedError
from desktop.services.cmp.frame import Addressee, Message, load_certificate, write_header, write_message, write_part
from desktop.services.cmp.messages import Body, Header
from desktop.services.cmp.protect import (
    MacKey,
    PrivateKey,
    check_signature,
    is_mac,
    mac_key,
    may_sign_messages,
    sign,
    signature_algorithm,
    usable_key,
)
from desktop.services.cmp.registrar import Applicant, Registrar

MAX_REFERENCE = 64
_NOBODY = x509.Name([]).public_bytes()


@dataclass(frozen=True, slots=True)
class Identity:
    """What a CA signs its messages with: the CA's own certificate, or one it gave for that (id-kp-cmcRA).

    `chain`: DER, what is between it and the root.
    """

    certificate: x509.Certificate
    key: PrivateKey
    chain: tuple[bytes, ...] = ()
    name: bytes = field(init=False, repr=False)
    key_id: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Written once: every answer says them."""
        object.__setattr__(self, "name", self.certificate.subject.public_bytes())
        object.__setattr__(self, "key_id", key_id_of(self.certificate))


@dataclass(frozen=True, slots=True)
class Peer:
    """Who sent a message. `mac_key` is what proved it, where that was a secret; `mark` tells peers apart, unnamed."""

    applicant: Applicant
    mac_key: MacKey | None
    mark: str


class Ready(Struct, frozen=True, array_like=True):
    """A p10cr that begins an exchange, read: in time, in order, and signed by the key that it is for.

    `digest`: SHA-256 of the message. `protection` (DER) and `hash` are those of its MAC, `subject` (a DER Name) and
    `public_key` (SubjectPublicKeyInfo) what it asks. `implicit`: the client wishes to leave out the confirmation.
    """

    digest: bytes
    to: Addressee
    protection: bytes
    hash: str
    subject: bytes
    public_key: bytes
    implicit: bool


class Proof(Struct, frozen=True, array_like=True):
    """Of one message, by a process of ours that looked at it before.

    `key`: what the code of this reference number becomes by the message's own protection, which it has proven.
    """

    reference: str
    key: bytes
    ready: Ready | None = None

    def __repr__(self) -> str:
        return "<proof>"


def authenticate(message: Message, registrar: Registrar, proof: Proof | None = None) -> Peer:
    """Raises RefusedError: BAD_MESSAGE_CHECK (also for an unknown reference number), SIGNER_NOT_TRUSTED and others.

    `proof`: of this very message.
    """
    protection = message.header.protection
    if protection is None or message.protection is None:
        raise RefusedError(Failure.BAD_MESSAGE_CHECK)
    if not is_mac(protection):
        return _by_signature(message, protection, registrar)
    return (proof and _proven(message, protection, registrar, proof)) or _by_secret(message, protection, registrar)


def _by_secret(message: Message, protection: list[TLV], registrar: Registrar) -> Peer:
    """The key id alone names the secret: OpenSSL puts the wanted subject, not the reference, into `sender`."""
    reference = reference_of(message.header)
    known = registrar.secret_of(reference) if reference else None
    # As much work for a reference that is unknown, so that the time tells nobody which ones there are.
    secret = Secret(os.urandom(16)) if known is None else known
    try:
        key = mac_key(secret, protection)
        key.check(message.part, message.protection)
        if known is None:
            raise RefusedError(Failure.BAD_MESSAGE_CHECK)
    except RefusedError as error:
        if known is not None and error.failure is Failure.BAD_MESSAGE_CHECK:
            registrar.wrong_secret(reference)
        raise
    finally:
        secret.wipe()
    return _referred(reference, key)


def _proven(message: Message, protection: list[TLV], registrar: Registrar, proof: Proof) -> Peer | None:
    """By the key that the proof brings, where the code it came from is good still; None: it is to be proven anew."""
    if reference_of(message.header) != proof.reference or not registrar.has_secret(proof.reference):
        return None
    try:
        key = MacKey.of(protection, proof.key)
        key.check(message.part, message.protection)
    except RefusedError:
        return None
    return _referred(proof.reference, key)


def proven(proof: Proof, ready: Ready, registrar: Registrar) -> Peer | None:
    """Who sent what is `ready`, where the code that proved it is good still."""
    if not registrar.has_secret(proof.reference):
        return None
    return _referred(proof.reference, MacKey(ready.protection, proof.key, ready.hash))


def _referred(reference: str, key: MacKey) -> Peer:
    mark = hashlib.sha256(b"reference " + reference.encode()).hexdigest()
    return Peer(Applicant(reference=reference), key, mark)


def reference_of(header: Header) -> str:
    """Empty for none, or one too long. Raises RefusedError BAD_MESSAGE_CHECK for what none can be."""
    try:
        reference = (header.sender_kid or b"").decode("ascii")
    except UnicodeDecodeError as error:
        raise RefusedError(Failure.BAD_MESSAGE_CHECK) from error
    return reference if len(reference) <= MAX_REFERENCE else ""


def _by_signature(message: Message, protection: list[TLV], registrar: Registrar) -> Peer:
    """The signer's certificate is the first of extraCerts (RFC 9483, 3.3), and named by sender and senderKID."""
    if not message.extra_certs:
        raise RefusedError(Failure.SIGNER_NOT_TRUSTED)
    certificate = load_certificate(message.extra_certs[0], Failure.SIGNER_NOT_TRUSTED)
    key = usable_key(certificate, Failure.SIGNER_NOT_TRUSTED)
    header = message.header
    if asn1.encode_der(header.sender) != certificate.subject.public_bytes():
        raise RefusedError(Failure.SIGNER_NOT_TRUSTED)
    if header.sender_kid is not None and header.sender_kid != key_id_of(certificate):
        raise RefusedError(Failure.SIGNER_NOT_TRUSTED)
    if not may_sign_messages(certificate):
        raise RefusedError(Failure.SIGNER_NOT_TRUSTED)
    check_signature(key, protection, message.part, message.protection, Failure.BAD_MESSAGE_CHECK)
    registrar.check_signer(certificate)
    return Peer(Applicant(certificate=certificate), None, certificate.fingerprint(SHA256()).hex())


def key_id_of(certificate: x509.Certificate) -> bytes:
    """The subjectKeyIdentifier, or what it would be (RFC 5280, 4.2.1.2, method 1)."""
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except x509.ExtensionNotFound:
        return x509.SubjectKeyIdentifier.from_public_key(certificate.public_key()).digest


def write_answer(
    identity: Identity,
    peer: Peer | None,
    body: Body,
    *,
    to: Addressee | None,
    nonce: bytes,
    now: float,
    general_info: Sequence[bytes] = (),
    extra_certs: tuple[bytes, ...] = (),
) -> bytes:
    """Protected as the request was; by a signature where nobody is known. `to`: None for what no header came with."""
    secret = None if peer is None else peer.mac_key
    shared = peer is not None and peer.applicant.reference
    header = write_header(
        sender=identity.name,
        recipient=_NOBODY if to is None else to.name,
        now=now,
        protection=written(signature_algorithm(identity.key.public_key())) if secret is None else secret.protection,
        sender_kid=shared.encode() if shared else identity.key_id,
        transaction=None if to is None else to.transaction,
        nonce=nonce,
        reply_to=None if to is None else to.nonce,
        general_info=general_info,
    )
    part = write_part(header, body)
    if secret is not None:
        return write_message(part, secret.mac(part), extra_certs)
    own = (identity.certificate.public_bytes(Encoding.DER), *identity.chain)
    return write_message(part, sign(identity.key, part), tuple(dict.fromkeys((*own, *extra_certs))))
