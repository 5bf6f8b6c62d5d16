"""A token in software, SoftHSM2, set up in a folder of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktop.services.tokens import Tokens, open_tokens

PIN, OFFICER = "731964", "19283746"
LABEL = "가온 토큰"
LIBRARIES = tuple(map(Path, ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so")))
LIBRARY = next((path for path in LIBRARIES if path.exists()), None)
NEEDED = pytest.mark.skipif(LIBRARY is None, reason="SoftHSM2 is not installed (apt-get install softhsm2)")


@contextmanager
def soft_token(folder: Path) -> Iterator[Tokens]:
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(settings))
        made = ["--init-token", "--free", "--label", LABEL, "--so-pin", OFFICER, "--pin", PIN]
        subprocess.run(["softhsm2-util", *made], check=True, capture_output=True)
        opened = open_tokens(LIBRARY)
        assert opened is not None
        yield opened
