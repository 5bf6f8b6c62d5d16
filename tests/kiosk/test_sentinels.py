"""After a journey at the kiosk nothing of the person is anywhere: files, clipboard, what readers see, memory."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from desktop.kiosk.memory import WANTED, overwrite_what_is_freed
from desktop.secret import Secret
from desktop.services.npki.container import open_key
from tests.kiosk.searching import (
    ENCODINGS,
    OTHERS,
    PLAIN,
    SENTINELS,
    TELLING,
    Child,
    count,
    files_with,
    walk_card,
    walk_joint,
)

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
    found = walk_and_search(tmp_path, way, sought, memory, request)
    if found and all(len(sought[name]) <= TELLING for name in found):  # by chance, unless it comes again
        others = {name: value if name == "name" else OTHERS[name] for name, value in sought.items()}
        found &= walk_and_search(tmp_path, way, others, memory, request)
    assert set() == found


def walk_and_search(
    folder: Path, way: str, sought: Mapping[str, str], memory: Mapping[str, str], request: pytest.FixtureRequest
) -> set[str]:
    """What is in memory not as often as before the journey, on its last page or after it, though it has to be."""
    with Child(folder, memory) as child:
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
    assert "receipt" in {path.name for path in (folder / "spool").iterdir()}
    assert [] == files_with(folder)
    sealed = sought.keys() - PLAIN
    kept = sealed if not memory else sought.keys()
    return {name for name in sealed if before[name] != last[name]} | {
        name for name in kept if before[name] != after[name]
    }


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


@pytest.mark.parametrize("code", ENCODINGS)
def test_a_short_number_is_found_by_itself_and_not_in_an_address(code: str) -> None:
    shown = SENTINELS["account_password"]
    assert 2 == count(f'"{shown}" password={shown}'.encode(code), shown)
    assert 1 == count(shown.encode(code), shown)
    assert 1 == count(f"ZZZZ{shown}Z".encode(code), shown)  # in what was just given out
    assert 0 == count(f"0x561f1{shown}40 {shown}5 x{shown}".encode(code), shown)


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
