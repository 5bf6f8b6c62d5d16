"""How long a key takes from its file to where it can sign, beside pypinksign in the same run: seconds of the CPU."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from statistics import median

import pypinksign
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from desktop.secret import Secret
from desktop.services.npki.container import Form, open_key, seal_key
from desktop.services.npki.key import load_key, new_key

PASSWORD = "practice-1!"
ROUNDS = 40
#: Of pypinksign's time, at most; it says ≈ 46 ms where ≈ 1 ms is possible.
MOST_RATIO = 0.2
#: What both read.
FORMS = (Form.KISA, Form.OLD, Form.PBES2_SEED_SHA1)


def main() -> int:
    key, plain, _ = new_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "홍길동")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    certificate = builder.sign(key, hashes.SHA256())
    worst = 0.0
    print("| form | pypinksign ms | ours ms | opened ms | loaded and proven ms | ratio |\n|---|---|---|---|---|---|")
    for form in FORMS:
        data = seal_key(plain, Secret.of(PASSWORD), form=form)
        rounds = [_round(data, certificate) for _ in range(ROUNDS)]
        opened, loaded, theirs = zip(*rounds, strict=True)
        ratios = [(open_ + load) / their for open_, load, their in rounds]
        ours = median(a + b for a, b in zip(opened, loaded, strict=True))
        numbers = (median(theirs), ours, median(opened), median(loaded))
        print(f"| {form} | " + " | ".join(f"{one * 1000:.2f}" for one in numbers) + f" | {median(ratios):.3f} |")
        worst = max(worst, median(ratios))
    print(f"ratio at most {MOST_RATIO}")
    return 0 if worst <= MOST_RATIO else 1


def _round(data: bytes, certificate: x509.Certificate) -> tuple[float, float, float]:
    """Seconds: ours to open, ours to load and prove, theirs."""
    password = Secret.of(PASSWORD)
    began = time.process_time()
    plain = open_key(data, password)
    opened = time.process_time()
    load_key(plain, certificate)
    loaded = time.process_time()
    reader = pypinksign.PinkSign(pubkey_data=certificate.public_bytes(Encoding.DER))
    reader.load_prikey(prikey_data=data, prikey_password=PASSWORD.encode())
    return opened - began, loaded - opened, time.process_time() - loaded


if __name__ == "__main__":
    sys.exit(main())
