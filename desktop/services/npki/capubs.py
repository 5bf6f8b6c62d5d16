"""CaPubs: the certificates of a CA in one file, the root first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cryptography import x509

from desktop.services.api import Reason, ServiceError
from desktop.services.npki import der

NAME: Final = "CaPubs"
#: The largest file looked at, in bytes.
MOST_BYTES: Final = 1024 * 1024


def write_capubs(chain: Sequence[bytes]) -> bytes:
    """SEQUENCE OF Certificate. `chain` is DER, from the issuing CA up to the root, as everywhere here."""
    return der.write_list(tuple(reversed(chain)))


def read_capubs(data: bytes, *, where: str = "") -> tuple[bytes, ...]:
    """The chain, from the issuing CA up to the root. Bytes that stray after it are not looked at.

    Raises ServiceError FILE_TOO_BIG or FILE_BROKEN, also where one of them is no certificate.
    """
    if len(data) > MOST_BYTES:
        raise ServiceError(Reason.FILE_TOO_BIG, where=where)
    try:
        chain = tuple(reversed(der.read_list(der.outer(data))))
        for certificate in chain:
            x509.load_der_x509_certificate(certificate)
    except ValueError as error:
        raise ServiceError(Reason.FILE_BROKEN, where=where) from error
    return chain
