"""The certificate authority: its two keys, the ledger of what it issued, and the state of each certificate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import ReasonFlags

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError, Status
from desktop.services.authority import profile
from desktop.services.authority.connection import Connection
from desktop.services.authority.custody import Signer
from desktop.services.authority.founding import earlier, load, make, save
from desktop.services.authority.keys import KeyKind, PublicKey, check_own, check_strength, verify
from desktop.services.authority.ledger import find
from desktop.services.authority.press import Press, Pressed
from desktop.services.authority.profile import Names, Owner
from desktop.services.authority.store import Store
from desktop.services.authority.vault import Vault
from desktop.services.npki.der import children, element
from desktop.services.npki.vid import identify_data, vid

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS ca_certificates (
    sequence INTEGER PRIMARY KEY,
    serial TEXT NOT NULL UNIQUE,
    certificate BLOB NOT NULL,
    not_after INTEGER NOT NULL,
    status TEXT NOT NULL DEFAULT 'good',
    reason TEXT,
    changed_at INTEGER,
    held_until INTEGER
) STRICT;
DROP INDEX IF EXISTS ca_not_good;
CREATE INDEX IF NOT EXISTS ca_gone ON ca_certificates (sequence) WHERE status <> 'good';
CREATE INDEX IF NOT EXISTS ca_held ON ca_certificates (held_until) WHERE held_until IS NOT NULL;
CREATE TABLE IF NOT EXISTS ca_crl (
    "only" INTEGER PRIMARY KEY CHECK ("only" = 1),
    number INTEGER NOT NULL,
    crl BLOB NOT NULL,
    this_update INTEGER NOT NULL,
    stale INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS ca_names (
    "only" INTEGER PRIMARY KEY CHECK ("only" = 1),
    given INTEGER NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Naming:
    """What tells one person's certificates, and people of one name, apart: a number and a day (epoch seconds)."""

    number: int
    at: float


@dataclass(frozen=True, slots=True)
class CertificateRequest:
    """`idn` is the 13-digit number the bank knows, `random` the R of 20 bytes that the owner keeps.

    `naming`: what `CertificateAuthority.naming` gave before; None for one of its own.
    """

    bank_unit: str
    bank_code: str
    name: str = field(repr=False)
    public_key: PublicKey
    idn: Secret
    random: bytes = field(repr=False)
    policy: str  # dotted OID
    years: int
    until: float | None = None  # another end than `years` make
    at: float | None = None  # another day than today
    naming: Naming | None = None


@dataclass(frozen=True, slots=True)
class IssuedCertificate:
    """Times are seconds since the epoch, UTC."""

    serial: int
    der: bytes = field(repr=False)
    not_before: float
    not_after: float


class CertificateAuthority:
    """Root and issuing CA, made on first start. What changes the ledger runs in the caller's transaction.

    `keys`: of which kind a new CA's are; one that exists keeps its own. `signer` has the issuing CA's, where the store
    does not.
    `age`: seconds that a new CA looks back on, for practice, whose people have certificates from years ago.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        clock: Callable[[], float],
        *,
        names: Names | None = None,
        age: float = 0.0,
        keys: KeyKind = "rsa",
        signer: Signer | None = None,
    ) -> None:
        self.names = names or Names()
        self._clock = clock
        with store.read() as cx:
            known, self._earlier = load(cx, vault, signer), earlier(cx)
        if known is None:
            # The keys take a tenth of a second, so they are made before the store is held.
            made = make(self.names, clock() - age, keys, signer)
            with store.transaction() as cx:
                save(cx, vault, made, signer)
                known = load(cx, vault, signer)
        assert known is not None
        self.issuer, root = known
        encoding = serialization.Encoding.DER
        self._chain = self.issuer.certificate.public_bytes(encoding), root.public_bytes(encoding)
        self._name = self.issuer.certificate.subject.public_bytes()
        self._public_key = check_own(self.issuer.certificate.public_key())
        self._ends = int(self.issuer.certificate.not_valid_after_utc.timestamp())
        self._press = Press(self.issuer, self.names)

    def naming(self, cx: Connection, *, at: float | None = None) -> Naming:
        """For a certificate to come, and never given again."""
        row = cx.execute(
            "INSERT INTO ca_names SELECT 1, coalesce(max(sequence), 0) + 1 FROM ca_certificates WHERE true"
            ' ON CONFLICT ("only") DO UPDATE SET given = ca_names.given + 1 RETURNING given'
        ).fetchone()
        return Naming(row["given"], self._clock() if at is None else at)

    def subject(self, naming: Naming, *, name: str, bank_unit: str, bank_code: str) -> x509.Name:
        """Raises ServiceError BAD_REQUEST for what no name can hold."""
        owner = Owner(name=name, unit=bank_unit, code=bank_code, sequence=naming.number)
        try:
            return profile.subject(owner, self.names, naming.at)
        except ValueError as error:
            raise ServiceError(Reason.BAD_REQUEST, detail="certificate") from error

    def issue(self, cx: Connection, request: CertificateRequest) -> IssuedCertificate:
        """Builds, checks and enters a certificate. Raises ServiceError BAD_REQUEST for what the profile cannot hold."""
        now = self._clock() if request.at is None else request.at
        check_strength(request.public_key)
        naming = request.naming or self.naming(cx, at=now)
        subject = self.subject(naming, name=request.name, bank_unit=request.bank_unit, bank_code=request.bank_code)
        try:
            pressed = self._press.end_entity(
                request.public_key,
                subject,
                identify_data(request.name, vid(request.idn, request.random)),
                policy=request.policy,
                now=now,
                years=request.years,
                until=request.until,
            )
        except ValueError as error:
            raise ServiceError(Reason.BAD_REQUEST, detail="certificate") from error
        self._prove(pressed)
        period = pressed.period
        cx.execute(
            "INSERT INTO ca_certificates (serial, certificate, not_after) VALUES (?, ?, ?)",
            (str(pressed.serial), pressed.der, period.ends),
        )
        return IssuedCertificate(pressed.serial, pressed.der, float(period.begins), float(period.ends))

    def chain(self) -> tuple[bytes, bytes]:
        """DER of the issuing CA, then of the root."""
        return self._chain

    def chain_of(self, certificate: bytes) -> tuple[bytes, bytes]:
        """As `chain`, with the certificate that the issuing CA had when it issued this one (DER)."""
        if not self._earlier:
            return self._chain
        named = x509.load_der_x509_certificate(certificate).extensions.get_extension_for_class(
            x509.AuthorityKeyIdentifier
        )
        return self._earlier.get(named.value.authority_cert_serial_number or 0, self._chain[0]), self._chain[1]

    def issued(self, cx: Connection, serial: int) -> IssuedCertificate:
        """One of the ledger, as `issue` returned it. Raises ServiceError NO_CERTIFICATE."""
        found = find(cx, serial)
        if found is None:
            raise ServiceError(Reason.NO_CERTIFICATE)
        begins = x509.load_der_x509_certificate(found.certificate).not_valid_before_utc
        return IssuedCertificate(serial, found.certificate, begins.timestamp(), float(found.not_after))

    def status(self, cx: Connection, serial: int) -> Status:
        """Now. Revocation outlives expiry. Raises ServiceError NO_CERTIFICATE for a serial never issued."""
        entry = find(cx, serial)
        if entry is None:
            raise ServiceError(Reason.NO_CERTIFICATE)
        if entry.status != Status.REVOKED and entry.not_after < self._clock():
            return Status.EXPIRED
        return entry.status

    def revoke(self, cx: Connection, serial: int, reason: ReasonFlags = ReasonFlags.unspecified) -> None:
        """For good. Raises ServiceError NO_CERTIFICATE, CERTIFICATE_REVOKED or CERTIFICATE_EXPIRED."""
        self._change(cx, serial, frozenset({Status.GOOD, Status.SUSPENDED}), Status.REVOKED, reason)

    def suspend(self, cx: Connection, serial: int, *, until: float | None = None, at: float | None = None) -> None:
        """Until `resume`, or until it is revoked at `until`. Raises as `revoke`; BAD_REQUEST when it is already."""
        self._change(cx, serial, frozenset({Status.GOOD}), Status.SUSPENDED, ReasonFlags.certificate_hold, at=at)
        held_until = None if until is None else int(until)
        cx.execute("UPDATE ca_certificates SET held_until = ? WHERE serial = ?", (held_until, str(serial)))

    def resume(self, cx: Connection, serial: int) -> None:
        """Raises as `revoke`; BAD_REQUEST when it is not suspended."""
        self._change(cx, serial, frozenset({Status.SUSPENDED}), Status.GOOD, None)

    def expire_holds(self, cx: Connection) -> int:
        """Revokes what was suspended for longer than the bank allows; how many that were."""
        rows = cx.execute(
            "SELECT serial FROM ca_certificates WHERE held_until <= ? AND status = ?",
            (self._clock(), Status.SUSPENDED.value),
        ).fetchall()
        over = [serial for row in rows if self.status(cx, serial := int(row["serial"])) == Status.SUSPENDED]
        for serial in over:
            self.revoke(cx, serial, ReasonFlags.cessation_of_operation)
        return len(over)

    def _prove(self, pressed: Pressed) -> None:
        """A CA that checks itself: a fault in memory or in a library must not leave the house as a certificate."""
        if pressed.period.ends > self._ends:
            raise ServiceError(Reason.NOT_OFFERED, detail="ca_expires")
        der = pressed.der
        unsigned, _, signature = children(der, element(der))
        signed = der[unsigned.begin : unsigned.end]
        if self._name not in signed:
            raise InvalidSignature
        verify(self._public_key, der[signature.start + 1 : signature.end], signed)

    def _change(
        self,
        cx: Connection,
        serial: int,
        allowed: frozenset[Status],
        to: Status,
        reason: ReasonFlags | None,
        *,
        at: float | None = None,
    ) -> None:
        now = self.status(cx, serial)
        if now not in allowed:
            refusals = {
                Status.REVOKED: Reason.CERTIFICATE_REVOKED,
                Status.EXPIRED: Reason.CERTIFICATE_EXPIRED,
            }
            raise ServiceError(refusals.get(now, Reason.BAD_REQUEST))
        changed_at = int(self._clock() if at is None else at)
        cx.execute(
            "UPDATE ca_certificates SET status = ?, reason = ?, changed_at = ?, held_until = NULL WHERE serial = ?",
            (to.value, reason.name if reason else None, changed_at, str(serial)),
        )
        cx.execute("UPDATE ca_crl SET stale = 1")
