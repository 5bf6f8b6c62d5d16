"""Knows how R reaches the CA unseen: as CMS EnvelopedData (RFC 5652) for the CA's certificate, in regInfo."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7EnvelopeBuilder, PKCS7Options, pkcs7_decrypt_der

from desktop.services.cmp.crmf import ENCRYPTED_RANDOM, Attribute, raw
from desktop.services.cmp.failures import Failure, RefusedError

#: An envelope for an RSA key of 8192 bits has under 2 kB.
MAX_ENVELOPE = 4096
MAX_RANDOM = 64


def encrypt_random(random: bytes, recipient: x509.Certificate) -> Attribute:
    """The regInfo: its value is a CMS ContentInfo (RSA PKCS#1 v1.5 key transport, AES-256-CBC) round the bytes of R.

    ValueError for a recipient without an RSA key.
    """
    if not isinstance(recipient.public_key(), rsa.RSAPublicKey):
        raise ValueError("R is encrypted to an RSA key")
    envelope = PKCS7EnvelopeBuilder().set_data(random).add_recipient(recipient)
    envelope = envelope.set_content_encryption_algorithm(AES256)
    return Attribute(oid=ENCRYPTED_RANDOM, value=raw(envelope.encrypt(Encoding.DER, [PKCS7Options.Binary])))


def decrypt_random(envelope: bytes, certificate: x509.Certificate, key: rsa.RSAPrivateKey) -> bytes:
    """R. Raises RefusedError INCORRECT_DATA, whatever is wrong.

    Asked only for messages whose protection was right, so that no stranger gets to try paddings.
    """
    if len(envelope) > MAX_ENVELOPE:
        raise RefusedError(Failure.INCORRECT_DATA)
    try:
        random = pkcs7_decrypt_der(envelope, certificate, key, [])
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise RefusedError(Failure.INCORRECT_DATA) from error
    if not 0 < len(random) <= MAX_RANDOM:
        raise RefusedError(Failure.INCORRECT_DATA)
    return random
