"""The one-time password token: RFC 6238 with a window for drift, each of its numbers good for once."""

from __future__ import annotations

import hmac
from collections.abc import Callable

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from desktop.services.api import AnswerMedium, Medium, MediumChallenge, Reason, ServiceError
from desktop.services.authority.connection import Connection, Row
from desktop.services.authority.inputs import digits
from desktop.services.authority.journeys import Journey
from desktop.services.authority.vault import Vault

SCHEMA = """
CREATE TABLE IF NOT EXISTS token (
    id INTEGER PRIMARY KEY, bank TEXT NOT NULL, customer INTEGER NOT NULL REFERENCES customer (id),
    secret BLOB NOT NULL, tries INTEGER NOT NULL DEFAULT 0, used INTEGER NOT NULL DEFAULT 0, UNIQUE (bank, customer)
);
"""
STEP_SECONDS = 30
_DRIFT = (0, -1, 1)


def password(secret: bytes, at: float, digits_wanted: int = 6) -> bytes:
    """What a token with this secret (20 bytes or more) shows at that time, seconds since the epoch."""
    return TOTP(secret, digits_wanted, SHA1(), STEP_SECONDS).generate(int(at))  # noqa: S303 — RFC 6238 as tokens do it


class Tokens:
    """`used` is the highest counter value that was ever accepted; none up to it is accepted again."""

    def __init__(self, vault: Vault, clock: Callable[[], float]) -> None:
        self._vault, self._clock = vault, clock

    def add(self, cx: Connection, *, bank: str, customer: int, secret: bytes) -> None:
        sealed = self._vault.seal(secret, "otp")
        cx.execute("INSERT INTO token (bank, customer, secret) VALUES (?, ?, ?)", (bank, customer, sealed))

    def held(self, cx: Connection, bank: str, customer: int) -> tuple[Medium, ...]:
        row = cx.execute("SELECT 1 FROM token WHERE bank = ? AND customer = ?", (bank, customer)).fetchone()
        return (Medium.OTP,) if row else ()

    def challenge(self, cx: Connection, journey: Journey) -> MediumChallenge:
        """Raises NO_MEDIUM or OTP_LOCKED."""
        token, limits = self._usable(cx, journey), journey.bank.policies
        return MediumChallenge(Medium.OTP, otp_digits=limits.otp_digits, tries_left=limits.otp_tries - token["tries"])

    def count(self, cx: Connection, journey: Journey, answer: AnswerMedium) -> str:
        """Counts a try; the note holds the token and the count. Raises BAD_REQUEST, NO_MEDIUM or OTP_LOCKED."""
        digits(answer.otp, "otp", journey.bank.policies.otp_digits)
        token = self._usable(cx, journey)
        cx.execute("UPDATE token SET tries = tries + 1 WHERE id = ?", (token["id"],))
        return f"{token['id']} {token['tries'] + 1}"

    def check(self, cx: Connection, journey: Journey, answer: AnswerMedium, note: str) -> None:
        """Raises WRONG_OTP, OTP_REPLAYED or OTP_LOCKED."""
        token, counted = map(int, note.split())
        row = cx.execute("SELECT * FROM token WHERE id = ?", (token,)).fetchone()
        matching = self._matching(row, answer, journey.bank.policies.otp_digits)
        fresh = [counter for counter in matching if counter > row["used"]]
        if not fresh:
            left = max(journey.bank.policies.otp_tries - counted, 0)
            reason = Reason.OTP_REPLAYED if matching else Reason.WRONG_OTP
            raise ServiceError(reason if left else Reason.OTP_LOCKED, field="otp", tries_left=left)
        # Forgives the tries up to this one, not one that began meanwhile.
        cx.execute(
            "UPDATE token SET tries = CASE WHEN tries > ? THEN tries - ? ELSE 0 END, used = ? WHERE id = ?",
            (counted, counted, fresh[0], token),
        )

    def _matching(self, row: Row, answer: AnswerMedium, length: int) -> list[int]:
        """The counter values in the window whose password this is; all are compared, whichever matches."""
        assert answer.otp is not None
        secret = self._vault.unseal(row["secret"], "otp")
        counters = [int(self._clock()) // STEP_SECONDS + drift for drift in _DRIFT]
        with answer.otp.view() as view:
            given = bytes(view)
        right = [hmac.compare_digest(password(secret, c * STEP_SECONDS, length), given) for c in counters]
        return [counter for counter, match in zip(counters, right, strict=True) if match]

    def _usable(self, cx: Connection, journey: Journey) -> Row:
        row: Row | None = cx.execute(
            "SELECT * FROM token WHERE bank = ? AND customer = ?", (journey.bank.id, journey.owner())
        ).fetchone()
        if row is None:
            raise ServiceError(Reason.NO_MEDIUM)
        if row["tries"] >= journey.bank.policies.otp_tries:
            raise ServiceError(Reason.OTP_LOCKED, field="otp", tries_left=0)
        return row
