"""The CMP adapter at a CA that we did not write, `openssl cmp`: what it believes, waits for, and is refused."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ReasonFlags

from desktop.services.api import Reason, Status
from desktop.services.hooks.cmp_issuer import CmpIssuer, CmpSettings
from desktop.services.hooks.issuer import Wanted
from tests.services.authority.desk import refused
from tests.services.cmp.pki import Pki, build, named, pki, rsa_key, usage
from tests.services.cmp.served import mock_server, write_key, write_pki
from tests.services.cmp.test_openssl_server import BY_CODE, BY_KEY
from tests.services.hooks.service import service
from tests.services.hooks.test_ocsp import told

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="the openssl program is not installed")

POLICY = "1.2.410.200005.1.1.1.10"
SUBJECT = "CN={name},O=changgu test,C=KR"


def policies(*oids: str) -> x509.CertificatePolicies:
    return x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(oid), None) for oid in oids])


@dataclass(slots=True)
class Ca:
    """A CA with one certificate ready, for the key `leaf`; `stored` is what the server would have on its disk."""

    at: Path
    pki: Pki
    stored: list[bytes]

    def ready(self, *extensions: x509.ExtensionType, name: str = "hong") -> bytes:
        made = self.pki.ca.issue(named(name), rsa_key("leaf").public_key(), *extensions)
        (self.at / "ready.pem").write_bytes(made.public_bytes(Encoding.PEM))
        return made.public_bytes(Encoding.DER)

    def issue(self, *words: str, key: str = "leaf", name: str = "hong", **settings: Any) -> bytes:
        with self.asked(*words, **settings) as issuer:
            wanted = Wanted(name, "EPB", "071", POLICY, rsa_key(key), b"r" * 20)
            return issuer.issue(wanted, self.stored.append, key="mine")

    @contextmanager
    def asked(self, *words: str, **settings: Any) -> Iterator[CmpIssuer]:
        by: dict[str, Any] = {} if "signer" in settings else {"reference": BY_CODE[1], "secret_file": "secret"}
        with mock_server(self.at, "-rsp_cert", "ready.pem", *(words or BY_CODE)) as url:
            issuer = CmpIssuer(CmpSettings(url=url, chain="chain.pem", subject=SUBJECT, **by, **settings), self.at)
            try:
                yield issuer
            finally:
                issuer.close()


@pytest.fixture
def ca(tmp_path: Path) -> Ca:
    made = pki()
    write_pki(made, tmp_path)
    (tmp_path / "chain.pem").write_bytes((tmp_path / "ca.pem").read_bytes() + (tmp_path / "root.pem").read_bytes())
    (tmp_path / "secret").write_text(BY_CODE[3].removeprefix("pass:") + "\n")
    (tmp_path / "secret").chmod(0o600)
    found = Ca(tmp_path, made, [])
    found.ready(usage("digital_signature"), policies(POLICY))
    return found


def test_a_certificate_is_stored_and_then_confirmed(ca: Ca) -> None:
    der = ca.issue()
    assert [der] == ca.stored
    assert named("hong") == x509.load_der_x509_certificate(der).subject


def test_the_registration_authority_may_sign_its_messages(ca: Ca) -> None:
    office = ca.pki.ca.issue(named("office"), rsa_key("old").public_key(), usage("digital_signature"))
    (ca.at / "office.pem").write_bytes(office.public_bytes(Encoding.PEM))
    write_key(rsa_key("old"), ca.at / "office.key")
    (ca.at / "office.key").chmod(0o600)
    assert [ca.issue(*BY_KEY, signer="office.pem", signer_key="office.key")] == ca.stored


def test_a_ca_that_takes_its_time_is_polled(ca: Ca) -> None:
    assert [ca.issue(*BY_CODE, "-poll_count", "2", "-check_after", "1")] == ca.stored


def test_a_ca_that_takes_too_long_is_left_for_later(ca: Ca) -> None:
    with refused(Reason.TIMED_OUT):
        ca.issue(*BY_CODE, "-poll_count", "9", "-check_after", "1", poll=1.5)
    assert [] == ca.stored


def test_a_refusal_is_told_by_its_name(ca: Ca) -> None:
    with refused(Reason.ENROLMENT_REFUSED, detail="bad_message_check"):
        ca.issue(*BY_CODE, "-pkistatus", "2", "-failure", "1")
    assert [] == ca.stored


def test_a_certificate_for_another_key_is_refused(ca: Ca) -> None:
    with refused(Reason.ENROLMENT_BROKEN, detail="incorrect_data"):
        ca.issue(key="other")
    assert [] == ca.stored


def test_a_certificate_in_another_name_is_refused(ca: Ca) -> None:
    with refused(Reason.ENROLMENT_BROKEN, detail="bad_cert_template"):
        ca.issue(name="gil")
    assert [] == ca.stored


@pytest.mark.parametrize(
    ("extensions", "detail"),
    [
        ((usage("digital_signature"),), "policy"),
        ((policies("1.2.3"),), "policy"),
        ((policies(POLICY), x509.BasicConstraints(ca=True, path_length=None)), "ca_certificate"),
    ],
)
def test_a_certificate_that_is_not_what_was_ordered_is_refused(
    ca: Ca, extensions: tuple[x509.ExtensionType, ...], detail: str
) -> None:
    ca.ready(*extensions)
    with refused(Reason.ENROLMENT_BROKEN, detail=detail):
        ca.issue()
    assert [] == ca.stored


def test_the_policy_may_be_the_cas_own_affair(ca: Ca) -> None:
    ca.ready(policies("1.2.3"))
    assert [ca.issue(policy=False)] == ca.stored


def test_a_certificate_of_another_ca_is_refused(ca: Ca) -> None:
    made = build(named("hong"), rsa_key("leaf").public_key(), named("Test CA"), rsa_key("other"), policies(POLICY))
    (ca.at / "ready.pem").write_bytes(made.public_bytes(Encoding.PEM))
    with refused(Reason.ENROLMENT_BROKEN, detail="wrong_authority"):
        ca.issue()
    assert [] == ca.stored


def test_a_ca_of_another_secret_is_not_believed(ca: Ca) -> None:
    with refused(Reason.ENROLMENT_BROKEN):
        ca.issue("-srv_ref", BY_CODE[1], "-srv_secret", "pass:other", "-accept_unprotected")


def test_a_ca_that_is_away_is_unreachable(ca: Ca) -> None:
    der = ca.issue()
    with ca.asked(resend=0.1) as issuer:
        pass
    with refused(Reason.UNREACHABLE):
        issuer.revoke(der, ReasonFlags.superseded, key="mine")


def test_a_certificate_is_revoked(ca: Ca) -> None:
    der = ca.issue()
    with ca.asked() as issuer:
        issuer.revoke(der, ReasonFlags.superseded, key="mine")


def test_the_state_of_a_certificate_is_asked_of_the_cas_responder(ca: Ca) -> None:
    der = ca.issue()
    found = x509.load_der_x509_certificate(der)
    with service((200, told(certificate=found)), (200, b"?"), (500, None)) as responder, ca.asked() as issuer:
        assert None is issuer.status(der)
        asking = CmpIssuer(
            CmpSettings(
                url="http://127.0.0.1:1/", chain="chain.pem", reference="1", secret_file="secret", ocsp=responder.url
            ),
            ca.at,
        )
        assert Status.GOOD == asking.status(der)
        for reason in (Reason.NONSENSE, Reason.UNREACHABLE):
            with refused(reason):
                asking.status(der)
    with refused(Reason.UNREACHABLE):
        asking.status(der)


def test_who_is_no_part_of_a_name_is_refused(ca: Ca) -> None:
    with refused(Reason.BAD_REQUEST, detail="certificate"):
        ca.issue(name="")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"chain": "ca.pem"}, "chain"),
        ({"reference": None}, "reference"),
        ({"subject": "nonsense"}, "RFC 4514"),
        ({"url": "http://ca.invalid/"}, "plain HTTP"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(ca: Ca, change: dict[str, Any], problem: str) -> None:
    right = {"url": "http://127.0.0.1:1/", "chain": "chain.pem", "reference": "1", "secret_file": "secret"}
    settings: Any = {**right, **change}
    with pytest.raises(ValueError, match=problem):
        CmpIssuer(CmpSettings(**settings), ca.at)
