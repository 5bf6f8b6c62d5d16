"""The CA that signs a bank's certificates when this server does not: asked for one, and of the state of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from desktop.services.api import Status


@dataclass(frozen=True, slots=True)
class Wanted:
    """A certificate to be made. `person` is the owner's name, `policy` a dotted OID of the bank's profile.

    `random` is R, of 20 bytes, from which a CA that knows the owner's number makes the VID.
    """

    person: str = field(repr=False)
    unit: str
    code: str
    policy: str
    key: RSAPrivateKey = field(repr=False)
    random: bytes = field(repr=False)


class Issuer(Protocol):
    """Called outside any transaction, by many threads at once."""

    @property
    def chain(self) -> tuple[bytes, bytes]:
        """DER of the issuing CA, then of the root."""
        ...

    @property
    def holds(self) -> bool:
        """Whether the CA puts a certificate on hold, and takes it off again."""
        ...

    def issue(self, wanted: Wanted, store: Callable[[bytes], None], *, key: str) -> bytes:
        """The certificate, DER, of just this key, name and policy, below the root that was configured.

        `store` keeps it durably; only after that does the CA hear that it is wanted. What the CA hears nothing of, it
        takes back by itself: a call that broke off is asked again, and leaves no second certificate.
        Raises ServiceError ENROLMENT_REFUSED, ENROLMENT_BROKEN, UNREACHABLE, TIMED_OUT, and whatever `store` raises.
        """
        ...

    def revoke(self, certificate: bytes, reason: x509.ReasonFlags, *, key: str) -> None:
        """`certificate_hold` and `remove_from_crl` are for a CA that `holds`. To revoke twice is no failure.

        Raises ServiceError as `issue` does.
        """
        ...

    def status(self, certificate: bytes) -> Status | None:
        """As the CA says it is, by a signed answer; None where it does not know it or was given no address to ask.

        Raises ServiceError UNREACHABLE, TIMED_OUT or NONSENSE.
        """
        ...

    def close(self) -> None: ...


class KeySource(Protocol):
    """Where the key of a certificate in the cloud comes from."""

    def take(self) -> RSAPrivateKey:
        """A key that nobody was given before. Raises ServiceError UNREACHABLE where there is none left."""
        ...
