"""A failure of the person's own files in words: why, what to do, and the file or medium where one is known."""

from __future__ import annotations

from desktop.services.vocabulary import Reason, ServiceError
from desktop.text import Text

_RULED = frozenset({Reason.WEAK_PASSWORD, Reason.WEAK_PIN})


def told(text: Text, error: ServiceError) -> tuple[str, str]:
    """Cause and remedy."""
    code = error.detail if error.reason in _RULED and error.detail else error.reason
    named = error.where and error.reason not in _RULED | {Reason.WRONG_PASSWORD}  # which one, they know
    where = f"\n{error.where}" if named else ""
    return text(f"problem.{code}.cause"), text(f"problem.{code}.remedy") + where
