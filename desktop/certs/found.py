"""The certificates on every medium there is, each with its state, as they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from desktop.certs.facts import Facts, facts_of
from desktop.services.api import Place, PlaceKind
from desktop.services.media.places import find_places, pc_folders
from desktop.services.media.recover import Finding, recover
from desktop.services.npki.tree import CERTIFICATE, KEY, Entry, read_entry, scan
from desktop.services.vocabulary import Reason, ServiceError


class State(StrEnum):
    """Of a certificate on its medium; the wording is `certs.state.<code>`."""

    GOOD = "good"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Found:
    """One folder with a certificate. `facts` is None where it cannot be read; `reason` says what is amiss."""

    entry: Entry
    place: Place
    state: State
    certificate: x509.Certificate | None = field(default=None, repr=False)
    facts: Facts | None = None
    reason: Reason | None = None

    def as_json(self) -> dict[str, object]:
        facts = self.facts
        return {
            "path": str(self.entry.folder),
            "subject": facts and facts.subject,
            "issuer": facts and facts.issuer,
            "serial": facts and facts.serial,
            "not_before": facts and facts.not_before.isoformat(),
            "not_after": facts and facts.not_after.isoformat(),
            "policy": facts and facts.policy,
            "kind": facts and facts.kind.value,
            "medium": self.place.kind.value,
            "has_key": self.entry.has_key,
            "state": self.state.value,
            "reason": self.reason and self.reason.value,
            "label": self.place.label,
        }


def all_places(*, data: Path | None = None) -> tuple[Place, ...]:
    """This PC's folders and the drives plugged in; `data`: the practice folder too, whose NPKI is its own."""
    practice = (folder_place(data, kind=PlaceKind.PC),) if data else ()
    older = tuple(folder_place(folder, kind=PlaceKind.PC) for folder in pc_folders()[1:])
    places = (*practice, *find_places(), *older)
    return tuple({Path(place.path).resolve(): place for place in reversed(places) if place.path}.values())[::-1]


def settle(places: Iterable[Place]) -> list[tuple[Place, Finding]]:
    """Ends what a write that was cut short has left on a medium, and tells what it holds now. Raises nothing."""
    return [(place, finding) for place in places for finding in recover(Path(place.path))]


def folder_place(folder: Path, *, kind: PlaceKind = PlaceKind.FOLDER) -> Place:
    return Place(id=f"folder:{folder}", kind=kind, label="" if kind is PlaceKind.PC else str(folder), path=str(folder))


def find(places: Iterable[Place], now: datetime) -> Iterator[Found]:
    """Everything on these places, one at a time: the first is there before the last is read. Raises nothing."""
    for place in places:
        for entry in scan(Path(place.path)):
            yield describe(entry, place, now)


class Tokens(Protocol):
    """What services/tokens.py knows, as far as it shows it to anybody, without a PIN."""

    def places(self) -> Sequence[Place]: ...

    def certificates(self, place: str) -> Sequence[x509.Certificate]: ...


def find_on_tokens(tokens: Tokens, now: datetime) -> Iterator[Found]:
    """`path` is the token's id, for there is no folder. Raises TOKEN_GONE, TOKEN_FAILED."""
    for place in tokens.places():
        for certificate in tokens.certificates(place.id):
            held = Entry(Path(place.id), certificate.public_bytes(Encoding.DER), {KEY: KEY})
            yield describe(held, place, now)


def describe(entry: Entry, place: Place, now: datetime) -> Found:
    """How it stands at `now` (aware). A certificate without its key is judged by its dates, and the lack is told."""
    if entry.certificate is None:
        return Found(entry, place, State.BROKEN, reason=entry.fault)
    try:
        certificate = x509.load_der_x509_certificate(entry.certificate)
        facts = facts_of(certificate)
    except ValueError:
        return Found(entry, place, State.BROKEN, reason=Reason.FILE_BROKEN)
    state = _state(facts, now) if entry.fault in {None, Reason.KEY_MISSING} else State.BROKEN
    return Found(entry, place, state, certificate, facts, entry.fault)


def look(path: Path, places: Iterable[Place], now: datetime, *, broken: bool = False) -> Found:
    """The folder that holds signCert.der, or that file itself. Raises FILE_MISSING, FILE_BROKEN and the like.

    `broken`: one whose certificate cannot be read will do as well, as long as a file of its is there.
    """
    folder = path.parent if path.name.casefold() == CERTIFICATE.casefold() else path
    entry = read_entry(folder.absolute())
    found = describe(entry, place_of_folder(folder, places), now)
    if found.certificate is None and not (broken and entry.files):
        reason = found.reason or Reason.FILE_MISSING
        if not folder.is_dir():
            reason = Reason.FILE_MISSING
        raise ServiceError(reason, where=entry.where or str(folder))
    return found


def place_of_folder(folder: Path, places: Iterable[Place]) -> Place:
    """The place it lies on; the narrowest where one holds another."""
    real = folder.resolve()
    holding = [place for place in places if real.is_relative_to(Path(place.path).resolve())]
    return max(holding, key=lambda place: len(place.path), default=folder_place(root_of(folder)))


def root_of(folder: Path) -> Path:
    """What holds the NPKI that this folder lies in; its own parent where it lies in none."""
    above = [parent for parent in folder.absolute().parents if parent.name.casefold() == "npki"]
    return above[0].parent if above else folder.absolute().parent


def _state(facts: Facts, now: datetime) -> State:
    if now > facts.not_after:
        return State.EXPIRED
    return State.NOT_YET_VALID if now < facts.not_before else State.GOOD
