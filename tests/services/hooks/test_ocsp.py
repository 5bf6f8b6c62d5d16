"""A CA's word on a certificate: good, on hold, revoked or unknown, and only if it is the CA's and of today."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ReasonFlags, ocsp
from cryptography.x509.ocsp import OCSPCertStatus
from cryptography.x509.oid import ExtendedKeyUsageOID

from desktop.services.api import Reason, Status
from desktop.services.hooks.ocsp import answer, question
from tests.services.authority.desk import refused
from tests.services.cmp.pki import build, named, pki, rsa_key, usage

CA = pki().ca
NOW = datetime.now(UTC).replace(microsecond=0)
LEAF = CA.issue(named("hong"), rsa_key("leaf").public_key(), usage("digital_signature"))
SIGNER = CA.issue(
    named("responder"), rsa_key("other").public_key(), x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
)

IMPOSTOR = build(
    named("responder"),
    rsa_key("other").public_key(),
    CA.certificate.subject,
    rsa_key("other"),
    x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]),
)


def told(
    status: OCSPCertStatus = OCSPCertStatus.GOOD,
    reason: ReasonFlags | None = None,
    *,
    certificate: x509.Certificate = LEAF,
    signer: x509.Certificate = CA.certificate,
    key: Any = None,
    age: timedelta = timedelta(),
) -> bytes:
    revoked_at = NOW if status == OCSPCertStatus.REVOKED else None
    this, following = NOW - age, NOW - age + timedelta(hours=1)
    builder = ocsp.OCSPResponseBuilder().add_response(
        certificate, CA.certificate, SHA1(), status, this, following, revoked_at, reason
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, signer)
    if signer is not CA.certificate:
        builder = builder.certificates([signer])
    return builder.sign(key or CA.key, SHA256()).public_bytes(Encoding.DER)


def heard(response: bytes) -> Status | None:
    return answer(response, LEAF, CA.certificate, NOW.timestamp())


@pytest.mark.parametrize(
    ("response", "status"),
    [
        (told(), Status.GOOD),
        (told(OCSPCertStatus.REVOKED), Status.REVOKED),
        (told(OCSPCertStatus.REVOKED, ReasonFlags.superseded), Status.REVOKED),
        (told(OCSPCertStatus.REVOKED, ReasonFlags.certificate_hold), Status.SUSPENDED),
        (told(OCSPCertStatus.UNKNOWN), None),
        (told(signer=SIGNER, key=rsa_key("other")), Status.GOOD),
    ],
)
def test_a_signed_answer_is_believed(response: bytes, status: Status | None) -> None:
    assert status == heard(response)


@pytest.mark.parametrize(
    "response",
    [
        b"",
        told()[:-1] + bytes([told()[-1] ^ 1]),
        told(age=timedelta(hours=2)),
        told(age=timedelta(hours=-1)),
        told(certificate=SIGNER),
        told(signer=LEAF, key=rsa_key("leaf")),
        told(signer=IMPOSTOR, key=rsa_key("other")),
    ],
    ids=["empty", "signature", "old", "early", "another", "no_responder", "impostor"],
)
def test_an_answer_that_proves_nothing_is_not_believed(response: bytes) -> None:
    with refused(Reason.NONSENSE):
        heard(response)


def test_a_responder_that_has_no_answer_is_asked_again_later() -> None:
    busy = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    with refused(Reason.UNREACHABLE):
        heard(busy.public_bytes(Encoding.DER))


def test_the_question_names_the_certificate() -> None:
    assert LEAF.serial_number == ocsp.load_der_ocsp_request(question(LEAF, CA.certificate)).serial_number
