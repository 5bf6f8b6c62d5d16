"""What a person is told of a certificate: plain words first, the technical view behind them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from desktop.certs.facts import Facts, technical_of
from desktop.certs.found import Found, State
from desktop.certs.opening import Owner, Verified, form_of
from desktop.known import KST, korean_day
from desktop.services.api import Place, PlaceKind
from desktop.services.media.recover import Finding
from desktop.services.npki.cms import Signer
from desktop.services.npki.trust import Trust
from desktop.services.vocabulary import ServiceError
from desktop.text import Text


class Words:
    def __init__(self, text: Text, now: datetime) -> None:
        self.text, self._now = text, now

    def __call__(self, key: str, **data: object) -> str:
        return self.text(f"certs.{key}", **data)

    def listed(self, found: Found) -> str:
        """Two or three short lines for a list."""
        facts, folder = found.facts, found.entry.folder
        if facts is None:
            return f"{self('list.unreadable')}\n  {self.amiss(found)}\n  {folder}"
        head = self("list.head", owner=facts.owner, use=self(f"use.{facts.use}"), organization=facts.organization)
        lines = [head, f"  {self.state(found)} · {self.place(found.place)}"]
        if found.reason:
            lines.append(f"  {self.amiss(found)}")
        return "\n".join((*lines, f"  {folder}"))

    def shown(self, found: Found) -> Iterator[str]:
        """The viewer's lines."""
        facts = found.facts
        if facts is None:
            yield self.listed(found)
            return
        yield self("show.title", owner=facts.owner, kind=self(f"kind.{facts.kind}"))
        yield self("show.use", use=self(f"use.{facts.use}"))
        yield self("show.issuer", organization=facts.organization, units=", ".join(facts.units) or "-")
        yield self("show.days", first=_day(facts.not_before), last=_day(facts.not_after))
        yield self("show.state", state=self.state(found))
        yield self("show.key" if found.entry.has_key else "show.no_key")
        yield self("show.marked" if facts.marked else "show.not_marked")
        yield self("show.place", place=self.place(found.place))
        yield self("show.folder", folder=found.entry.folder)
        if found.reason:
            yield self.amiss(found)

    def technical(self, found: Found) -> Iterator[str]:
        """In English words and numbers alone: it is read out to whoever helps."""
        if found.facts is None or found.certificate is None:
            return
        for name, value in technical_json(found).items():
            yield f"{name:<12} {' '.join(value) if isinstance(value, tuple) else value}"

    def state(self, found: Found) -> str:
        facts = found.facts
        if facts is None or found.state is State.BROKEN:
            return self("state.broken")
        days = (korean_day(facts.not_after.timestamp()) - self._now.astimezone(KST).date()).days
        first, last = _day(facts.not_before), _day(facts.not_after)
        return self(f"state.{found.state}", first=first, last=last, days=abs(days))

    def place(self, place: Place) -> str:
        if place.kind is PlaceKind.PC:
            return self("place.pc")
        return self(f"place.{place.kind}", label=place.label or place.path)

    def settled(self, place: Place, finding: Finding) -> str:
        """What a write that was cut short came to."""
        where = f"{self.place(place)} {finding.folder}".strip()
        return self(f"settled.{finding.outcome}", where=where)

    def amiss(self, found: Found) -> str:
        """Why it cannot be used, and what to do."""
        reason = found.reason
        assert reason is not None
        return f"{self.text(f'problem.{reason}.cause')} {self.text(f'problem.{reason}.remedy')}"

    def verified(self, found: Found, result: Verified) -> Iterator[str]:
        """Of one whose password and key held."""
        facts = found.facts
        assert facts is not None
        yield self("verify.key")
        yield self(f"owner.{result.owner}", owner=facts.owner)
        if found.state is State.GOOD and result.owner not in {Owner.OTHER, Owner.NO_MARK}:
            yield self("verify.good")
        yield self("show.state", state=self.state(found))

    def signer(self, facts: Facts, signer: Signer, trust: Trust) -> Iterator[str]:
        yield self("signature.signer", owner=facts.owner, organization=facts.organization)
        if signer.signed_at:
            yield self("signature.at", at=f"{signer.signed_at.astimezone(KST):%Y.%m.%d %H:%M:%S}")
        else:
            yield self("signature.no_time")
        for doubt in trust.doubts:
            yield self(f"doubt.{doubt}", last=_day(facts.not_after), first=_day(facts.not_before))
        yield self(f"revocation.{trust.revocation}")
        yield self("signature.subject", subject=facts.subject)


def technical_json(found: Found) -> dict[str, object]:
    """Names as they stand in RFC 5280, where there is one; `container` and `rounds` of the key's file."""
    facts, certificate = found.facts, found.certificate
    assert facts is not None
    assert certificate is not None
    known = technical_of(certificate)
    told: dict[str, object] = {
        "version": known.version,
        "serial": facts.serial,
        "serial_hex": f"{int(facts.serial):x}",
        "subject": facts.subject,
        "issuer": facts.issuer,
        "not_before": facts.not_before.isoformat(),
        "not_after": facts.not_after.isoformat(),
        "policy": facts.policy,
        "signature": known.signature,
        "key": known.key,
        "sha256": known.fingerprint,
        "extensions": known.extensions,
    }
    try:
        form, rounds = form_of(found)
    except ServiceError as error:
        return told | {"container": error.reason.value}
    return told | {"container": form.value, "rounds": rounds}


def _day(when: datetime) -> str:
    return f"{when.astimezone(KST):%Y.%m.%d}"
