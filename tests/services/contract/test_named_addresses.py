"""A certificate names where its list, its responder and its issuer are, and there they are, by plain HTTP."""

from __future__ import annotations

import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID

from desktop.config import Settings
from desktop.headless import run_issue
from desktop.services.api import Kind, Task
from desktop.shipped import shipped
from tests.openssl import openssl, split_chain
from tests.services.contract.serving import make_tls, serving


@dataclass(frozen=True, slots=True)
class Addresses:
    crl: str
    ocsp: str
    issuer: str


def named_in(certificate: x509.Certificate) -> Addresses:
    (point,) = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    by_method = {entry.access_method: str(entry.access_location.value) for entry in access}
    assert point.full_name is not None
    ways = AuthorityInformationAccessOID
    return Addresses(str(point.full_name[0].value), by_method[ways.OCSP], by_method[ways.CA_ISSUERS])


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.mark.skipif(not shutil.which("openssl"), reason="the openssl program is not installed")
def test_what_a_certificate_names_answers_who_checks_it(tmp_path: Path) -> None:
    tls, port, out = make_tls(tmp_path / "tls"), free_port(), tmp_path / "out"
    url = f"http://127.0.0.1:{port}"
    with serving(tmp_path / "data", "--practice", "--public-url", url, "--status-port", str(port), tls=tls) as server:
        assert url == server.said["status"]
        settings = Settings(data=tmp_path / "mine", language="en", backend=server.url, backend_ca=tls.roots)
        answers = shipped("practice", "epost-financial-issue.toml")

        assert 0 == run_issue(
            settings, bank="epost", kind=Kind.FINANCIAL, task=Task.ISSUE, answers=answers, out=out, as_json=True
        )
        split_chain(out)
        leaf = x509.load_pem_x509_certificate((out / "certificate.pem").read_bytes())
        at = named_in(leaf)
        assert Addresses(f"{url}/ca.crl", f"{url}/ocsp", f"{url}/ca.crt") == at
        with httpx.Client(trust_env=False) as http:
            listed, issuer = http.get(at.crl), http.get(at.issuer)
            others = [http.get(f"{url}{path}").status_code for path in ("/v1/server", "/health", "/ready", "/metrics")]
            door = http.post(f"{url}/pkix", content=b"0\0", headers={"Content-Type": "application/pkixcmp"})
        assert ("application/pkix-crl", "application/pkix-cert") == (
            listed.headers["content-type"],
            issuer.headers["content-type"],
        )
        assert [404] * 5 == [*others, door.status_code]
        issuing = x509.load_der_x509_certificate(issuer.content)
        leaf.verify_directly_issued_by(issuing)
        (out / "fetched.pem").write_bytes(issuing.public_bytes(Encoding.PEM))
        (out / "now.crl").write_bytes(listed.content)
        openssl("crl", "-inform", "DER", "-in", "now.crl", "-out", "crl.pem", at=out)
        by_list = ("-CAfile", "root.pem", "-untrusted", "fetched.pem", "-CRLfile", "crl.pem", "-crl_check")
        assert "certificate.pem: OK" in openssl("verify", *by_list, "certificate.pem", at=out)
        asked = ("-issuer", "fetched.pem", "-cert", "certificate.pem", "-CAfile", "root.pem", "-url", at.ocsp)
        assert "certificate.pem: good" in openssl("ocsp", *asked, at=out)
