"""What a person's own side does in tests: makes a key, fetches its certificate, and signs with keys of files."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from desktop.secret import Secret
from desktop.services.api import Enrolment, VerifyPassword, password_statement
from desktop.services.authority.door import Door
from desktop.services.cmp.client import enrol
from desktop.services.cmp.failures import Failure, RefusedError
from desktop.services.cmp.registrar import Applicant, Application, Asked
from desktop.services.cmp.talk import Send
from desktop.services.npki.container import open_key
from desktop.services.npki.key import load_key
from desktop.services.npki.names import user_path

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A certificate that came back and is not confirmed yet."""

    transaction: bytes
    certificate: bytes
    key: RSAPrivateKey = field(repr=False)
    random: bytes | None

    @property
    def serial(self) -> str:
        return str(x509.load_der_x509_certificate(self.certificate).serial_number)


class Purse:
    """At the door itself, without the messages: those have tests of their own."""

    def __init__(self, door: Door, home: Path) -> None:
        self.door, self.home = door, home

    def say(self, work: Callable[[], T]) -> T:
        """One message, as the responder handles it: what was written before a refusal stays."""
        with self.door.transaction():
            try:
                return work()
            except RefusedError as error:
                failed = error
        raise failed

    def knows(self, reference: str, code: str) -> bool:
        """Whether a MAC under this code would do."""

        def compare() -> bool:
            kept = self.door.secret_of(reference)
            if kept is None:
                raise RefusedError(Failure.BAD_MESSAGE_CHECK)
            if kept != Secret.of(code):
                self.door.wrong_secret(reference)
            return kept == Secret.of(code)

        return self.say(compare)

    def fetch(self, enrolment: Enrolment, **given: Any) -> Fetched:
        """`given`: any of an Application's fields, and `key`, for another than a new one."""
        key = given.pop("key", None) or generate_private_key(65537, enrolment.key_bits)
        old = enrolment.replaces and x509.load_der_x509_certificate(enrolment.replaces).serial_number
        right: dict[str, Any] = {
            "transaction": secrets.token_bytes(16),
            "asked": Asked.KUR if old else Asked.IR,
            "applicant": Applicant(reference=enrolment.reference),
            "subject": x509.Name([]),
            "public_key": key.public_key(),
            "random": secrets.token_bytes(20),
            "replaces": old,
        }
        application = Application(**{**right, **given})
        made = self.say(lambda: self.door.request(application))
        return Fetched(application.transaction, made, key, application.random)

    def confirm(self, fetched: Fetched) -> None:
        self.say(lambda: self.door.confirm(fetched.transaction))

    def reject(self, fetched: Fetched) -> None:
        self.say(lambda: self.door.reject(fetched.transaction))

    def key_of(self, certificate: bytes, password: str) -> RSAPrivateKey:
        """Out of the file that its owner has."""
        found = x509.load_der_x509_certificate(certificate)
        sealed = (self.home / user_path(found) / "signPri.key").read_bytes()
        return load_key(open_key(sealed, Secret.of(password)), found)

    def prove(self, journey: str, certificate: bytes, password: str) -> VerifyPassword:
        return VerifyPassword(certificate, signed(self.key_of(certificate, password), password_statement(journey)))


async def obtained(send: Send, enrolment: Enrolment, clock: Callable[[], float], **given: Any) -> bytes:
    """The certificate, by the messages of our own client, and confirmed as soon as it came. `given`: of `enrol`."""
    code = Secret.of(enrolment.code)
    right: dict[str, Any] = {
        "reference": enrolment.reference,
        "code": code,
        "subject": enrolment.subject,
        "key": generate_private_key(65537, enrolment.key_bits),
        "chain": enrolment.chain,
        "store": _kept,
        "random": secrets.token_bytes(20),
        "replaces": enrolment.replaces,
        "now": clock,
    }
    return await enrol(send, **{**right, **given})


async def _kept(certificate: bytes, chain: tuple[bytes, ...]) -> None:
    """Nowhere: the caller gets it."""


def signed(key: RSAPrivateKey, document: bytes) -> bytes:
    return key.sign(document, padding.PKCS1v15(), hashes.SHA256())


def turned_away(failure: Failure) -> pytest.RaisesExc[RefusedError]:
    """`pytest.raises` for one failure."""
    return pytest.raises(RefusedError, check=lambda error: error.failure == failure)
