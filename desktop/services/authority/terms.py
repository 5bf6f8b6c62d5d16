"""Agreement to the terms: every required text of the journey, in the version that is in force."""

from __future__ import annotations

from collections.abc import Callable

from desktop.services.api import AcceptTerms, Reason, ServiceError, TermsAccepted
from desktop.services.authority.connection import Connection
from desktop.services.authority.journeys import Journey

SCHEMA = """
CREATE TABLE IF NOT EXISTS agreement (
    journey INTEGER NOT NULL REFERENCES journey (id), term TEXT NOT NULL, version TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (journey, term)
);
"""


class Terms:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock

    def accept(self, cx: Connection, journey: Journey, request: AcceptTerms) -> TermsAccepted:
        """Raises BAD_REQUEST for a text that was not put forward, TERMS_MISSING for a required one not agreed to."""
        asked = journey.bank.journey(journey.kind, journey.task)
        assert asked is not None
        offered = {term.id: term for term in journey.bank.terms if term.id in asked.terms}
        accepted = dict(request.accepted)
        if not accepted.keys() <= offered.keys():
            raise ServiceError(Reason.BAD_REQUEST, field="terms")
        if any(term.required and accepted.get(term.id) != term.version for term in offered.values()):
            raise ServiceError(Reason.TERMS_MISSING, field="terms")
        now = self._clock()
        rows = [(journey.id, term, version, now) for term, version in accepted.items()]
        cx.executemany("INSERT INTO agreement VALUES (?, ?, ?, ?)", rows)
        return TermsAccepted(now)
