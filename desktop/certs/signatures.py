"""Whose signature is on a document, and what speaks against believing it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cryptography import x509

from desktop.certs.facts import Facts, facts_of, now_utc
from desktop.certs.issuers import on_places
from desktop.services.api import Place
from desktop.services.npki.cms import Signer, verify_cms
from desktop.services.npki.trust import Trust, judge

#: The largest document signed or read, in bytes: it is held in memory.
MOST_DOCUMENT = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Checked:
    signer: Signer
    facts: Facts
    trust: Trust


@dataclass(frozen=True, slots=True)
class CheckedDocument:
    document: bytes
    signers: tuple[Checked, ...]

    @property
    def good(self) -> bool:
        """Nothing speaks against any signer."""
        return not any(one.trust.doubts for one in self.signers)


def check(
    cms: bytes,
    document: bytes | None,
    places: Iterable[Place],
    *,
    where: str,
    anchors: Iterable[x509.Certificate] = (),
    crls: Iterable[x509.CertificateRevocationList] = (),
) -> CheckedDocument:
    """As of when it was signed, which the signer's clock told; else as of now.

    `anchors` are the only roots that count where some are given, otherwise the CaPubs on the places do. Raises
    SIGNATURE_BROKEN, SIGNATURE_UNREADABLE, FILE_….
    """
    given, known, lists = tuple(anchors), tuple(places), tuple(crls)
    signed = verify_cms(cms, document, where=where)
    checked = []
    for signer in signed.signers:
        trust = judge(
            signer.certificate,
            at=signer.signed_at or now_utc(),
            anchors=given or on_places(known, signer.certificate),
            others=signer.others,
            crls=lists,
        )
        checked.append(Checked(signer, facts_of(signer.certificate), trust))
    return CheckedDocument(signed.document, tuple(checked))
