"""A person's side and a CA's, speaking to each other."""

from __future__ import annotations

import os

from cryptography import x509

from tests.services.cmp.desk import REFERENCE, Desk


async def test_a_first_certificate_is_stored_and_then_confirmed(desk: Desk) -> None:
    random = os.urandom(20)
    certificate = await desk.enrol(random=random)
    assert [certificate] == desk.stored
    made = desk.register.last
    assert made.confirmed
    assert random == made.application.random
    assert REFERENCE == made.application.applicant.reference
    assert x509.load_der_x509_certificate(certificate) == made.certificate
