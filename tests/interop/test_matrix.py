"""What docs/interop.md promises of pypinksign and OpenSSL holds now; the other peers are asked in `make interop`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interop.cases import CASES, Case, Peer, Result, lay_out, read_by, read_by_us
from tests.interop.page import FAST, promised


@pytest.mark.parametrize("peer", FAST, ids=lambda peer: peer.name)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_exchange_goes_as_the_page_says(case: Case, peer: Peer, tmp_path: Path) -> None:
    lay_out(tmp_path)
    expected = promised()[case.name, peer.name]
    assert expected == (read_by(peer, case, tmp_path), read_by_us(peer, case, tmp_path))


def test_every_form_is_read_by_somebody_else_and_written_by_somebody_else() -> None:
    """But the old form with its fixed IV, which nobody writes any more."""
    table = promised()
    for case in CASES:
        read, written = ({cells[n] for (name, _), cells in table.items() if name == case.name} for n in (0, 1))
        assert read != {Result.UNKNOWN}, case.name
        assert written != {Result.UNKNOWN} or case.name == "old"


def test_four_programs_are_asked() -> None:
    assert 4 == len({peer for _, peer in promised()})
