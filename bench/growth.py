"""What one call costs as certificates grow to a million: issue, look-up, status, OCSP; and a list by what it names.

`--most N` certificates, `--revoked N` entries of a list. The rows are real but for their signatures: one certificate,
with another serial number in each.
"""

from __future__ import annotations

import argparse
import secrets
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ReasonFlags, ocsp

from bench.leaves import BANK, Leave, give_leave, messages, opened
from desktop.secret import Secret
from desktop.services.authority.crowd import member
from desktop.services.authority.enrolling import Enrolling
from desktop.services.authority.issuing import Issuing
from desktop.services.authority.local import DATABASE_NAME
from desktop.services.authority.parts import Parts
from desktop.services.authority.status import StatusService

SIZES: Final = (1_000, 10_000, 100_000, 1_000_000)
LISTS: Final = (1_000, 10_000, 100_000)
#: The largest store may cost so many times what the smallest does: a look-up in a tree of a million, not a walk.
MOST_GROWTH: Final = 4.0
_ROUNDS: Final = 60
_TOGETHER: Final = 50_000  # rows of each table a commit
_HURRY: Final = ("synchronous = OFF", "cache_size = -500000", "wal_autocheckpoint = 100000")
_CUSTOMER = "INSERT INTO customer (id, rrn_digest, rrn, name, phone) VALUES (?, ?, ?, ?, ?)"
_JOURNEY = (
    "INSERT INTO journey (id, handle, bank, kind, task, opened_at, touched_at, closed_at, customer)"
    " VALUES (?, ?, ?, 'joint', 'issue', ?, ?, ?, ?)"
)
_CERTIFICATE = "INSERT INTO ca_certificates (serial, certificate, not_after) VALUES (?, ?, ?)"
_CREDENTIAL = (
    "INSERT INTO cloud_credentials (id, account, serial, certificate, sealed_random, wrapped_key, salt, iterations,"
    " lanes, memory_kib, created_at, bank, kind, usage, renewal)"
    " VALUES (?, ?, ?, ?, x'', x'', x'', 0, 0, 0, ?, ?, 'joint', 'bank', 'by_hand')"
)
_ENROLMENT = (
    "INSERT INTO enrolment (reference, journey, usage, credential, replace_elsewhere, number, named_at, expires_at,"
    " state, serial) VALUES (?, ?, 'bank', '', 0, ?, ?, ?, 'confirmed', ?)"
)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--most", type=int, default=SIZES[-1])
    asked.add_argument("--revoked", type=int, default=LISTS[-1])
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name, opened(Path(name), "p256") as parts:
        rows = list(_sizes(parts, Path(name) / DATABASE_NAME, [size for size in SIZES if size <= given.most]))
        print()
        _lists(parts, [size for size in LISTS if size <= given.revoked])
    grown = [last / first for first, last in zip(rows[0], rows[-1], strict=True)]
    print(f"Largest to smallest store: {', '.join(f'{one:.1f}' for one in grown)}; at most {MOST_GROWTH}")
    return int(max(grown) > MOST_GROWTH)


def _sizes(parts: Parts, path: Path, sizes: list[int]) -> Iterator[list[float]]:
    """Each call's seconds of the processor, smallest store first."""
    calls = ("issue", "reference number", "status", "OCSP", "a person's", "identity")
    print(f"| certificates | filled in s | {' | '.join(f'{call} ms' for call in calls)} |")
    print("|---|---|---|---|---|---|---|---|")
    filler = Filler(parts, path)
    for size in sizes:
        began = time.perf_counter()
        filler.fill(size)
        took = time.perf_counter() - began
        costs = _costs(parts, filler)
        print(f"| {size:,} | {took:.0f} | " + " | ".join(f"{cost * 1000:.3f}" for cost in costs) + " |", flush=True)
        yield costs


class Filler:
    """Customers with a certificate each, and what else an issue leaves behind."""

    def __init__(self, parts: Parts, path: Path) -> None:
        """`path` is the store's file: a connection of its own fills it, which need not be durable."""
        self._parts, self._path, self._now = parts, path, parts.clock()
        self.leaves = 0
        first = give_leave(parts, 1)
        self.leaves += 1
        self._issue(first)
        with parts.store.read() as cx:
            row = cx.execute("SELECT serial, certificate, not_after FROM ca_certificates").fetchone()
            person = cx.execute("SELECT * FROM customer").fetchone()
        self._der, self._not_after = row["certificate"], row["not_after"]
        self._serial = int(row["serial"]).to_bytes((int(row["serial"]).bit_length() + 7) // 8, "big")
        self._person = person["rrn"], person["name"], person["phone"]
        self.serials: list[int] = [int(row["serial"])]
        self.people: list[int] = []  # row ids

    def fill(self, size: int) -> None:
        """Up to so many certificates."""
        with closing(sqlite3.connect(self._path, isolation_level=None)) as cx:
            for setting in _HURRY:
                cx.execute(f"PRAGMA {setting}")
            while len(self.serials) < size:
                cx.execute("BEGIN")
                self._some(cx, min(_TOGETHER, size - len(self.serials)))
                cx.execute("COMMIT")
            cx.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _some(self, cx: sqlite3.Connection, count: int) -> None:
        tables = (
            "SELECT max(id) FROM customer UNION SELECT max(id) FROM journey UNION SELECT max(id) FROM cloud_accounts"
        )
        start = max(row[0] for row in cx.execute(tables)) + 1
        numbers = range(start, start + count)
        self.people += numbers
        made = [self._certificate() for _ in numbers]
        parts, now = self._parts, self._now
        digests = (parts.vault.digest(str(number).encode(), "rrn") for number in numbers)
        cx.executemany(_CUSTOMER, ((n, d, *self._person) for n, d in zip(numbers, digests, strict=True)))
        cx.executemany(_JOURNEY, ((n, secrets.token_bytes(32), BANK, now, now, now, n) for n in numbers))
        cx.executemany("INSERT INTO cloud_accounts VALUES (?, ?, ?)", ((n, str(n), int(now)) for n in numbers))
        cx.executemany(_CERTIFICATE, ((str(serial), der, self._not_after) for serial, der in made))
        cx.executemany(
            _CREDENTIAL,
            (
                (secrets.token_hex(16), n, str(serial), der, int(now), BANK)
                for n, (serial, der) in zip(numbers, made, strict=True)
            ),
        )
        cx.executemany(
            _ENROLMENT,
            ((f"x{n}", n, n, now, now, str(serial)) for n, (serial, _) in zip(numbers, made, strict=True)),
        )
        self.serials += [serial for serial, _ in made]

    def _certificate(self) -> tuple[int, bytes]:
        """The first octet of a serial number stays, so that the certificate's length does."""
        serial = self._serial[:1] + secrets.token_bytes(len(self._serial) - 1)
        return int.from_bytes(serial, "big"), self._der.replace(self._serial, serial, 1)

    def messages(self, count: int) -> list[bytes]:
        """For people who have none yet."""
        leaves = give_leave(self._parts, count, first=self.leaves)
        self.leaves += count
        return list(messages(leaves, "p256", self._parts.ca.issuer.certificate.subject))

    def _issue(self, leaves: list[Leave]) -> None:
        door = Enrolling(self._parts, require_random=False, implicit=True)
        for message in messages(leaves, "p256", self._parts.ca.issuer.certificate.subject):
            door.pkix(message)


def _costs(parts: Parts, filler: Filler) -> list[float]:
    door, issuing = Enrolling(parts, require_random=False, implicit=True), Issuing(parts)
    door.responder()
    some = [secrets.choice(filler.serials) for _ in range(_ROUNDS)]
    asked = [_ocsp_request(parts, serial) for serial in some]
    people = [secrets.choice(filler.people) for _ in some]

    def status(serial: int) -> None:
        with parts.store.read() as cx:
            parts.ca.status(cx, serial)

    def reference(number: int) -> None:
        with parts.store.read() as cx:
            cx.execute("SELECT * FROM enrolment WHERE reference = ?", (f"x{number}",)).fetchall()

    def person(number: int) -> None:
        with parts.store.read() as cx:
            parts.portfolio.of(cx, number)

    return [
        _median(door.pkix, filler.messages(_ROUNDS)),
        _median(reference, people),
        _median(status, some),
        _median(issuing.ocsp, asked),
        _median(person, people),
        _median(_identify(parts), range(filler.leaves - _ROUNDS, filler.leaves)),
    ]


def _identify(parts: Parts) -> Callable[[int], None]:
    """Finds people by what they tell, as the check of an identity does."""

    def find(number: int) -> None:
        someone = member(number)
        told = {"rrn": Secret.of(someone.rrn), "phone": Secret.of(someone.phone)}
        with parts.store.read() as cx:
            found = parts.customers.find(cx, BANK, told, only=None)
        assert found is not None

    return find


def _median(work: Callable[[Any], object], given: Iterable[Any]) -> float:
    """Seconds of the processor."""
    each: list[float] = []
    for one in given:
        began = time.thread_time()
        work(one)
        each.append(time.thread_time() - began)
    return median(each)


def _ocsp_request(parts: Parts, serial: int) -> bytes:
    issuer = parts.ca.issuer.certificate
    subject = issuer.subject.public_bytes()
    digest, key = hashes.Hash(hashes.SHA1()), issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    digest.update(subject)
    builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
        digest.finalize(), key.value.digest, serial, hashes.SHA1()
    )
    return builder.build().public_bytes(Encoding.DER)


def _lists(parts: Parts, sizes: list[int]) -> None:
    """Building a list for the first time, after one more revocation, and handing out one that is still right."""
    print("| named in the list | kB | first s | after a revocation s | kept ms |")
    print("|---|---|---|---|---|")
    with parts.store.read() as cx:
        rows = cx.execute("SELECT serial FROM ca_certificates WHERE status = 'good' ORDER BY sequence LIMIT 100100")
        serials = [row["serial"] for row in rows]
    gone = 0
    for size in sizes:
        with parts.store.transaction() as cx:
            cx.executemany(
                "UPDATE ca_certificates SET status = 'revoked', reason = 'superseded', changed_at = ? WHERE serial = ?",
                ((int(parts.clock()), serial) for serial in serials[gone:size]),
            )
            cx.execute("UPDATE ca_crl SET stale = 1")
        gone = size
        fresh = StatusService(parts.ca, parts.clock)  # as after a restart
        first, kilobytes = _list(parts, fresh)
        with parts.store.transaction() as cx:
            parts.ca.revoke(cx, int(serials[gone]), ReasonFlags.key_compromise)
        gone += 1
        again, _ = _list(parts, fresh)
        kept, _ = _list(parts, fresh)
        print(f"| {size:,} | {kilobytes:,.0f} | {first:.2f} | {again:.2f} | {kept * 1000:.1f} |", flush=True)


def _list(parts: Parts, status: StatusService) -> tuple[float, float]:
    """Seconds of the processor, and kilobytes."""
    began = time.thread_time()
    with parts.store.transaction() as cx:
        der = status.crl(cx)
    return time.thread_time() - began, len(der) / 1000


if __name__ == "__main__":
    sys.exit(main())
