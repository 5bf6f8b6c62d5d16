"""A store that fails in the middle, a full disk, a clock that jumps: nothing is half done, and asked again it works."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from desktop.secret import Secret
from desktop.services.api import Check, Issue, Issued, Reason, ServiceError
from desktop.services.authority.books import Balance, balance
from desktop.services.authority.local import DATABASE_NAME, LocalAuthority
from desktop.services.authority.looking import look
from desktop.services.authority.vault import Vault
from tests.conftest import FakeClock
from tests.services.authority.desk import PIN, QUICK, copied
from tests.services.postgres import NEEDED
from tests.services.server.conftest import Founded
from tests.services.server.crowd import BANKS, Crowd, Plan, Visitor
from tests.services.server.mortal import Mortal

_FAILING = (
    "CREATE OR REPLACE FUNCTION failing() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'failing'; END $$"
)
KIM, URI = Plan("kim_uche", {}), Plan("kim_uri", {})


@dataclass(frozen=True, slots=True)
class Place:
    """An authority, and its store as somebody else reaches it."""

    authority: LocalAuthority
    data: Path
    database: str | None
    clock: Callable[[], float]

    def visitor(self, plan: Plan) -> Visitor:
        crowd = Crowd()
        crowd.up.set()
        return Visitor(crowd, 0, plan, self.authority)

    def books(self) -> Balance:
        with look(self.data / DATABASE_NAME, self.database) as cx:
            return balance(cx, Vault.open(self.data), BANKS, self.clock)

    def certificates(self) -> int:
        with look(self.data / DATABASE_NAME, self.database) as cx:
            found: int = cx.execute("SELECT count(*) AS n FROM ca_certificates").fetchone()["n"]
            return found

    def fail(self, event: str, table: str, where: str) -> None:
        """From now on, this write fails."""
        if self.database is None:
            self._do(
                f"CREATE TRIGGER failing BEFORE {event} ON {table} WHEN {where}"
                " BEGIN SELECT RAISE(ABORT, 'failing'); END"
            )
        else:
            self._do(
                _FAILING,
                f"CREATE TRIGGER failing BEFORE {event} ON {table} FOR EACH ROW WHEN ({where})"
                " EXECUTE FUNCTION failing()",
            )

    def fail_at_commit(self, table: str) -> None:
        """What PostgreSQL alone can be told to do: every write succeeds, and the commit does not."""
        self._do(
            _FAILING,
            f"CREATE CONSTRAINT TRIGGER failing AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION failing()",
        )

    def mend(self, table: str) -> None:
        self._do("DROP TRIGGER failing" if self.database is None else f"DROP TRIGGER failing ON {table}")

    def _do(self, *statements: str) -> None:
        if self.database is None:
            with closing(sqlite3.connect(self.data / DATABASE_NAME)) as db, db:
                for statement in statements:
                    db.execute(statement)
        else:
            with psycopg.connect(self.database) as cx:
                for statement in statements:
                    cx.execute(statement.encode())


@asynccontextmanager
async def opened(data: Path, database: str | None, clock: Callable[[], float] = time.time) -> AsyncIterator[Place]:
    authority = await asyncio.to_thread(
        LocalAuthority.open, data, BANKS, database=database, hardness=QUICK, clock=clock
    )
    try:
        yield Place(authority, data, database, clock)
    finally:
        await authority.aclose()


@pytest.fixture(params=["SQLite", pytest.param("PostgreSQL", marks=NEEDED)])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    if request.param == "SQLite":
        data, database = request.getfixturevalue("founded"), None
    else:
        founded: Founded = request.getfixturevalue("founded_on_postgres")
        data, database = founded.data, founded.create()
    async with opened(copied(data, tmp_path / "data"), database) as made:
        yield made


# ── A write that fails ──


async def test_an_issue_whose_write_fails_is_no_issue_and_asked_again_it_works(place: Place) -> None:
    """Every write of it in turn, the last one included."""
    visitor = place.visitor(KIM)
    await visitor.walk(None)

    async def issue() -> Issued:
        return await place.authority.issue(visitor.journey, Issue(pin=Secret.of(PIN)), key="issue")

    before = place.certificates()
    for event, table, where in (
        ("INSERT", "ca_names", "1 = 1"),
        ("INSERT", "ca_certificates", "1 = 1"),
        ("INSERT", "cloud_credentials", "1 = 1"),
        ("UPDATE", "journey", "NEW.issued IS NOT NULL"),
        ("UPDATE", "call", "NEW.state = 'answered'"),
        ("INSERT", "audit", "NEW.event = 'issue'"),
    ):
        place.fail(event, table, where)
        with pytest.raises(ServiceError, match=Reason.INTERNAL):
            await issue()
        assert before == place.certificates(), table
        assert () == place.books().wrong
        place.mend(table)
    if place.database is not None:
        place.fail_at_commit("audit")
        with pytest.raises(ServiceError, match=Reason.INTERNAL):
            await issue()
        assert before == place.certificates()
        place.mend("audit")
    issued = await issue()
    assert issued == await issue()
    assert before + 1 == place.certificates()
    assert () == place.books().wrong


async def test_what_others_write_meanwhile_stays(place: Place) -> None:
    """One commit carries the works of many: the one that fails takes none along."""
    visitor, others = place.visitor(KIM), [place.visitor(URI) for _ in range(12)]
    await visitor.walk(None)
    place.fail("INSERT", "audit", "NEW.event = 'issue'")
    failing = (
        place.authority.issue(visitor.journey, Issue(pin=Secret.of(PIN)), key=f"issue-{number}") for number in range(6)
    )
    walks = (other.walk(Check.PHONE) for other in others)
    came = await asyncio.gather(*failing, *walks, return_exceptions=True)
    place.mend("audit")
    assert {Reason.INTERNAL} == {error.reason for error in came[:6] if isinstance(error, ServiceError)}
    assert [None] * 12 == came[6:]
    assert () == place.books().wrong
    for other in others:
        await other.walk_on(Check.PHONE)


async def test_a_certificate_of_ones_own_key_is_nobodys_until_its_confirmation_is_written(place: Place) -> None:
    visitor = place.visitor(URI)
    await visitor.walk(None)
    place.fail("INSERT", "audit", "NEW.event = 'pkix certconf'")
    enrolling = asyncio.create_task(visitor.obtain())
    with pytest.raises(ServiceError):
        await enrolling
    assert place.certificates() >= 1
    assert () == place.books().wrong
    assert await place.authority.issued(visitor.journey) is None
    place.mend("audit")
    issued = await visitor.obtain()
    assert issued == await place.authority.issued(visitor.journey)
    assert () == place.books().wrong


# ── A disk that is full ──


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="prlimit is Linux's")
async def test_a_full_disk_is_said_undoes_nothing_and_is_over_when_there_is_room(founded: Path, tmp_path: Path) -> None:
    import resource  # not on Windows

    mortal = Mortal(copied(founded, tmp_path / "data"))
    crowd = Crowd([mortal.server.url])
    crowd.up.set()
    try:
        pid, database = mortal.server.process.pid, mortal.data / DATABASE_NAME
        crowd.come(KIM)
        await crowd.leave(60)
        full = max(path.stat().st_size for path in (database, database.with_name(f"{DATABASE_NAME}-wal")))
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (full, resource.RLIM_INFINITY))
        crowd.come(URI)
        await crowd.leave(60)
        assert 1 == len(crowd.faults)
        assert Reason.STORE_FULL in crowd.faults[0]
        assert () == mortal.books().wrong
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        await crowd.ask_again(told for told in crowd.told if Reason.STORE_FULL not in (told.outcome or ()))
        crowd.come(URI)
        await crowd.leave(60)
        assert {"kim_uche", "kim_uri"} == crowd.issued.keys()
        assert 1 == len(crowd.faults)
        assert () == mortal.books().wrong
        assert 0 == mortal.close()
    finally:
        await crowd.aclose()
        mortal.abandon()


# ── A clock that jumps ──


@pytest.mark.parametrize("jump", [-400 * 86_400.0, -3600.0, 3600.0, 400 * 86_400.0])
async def test_a_clock_that_jumps_gives_no_try_back_and_leaves_the_books_balanced(
    founded: Path, tmp_path: Path, jump: float
) -> None:
    clock = FakeClock(time.time())
    async with opened(copied(founded, tmp_path / "data"), None, clock) as place:
        here = place.visitor(Plan("kim_uche", {"account": 2, "code": 2, "cloud": 1, "card": 2, "pin": 2}))
        await here.visit()
        await place.authority.crl()
        assert [] == here.crowd.faults
        guessing = place.visitor(Plan("lee_pyeonji", {"account": 3}))
        await guessing.walk(Check.PHONE)
        locked = place.visitor(Plan("namgung_taekbae", {"account": 5}))
        with pytest.raises(ServiceError, match=Reason.ACCOUNT_LOCKED):
            await locked.walk(Check.PHONE)
        clock.advance(jump)
        for _ in range(2):  # there, and back again
            with pytest.raises(ServiceError, match=Reason.ACCOUNT_LOCKED):
                await place.visitor(Plan("namgung_taekbae", {})).walk(Check.PHONE)
            await place.authority.crl()
            assert () == place.books().wrong
            clock.advance(-jump)
        await here.crowd.ask_again(here.crowd.told)
        await place.visitor(Plan("kim_uche", {}, again=True)).visit()
        assert () == place.books().wrong
