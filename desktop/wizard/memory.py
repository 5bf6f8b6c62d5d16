"""What this PC remembers of a journey: the certificates that were told of, and one line of what was done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from desktop.banks import Bank
from desktop.failures import failure
from desktop.history import History, Outcome
from desktop.known import KST, KnownCertificates
from desktop.services.api import Changed, Holding, Holdings, Issued, Status, Task
from desktop.wizard.flow.view import End, View


class Memory:
    """With `keep` false (a kiosk) nothing is ever written."""

    def __init__(self, folder: Path, *, keep: bool = True) -> None:
        self._known, self._history = KnownCertificates(folder, keep=keep), History(folder, keep=keep)

    def keep(self, view: View, bank: Bank) -> None:
        """The end of a journey. Raises ServiceError when the disk refuses."""
        result = view.facts.get(Issued) or view.facts.get(Changed)
        self._known.remember(*_holdings(view, bank))
        if result is not None:
            replaced = view.certificate if isinstance(result, Issued) else ""
            self._known.remember(result, instead_of="" if replaced == result.credential_id else replaced)
        outcome = _outcome(view)
        if outcome is None:
            return
        self._history.add(
            day=datetime.now(KST).date(),
            bank=view.bank,
            kind=view.kind,
            task=view.task,
            outcome=outcome,
            serial=result.serial if result else "",
            code=_number(view) if outcome is Outcome.FAILED else "",
        )


def _holdings(view: View, bank: Bank) -> Iterator[Holding]:
    """As they stand now: an issue may have revoked those of other banks (C1)."""
    holdings = view.facts.get(Holdings)
    if holdings is None:
        return
    yield from holdings.certificates
    replaced = view.task is Task.ISSUE and Issued in view.facts and bank.policies.replaces_elsewhere
    for holding in holdings.elsewhere:
        gone = replaced and holding.kind == view.kind
        yield replace(holding, status=Status.REVOKED) if gone else holding


def _outcome(view: View) -> Outcome | None:
    """None for a journey that only led to another one. One that was left at an error had failed."""
    if view.end is None or view.end is End.SWITCHED:
        return None
    if view.end is End.CANCELLED and view.problem is not None:
        return Outcome.FAILED
    return Outcome(view.end.value)


def _number(view: View) -> str:
    """Of the failure, which the person can look up in the help."""
    try:
        return failure(view.problem.code if view.problem else "internal").code
    except KeyError:
        return failure("internal").code
