"""The actions that change nothing: list, show, verify, check-signature."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

from desktop.certs import issuers
from desktop.certs.facts import Facts, facts_of, now_utc
from desktop.certs.jobs import write_out
from desktop.certs.opening import Owner, verify
from desktop.certs.words import technical_json
from desktop.certs_cli.desk import DONE, FAILED, Desk
from desktop.services.npki.cms import Signer, verify_cms
from desktop.services.npki.tree import read_file
from desktop.services.npki.trust import Trust, judge
from desktop.services.vocabulary import Reason, ServiceError

#: The largest document signed or read, in bytes: it is held in memory.
MOST_DOCUMENT = 512 * 1024 * 1024
_NOT_THEIRS = {Owner.OTHER: Reason.IDENTITY_MISMATCH, Owner.NO_MARK: Reason.NO_OWNER_MARK}


def list_all(desk: Desk) -> int:
    """Each is printed as it is found."""
    count, as_json = 0, desk.given.json
    for count, found in enumerate(desk.listed(), 1):
        if as_json:
            desk.say(f"{'[' if count == 1 else ','}\n{json.dumps(found.as_json(), ensure_ascii=False)}")
        else:
            desk.say(desk.words.listed(found))
    if as_json:
        desk.say("]" if count else "[]")
    else:
        desk.note("list.count" if count else "list.none", count=count)
    return DONE


def show(desk: Desk) -> int:
    found = desk.found()
    if desk.given.json:
        desk.tell(found.as_json() | {"technical": technical_json(found)})
        return DONE
    for line in desk.words.shown(found):
        desk.say(line)
    if desk.given.technical:
        desk.say("\n" + "\n".join(desk.words.technical(found)))
    else:
        desk.note("show.more")
    return DONE


def verify_files(desk: Desk) -> int:
    """Password, key and, where a number is given, the owner. Raises what does not hold of password and key."""
    found = desk.found()
    with desk.secret("password") as password, desk.rrn() as rrn:
        result = verify(found, password, rrn)
    if result.failed:
        raise ServiceError(result.failed, where=result.where or None)
    reason = _NOT_THEIRS.get(result.owner)
    if desk.given.json:
        told = {"outcome": "failed" if reason else "good", "owner": result.owner, "reason": reason}
        desk.tell(found.as_json() | told)
    else:
        for line in desk.words.verified(found, result):
            desk.say(line)
    return FAILED if reason else DONE


@dataclass(frozen=True, slots=True)
class _Checked:
    signer: Signer
    facts: Facts
    trust: Trust

    def as_json(self) -> dict[str, object]:
        return {
            "subject": self.facts.subject,
            "issuer": self.facts.issuer,
            "serial": self.facts.serial,
            "owner": self.facts.owner,
            "signed_at": self.signer.signed_at and self.signer.signed_at.isoformat(),
            "doubts": list(self.trust.doubts),
            "revocation": self.trust.revocation,
        }


def check_signature(desk: Desk) -> int:
    """Done when the document is as it was signed and nothing speaks against a signer. Raises SIGNATURE_BROKEN, ….

    A chain given with --chain is the only one that counts; otherwise the CaPubs on the media do.
    """
    given = desk.given
    path: Path = given.file
    document: Path | None = getattr(given, "in")
    content = None if document is None else read_file(document, most=MOST_DOCUMENT)
    signed = verify_cms(read_file(path, most=MOST_DOCUMENT), content, where=str(path))
    given_anchors = [ca for file in given.chain or () for ca in issuers.certificates_in(file)]
    crls = [issuers.crl_in(file) for file in given.crl or ()]
    checked = [_check(desk, signer, given_anchors, crls) for signer in signed.signers]
    good = not any(one.trust.doubts for one in checked)
    if given.out is not None:
        write_out(given.out, signed.document, replace=given.replace)
    if given.json:
        desk.tell({"outcome": "good" if good else "doubtful", "signers": [one.as_json() for one in checked]})
        return DONE if good else FAILED
    desk.say(desk.words("signature.fits", path=path))
    for one in checked:
        for line in desk.words.signer(one.facts, one.signer, one.trust):
            desk.say(f"  {line}")
    desk.say(desk.words("signature.good" if good else "signature.doubtful"))
    return DONE if good else FAILED


def _check(
    desk: Desk,
    signer: Signer,
    given: list[x509.Certificate],
    crls: list[x509.CertificateRevocationList],
) -> _Checked:
    """As of when it was signed, which the signer's clock told; else as of now."""
    anchors = given or [*issuers.on_places(desk.all_places(), signer.certificate)]
    at = signer.signed_at or now_utc()
    trust = judge(signer.certificate, at=at, anchors=anchors, others=signer.others, crls=crls)
    return _Checked(signer, facts_of(signer.certificate), trust)
