"""Reported losses: from then on the bank wants more of this person, until a certificate was reissued with it."""

from __future__ import annotations

import sqlite3

SCHEMA = """
CREATE TABLE IF NOT EXISTS loss (
    bank TEXT NOT NULL, customer INTEGER NOT NULL REFERENCES customer (id), at REAL NOT NULL,
    PRIMARY KEY (bank, customer)
);
"""


def report_loss(cx: sqlite3.Connection, bank: str, customer: int, at: float) -> None:
    """The first report counts."""
    cx.execute("INSERT OR IGNORE INTO loss VALUES (?, ?, ?)", (bank, customer, at))


def end_loss(cx: sqlite3.Connection, bank: str, customer: int) -> None:
    cx.execute("DELETE FROM loss WHERE bank = ? AND customer = ?", (bank, customer))


def is_hardened(cx: sqlite3.Connection, bank: str, customer: int | None) -> bool:
    return bool(cx.execute("SELECT 1 FROM loss WHERE bank = ? AND customer = ?", (bank, customer)).fetchone())
