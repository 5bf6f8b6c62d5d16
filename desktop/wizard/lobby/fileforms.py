"""What each job on certificate files asks for, and what it does: no widgets, so that it runs in a thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from desktop.certs import jobs
from desktop.certs.facts import now_utc
from desktop.certs.found import Found, State, all_places, find, look
from desktop.certs.opening import Owner, verify
from desktop.certs.signatures import MOST_DOCUMENT, check
from desktop.certs.words import Words
from desktop.secret import Secret
from desktop.services.api import Place
from desktop.services.npki import pfx
from desktop.services.npki.container import Form
from desktop.services.npki.tree import read_file
from desktop.services.npki.vid import IDN_DIGITS
from desktop.services.vocabulary import Reason, ServiceError


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


@dataclass(frozen=True, slots=True)
class Result:
    """What a job came to, in sentences, the weightiest first. `good`: nothing in them is a reason for doubt."""

    said: tuple[str, ...]
    good: bool = True


Do = Callable[[Asked, Words], Result]


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


def _verify(asked: Asked, words: Words) -> Result:
    found = asked.found()
    result = verify(found, asked.secrets["password"], asked.secrets.get("rrn"))
    if result.failed is not None:
        at_fault = "password" if result.failed is Reason.WRONG_PASSWORD else None
        raise ServiceError(result.failed, field=at_fault, where=result.where or None)
    opened = words("verify.key")
    if result.owner is Owner.NOT_ASKED:
        return Result((opened, words("verify.good")) if found.state is State.GOOD else (opened,))
    owner = words(f"owner.{result.owner}", owner=found.facts.owner if found.facts else "")
    return Result((owner, opened), good=result.owner is Owner.CONFIRMED)


def _passwd(asked: Asked, words: Words) -> Result:
    found = asked.found()
    with _at("password"):
        jobs.change_password(found, asked.secrets["password"], asked.secrets["new_password"])
    return Result((words("said.passwd", path=found.entry.folder),))


def _copy(asked: Asked, words: Words) -> Result:
    kept = jobs.copy_to(asked.found(), Path(asked.plain["place"]))
    return Result((words("said.there_before" if kept.there_before else "said.copy", path=kept.folder),))


def _export(asked: Asked, words: Words) -> Result:
    with _at("password"):
        data = jobs.export_pfx(asked.found(), asked.secrets["password"], asked.secrets["pfx_password"])
    # The dialog has asked already whether one of that name may go.
    return Result((words("said.export", path=jobs.write_out(Path(asked.plain["pfx_out"]), data, replace=True)),))


def _import(asked: Asked, words: Words) -> Result:
    path, place = Path(asked.plain["pfx_file"]), Path(asked.plain["place"])
    data = read_file(path, most=pfx.MOST_BYTES)
    with _at("pfx_password"):
        secrets = asked.secrets["pfx_password"], asked.secrets["new_password"]
        folder = jobs.import_pfx(data, *secrets, place, where=str(path), form=Form.KISA)
    return Result((words("said.import", path=folder),))


def _sign(asked: Asked, words: Words) -> Result:
    document = read_file(Path(asked.plain["document"]), most=MOST_DOCUMENT)
    with _at("password"):
        signed = jobs.sign(asked.found(), asked.secrets["password"], document)
    return Result((words("said.sign", path=jobs.write_out(Path(asked.plain["signature_out"]), signed, replace=True)),))


def _delete(asked: Asked, words: Words) -> Result:
    found = asked.found()
    jobs.delete(found)
    return Result((words("said.delete", path=found.entry.folder),))


def _check(asked: Asked, words: Words) -> Result:
    path, beside = Path(asked.plain["signature"]), asked.plain.get("document")
    document = read_file(Path(beside), most=MOST_DOCUMENT) if beside else None
    checked = check(read_file(path, most=MOST_DOCUMENT), document, asked.places(), where=str(path))
    lines = [line for one in checked.signers for line in words.signer(one.facts, one.signer, one.trust)]
    verdict = words("signature.good" if checked.good else "signature.doubtful")
    return Result((verdict, words("signature.fits", path=path), *lines), good=checked.good)


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


def faults(job: str, given: Mapping[str, str], secrets: Mapping[str, Secret]) -> dict[str, str]:
    """The code of what is wrong with a field, by its name, before anything is begun."""
    found = {
        name: "required"
        for name in JOBS[job].asks
        if not given.get(name) and name not in secrets and (job, name) not in OPTIONAL
    }
    if "rrn" in secrets and len(secrets["rrn"]) not in IDN_DIGITS:
        found["rrn"] = "rrn_length"
    for name in set(secrets) & {"new_password", "pfx_password"}:
        again = secrets.get(f"{name}_again")
        if again is not None and again != secrets[name]:
            found[f"{name}_again"] = "password_mismatch"
    return found


@contextmanager
def _at(field: str) -> Iterator[None]:
    """A wrong password, said at the field where it was typed; a weak one at the new one's."""
    try:
        yield
    except ServiceError as error:
        named = {Reason.WRONG_PASSWORD: field, Reason.WEAK_PASSWORD: "new_password"}.get(error.reason, error.field)
        raise ServiceError(error.reason, field=named, detail=error.detail, where=error.where) from error
