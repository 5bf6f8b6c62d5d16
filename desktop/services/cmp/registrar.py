"""What a CMP responder needs of the authority behind it: the Protocol, and what passes between the two."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from desktop.secret import Secret

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey


class Asked(StrEnum):
    """By which message a certificate was asked for."""

    IR = "ir"  # a first one
    CR = "cr"  # a further one
    KUR = "kur"  # one for a new key in the place of `Application.replaces`
    P10CR = "p10cr"  # by a PKCS#10 request


class Awaited(StrEnum):
    """What the CA waits for in an exchange."""

    NOTHING = "nothing"
    POLL = "poll"  # the certificate is not ready: pollReq
    CONFIRMATION = "confirmation"  # certConf


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who sent a message, as its protection proved: by a shared secret (`reference`), or by a certificate's key.

    Exactly one of the two is there. A certificate has passed `Registrar.check_signer`.
    """

    reference: str | None = None
    certificate: x509.Certificate | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Application:
    """A certificate asked for. Possession of the private key is proven already.

    `transaction`: the transactionID, by which `collect`, `confirm` and `reject` name it later. `subject` is the name
    that was asked (DER), perhaps empty; the CA decides. `random`: R for the VID, decrypted, None where none came.
    `replaces`: serial number of a certificate of this CA (kur; with a signature the signer's own where nothing else is
    named). `final`: no confirmation follows a certificate that is made at once, as the client wishes; what `confirm`
    would do is done with it.
    """

    transaction: bytes
    asked: Asked
    applicant: Applicant
    subject: bytes = field(repr=False)
    public_key: PublicKey
    random: bytes | None = field(default=None, repr=False)
    replaces: int | None = None
    final: bool = False


@dataclass(frozen=True, slots=True)
class Later:
    """The certificate is not ready; the other side asks again in so many seconds."""

    check_after: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """Where a transaction stands after its last answer; a registrar keeps one for each transaction, as it is.

    `request`: SHA-256 of the message last answered; the same bytes again get `answer` again, without any effect.
    `nonce`: the senderNonce of `answer`, which the next message must return. `applicant`: a mark of who it is with
    (not personal). `certificate`: DER, what is to be confirmed. `asked`: None for an exchange without a certificate.
    """

    transaction: bytes
    request: bytes
    answer: bytes = field(repr=False)
    nonce: bytes = field(repr=False)
    applicant: str
    awaited: Awaited = Awaited.NOTHING
    asked: Asked | None = None
    certificate: bytes | None = field(default=None, repr=False)


class Registrar(Protocol):
    """The authority as a CMP responder sees it. All calls of one message are made inside one `transaction()`.

    Whatever is not to be done is refused with `RefusedError(Failure.…)`; the responder answers with that bit.
    Typical are NOT_AUTHORIZED, BAD_CERT_TEMPLATE (subject, key size), BAD_CERT_ID, CERT_REVOKED, DUPLICATE_CERT_REQ.
    """

    def transaction(self) -> AbstractContextManager[None]:
        """One message: all that is done and kept inside takes effect together, or not at all when it raises.

        A refusal is caught within and answered: it leaves the block in good order, so what was written before the
        error stays. Refuse before writing.
        """
        ...

    def secret_of(self, reference: str) -> Secret | None:
        """The authorization code of this reference number, a copy that the responder wipes.

        None when there is none, or when its time is over. A used one is still needed for certConf and for repeats.
        """
        ...

    def has_secret(self, reference: str) -> bool:
        """Whether `secret_of` gives one."""
        ...

    def wrong_secret(self, reference: str) -> None:
        """A MAC under the secret of this reference number was wrong: a try, of which there are only so many.

        Called inside the message's transaction, which then stays (it is a refusal): the next ones are refused sooner.
        """
        ...

    def check_signer(self, certificate: x509.Certificate) -> None:
        """Returns when this certificate is ours, in its time and not revoked, so that its key may sign messages.

        The signature of the message by this certificate's key is checked by the responder; that the CA issued the
        certificate is the registrar's to check. Raises RefusedError SIGNER_NOT_TRUSTED or CERT_REVOKED.
        """
        ...

    def request(self, application: Application) -> bytes | Later:
        """Makes the certificate (DER), which stays unconfirmed unless it is `final`; or says when to ask again.

        Raises RefusedError.
        """
        ...

    def collect(self, transaction: bytes) -> bytes | Later:
        """As `request`, asked again later (pollReq). An authority that never answers Later is never asked."""
        ...

    def confirm(self, transaction: bytes) -> None:
        """The person's side has the certificate of this transaction and keeps it. Raises RefusedError."""
        ...

    def reject(self, transaction: bytes) -> None:
        """The person's side does not want the certificate of this transaction: revoke it."""
        ...

    def revoke(self, applicant: Applicant, serial: int, reason: x509.ReasonFlags) -> None:
        """Revokes (`remove_from_crl`: takes a hold off) by the wish of a holder, who signed. `serial` is of this CA.

        Raises RefusedError: NOT_AUTHORIZED for another's certificate, BAD_CERT_ID for none, CERT_REVOKED for one gone.
        """
        ...

    def exchange(self, transaction: bytes) -> Exchange | None:
        """What was kept last, None for a transactionID never seen (or long forgotten)."""
        ...

    def keep(self, exchange: Exchange) -> None:
        """In the place of the one of the same transaction. Keep at least as long as a certificate may be confirmed."""
        ...

    def ca_certificates(self) -> tuple[bytes, ...]:
        """DER; the issuing CA, then the root."""
        ...

    def crl(self) -> bytes:
        """The issuing CA's current CRL, DER."""
        ...
