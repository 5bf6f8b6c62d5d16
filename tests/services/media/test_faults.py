"""Every system call of a write made to fail, and the machine made to die before and after each."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest

from desktop.services.media.recover import Finding, Outcome, recover
from desktop.services.vocabulary import Reason, ServiceError
from tests.services.media.faulty import CASES, REPLACE, Case, FaultyDisk, Killed, state

#: Only a replaced folder is exchanged, or put aside where the system cannot do that.
EACH = pytest.mark.parametrize(
    ("case", "swaps"),
    [(case, True) for case in CASES] + [(REPLACE, False)],
    ids=[case.name for case in CASES] + ["replace, put aside"],
)
#: What a full disk can refuse.
GROWING = frozenset({"open", "write", "flush", "close", "mkdir", "rename", "swap"})
CHANGING = frozenset({"mkdir", "write", "rename", "swap", "unlink", "rmdir"})


def look(root: Path) -> tuple[Finding, ...]:
    return recover(root, disk=FaultyDisk())


def fresh(folder: Path, case: Case) -> Path:
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir()
    case.prepare(folder)
    return folder


def points(folder: Path, case: Case, *, swaps: bool) -> list[str]:
    disk = FaultyDisk(swaps=swaps)
    root = fresh(folder, case)
    case.act(root, disk)
    assert case.after == state(root)
    assert () == look(root)
    assert not list(root.rglob(".changgu*"))
    return disk.calls


@EACH
@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC], ids=["EIO", "ENOSPC"])
def test_each_call_that_fails_leaves_the_old_and_says_so_or_the_complete_new(
    medium: Path, case: Case, error: int, swaps: bool
) -> None:
    calls = points(medium, case, swaps=swaps)
    for at in (at for at, name in enumerate(calls, 1) if error != errno.ENOSPC or name in GROWING):
        for after in (False, True):
            root = fresh(medium, case)
            disk = FaultyDisk(at, error=error, after=after, swaps=swaps)
            expected = case.after
            try:
                case.act(root, disk)
            except ServiceError as failed:
                expected, said = case.before, (failed.reason, failed.detail)
                assert said == (Reason.MEDIUM_FULL if error == errno.ENOSPC else Reason.MEDIUM_FAILED, None)
            findings = look(root)
            assert expected == state(root), (at, after, disk.calls[at - 1])
            assert not any(finding.outcome is Outcome.UNSETTLED for finding in findings)
            assert () == look(root)


@EACH
def test_a_machine_that_dies_at_any_call_leaves_the_old_or_the_complete_new_and_the_next_look_says_which(
    medium: Path, case: Case, swaps: bool
) -> None:
    for at in range(1, len(points(medium, case, swaps=swaps)) + 1):
        for after in (False, True):
            root = fresh(medium, case)
            disk = FaultyDisk(at, after=after, swaps=swaps)
            with pytest.raises(Killed):
                case.act(root, disk)
            findings = look(root)
            now = state(root)
            assert now in (case.before, case.after), (at, after, disk.calls[at - 1])
            if findings:
                says = {Outcome.OLD: case.before}.get(findings[0].outcome, case.after)
                assert says == now, (at, after, disk.calls[at - 1], findings)
                assert findings[0].outcome in {Outcome.OLD, case.done}
            assert () == look(root)


@EACH
def test_a_look_that_dies_itself_is_followed_by_one_that_settles(medium: Path, case: Case, swaps: bool) -> None:
    """After each death at a call that changes something, at each such call of the look."""
    disk = FaultyDisk(swaps=swaps)
    case.act(fresh(medium, case), disk)
    for at in changing(disk.calls):
        look = FaultyDisk(swaps=swaps)
        killed(medium, case, at, swaps=swaps, look=look)
        for second in changing(look.calls):
            again = FaultyDisk(second, swaps=swaps)
            with pytest.raises(Killed):
                killed(medium, case, at, swaps=swaps, look=again)
            recover(medium, disk=FaultyDisk())
            assert state(medium) in (case.before, case.after), (at, second)
            assert () == recover(medium, disk=FaultyDisk())


def changing(calls: list[str]) -> list[int]:
    return [at for at, name in enumerate(calls, 1) if name in CHANGING]


def killed(root: Path, case: Case, at: int, *, swaps: bool, look: FaultyDisk) -> None:
    with pytest.raises(Killed):
        case.act(fresh(root, case), FaultyDisk(at, after=True, swaps=swaps))
    recover(root, disk=look)
