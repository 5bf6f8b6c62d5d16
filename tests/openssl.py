"""The real `openssl`, asked about files."""

from __future__ import annotations

import subprocess
from pathlib import Path


def openssl(*words: str | Path, at: Path, good: bool = True) -> str:
    """What it printed on both channels; `good` is whether it must agree."""
    run = subprocess.run(
        ["openssl", *map(str, words)], cwd=at, capture_output=True, text=True, errors="replace", check=False, timeout=60
    )
    printed = run.stdout + run.stderr
    assert good == (run.returncode == 0), printed
    return printed


def split_chain(folder: Path) -> None:
    """chain.pem into ca.pem (the issuing CA) and root.pem."""
    marker = "-----BEGIN CERTIFICATE-----"
    ca, root = (marker + part for part in (folder / "chain.pem").read_text().split(marker)[1:])
    (folder / "ca.pem").write_text(ca)
    (folder / "root.pem").write_text(root)
