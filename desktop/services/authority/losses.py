"""Reported losses: from then on the bank wants more of this person, until a certificate was reissued with it."""

from __future__ import annotations

from desktop.services.authority.connection import Connection

SCHEMA = """
CREATE TABLE IF NOT EXISTS loss (
    bank TEXT NOT NULL, customer INTEGER NOT NULL REFERENCES customer (id), at REAL NOT NULL,
    PRIMARY KEY (bank, customer)
);
"""


def report_loss(cx: Connection, bank: str, customer: int, at: float) -> None:
    """The first report counts."""
    cx.execute("INSERT INTO loss VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (bank, customer, at))


def end_loss(cx: Connection, bank: str, customer: int) -> None:
    cx.execute("DELETE FROM loss WHERE bank = ? AND customer = ?", (bank, customer))


def is_hardened(cx: Connection, bank: str, customer: int | None) -> bool:
    return bool(cx.execute("SELECT 1 FROM loss WHERE bank = ? AND customer = ?", (bank, customer)).fetchone())
