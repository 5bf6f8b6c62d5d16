"""A store copied with people at the counter and restored elsewhere: the books balance, and the server goes on."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

from desktop.cli import main
from desktop.services.authority.local import DATABASE_NAME
from desktop.services.authority.vault import KEY_NAME
from tests.services.authority.desk import copied
from tests.services.postgres import NEEDED, nothing
from tests.services.server.conftest import Founded
from tests.services.server.crowd import Crowd, Plan, Told
from tests.services.server.mortal import Mortal

FIRST = (Plan("kim_uche", {"code": 1}), Plan("kim_uri", {}))
MEANWHILE = (Plan("lee_pyeonji", {"account": 2, "card": 1}), Plan("kim_uche", {"cloud": 1}, again=True))
LATER = (Plan("namgung_taekbae", {}), Plan("kim_uri", {}, again=True))
PATIENCE = 60.0


async def told_before(crowd: Crowd, backup: Callable[[], Awaitable[object]]) -> list[Told]:
    """What was answered when the copying began, which it did while others were in the middle of their visits."""
    crowd.up.set()
    for plan in FIRST:
        crowd.come(plan)
    await crowd.leave(PATIENCE)
    for plan in MEANWHILE:
        crowd.come(plan)
    await crowd.until(10, 0.005)
    answered = [told for told in crowd.told if told.outcome is not None]
    copying = asyncio.ensure_future(backup())
    await crowd.leave(PATIENCE)
    await copying
    assert {"kim_uche", "kim_uri"} <= crowd.issued.keys()
    return answered


async def goes_on(crowd: Crowd, restored: Mortal, answered: list[Told]) -> None:
    """Who asks again is told the same, and who comes anew is served."""
    try:
        assert () == restored.books().wrong
        await crowd.ask_again(answered)
        for plan in LATER:
            crowd.come(plan)
        await crowd.leave(PATIENCE)
        assert [] == crowd.faults
        assert "namgung_taekbae" in crowd.issued
        assert () == restored.books().wrong
        assert 0 == restored.close()
    finally:
        await crowd.aclose()
        restored.abandon()


def backup(*words: str | Path) -> None:
    assert 0 == main(["backup", *map(str, words)])


async def test_a_copy_of_the_file_is_a_store(founded: Path, tmp_path: Path) -> None:
    first, copy, elsewhere = Mortal(copied(founded, tmp_path / "data")), tmp_path / "copy.db", tmp_path / "elsewhere"
    crowd = Crowd([first.server.url])
    try:
        answered = await told_before(crowd, lambda: asyncio.to_thread(backup, "--data", first.data, "--to", copy))
        assert 0 == first.close()
    finally:
        first.abandon()
    elsewhere.mkdir(mode=0o700)
    shutil.copy(copy, elsewhere / DATABASE_NAME)
    shutil.copy(first.data / KEY_NAME, elsewhere / KEY_NAME)
    await goes_on(crowd, Mortal(elsewhere, port=first.server.port), answered)


@NEEDED
async def test_so_are_a_dump_and_a_base_backup_of_postgresql(founded_on_postgres: Founded, tmp_path: Path) -> None:
    cluster, database = founded_on_postgres.cluster, founded_on_postgres.create()
    first, copy = Mortal(copied(founded_on_postgres.data, tmp_path / "data"), database), tmp_path / "copy.dump"
    crowd = Crowd([first.server.url])
    with nothing() as other:

        async def both() -> None:
            words = ("--data", first.data, "--database", database, "--to", copy)
            await asyncio.gather(asyncio.to_thread(cluster.copy_to, other), asyncio.to_thread(backup, *words))

        try:
            answered = await told_before(crowd, both)
            assert 0 == first.close()
        finally:
            first.abandon()
        same = Mortal(copied(founded_on_postgres.data, tmp_path / "same"), other.same(database))
        assert () == same.books().wrong
        assert 0 == same.close()
    restored = cluster.create()
    cluster.restore(copy, restored)
    elsewhere = copied(founded_on_postgres.data, tmp_path / "elsewhere")
    await goes_on(crowd, Mortal(elsewhere, restored, port=first.server.port), answered)
