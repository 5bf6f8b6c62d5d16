"""CaPubs: the root first in the file, the issuing CA first in our hands."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.services.api import Reason, ServiceError
from desktop.services.npki.capubs import MOST_BYTES, read_capubs, write_capubs
from tests.openssl import openssl
from tests.services.npki.made import chain, issuing, person, root


def test_the_root_stands_first_in_a_sequence_of_certificates() -> None:
    written = write_capubs(chain())
    assert root().der + issuing().der == written[4:]
    assert b"\x30\x82" + (len(written) - 4).to_bytes(2) == written[:4]
    assert chain() == read_capubs(written)
    assert chain() == read_capubs(written + bytes(14))
    assert () == read_capubs(write_capubs(()))


def test_openssl_sees_both_certificates(tmp_path: Path) -> None:
    (tmp_path / "CaPubs").write_bytes(write_capubs(chain()))
    parsed = openssl("asn1parse", "-inform", "DER", "-in", "CaPubs", at=tmp_path)
    lines = [line for line in parsed.splitlines() if ":d=1 " in line]
    assert 2 == len(lines)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Reason.FILE_BROKEN),
        (person().der[:100], Reason.FILE_BROKEN),
        (person().der, Reason.FILE_BROKEN),  # a sequence, but not of certificates
        (b"\x30\x03\x02\x01\x00", Reason.FILE_BROKEN),
        (bytes(MOST_BYTES + 1), Reason.FILE_TOO_BIG),
    ],
    ids=["nothing", "cut off", "a certificate", "a number", "too big"],
)
def test_what_is_no_list_of_certificates_is_refused(data: bytes, reason: Reason) -> None:
    with pytest.raises(ServiceError) as failed:
        read_capubs(data, where="CaPubs")
    assert (reason, "CaPubs") == (failed.value.reason, failed.value.where)
