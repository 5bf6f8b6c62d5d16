"""Ten thousand certificates on three media: how long a list of them takes, and how much memory, beside pypinksign's.

Each list is made in a process of its own, over the same folders, and says of each certificate its name, its issuer
and its time. Ours reads the keys' heads too and says what is wrong with them; pypinksign's does not.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import pypinksign
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from bench.window import memory
from desktop.secret import Secret
from desktop.services.npki.container import seal_key
from desktop.services.npki.key import new_key
from desktop.services.npki.tree import scan

CERTIFICATES, MEDIA, KINDS, PAIRS = 10_000, 3, 5, 5
#: Of pypinksign's. In time ours may take a little more: it opens twice as many files.
MOST_TIME, MOST_MEMORY = 1.25, 0.5


def main() -> int:
    if len(sys.argv) > 2:
        _child(sys.argv[1], [Path(root) for root in sys.argv[2:]])
        return 0
    with tempfile.TemporaryDirectory() as folder:
        roots = [Path(folder) / f"medium {number}" for number in range(MEDIA)]
        began = time.perf_counter()
        fill(roots)
        print(f"{CERTIFICATES} certificates on {MEDIA} media, written in {time.perf_counter() - began:.1f} s")
        for name in ("pypinksign", "ours"):
            _measure(name, roots)  # warms the disk
        pairs = [(_measure("pypinksign", roots), _measure("ours", roots)) for _ in range(PAIRS)]
    print("| list | s | s of CPU | first certificate ms | MB more at the end | found |\n|---|---|---|---|---|---|")
    for name, lists in (("pypinksign", [one for one, _ in pairs]), ("ours", [one for _, one in pairs])):
        took, cpu = median(one.seconds for one in lists), median(one.cpu for one in lists)
        first = median(one.first for one in lists)
        grown = median(one.memory for one in lists)
        print(f"| {name} | {took:.2f} | {cpu:.2f} | {first * 1000:.1f} | {grown / 1e6:.1f} | {lists[0].found} |")
    ratio = median(ours.cpu / theirs.cpu for theirs, ours in pairs)
    grown = median(ours.memory / theirs.memory for theirs, ours in pairs)
    print(f"ratio of the CPU times {ratio:.2f}, of the memory {grown:.2f} (at most {MOST_TIME}, {MOST_MEMORY})")
    whole = all(one.found == CERTIFICATES for pair in pairs for one in pair)
    return 0 if whole and ratio <= MOST_TIME and grown <= MOST_MEMORY else 1


@dataclass(frozen=True, slots=True)
class Listed:
    """Seconds by the wall, and of the CPU, which other programs do not change; until the first one, by the wall."""

    seconds: float
    cpu: float
    first: float
    memory: int  # bytes resident more than before
    found: int


def _measure(name: str, roots: list[Path]) -> Listed:
    command = [sys.executable, "-m", "bench.certs_list", name, *map(str, roots)]
    run = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parent.parent)
    return Listed(**json.loads(run.stdout))


def _child(name: str, roots: list[Path]) -> None:
    lister = _pypinksign if name == "pypinksign" else _ours
    kept: list[object] = []
    listed = lister(roots)
    before, began, cpu, first = memory(), time.perf_counter(), time.process_time(), 0.0
    for one in listed:
        first = first or time.perf_counter() - began
        kept.append(one)
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    grown = memory() - before
    print(json.dumps({"seconds": took, "cpu": cpu, "first": first, "memory": grown, "found": len(kept)}))


def _ours(roots: list[Path]) -> Iterator[object]:

    for root in roots:
        for entry in scan(root):
            assert entry.certificate is not None
            _say(x509.load_der_x509_certificate(entry.certificate))
            yield entry


def _say(certificate: x509.Certificate) -> tuple[object, ...]:
    owner = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    issuer = certificate.issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value
    return owner, issuer, certificate.not_valid_before_utc, certificate.not_valid_after_utc


def _pypinksign(roots: list[Path]) -> Iterator[object]:
    """Its list is a printed one that ends with a question, once a medium: the certificates come all at once."""
    module, kept = pypinksign.pypinksign, []
    made = module.PinkSign

    def keep(*words: object, **more: object) -> object:
        kept.append(made(*words, **more))
        return kept[-1]

    module.PinkSign = keep
    builtins.input = lambda _="": "1"
    for root in roots:
        with contextlib.redirect_stdout(io.StringIO()):
            pypinksign.choose_cert(base_path=str(root))
        yield from kept
        kept.clear()


def fill(roots: list[Path]) -> None:

    made = []
    for number in range(KINDS):
        key, plain, _ = new_key()
        names = [
            (NameOID.COUNTRY_NAME, "kr"),
            (NameOID.ORGANIZATION_NAME, "yessign"),
            (NameOID.COMMON_NAME, f"홍길동{number}"),
        ]
        name = x509.Name([x509.NameAttribute(oid, value) for oid, value in names])
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(name, name, key.public_key(), number + 1, now, now + timedelta(days=365))
        certificate = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
        made.append((certificate, seal_key(plain, Secret.of("practice-1!"))))
    for number in range(CERTIFICATES):
        user = roots[number % len(roots)] / "NPKI" / "yessign" / "USER"
        folder = user / f"cn=홍길동()00200402007061{number:08},ou=WOORI,ou=personal4IB,o=yessign,c=kr"
        folder.mkdir(parents=True)
        certificate, sealed = made[number % KINDS]
        (folder / "signCert.der").write_bytes(certificate)
        (folder / "signPri.key").write_bytes(sealed)


if __name__ == "__main__":
    sys.exit(main())
