"""docs/integrate.md as it stands: its files written, its commands run, in order, and a certificate at the end."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509

from desktop.banks import load_bank
from desktop.services.api import Kind
from desktop.shipped import shipped

PAGE = Path(__file__).parent.parent / "docs" / "integrate.md"
SECONDS = 60.0

pytestmark = pytest.mark.skipif(
    not shutil.which("openssl") or not shutil.which("bash"), reason="the programs of the page are not installed"
)


def blocks(page: str) -> Iterator[tuple[str, str]]:
    """The file's name, empty for what is typed into the shell, and the text of each block that is to be followed."""
    for kind, name, text in re.findall(r"^```(\w+) ?(\S*)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        if name or kind == "sh":
            yield name, text


def script(page: str) -> str:
    """One shell for all, which ends at the first thing that fails, and takes along what it has started."""
    lines = ["set -eu", "trap 'kill $(jobs -p) 2> trap.log || true' EXIT"]
    for name, text in blocks(page):
        lines.append(f"cat > {name} <<'END OF FILE'\n{text}END OF FILE" if name else text)
    return "\n".join(lines)


def test_the_page_followed_literally_ends_with_a_certificate_of_the_banks_own_ca(tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CHANGGU")}
    environ |= {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}", "HOME": str(tmp_path)}
    done = subprocess.run(
        ["bash", "-c", script(PAGE.read_text(encoding="utf-8"))],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    assert "issued.pem: OK" in done.stdout
    assert False is json.loads((tmp_path / "serving.json").read_text())["practice"]
    certificate = x509.load_pem_x509_certificate((tmp_path / "issued.pem").read_bytes())
    policies = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    epost = load_bank(shipped("banks", "epost.toml"))
    assert [epost.product(Kind.FINANCIAL).policy] == [p.policy_identifier.dotted_string for p in policies]
    assert {"sms", "cloud"} == {json.loads(path.read_text())["says"] for path in (tmp_path / "phone").iterdir()}
    assert [] == list((tmp_path / "keys").iterdir())
