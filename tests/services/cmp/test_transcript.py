"""docs/cmp.md shows what happens."""

from __future__ import annotations

from tests.services.cmp.transcript import transcript, written


def test_the_transcript_in_the_documentation_is_that_of_this_run() -> None:
    assert written() == transcript()
