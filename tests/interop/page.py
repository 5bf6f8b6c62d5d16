"""Writes docs/interop.md from exchanges that happen now: `make interop`. Fails where one no longer goes as it did."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.interop.cases import CASES, Peer, Result, lay_out, read_by, read_by_us
from tests.interop.cmp_runs import openssl_at_ours, ours_at_openssl
from tests.interop.peers import OpenSsl, PinkSign, bouncy_castle, node

PAGE = Path(__file__).resolve().parents[2] / "docs" / "interop.md"
FAST: tuple[Peer, ...] = (PinkSign(), OpenSsl())

#: By case and peer: how it reads ours, and how we read its.
Table = dict[tuple[str, str], tuple[Result, Result]]


def exchange(peers: Sequence[Peer], at: Path) -> Table:
    lay_out(at)
    return {
        (case.name, peer.name): (read_by(peer, case, at), read_by_us(peer, case, at))
        for case in CASES
        for peer in peers
    }


def promised() -> Table:
    """The table as it stands in the page."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    head, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    names = [cell.removesuffix(" → us") for cell in head[2::2]]
    titles = {case.title: case.name for case in CASES}
    return {
        (titles[row[0]], name): (Result(row[1 + 2 * n]), Result(row[2 + 2 * n]))
        for row in rows
        for n, name in enumerate(names)
    }


def page(table: Table, peers: Sequence[Peer], versions: str, runs: Sequence[str]) -> str:
    return "\n".join(_lines(table, peers, versions, runs)) + "\n"


def _lines(table: Table, peers: Sequence[Peer], versions: str, runs: Sequence[str]) -> Iterator[str]:
    yield _HEAD.format(versions=versions)
    heads = (f"us → {peer.name} | {peer.name} → us" for peer in peers)
    yield f"| what | {' | '.join(heads)} |"
    yield "|---|" + "---|---|" * len(peers)
    for case in CASES:
        cells = (" | ".join(table[case.name, peer.name]) for peer in peers)
        yield f"| {case.title} | {' | '.join(cells)} |"
    yield _TAIL.format(ours=runs[0], theirs=runs[1])


_HEAD = """# Interoperability

Made by `make interop` from exchanges that happen as it runs; do not edit. Peers: {versions}. Nobody here has a real
certificate: the people and the CA are made up, the forms are the real ones.

`us → X`: X reads what we write. `X → us`: we read what X writes. **yes**: the same key with the same R (the number
by which an owner is proven), or the same document and signer. **yes, R lost**: the key works; R is lost by the peer,
whose library writes the key anew. **–**: the peer does not know this form, or has nothing to write it with. There is no
mark for "we fail": then `make interop` fails. The columns of pypinksign and OpenSSL are checked in every test run
(`tests/interop/test_matrix.py`).
"""

_TAIL = """
What else was found:

- The same salt gives the same bytes: a key decrypted and encrypted again with its salt is the file that it was, byte
  for byte, ours and pypinksign's (`tests/services/npki/test_container.py`).
- pypinksign loses R through PFX, OpenSSL wherever it writes a key: with what they write no owner can be proven any
  more. We wrap the very bytes that were unwrapped, in every form and in PFX.
- BouncyCastle must be told how long ARIA's keys are, and knows no KISA form (1.2.410.200004.1.15). Its KeyStore loses R
  and writes no AES; its PKCS#12 builder keeps R. It writes PFX and CMS in BER, which we read.
- node-forge signs CMS attributes in the order they stand and not in DER's: we verify both, as OpenSSL does. It cannot
  verify CMS; PKI.js does. Neither knows SEED or ARIA. Packages made for accredited certificates
  (`accredited-certificate`, `@emmental/pinksign`) could not be had from the registry, which said 404.

## CMP

`openssl cmp` at our responder, each message type once (`tests/services/cmp`, all of it in every test run; MAC by
reference number and authorization code, or signature by the key):

```
{ours}
```

Our client at the mock server of `openssl cmp` (→ we send, ← it answers):

```
{theirs}
```"""


def _version(*command: str) -> str:
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"\d+(\.\d+)+", run.stdout + run.stderr)
    return found[0] if found else "?"


def main() -> int:
    jars, modules = Path(sys.argv[1]), Path(sys.argv[2])
    with TemporaryDirectory() as folder:
        at = Path(folder)
        (at / "classes").mkdir()
        peers = (*FAST, bouncy_castle(jars, at / "classes"), node(modules))
        table = exchange(peers, at)
        runs = (openssl_at_ours(at), ours_at_openssl(at))
    bouncy = (jars / "bcprov.jar").resolve().stem.partition("-")[2]
    versions = ", ".join(
        (
            f"pypinksign {_version(sys.executable, '-m', 'pip', 'show', 'pypinksign')}",
            f"OpenSSL {_version('openssl', 'version')}",
            f"BouncyCastle {bouncy} with Java {_version('java', '-version')}",
            f"node-forge {_package(modules, 'node-forge')} and PKI.js {_package(modules, 'pkijs')}",
        )
    )
    lost = {cell for cell, found in promised().items() if table.get(cell) != found} if PAGE.is_file() else set()
    PAGE.write_text(page(table, peers, versions, runs), encoding="utf-8")
    for case, peer in sorted(lost):
        sys.stderr.write(f"changed: {case} with {peer}\n")
    return 1 if lost else 0


def _package(modules: Path, name: str) -> str:
    found = re.search(r'"version": "([^"]+)"', (modules / "node_modules" / name / "package.json").read_text())
    return found[1] if found else "?"


if __name__ == "__main__":
    sys.exit(main())
