"""What each job on certificate files asks for, and what it does: no widgets, so that it runs in a thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from desktop.certs import jobs
from desktop.certs.facts import facts_of, now_utc
from desktop.certs.found import Found, State, all_places, find, look
from desktop.certs.issuers import on_places
from desktop.certs.opening import Owner, verify
from desktop.certs.words import Words
from desktop.secret import Secret
from desktop.services.api import Place
from desktop.services.npki.cms import verify_cms
from desktop.services.npki.container import Form
from desktop.services.npki.tree import read_file
from desktop.services.npki.trust import judge
from desktop.services.vocabulary import Reason, ServiceError

#: The largest document that is signed or checked here, in bytes: it is read whole.
MOST_DOCUMENT = 256 * 1024 * 1024


@dataclass(slots=True)
class Asked:
    """What was given. The secrets are wiped when the job has run."""

    folder: Path | None
    plain: Mapping[str, str]
    secrets: Mapping[str, Secret] = field(repr=False)
    data: Path | None = None  # the practice folder

    def found(self) -> Found:
        assert self.folder is not None, "a job on one certificate is asked for on its page"
        return look(self.folder, self.places(), now_utc())

    def places(self) -> tuple[Place, ...]:
        return all_places(data=self.data)

    def path(self, name: str) -> Path:
        """Raises FILE_MISSING where nothing was chosen."""
        if not self.plain.get(name):
            raise ServiceError(Reason.FILE_MISSING, field=name)
        return Path(self.plain[name])


#: Sentences to show when it has worked.
Do = Callable[[Asked, Words], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Job:
    """`asks` in order: ids of SECRETS, `place`, or of FILES. `danger`: it takes something away for good."""

    asks: tuple[str, ...]
    do: Do
    danger: bool = False


#: Secrets by how many characters they may have; those ending in `_again` are typed twice.
SECRETS = {
    "password": 56,
    "new_password": 56,
    "new_password_again": 56,
    "pfx_password": 128,
    "pfx_password_again": 128,
    "rrn": 13,
}
#: Files by whether they are to be written, and what the name ends with.
FILES = {
    "pfx_file": (False, "pfx"),
    "pfx_out": (True, "pfx"),
    "document": (False, ""),
    "signature_out": (True, "p7s"),
    "signature": (False, "p7s"),
}


@contextmanager
def wiped(asked: Asked) -> Iterator[Asked]:
    try:
        yield asked
    finally:
        for secret in asked.secrets.values():
            secret.wipe()


def _verify(asked: Asked, words: Words) -> Iterator[str]:
    found = asked.found()
    result = verify(found, asked.secrets["password"], asked.secrets.get("rrn"))
    if result.failed is not None:
        raise ServiceError(result.failed, field=_password_at_fault(result.failed), where=result.where or None)
    yield words("verify.key")
    if result.owner is not Owner.NOT_ASKED:
        yield words(f"owner.{result.owner}", owner=found.facts.owner if found.facts else "")
    if found.state is State.GOOD and result.owner in {Owner.CONFIRMED, Owner.NOT_ASKED}:
        yield words("verify.good")


def _passwd(asked: Asked, words: Words) -> Iterator[str]:
    _same(asked, "new_password")
    found = asked.found()
    with _at("password"):
        jobs.change_password(found, asked.secrets["password"], asked.secrets["new_password"])
    yield words("said.passwd", path=found.entry.folder)


def _copy(asked: Asked, words: Words) -> Iterator[str]:
    kept = jobs.copy_to(asked.found(), asked.path("place"))
    yield words("said.there_before" if kept.there_before else "said.copy", path=kept.folder)


def _export(asked: Asked, words: Words) -> Iterator[str]:
    _same(asked, "pfx_password")
    path = asked.path("pfx_out")
    with _at("password"):
        data = jobs.export_pfx(asked.found(), asked.secrets["password"], asked.secrets["pfx_password"])
    # The dialog has asked already whether one of that name may go.
    yield words("said.export", path=jobs.write_out(path, data, replace=True))


def _import(asked: Asked, words: Words) -> Iterator[str]:
    _same(asked, "new_password")
    path = asked.path("pfx_file")
    data = read_file(path, most=MOST_DOCUMENT)
    with _at("pfx_password"):
        folder = jobs.import_pfx(
            data,
            asked.secrets["pfx_password"],
            asked.secrets["new_password"],
            asked.path("place"),
            where=str(path),
            form=Form.KISA,
        )
    yield words("said.import", path=folder)


def _sign(asked: Asked, words: Words) -> Iterator[str]:
    document, out = asked.path("document"), asked.path("signature_out")
    with _at("password"):
        signed = jobs.sign(asked.found(), asked.secrets["password"], read_file(document, most=MOST_DOCUMENT))
    yield words("said.sign", path=jobs.write_out(out, signed, replace=True))


def _delete(asked: Asked, words: Words) -> Iterator[str]:
    found = asked.found()
    jobs.delete(found)
    yield words("said.delete", path=found.entry.folder)


def _check(asked: Asked, words: Words) -> Iterator[str]:
    """As of when it was signed, which the signer's clock told; else as of now. No list of revoked ones is at hand."""
    path = asked.path("signature")
    beside = asked.plain.get("document")
    document = read_file(Path(beside), most=MOST_DOCUMENT) if beside else None
    signed = verify_cms(read_file(path, most=MOST_DOCUMENT), document, where=str(path))
    yield words("signature.fits", path=path)
    good = True
    for signer in signed.signers:
        anchors = on_places(asked.places(), signer.certificate)
        trust = judge(signer.certificate, at=signer.signed_at or now_utc(), anchors=anchors, others=signer.others)
        good = good and not trust.doubts
        yield from words.signer(facts_of(signer.certificate), signer, trust)
    yield words("signature.good" if good else "signature.doubtful")


def last_copy(asked: Asked, words: Words, now: datetime) -> list[str]:
    """What a person should know before one is deleted: whether it is the last, or where the others are."""
    found = asked.found()
    others = jobs.copies(found, find(asked.places(), now))
    if not others:
        return [words("delete.last")]
    paths = [words("delete.copy", path=other.entry.folder) for other in others]
    return [words("delete.copies", count=len(others)), *paths]


JOBS: Mapping[str, Job] = {
    "verify": Job(("password",), _verify),
    "owner": Job(("password", "rrn"), _verify),
    "passwd": Job(("password", "new_password", "new_password_again"), _passwd),
    "copy": Job(("place",), _copy),
    "export": Job(("password", "pfx_password", "pfx_password_again", "pfx_out"), _export),
    "sign": Job(("password", "document", "signature_out"), _sign),
    "delete": Job((), _delete, danger=True),
    "import": Job(("pfx_file", "pfx_password", "new_password", "new_password_again", "place"), _import),
    "check": Job(("signature", "document"), _check),
}
#: What a job can do without.
OPTIONAL = frozenset({("check", "document")})


def _same(asked: Asked, name: str) -> None:
    if asked.secrets[name] != asked.secrets[f"{name}_again"]:
        raise ServiceError(Reason.WEAK_PASSWORD, field=f"{name}_again", detail="password_mismatch")


@contextmanager
def _at(field: str) -> Iterator[None]:
    """A wrong password, said at the field where it was typed; a weak one at the new one's."""
    try:
        yield
    except ServiceError as error:
        named = {Reason.WRONG_PASSWORD: field, Reason.WEAK_PASSWORD: "new_password"}.get(error.reason, error.field)
        raise ServiceError(error.reason, field=named, detail=error.detail, where=error.where) from error


def _password_at_fault(reason: Reason) -> str | None:
    return "password" if reason is Reason.WRONG_PASSWORD else None
