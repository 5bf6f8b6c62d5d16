"""Knows how a person's side gets a certificate over CMP: asked for, checked, stored, and only then confirmed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric import rsa

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError
from desktop.services.cmp import asking
from desktop.services.cmp.applying import load_name
from desktop.services.cmp.crmf import Attribute, Holder, items_of, raw, type_of
from desktop.services.cmp.escort import encrypt_random
from desktop.services.cmp.failures import Failure, RefusedError
from desktop.services.cmp.frame import load_certificate
from desktop.services.cmp.messages import (
    ACCEPTED,
    CA_CERTIFICATES,
    CURRENT_CRL,
    GRANTED_WITH_MODS,
    PROTOCOL_ENCRYPTION_CERTIFICATE,
    WAITING,
    Body,
    CertReply,
    CertResponse,
    General,
    PkiConf,
    PollReply,
    RevocationReply,
)
from desktop.services.cmp.protect import PrivateKey
from desktop.services.cmp.registrar import Asked, PublicKey
from desktop.services.cmp.replies import REPLY
from desktop.services.cmp.talk import Held, Patience, Send, Shared, Talk, broken, gave, refused

Store = Callable[[bytes, tuple[bytes, ...]], Awaitable[None]]

#: Seconds between two polls, whatever the CA says.
SHORTEST_POLL, LONGEST_POLL = 1.0, 30.0


async def enrol(
    send: Send,
    *,
    reference: str,
    code: Secret,
    subject: bytes,
    key: PrivateKey,
    chain: Sequence[bytes],
    store: Store,
    random: bytes | None = None,
    replaces: bytes | None = None,
    now: Callable[[], float] = time.time,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> bytes:
    """A first certificate (ir), or one in the place of `replaces` (kur), by reference number and authorization code.

    `send` carries a PKIMessage and brings the answer; after an UNCERTAIN reason it is called again with the same bytes
    for up to a minute. `subject` is a DER Name, `chain` the issuing CA and the root (DER), `random` is R for the VID.
    `store(certificate, chain)` keeps the certificate; the CA hears of a confirmation only after it has returned, and of
    a rejection when it raises ServiceError. Returns the certificate, DER. The caller wipes `code`.

    Raises ENROLMENT_REFUSED (detail: the failure bit's name, such as `bad_pop`), ENROLMENT_BROKEN (detail: what in the
    answer is wrong), TIMED_OUT where the CA kept us waiting, and whatever `send` and `store` raise.
    """
    client = Client(send, Shared(reference, code), chain, patience=Patience(now, pause))
    asked = Asked.IR if replaces is None else Asked.KUR
    return await client.obtain(asked, subject, key, store, random=random, replaces=replaces)


class Client:
    """What a person's side may ask of a CA; each call is a transaction of its own. Raises as `enrol` does."""

    def __init__(self, send: Send, by: Shared | Held, chain: Sequence[bytes], *, patience: Patience) -> None:
        """`chain`: issuing CA, then root, DER; ENROLMENT_BROKEN where one cannot be read."""
        self._send = send
        self._by = by
        self._der = tuple(chain)
        self._chain = tuple(_certificate(der, "chain") for der in chain)
        self._patience = patience

    async def obtain(
        self,
        asked: Asked,
        subject: bytes,
        key: PrivateKey,
        store: Store,
        *,
        random: bytes | None = None,
        replaces: bytes | None = None,
    ) -> bytes:
        """ir, cr or kur. A kur by a certificate's key replaces that certificate where no other is named."""
        info = None if random is None else await self._escorted(random)
        old = None if replaces is None else _certificate(replaces, "replaces")
        if old is None and asked is Asked.KUR and isinstance(self._by, Held):
            old = self._by.certificate
        body = await asking.certificate_request(asked, subject, key, info=info, replaces=old)
        return await self._obtain(asked, body, key.public_key(), load_name(raw(subject)), store)

    async def obtain_pkcs10(self, request: x509.CertificateSigningRequest, store: Store) -> bytes:
        """p10cr."""
        key = request.public_key()
        assert isinstance(key, PublicKey)
        return await self._obtain(Asked.P10CR, asking.pkcs10_request(request), key, request.subject, store)

    async def revoke(self, certificate: x509.Certificate, reason: x509.ReasonFlags) -> None:
        """rr. A CA takes it with a signature alone."""
        body = await self._talk().ask(asking.revocation(certificate, reason))
        if not isinstance(body.value, RevocationReply) or len(body.value.statuses) != 1:
            raise broken("reply")
        if body.value.statuses[0].status not in (ACCEPTED, GRANTED_WITH_MODS):
            raise refused(body.value.statuses[0])

    async def ca_certificates(self) -> tuple[bytes, ...]:
        """genm caCerts, DER; empty where the CA does not say. What is not in our chain is not to be trusted for it."""
        value = await self._information(CA_CERTIFICATES)
        try:
            return (
                ()
                if value is None
                else tuple(asn1.encode_der(one) for one in items_of(asn1.decode_der(asn1.TLV, value)))
            )
        except ValueError as error:
            raise broken("reply") from error

    async def crl(self) -> bytes | None:
        """genm currentCRL, DER, its signature unchecked; None where the CA does not say."""
        return await self._information(CURRENT_CRL)

    async def encryption_certificate(self) -> x509.Certificate | None:
        """genm caProtEncCert: to whom to encrypt what the CA alone may read; checked to be of this CA."""
        der = await self._information(PROTOCOL_ENCRYPTION_CERTIFICATE)
        if der is None:
            return None
        certificate = _certificate(der, "encryption_certificate")
        if not any(gave(ca, certificate, now=self._patience.now()) for ca in self._chain):
            raise broken("encryption_certificate")
        return certificate

    async def _information(self, oid: x509.ObjectIdentifier) -> bytes | None:
        body = await self._talk().ask(asking.question(oid))
        if not isinstance(body.value, General) or body.tag != "genp":
            raise broken("reply")
        try:
            found = [item[1] for item in body.value.items if type_of(item) == oid and len(item) == 2]
        except ValueError as error:
            raise broken("reply") from error
        return asn1.encode_der(found[0]) if found else None

    async def _escorted(self, random: bytes) -> Attribute:
        """R for the CA's eyes: to its encryption certificate, where the issuing CA's key is for signing alone."""
        recipient = self._chain[0]
        if not _may_encipher(recipient):
            recipient = await self.encryption_certificate() or recipient
        if not isinstance(recipient.public_key(), rsa.RSAPublicKey):
            raise broken("encryption_certificate")
        return encrypt_random(random, recipient)

    async def _obtain(self, asked: Asked, body: Body, key: PublicKey, subject: x509.Name, store: Store) -> bytes:
        talk = self._talk()
        number = -1 if asked is Asked.P10CR else 0
        response = await self._response(talk, asked, number, await talk.ask(body))
        der = _given(response)
        wrong = self._wrong_with(_certificate(der, "certificate"), key, subject)
        if wrong is not None:
            await _reject(talk, der, number, wrong)
            raise broken(wrong.code)
        try:
            await store(der, self._der)
        except ServiceError:
            await _reject(talk, der, number, Failure.SYSTEM_FAILURE)
            raise
        reply = await talk.ask(asking.confirmation(der, number, None))
        if not isinstance(reply.value, PkiConf):
            raise broken("reply")
        return der

    async def _response(self, talk: Talk, asked: Asked, number: int, body: Body) -> CertResponse:
        """The one answer to the one request, polled for as long as the CA says `waiting`."""
        until = self._patience.now() + self._patience.poll
        while True:
            if isinstance(body.value, PollReply) and len(body.value.polls) == 1:
                wait = float(min(max(body.value.polls[0].check_after, SHORTEST_POLL), LONGEST_POLL))
            elif isinstance(body.value, CertReply) and body.tag == REPLY[asked] and len(body.value.responses) == 1:
                response = body.value.responses[0]
                if response.id != number:
                    raise broken("reply")
                if response.status.status != WAITING:
                    return response
                wait = SHORTEST_POLL
            else:
                raise broken("reply")
            if self._patience.now() + wait > until:
                raise ServiceError(Reason.TIMED_OUT)
            await self._patience.pause(wait)
            body = await talk.ask(asking.poll(number))

    def _wrong_with(self, certificate: x509.Certificate, key: PublicKey, subject: x509.Name) -> Failure | None:
        """Whether the certificate is ours and the CA's: our key, our name, issued by the chain that we were given."""
        theirs = certificate.public_key()
        if not isinstance(theirs, PublicKey) or asking.public_der(theirs) != asking.public_der(key):
            return Failure.INCORRECT_DATA
        if certificate.subject != subject:
            return Failure.BAD_CERT_TEMPLATE
        links = zip((certificate, *self._chain), self._chain, strict=False)
        if not all(gave(ca, given, now=self._patience.now()) for given, ca in links):
            return Failure.WRONG_AUTHORITY
        return None

    def _talk(self) -> Talk:
        return Talk(self._send, self._by, self._chain, self._patience)


def _given(response: CertResponse) -> bytes:
    if response.status.status not in (ACCEPTED, GRANTED_WITH_MODS):
        raise refused(response.status)
    if response.pair is None or not isinstance(response.pair.certificate, Holder):
        raise broken("reply")
    return asn1.encode_der(response.pair.certificate.value)


async def _reject(talk: Talk, der: bytes, number: int, failure: Failure) -> None:
    """Tells the CA at once, and once. If it does not hear, it revokes what nobody confirms when the time is over."""
    with suppress(ServiceError):
        await talk.ask(asking.confirmation(der, number, failure), lasting=False)


def _certificate(der: bytes, detail: str) -> x509.Certificate:
    try:
        return load_certificate(der, Failure.BAD_DATA_FORMAT)
    except RefusedError as error:
        raise broken(detail) from error


def _may_encipher(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.key_encipherment
    except x509.ExtensionNotFound:
        return True
