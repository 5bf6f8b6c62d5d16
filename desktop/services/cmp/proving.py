"""What can be proven of a CMP message before anything is decided: the code that protects it, and the key it is for."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from typing import Final

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from desktop.secret import Secret
from desktop.services.cmp.applying import read_pkcs10
from desktop.services.cmp.failures import RefusedError
from desktop.services.cmp.frame import MAX_REQUEST, Addressee, Message, check_header, read_message
from desktop.services.cmp.messages import Pkcs10
from desktop.services.cmp.peer import Proof, Ready, reference_of
from desktop.services.cmp.protect import MacKey, is_mac, mac_key
from desktop.services.cmp.transactions import wishes_implicit_confirmation

#: Rounds beyond which a message is left to who answers it, whose event loop does not wait for them.
_ROUNDS: Final = 2000


def prove(der: bytes, secret_of: Callable[[str], Secret | None], now: float) -> Proof | None:
    """None where nothing is proven: then whoever answers looks for itself, and says what is wrong.

    `secret_of`: the authorization code of a reference number, to be wiped; None where there is none. `now` in seconds
    since the epoch.
    """
    try:
        message = read_message(der, limit=MAX_REQUEST)
        protection = message.header.protection
        if protection is None or not is_mac(protection):
            return None
        reference = reference_of(message.header)
        known = secret_of(reference)
        # As much work for a reference that is unknown, so that the time tells nobody which ones there are.
        secret = Secret(os.urandom(16)) if known is None else known
        try:
            key = mac_key(secret, protection, most=_ROUNDS)
        finally:
            secret.wipe()
        key.check(message.part, message.protection)
        body = message.body().value
        ready = _ready(message, body, key, hashlib.sha256(der).digest(), now) if isinstance(body, Pkcs10) else None
    except RefusedError:
        return None
    return Proof(reference, key.value, ready)


def _ready(message: Message, body: Pkcs10, key: MacKey, digest: bytes, now: float) -> Ready | None:
    """None for one that goes on with an exchange, or tries to. Raises RefusedError for what would be refused."""
    header = message.header
    check_header(header, now=now)
    if header.recipient_nonce is not None:
        return None
    wanted = read_pkcs10(body)
    return Ready(
        digest=digest,
        to=Addressee.of(header),
        protection=key.protection,
        hash=key.hash,
        subject=wanted.subject,
        public_key=wanted.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        implicit=wishes_implicit_confirmation(header),
    )


def write_proof(proof: Proof) -> bytes:
    """For `read_proof` of another process of this machine."""
    return msgspec.msgpack.encode(proof)


def read_proof(written: bytes) -> Proof:
    return msgspec.msgpack.decode(written, type=Proof)
