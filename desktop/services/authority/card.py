"""The security card: 35 codes of four digits, of which a challenge asks one half of each of two."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence

from desktop.secret import Secret
from desktop.services.api import AnswerMedium, Medium, MediumChallenge, Reason, ServiceError
from desktop.services.authority.connection import Connection, Row
from desktop.services.authority.inputs import digits
from desktop.services.authority.journeys import Journey
from desktop.services.authority.vault import Vault

SCHEMA = """
CREATE TABLE IF NOT EXISTS card (
    id INTEGER PRIMARY KEY, bank TEXT NOT NULL, customer INTEGER NOT NULL REFERENCES customer (id),
    serial BLOB NOT NULL, tries INTEGER NOT NULL DEFAULT 0, first INTEGER, second INTEGER, UNIQUE (bank, customer)
);
CREATE TABLE IF NOT EXISTS card_code (
    card INTEGER NOT NULL REFERENCES card (id), position INTEGER NOT NULL, head BLOB NOT NULL, tail BLOB NOT NULL,
    PRIMARY KEY (card, position)
);
"""
POSITIONS = 35


class Cards:
    """Codes are kept as two digests each, since only halves are ever asked."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def add(self, cx: Connection, *, bank: str, customer: int, serial: str, codes: Sequence[str]) -> None:
        """`codes` in the order of their positions, 1 to 35."""
        if len(codes) != POSITIONS or not all(len(code) == 4 and code.isdecimal() for code in codes):
            raise ValueError(f"a security card has {POSITIONS} codes of four digits")
        sealed = self._vault.seal(serial.encode(), "card-serial")
        card = cx.execute(
            "INSERT INTO card (bank, customer, serial) VALUES (?, ?, ?) RETURNING id", (bank, customer, sealed)
        ).fetchone()["id"]
        for position, code in enumerate(codes, 1):
            halves = (self._half(card, position, "head", code[:2]), self._half(card, position, "tail", code[2:]))
            cx.execute("INSERT INTO card_code VALUES (?, ?, ?, ?)", (card, position, *halves))

    def held(self, cx: Connection, bank: str, customer: int) -> tuple[Medium, ...]:
        row = cx.execute("SELECT 1 FROM card WHERE bank = ? AND customer = ?", (bank, customer)).fetchone()
        return (Medium.CARD,) if row else ()

    def challenge(self, cx: Connection, journey: Journey) -> MediumChallenge:
        """The one outstanding, until it is answered rightly: asking anew must not bring an easier one.

        Raises NO_MEDIUM or CARD_LOCKED.
        """
        card, limits = self._usable(cx, journey), journey.bank.policies
        first, second = card["first"], card["second"]
        if first is None:
            first, second = secrets.SystemRandom().sample(range(1, POSITIONS + 1), 2)
            cx.execute("UPDATE card SET first = ?, second = ? WHERE id = ?", (first, second, card["id"]))
        return MediumChallenge(
            Medium.CARD,
            positions=(first, second),
            serial_digits=limits.card_serial_digits,
            tries_left=limits.card_tries - card["tries"],
        )

    def count(self, cx: Connection, journey: Journey, answer: AnswerMedium) -> str:
        """Counts a try; the note holds the challenge and the count. Raises BAD_REQUEST, OUT_OF_ORDER, CARD_LOCKED."""
        digits(answer.first, "card_first", 2)
        digits(answer.second, "card_second", 2)
        if journey.bank.policies.card_serial_digits:
            digits(answer.serial, "card_serial", journey.bank.policies.card_serial_digits)
        card = self._usable(cx, journey)
        if card["first"] is None:
            raise ServiceError(Reason.OUT_OF_ORDER)
        cx.execute("UPDATE card SET tries = tries + 1 WHERE id = ?", (card["id"],))
        return f"{card['id']} {card['first']} {card['second']} {card['tries'] + 1}"

    def check(self, cx: Connection, journey: Journey, answer: AnswerMedium, note: str) -> None:
        """Raises WRONG_CARD without saying which part, or CARD_LOCKED; OUT_OF_ORDER for a challenge used meanwhile."""
        card, first, second, counted = map(int, note.split())
        row = cx.execute("SELECT * FROM card WHERE id = ?", (card,)).fetchone()
        if (row["first"], row["second"]) != (first, second):
            raise ServiceError(Reason.OUT_OF_ORDER)
        right = [
            self._is_half(cx, card, first, "head", answer.first),
            self._is_half(cx, card, second, "tail", answer.second),
            self._is_serial(row["serial"], answer.serial, journey.bank.policies.card_serial_digits),
        ]
        if not all(right):
            left = max(journey.bank.policies.card_tries - counted, 0)
            raise ServiceError(Reason.WRONG_CARD if left else Reason.CARD_LOCKED, tries_left=left)
        # Forgives the tries up to this one, not one that began meanwhile.
        cx.execute(
            "UPDATE card SET tries = CASE WHEN tries > ? THEN tries - ? ELSE 0 END, first = NULL, second = NULL"
            " WHERE id = ?",
            (counted, counted, card),
        )

    def _usable(self, cx: Connection, journey: Journey) -> Row:
        row: Row | None = cx.execute(
            "SELECT * FROM card WHERE bank = ? AND customer = ?", (journey.bank.id, journey.owner())
        ).fetchone()
        if row is None:
            raise ServiceError(Reason.NO_MEDIUM)
        if row["tries"] >= journey.bank.policies.card_tries:
            raise ServiceError(Reason.CARD_LOCKED, tries_left=0)
        return row

    def _is_half(self, cx: Connection, card: int, position: int, half: str, given: Secret | None) -> bool:
        row = cx.execute("SELECT * FROM card_code WHERE card = ? AND position = ?", (card, position)).fetchone()
        with (given or Secret()).view() as view:
            return hmac.compare_digest(row[half], self._vault.digest(view, _context(card, position, half)))

    def _is_serial(self, sealed: bytes, given: Secret | None, asked: int) -> bool:
        """The last `asked` digits; right when none are asked."""
        if not asked:
            return True
        with (given or Secret()).view() as view:
            return hmac.compare_digest(self._vault.unseal(sealed, "card-serial")[-asked:], bytes(view))

    def _half(self, card: int, position: int, half: str, code: str) -> bytes:
        return self._vault.digest(code.encode(), _context(card, position, half))


def _context(card: int, position: int, half: str) -> str:
    return f"card:{card}:{position}:{half}"
