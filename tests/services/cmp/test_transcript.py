"""docs/cmp.md shows what happens."""

from __future__ import annotations

import shutil

import pytest

from tests.services.cmp.transcript import transcript, written

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="the openssl program is not installed")


def test_the_transcript_in_the_documentation_is_that_of_this_run() -> None:
    assert written() == transcript()
