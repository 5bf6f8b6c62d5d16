"""The actions that change nothing: list, show, verify, check-signature."""

from __future__ import annotations

import json
from pathlib import Path

from desktop.certs import issuers
from desktop.certs.jobs import write_out
from desktop.certs.opening import Owner, verify
from desktop.certs.signatures import MOST_DOCUMENT, Checked, check
from desktop.certs.words import technical_json
from desktop.certs_cli.desk import DONE, FAILED, Desk
from desktop.services.npki.tree import read_file
from desktop.services.vocabulary import Reason, ServiceError

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


def check_signature(desk: Desk) -> int:
    """Done when the document is as it was signed and nothing speaks against a signer. Raises SIGNATURE_BROKEN, ….

    A chain given with --chain is the only one that counts; otherwise the CaPubs on the media do.
    """
    given = desk.given
    path: Path = given.file
    document: Path | None = getattr(given, "in")
    content = None if document is None else read_file(document, most=MOST_DOCUMENT)
    checked = check(
        read_file(path, most=MOST_DOCUMENT),
        content,
        desk.all_places(),
        where=str(path),
        anchors=[ca for file in given.chain or () for ca in issuers.certificates_in(file)],
        crls=[issuers.crl_in(file) for file in given.crl or ()],
    )
    good = checked.good
    if given.out is not None:
        write_out(given.out, checked.document, replace=given.replace)
    if given.json:
        desk.tell({"outcome": "good" if good else "doubtful", "signers": [_as_json(one) for one in checked.signers]})
        return DONE if good else FAILED
    desk.say(desk.words("signature.fits", path=path))
    for one in checked.signers:
        for line in desk.words.signer(one.facts, one.signer, one.trust):
            desk.say(f"  {line}")
    desk.say(desk.words("signature.good" if good else "signature.doubtful"))
    return DONE if good else FAILED


def _as_json(one: Checked) -> dict[str, object]:
    return {
        "subject": one.facts.subject,
        "issuer": one.facts.issuer,
        "serial": one.facts.serial,
        "owner": one.facts.owner,
        "signed_at": one.signer.signed_at and one.signer.signed_at.isoformat(),
        "doubts": list(one.trust.doubts),
        "revocation": one.trust.revocation,
    }
