"""A CA over CMP (RFC 9810): this server is the registration authority that asks it for certificates and their end."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, TypeVar

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from msgspec import Struct

from desktop.services.api import Reason, ServiceError, Status
from desktop.services.cmp.client import Client
from desktop.services.cmp.failures import Failure
from desktop.services.cmp.http import Transfer
from desktop.services.cmp.protect import PrivateKey
from desktop.services.cmp.registrar import Asked
from desktop.services.cmp.talk import Held, Patience, Shared
from desktop.services.hooks import ocsp
from desktop.services.hooks.issuer import Wanted
from desktop.services.hooks.line import MAX_ANSWER, Reach, Seconds, check_private, secret_of, trusted
from desktop.services.line import is_local

T = TypeVar("T")
_GONE: Final = frozenset({Failure.CERT_REVOKED.code, Failure.BAD_CERT_ID.code})


class CmpSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`chain`: PEM, the issuing CA and then the root; nothing else is believed. Paths as in Reach.

    Messages are protected by `reference` and the secret in `secret_file`, or signed by `signer` and `signer_key` (PEM).
    `subject`: RFC 4514, with {name} of the person, {unit} and {code} of the bank. `policy`: whether the certificate
    must have the policy of the bank's profile. `random`: whether R goes along, encrypted to the CA, for the VID.
    `holds`: whether the CA takes certificateHold and removeFromCRL. `ocsp`: its responder. `resend`: seconds for which
    a message that got lost is sent again, `poll` for which a certificate that takes its time is waited for.
    """

    url: str
    chain: str
    reference: str | None = None
    secret_file: str | None = None
    signer: str | None = None
    signer_key: str | None = None
    subject: str = "CN={name},OU={unit},C=KR"
    policy: bool = True
    random: bool = False
    holds: bool = False
    ocsp: str | None = None
    roots: str | None = None
    pins: tuple[str, ...] = ()
    seconds: Seconds = 20.0
    resend: Seconds = 10.0
    poll: Seconds = 120.0


class CmpIssuer:
    Settings = CmpSettings

    def __init__(self, settings: CmpSettings, folder: Path) -> None:
        """Raises ValueError, OSError or ssl.SSLError for settings and files that cannot be used."""
        self._settings = settings
        certificates = x509.load_pem_x509_certificates((folder / settings.chain).read_bytes())
        if len(certificates) != 2:
            raise ValueError("chain: the issuing CA and the root, and nothing else")
        self._issuer = certificates[0]
        self._chain = (certificates[0].public_bytes(Encoding.DER), certificates[1].public_bytes(Encoding.DER))
        self._by = _identity(settings, folder)
        self._subject = _template(settings.subject)
        reach = Reach(url=settings.url, roots=settings.roots, pins=settings.pins)
        local = is_local(settings.url) and settings.url.startswith("http:")
        # The one for plain HTTP knows no roots, and would let nobody through.
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if local else trusted(reach, folder)

    @property
    def chain(self) -> tuple[bytes, bytes]:
        return self._chain

    @property
    def holds(self) -> bool:
        return self._settings.holds

    def issue(self, wanted: Wanted, store: Callable[[bytes], None], *, key: str) -> bytes:
        """CMP has a transaction of its own; `key` is not told."""

        async def keep(der: bytes, chain: tuple[bytes, ...]) -> None:
            self._check(x509.load_der_x509_certificate(der), wanted)
            store(der)

        def obtain(client: Client) -> Awaitable[bytes]:
            random = wanted.random if self._settings.random else None
            return client.obtain(Asked.IR, self._name(wanted).public_bytes(), wanted.key, keep, random=random)

        return asyncio.run(self._talk(obtain))

    def revoke(self, certificate: bytes, reason: x509.ReasonFlags, *, key: str) -> None:
        """`key` is not told: to revoke twice is to revoke once."""
        found = x509.load_der_x509_certificate(certificate)
        try:
            asyncio.run(self._talk(lambda client: client.revoke(found, reason)))
        except ServiceError as error:
            if error.reason != Reason.ENROLMENT_REFUSED or error.detail not in _GONE:
                raise

    def status(self, certificate: bytes) -> Status | None:
        """By OCSP, whose answers are signed: plain HTTP will do."""
        if self._settings.ocsp is None:
            return None
        found = x509.load_der_x509_certificate(certificate)
        told = self._asked(self._settings.ocsp, ocsp.question(found, self._issuer))
        return ocsp.answer(told, found, self._issuer, time.time())

    def close(self) -> None:
        if isinstance(self._by, Shared):
            self._by.code.wipe()

    async def _talk(self, work: Callable[[Client], Awaitable[T]]) -> T:
        settings = self._settings
        patience = Patience(time.time, resend=settings.resend, poll=settings.poll)
        async with httpx.AsyncClient(verify=self._tls, trust_env=False) as http:
            send = Transfer(http, settings.url, timeout=httpx.Timeout(settings.seconds))
            return await work(Client(send, self._by, self._chain, patience=patience))

    def _name(self, wanted: Wanted) -> x509.Name:
        """Raises ServiceError BAD_REQUEST for what no name can hold."""
        filled = {"{name}": wanted.person, "{unit}": wanted.unit, "{code}": wanted.code}
        made = []
        try:
            for attribute in self._subject:
                value = str(attribute.value)
                for mark, text in filled.items():
                    value = value.replace(mark, text)
                made.append(x509.NameAttribute(attribute.oid, value))
        except ValueError as error:
            raise ServiceError(Reason.BAD_REQUEST, detail="certificate") from error
        return x509.Name(made)

    def _check(self, certificate: x509.Certificate, wanted: Wanted) -> None:
        """Besides key, name, chain and time, which the client has checked. Raises ServiceError ENROLMENT_BROKEN."""
        extensions = certificate.extensions
        if any(e.value.ca for e in extensions if isinstance(e.value, x509.BasicConstraints)):
            raise ServiceError(Reason.ENROLMENT_BROKEN, detail="ca_certificate")
        policies = {
            policy.policy_identifier.dotted_string
            for each in extensions
            if isinstance(each.value, x509.CertificatePolicies)
            for policy in each.value
        }
        if self._settings.policy and wanted.policy not in policies:
            raise ServiceError(Reason.ENROLMENT_BROKEN, detail="policy")

    def _asked(self, url: str, request: bytes) -> bytes:
        try:
            headers = {"Content-Type": ocsp.MEDIA_TYPE}
            with httpx.Client(trust_env=False, timeout=self._settings.seconds, verify=self._tls) as http:
                response = http.post(url, content=request, headers=headers)
        except httpx.TimeoutException as error:
            raise ServiceError(Reason.TIMED_OUT) from error
        except httpx.TransportError as error:
            raise ServiceError(Reason.UNREACHABLE) from error
        if not response.is_success or len(response.content) > MAX_ANSWER:
            raise ServiceError(Reason.UNREACHABLE)
        return response.content


def _template(subject: str) -> x509.Name:
    try:
        return x509.Name.from_rfc4514_string(subject)
    except ValueError as error:
        raise ValueError("subject: not a name as RFC 4514 writes it") from error


def _identity(settings: CmpSettings, folder: Path) -> Shared | Held:
    if settings.signer and settings.signer_key:
        certificate = x509.load_pem_x509_certificate((folder / settings.signer).read_bytes())
        check_private(folder / settings.signer_key)
        key = load_pem_private_key((folder / settings.signer_key).read_bytes(), None)
        if not isinstance(key, PrivateKey):
            raise ValueError("signer_key: neither RSA nor an elliptic curve")
        return Held(certificate, key)
    if settings.reference and settings.secret_file:
        return Shared(settings.reference, secret_of(folder / settings.secret_file))
    raise ValueError("reference and secret_file, or signer and signer_key")
