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

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

CERTIFICATES, MEDIA, KINDS, PAIRS = 10_000, 3, 5, 5
MOST_RATIO = 1.0


def main() -> int:
    if len(sys.argv) > 2:
        _child(sys.argv[1], [Path(root) for root in sys.argv[2:]])
        return 0
    with tempfile.TemporaryDirectory() as folder:
        roots = [Path(folder) / f"medium {number}" for number in range(MEDIA)]
        began = time.perf_counter()
        _fill(roots)
        print(f"{CERTIFICATES} certificates on {MEDIA} media, written in {time.perf_counter() - began:.1f} s")
        for name in ("pypinksign", "ours"):
            _measure(name, roots)  # warms the disk
        pairs = [(_measure("pypinksign", roots), _measure("ours", roots)) for _ in range(PAIRS)]
    print("| list | s | first certificate ms | MB more at the end | found |\n|---|---|---|---|---|")
    for name, lists in (("pypinksign", [one for one, _ in pairs]), ("ours", [one for _, one in pairs])):
        took, first = median(one.seconds for one in lists), median(one.first for one in lists)
        memory = median(one.memory for one in lists)
        print(f"| {name} | {took:.2f} | {first * 1000:.1f} | {memory / 1e6:.1f} | {lists[0].found} |")
    ratio = median(ours.seconds / theirs.seconds for theirs, ours in pairs)
    memory = median(ours.memory / theirs.memory for theirs, ours in pairs)
    print(f"ratio of the times {ratio:.2f}, of the memory {memory:.2f} (each at most {MOST_RATIO})")
    whole = all(one.found == CERTIFICATES for pair in pairs for one in pair)
    return 0 if whole and max(ratio, memory) <= MOST_RATIO else 1


@dataclass(frozen=True, slots=True)
class Listed:
    seconds: float
    first: float
    memory: int  # bytes resident more than before
    found: int


def _measure(name: str, roots: list[Path]) -> Listed:
    command = [sys.executable, "-m", "bench.certs_list", name, *map(str, roots)]
    run = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parent.parent)
    return Listed(**json.loads(run.stdout))


def _child(name: str, roots: list[Path]) -> None:
    from bench.window import memory  # noqa: PLC0415 - the parent needs no Qt

    lister = _pypinksign if name == "pypinksign" else _ours
    kept: list[object] = []
    listed = lister(roots)
    before, began, first = memory(), time.perf_counter(), 0.0
    for one in listed:
        first = first or time.perf_counter() - began
        kept.append(one)
    took = time.perf_counter() - began
    print(json.dumps({"seconds": took, "first": first, "memory": memory() - before, "found": len(kept)}))


def _ours(roots: list[Path]) -> Iterator[object]:
    from desktop.services.npki.tree import scan  # noqa: PLC0415 - each process reads its own list's modules

    for root in roots:
        for entry in scan(root):
            assert entry.parsed is not None
            _say(entry.parsed)
            yield entry


def _say(certificate: x509.Certificate) -> tuple[object, ...]:
    owner = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    issuer = certificate.issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value
    return owner, issuer, certificate.not_valid_before_utc, certificate.not_valid_after_utc


def _pypinksign(roots: list[Path]) -> Iterator[object]:
    """Its list is a printed one that ends with a question, once a medium: the certificates come all at once."""
    import pypinksign  # noqa: PLC0415 - as above

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


def _fill(roots: list[Path]) -> None:
    from desktop.secret import Secret  # noqa: PLC0415 - as above
    from desktop.services.npki.container import seal_key  # noqa: PLC0415 - as above
    from desktop.services.npki.key import new_key  # noqa: PLC0415 - as above

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
        user = roots[number % MEDIA] / "NPKI" / "yessign" / "USER"
        folder = user / f"cn=홍길동()00200402007061{number:08},ou=WOORI,ou=personal4IB,o=yessign,c=kr"
        folder.mkdir(parents=True)
        certificate, sealed = made[number % KINDS]
        (folder / "signCert.der").write_bytes(certificate)
        (folder / "signPri.key").write_bytes(sealed)


if __name__ == "__main__":
    sys.exit(main())
