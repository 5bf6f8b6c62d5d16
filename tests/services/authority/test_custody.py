"""An authority whose keys are on a token: it is founded there, signs there, and comes back to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from desktop.banks import load_banks
from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError
from desktop.services.authority.custody import Custody
from desktop.services.authority.keys import KeyKind
from desktop.services.authority.local import LocalAuthority
from desktop.services.authority.vault import KEY_NAME
from desktop.services.hsm.session import Hsm
from desktop.services.hsm.signing import TokenSigner
from desktop.services.hsm.wrapping import TokenWrapping
from desktop.shipped import shipped
from tests.services.authority.pki import EASY
from tests.services.softhsm import LABEL, LIBRARY, NEEDED, PIN, soft_token

pytestmark = NEEDED


@pytest.fixture
def custody(tmp_path: Path) -> Iterator[Custody]:
    with soft_token(tmp_path) as tokens:
        tokens.places()  # the library looks at this test's tokens from here on
        hsm = Hsm(LABEL, Secret(PIN.encode()), LIBRARY)
        yield Custody(ca=TokenSigner(hsm, "issuing"), vault=TokenWrapping(hsm, "vault"))
        hsm.close()


def opened(folder: Path, custody: Custody | None, keys: KeyKind = "p256") -> LocalAuthority:
    return LocalAuthority.open(
        folder, load_banks(shipped("banks")), hardness=EASY, practice=False, ca_keys=keys, custody=custody
    )


def refusal(folder: Path, custody: Custody | None) -> tuple[Reason, str | None]:
    with pytest.raises(ServiceError) as caught:
        opened(folder, custody)
    return caught.value.reason, caught.value.detail


@pytest.mark.parametrize("keys", ["rsa", "p256"])
async def test_lists_and_answers_are_signed_by_the_token(tmp_path: Path, custody: Custody, keys: KeyKind) -> None:
    authority = opened(tmp_path / "data", custody, keys)
    try:
        ca = x509.load_der_x509_certificate(await authority.ca_certificate())
        crl = x509.load_der_x509_crl(await authority.crl())
        key = ca.public_key()
        assert crl.is_signature_valid(key)  # type: ignore[arg-type]  # RSA or P-256
        asked = ocsp.OCSPRequestBuilder().add_certificate(ca, ca, hashes.SHA256()).build()
        told = ocsp.load_der_ocsp_response(await authority.ocsp(asked.public_bytes(Encoding.DER)))
        told.certificates[0].verify_directly_issued_by(ca)
    finally:
        await authority.aclose()


async def test_it_comes_back_to_its_token_and_to_no_other_place(tmp_path: Path, custody: Custody) -> None:
    data = tmp_path / "data"
    authority = opened(data, custody)
    first = await authority.ca_certificate()
    await authority.aclose()
    authority = opened(data, custody)
    assert first == await authority.ca_certificate()
    await authority.aclose()
    assert (data / KEY_NAME).read_bytes().startswith(b"changgu wrapped key")
    assert (Reason.KEY_MISSING, "server_key") == refusal(data, None)
    assert (Reason.KEY_MISSING, "ca") == refusal(data, Custody(vault=custody.vault))


async def test_a_ca_whose_key_is_in_its_store_does_not_change_to_a_token_unasked(
    tmp_path: Path, custody: Custody
) -> None:
    await opened(tmp_path / "data", None).aclose()
    assert (Reason.KEY_MISMATCH, "ca") == refusal(tmp_path / "data", Custody(ca=custody.ca))
    assert (Reason.KEY_MISMATCH, "server_key") == refusal(tmp_path / "data", Custody(vault=custody.vault))
