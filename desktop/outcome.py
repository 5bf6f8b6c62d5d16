"""What a journey leaves in a folder for other programs: certificate, chain, CRL, OCSP answer, receipt and proof."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from desktop.receipt import Receipt
from desktop.services.api import Changed, Issued, Services
from desktop.wizard.flow.confirm import ocsp_request
from desktop.wizard.flow.steps import Proof


async def save(
    folder: Path, services: Services, subject: Issued | Changed, receipt: Receipt, proof: Proof | None
) -> None:
    """Writes certificate.pem, chain.pem (issuing CA, then root), crl.pem, ocsp.der, receipt.json and, where the
    certificate was proven, proof.txt with proof.sig (PKCS#1 v1.5, SHA-256). Raises OSError and ServiceError.
    """
    crl = await services.crl()
    status = await services.ocsp(ocsp_request(subject))
    files = {
        "certificate.pem": _pem(subject.certificate),
        "chain.pem": b"".join(_pem(der) for der in subject.chain),
        "crl.pem": x509.load_der_x509_crl(crl).public_bytes(Encoding.PEM),
        "ocsp.der": status,
        "receipt.json": (json.dumps(receipt.as_json(), ensure_ascii=False, indent=2) + "\n").encode(),
    }
    if proof is not None:
        files |= {"proof.txt": proof.document, "proof.sig": proof.signature}
    await asyncio.to_thread(_write, folder, files)


def _pem(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)


def _write(folder: Path, files: dict[str, bytes]) -> None:
    """Each file appears whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        new = folder / f"{name}.new"
        new.write_bytes(content)
        new.replace(folder / name)
