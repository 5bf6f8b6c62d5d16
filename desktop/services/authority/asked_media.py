"""Security card and one-time password where the bank's own server has them: asked between two transactions."""

from __future__ import annotations

from typing import Final

import msgspec

from desktop.services.api import (
    AnswerMedium,
    ChallengeMedium,
    Check,
    Medium,
    MediumChallenge,
    MediumVerified,
    Reason,
    ServiceError,
)
from desktop.services.authority.asking import answered, key_for
from desktop.services.authority.bank import Customers
from desktop.services.authority.card import POSITIONS
from desktop.services.authority.connection import Connection, Row
from desktop.services.authority.idempotency import Call, Calls
from desktop.services.authority.inputs import digits
from desktop.services.authority.journeys import Journey, Journeys
from desktop.services.authority.store import Store
from desktop.services.hooks.media import Answer, Holder, MediaServer, Question

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS asked_medium (
    journey INTEGER NOT NULL REFERENCES journey (id), medium TEXT NOT NULL, question TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (journey, medium)
);
"""
_LOCKED: Final = {Medium.CARD: Reason.CARD_LOCKED, Medium.OTP: Reason.OTP_LOCKED}
_WRONG: Final = {
    Medium.CARD: frozenset({Reason.WRONG_CARD}),
    Medium.OTP: frozenset({Reason.WRONG_OTP, Reason.OTP_REPLAYED}),
}


class AskedMedia:
    """Blocking; called from worker threads. `name` is a journey's id.

    A try is counted on the journey before the bank is asked; those of the medium are the bank's to count, since it is
    used elsewhere too.
    """

    def __init__(
        self, store: Store, calls: Calls, journeys: Journeys, customers: Customers, *, server: MediaServer
    ) -> None:
        self._store, self._calls, self._journeys, self._customers = store, calls, journeys, customers
        self._server = server

    def challenge(self, name: str, request: ChallengeMedium, key: str) -> MediumChallenge:
        medium = request.medium

        def admit(cx: Connection) -> str:
            journey = self._turn(cx, name)
            if medium not in journey.bank.policies.media:
                raise ServiceError(Reason.BAD_REQUEST, field="medium")
            self._left(self._row(cx, journey, medium), journey, medium)
            return ""

        def tell(cx: Connection, _: str, told: Question | ServiceError) -> MediumChallenge:
            if isinstance(told, ServiceError):
                raise told
            journey = self._turn(cx, name)
            left = self._left(self._row(cx, journey, medium), journey, medium)
            cx.execute(
                "INSERT INTO asked_medium (journey, medium, question) VALUES (?, ?, ?)"
                " ON CONFLICT (journey, medium) DO UPDATE SET question = excluded.question",
                (journey.id, medium.value, told.id),
            )
            self._journeys.choose_medium(cx, journey, medium)
            return _challenge(journey, medium, told, left if told.tries_left is None else min(left, told.tries_left))

        return self._calls.twice(
            Call(key, name, "challenge_medium", request, MediumChallenge),
            admit,
            tell,
            between=lambda _: answered(lambda: self._ask(name, medium, key)),
        )

    def answer(self, name: str, request: AnswerMedium, key: str) -> MediumVerified:
        def count(cx: Connection) -> str:
            journey = self._turn(cx, name)
            row = self._row(cx, journey, journey.medium) if journey.medium else None
            if row is None or journey.medium is None:
                raise ServiceError(Reason.OUT_OF_ORDER)
            _check_form(journey, journey.medium, request)
            left = self._left(row, journey, journey.medium)
            cx.execute(
                "UPDATE asked_medium SET tries = tries + 1 WHERE journey = ? AND medium = ?",
                (journey.id, journey.medium.value),
            )
            return msgspec.json.encode((journey.medium, row["question"], left - 1)).decode()

        def check(cx: Connection, note: str, refused: ServiceError | None) -> MediumVerified:
            medium, _, left = _note(note)
            journey = self._turn(cx, name)
            if refused is not None:
                raise _refusal(refused, medium, left)
            cx.execute("DELETE FROM asked_medium WHERE journey = ? AND medium = ?", (journey.id, medium.value))
            self._journeys.mark_done(cx, journey, Check.MEDIUM)
            return MediumVerified(medium)

        return self._calls.twice(
            Call(key, name, "answer_medium", request, MediumVerified),
            count,
            check,
            between=lambda note: answered(lambda: self._tell(name, note, request, key)),
        )

    def _ask(self, name: str, medium: Medium, key: str) -> Question:
        """Raises NONSENSE for positions that no card has."""
        question = self._server.challenge(self._holder(name, medium), key=key_for(name, key))
        if medium == Medium.CARD:
            first, second = question.positions or (0, 0)
            if not (1 <= first <= POSITIONS and 1 <= second <= POSITIONS and first != second):
                raise ServiceError(Reason.NONSENSE)
        return question

    def _tell(self, name: str, note: str, request: AnswerMedium, key: str) -> None:
        medium, question, _ = _note(note)
        given = Answer(request.first, request.second, request.serial, request.otp)
        self._server.answer(self._holder(name, medium), question, given, key=key_for(name, key))

    def _holder(self, name: str, medium: Medium) -> Holder:
        with self._store.read() as cx:
            journey = self._journeys.enter(cx, name, touch=False)
            return Holder(journey.bank.id, self._customers.reference(cx, journey.bank.id, journey.owner()), medium)

    def _turn(self, cx: Connection, name: str) -> Journey:
        journey = self._journeys.enter(cx, name)
        journey.expect(Check.MEDIUM)
        return journey

    def _row(self, cx: Connection, journey: Journey, medium: Medium) -> Row | None:
        found: Row | None = cx.execute(
            "SELECT * FROM asked_medium WHERE journey = ? AND medium = ?", (journey.id, medium.value)
        ).fetchone()
        return found

    def _left(self, row: Row | None, journey: Journey, medium: Medium) -> int:
        """Tries of this journey. Raises …_LOCKED where there are none."""
        policies = journey.bank.policies
        most = policies.card_tries if medium == Medium.CARD else policies.otp_tries
        left = most - (row["tries"] if row else 0)
        if left <= 0:
            raise ServiceError(_LOCKED[medium], tries_left=0)
        return left


def _challenge(journey: Journey, medium: Medium, question: Question, left: int) -> MediumChallenge:
    policies = journey.bank.policies
    if medium == Medium.OTP:
        return MediumChallenge(medium, otp_digits=policies.otp_digits, tries_left=left)
    assert question.positions is not None, "checked as it came"
    return MediumChallenge(
        medium, positions=question.positions, serial_digits=policies.card_serial_digits, tries_left=left
    )


def _check_form(journey: Journey, medium: Medium, request: AnswerMedium) -> None:
    """Raises BAD_REQUEST with the field."""
    policies = journey.bank.policies
    if medium == Medium.OTP:
        digits(request.otp, "otp", policies.otp_digits)
        return
    digits(request.first, "card_first", 2)
    digits(request.second, "card_second", 2)
    if policies.card_serial_digits:
        digits(request.serial, "card_serial", policies.card_serial_digits)


def _refusal(refused: ServiceError, medium: Medium, left: int) -> ServiceError:
    """As the bank says, with the fewer of its tries left and of the journey's."""
    if refused.reason not in _WRONG[medium]:
        return refused
    fewer = left if refused.tries_left is None else min(left, refused.tries_left)
    field = "otp" if medium == Medium.OTP else None
    return ServiceError(refused.reason if fewer > 0 else _LOCKED[medium], field=field, tries_left=max(fewer, 0))


def _note(note: str) -> tuple[Medium, str, int]:
    return msgspec.json.decode(note, type=tuple[Medium, str, int])
