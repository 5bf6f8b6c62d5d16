"""A store filled for a measurement: made-up people whose checks are done, each with leave to fetch one certificate."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.asn1 import Null
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from desktop.banks import load_banks
from desktop.secret import Secret
from desktop.services.api import Enrol, Kind, OpenJourney, Task
from desktop.services.authority.connection import Connection
from desktop.services.authority.crowd import crowd
from desktop.services.authority.keys import KeyKind
from desktop.services.authority.local import DATABASE_NAME
from desktop.services.authority.opened import open_store
from desktop.services.authority.parts import Parts, assemble
from desktop.services.authority.practice import People, Person
from desktop.services.authority.vault import Vault
from desktop.services.cmp.asking import pkcs10_request
from desktop.services.cmp.crmf import algorithm, written
from desktop.services.cmp.frame import NONCE_BYTES, write_header, write_message, write_part
from desktop.services.cmp.messages import IMPLICIT_CONFIRM
from desktop.services.cmp.protect import HMAC_SHA256, PASSWORD_BASED_MAC, SHA256, PbmParameter, mac
from desktop.shipped import shipped

#: The bank that has P-256 keys certified, and what it issues.
BANK: Final = "kbank"
#: What `openssl cmp` sends.
ROUNDS: Final = 500
_KEYS: Final = 16  # a key of a person's own takes 45 ms to make where it is RSA: these are used in turn
_TOGETHER: Final = 1000  # rows a commit

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Leave:
    """A single-use authorization: who has the code may have one certificate."""

    reference: str
    code: str


@contextmanager
def opened(folder: Path, keys: KeyKind = "rsa", database: str | None = None) -> Iterator[Parts]:
    """The parts of a practice authority on this folder, founded with a CA of such keys where there is none.

    `database`: of PostgreSQL, in the place of a file.
    """
    store = open_store(folder / DATABASE_NAME, database)
    try:
        banks, vault = load_banks(shipped("banks")), Vault.open(folder)
        yield assemble(store, vault, time.time, banks, People(()), practice=True, ca_keys=keys)
    finally:
        store.close()


def give_leave(parts: Parts, count: int, *, first: int = 0) -> list[Leave]:
    """To people `first` and following of the crowd, who have proven all that the bank asks."""
    given: list[Leave] = []
    for start in range(first, first + count, _TOGETHER):
        with parts.store.transaction() as cx:
            people = crowd(min(_TOGETHER, first + count - start), first=start)
            given += [_leave(cx, parts, person) for person in people]
    return given


def _leave(cx: Connection, parts: Parts, person: Person) -> Leave:
    customer = parts.customers.add(cx, rrn=person.rrn, name=person.name, phone=person.phone)
    opened = parts.journeys.open(cx, OpenJourney(BANK, Kind.JOINT, Task.ISSUE))
    journey = parts.journeys.enter(cx, opened.journey)
    parts.journeys.know(cx, journey, customer, None)
    for check in opened.checks:
        parts.journeys.mark_done(cx, journey, check)
    seconds = float(journey.bank.policies.enrolment_seconds)
    return Leave(*parts.enrolments.open(cx, journey.id, Enrol("bank", ""), parts.ca.naming(cx), seconds=seconds))


def messages(leaves: list[Leave], keys: KeyKind, ca: x509.Name) -> Iterator[bytes]:
    """One p10cr each, under its code, that waives the confirmation: all that a certificate takes, in one message."""
    made = [new_key(keys) for _ in range(_KEYS)]
    for number, leave in enumerate(leaves):
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, leave.reference)])
        request = x509.CertificateSigningRequestBuilder(name).sign(made[number % _KEYS], hashes.SHA256())
        yield _message(leave, request, ca)


def _message(leave: Leave, request: x509.CertificateSigningRequest, ca: x509.Name) -> bytes:
    protection = algorithm(
        PASSWORD_BASED_MAC,
        PbmParameter(
            salt=os.urandom(16), owf=algorithm(SHA256, Null()), rounds=ROUNDS, mac=algorithm(HMAC_SHA256, Null())
        ),
    )
    header = write_header(
        sender=request.subject.public_bytes(),
        recipient=ca.public_bytes(),
        now=time.time(),
        protection=written(protection),
        sender_kid=leave.reference.encode(),
        transaction=os.urandom(NONCE_BYTES),
        nonce=os.urandom(NONCE_BYTES),
        reply_to=None,
        general_info=[written(algorithm(IMPLICIT_CONFIRM, Null()))],
    )
    part = write_part(header, pkcs10_request(request))
    return write_message(part, mac(Secret.of(leave.code), protection, part))


def new_key(kind: KeyKind) -> PrivateKey:
    return ec.generate_private_key(ec.SECP256R1()) if kind == "p256" else rsa.generate_private_key(65537, 2048)
