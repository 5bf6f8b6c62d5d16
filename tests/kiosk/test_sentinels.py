"""After a journey at the kiosk nothing of the person is anywhere: files, clipboard, what readers see, memory."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from desktop.kiosk.memory import WANTED, overwrite_what_is_freed
from desktop.secret import Secret
from desktop.services.npki.container import open_key
from tests.kiosk.searching import PLAIN, SENTINELS, Child, files_with, walk_card, walk_joint

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is a file on Linux alone")
PASSWORD = {"password": SENTINELS["password"]}
CARD = {name: value for name, value in SENTINELS.items() if name not in PASSWORD}
#: A keyboard has no Hangul without an input method, which the kits start without.
LATIN = {**CARD, "name": "Dokgobitna"}
Counts = dict[str, int]


@pytest.mark.parametrize(
    ("way", "sought", "memory"),
    [
        pytest.param("key", CARD, WANTED, id="keypad"),
        pytest.param("type", LATIN, WANTED, id="keyboard"),
        pytest.param("key", CARD, {}, id="keypad, usual allocator"),
        pytest.param("type", LATIN, {}, id="keyboard, usual allocator", marks=pytest.mark.soak),
    ],
)
def test_nothing_is_left_of_a_card_holder(
    tmp_path: Path, way: str, sought: Mapping[str, str], memory: Mapping[str, str], request: pytest.FixtureRequest
) -> None:
    with Child(tmp_path, memory) as child:
        child.tell("look")
        before = child.counts(sought)
        walk_card(child, way, sought)
        child.tell("receipt")
        last = child.counts(sought)
        seen = child.tell("told")
        child.tell("end")
        left = child.tell("told")
        after = child.counts(sought)
    say(request, before, last, after)
    for text in (seen, left):
        assert [] == [name for name, value in sought.items() if len(value) > 2 and value in text]
    assert "우체국" in seen  # what assistive technology finds is not empty
    assert "receipt" in {path.name for path in (tmp_path / "spool").iterdir()}
    assert [] == files_with(tmp_path)
    sealed = sought.keys() - PLAIN
    assert {name: before[name] for name in sealed} == {name: last[name] for name in sealed}
    kept = sealed if not memory else sought.keys()
    assert {name: before[name] for name in kept} == {name: after[name] for name in kept}


@pytest.mark.parametrize(
    "memory", [pytest.param(WANTED, id="wiped"), pytest.param({}, id="usual allocator", marks=pytest.mark.soak)]
)
def test_the_password_of_a_joint_certificate_is_nowhere_but_in_its_holders_head(
    tmp_path: Path, memory: Mapping[str, str], request: pytest.FixtureRequest
) -> None:
    with Child(tmp_path, memory, joint=True) as child:
        child.tell("look")
        before = child.counts(PASSWORD)
        walk_joint(child, PASSWORD)
        last, seen = child.counts(PASSWORD), child.tell("told")
        child.tell("end")
        after, left = child.counts(PASSWORD), child.tell("told")
    say(request, before, last, after)
    assert PASSWORD["password"] not in seen + left
    assert [] == files_with(tmp_path)
    sealed = next((tmp_path / "stick").rglob("signPri.key")).read_bytes()
    assert 0 < len(open_key(sealed, Secret.of(PASSWORD["password"])))  # it is the one that was typed
    if memory:
        assert {"password": 0} == before == last == after


def test_what_is_held_in_memory_is_found(tmp_path: Path) -> None:
    with Child(tmp_path, WANTED) as child:
        child.tell("look")
        before = child.counts()
        for value in SENTINELS.values():
            child.tell(f"plant {value}")
        planted = child.counts()
    assert [] == [name for name in SENTINELS if planted[name] - before[name] < 2]  # one of Python's, one of Qt's


def test_a_program_started_without_it_starts_again_with_an_allocator_that_wipes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[dict[str, str]] = []
    monkeypatch.setattr("os.execve", lambda path, words, environ: started.append(environ))
    overwrite_what_is_freed({"HOME": "h"}, "linux")
    assert [{"HOME": "h", **WANTED}] == started
    overwrite_what_is_freed(WANTED, "linux")
    overwrite_what_is_freed({}, "win32")
    assert 1 == len(started)


def say(request: pytest.FixtureRequest, before: Counts, last: Counts, after: Counts) -> None:
    """What was found, also where all is well."""
    lines = [f"{name}: {before[name]} {last[name]} {after[name]}" for name in before]
    capture = request.getfixturevalue("capsys")
    with capture.disabled():
        sys.stdout.write(f"\nin memory before, on the last page, after ({request.node.name}): {', '.join(lines)}\n")
