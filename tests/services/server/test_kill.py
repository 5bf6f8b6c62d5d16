"""A server killed at any moment, with people at its counter: nothing that was answered is lost, nothing done twice."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from desktop.services.api import Status
from desktop.services.authority import ledger
from desktop.services.authority.vault import Vault
from tests.services.authority.desk import copied
from tests.services.postgres import NEEDED, Cluster
from tests.services.server.conftest import Founded
from tests.services.server.crowd import Crowd, Plan
from tests.services.server.mortal import Mortal, forgiven, grown

PEOPLE = ("kim_uche", "lee_pyeonji", "namgung_taekbae", "kim_uri")
COUNTERS = ("account", "code", "card", "cloud", "pin")
#: Seconds in which everybody has left who was at the counter.
PATIENCE = 60.0
#: More come to the counter while fewer than so many are there.
FEW = 4
#: So many answers that were asked for again before are asked for once more.
OF_OLD = 10

#: Where a story's people and moments come from: the simplest that hypothesis tries is as lively as any.
SEEDS = st.integers(0, 2**32)


def plan(chance: Random) -> Plan:
    slips = {counter: chance.randint(1, 2) for counter in chance.sample(COUNTERS, chance.randint(0, 2))}
    return Plan(chance.choice(PEOPLE), slips, again=chance.random() < 0.4)


class Deaths(RuleBasedStateMachine):
    """People come, a server dies and is started again, and after each start everything is looked at."""

    opened: Callable[[Path], list[Mortal]]
    database: Cluster | None

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.loop = asyncio.Runner()
        self.grown: tuple[int, ...] = ()
        self.seen: set[str] = set()

    @initialize(seed=SEEDS)
    def begin(self, seed: int) -> None:
        self.chance = Random(seed)
        self.mortals = self.opened(Path(self.folder.name))
        self.crowd = Crowd([mortal.server.url for mortal in self.mortals])
        self.crowd.up.set()
        self.come()

    @precondition(lambda self: len(self.crowd.tasks) < FEW)
    @rule()
    def come(self) -> None:
        async def enter() -> None:
            for _ in range(self.chance.randint(2, 4)):
                self.crowd.come(plan(self.chance))

        self.loop.run(enter())

    @precondition(lambda self: self.crowd.tasks)
    @rule()
    def kill_a_server(self) -> None:
        victim = self.chance.choice(self.mortals)

        def die() -> None:
            victim.kill()
            victim.start()

        self.at_any_moment(die)

    @precondition(lambda self: self.crowd.tasks and self.database)
    @rule()
    def kill_the_database(self) -> None:
        assert self.database is not None
        self.at_any_moment(self.database.crash)

    def at_any_moment(self, die: Callable[[], None]) -> None:
        """After so many more requests, and so many milliseconds into the last."""
        more, delay = self.chance.randint(1, 25), self.chance.randint(0, 30)
        self.loop.run(self.crowd.until(more, delay / 1000))
        self.crowd.up.clear()
        die()
        self.crowd.up.set()
        self.look_at_everything()

    @precondition(lambda self: self.crowd.tasks)
    @rule()
    def let_them_finish(self) -> None:
        self.loop.run(self.crowd.leave(PATIENCE))
        self.look_at_everything()

    def look_at_everything(self) -> None:
        with self.mortals[0].look() as cx:
            vault = Vault.open(self.mortals[0].data)
            assert [] == forgiven(cx, vault, self.crowd)
            now = grown(cx)
            assert all(before <= after for before, after in zip(self.grown, now, strict=False)), (self.grown, now)
            self.grown = now
            for issued in self.crowd.issued.values():
                assert all(ledger.find(cx, int(one.serial)) is not None for one in issued)
        assert () == self.mortals[0].books().wrong
        answered = [told for told in self.crowd.told if told.outcome is not None]
        before = [told for told in answered if told.key in self.seen]
        lately = [told for told in answered if told.key not in self.seen]
        self.loop.run(self.crowd.ask_again([*lately, *self.chance.sample(before, min(len(before), OF_OLD))]))
        self.seen.update(told.key for told in lately)
        assert [] == self.crowd.faults

    def teardown(self) -> None:
        try:
            if hasattr(self, "crowd"):
                self.end()
        finally:
            self.loop.close()
            self.folder.cleanup()

    def end(self) -> None:
        try:
            self.loop.run(self.crowd.leave(PATIENCE))
            self.look_at_everything()
            self.one_each()
            assert {0} == {mortal.close() for mortal in self.mortals}
        finally:
            self.loop.run(self.crowd.aclose())
            for mortal in self.mortals:
                mortal.abandon()

    def one_each(self) -> None:
        """Everybody who was given certificates has one good one: the latest."""
        with self.mortals[0].look() as cx:
            for issued in self.crowd.issued.values():
                found = [ledger.find(cx, int(one.serial)) for one in issued]
                good = [entry for entry in found if entry is not None and entry.status == Status.GOOD]
                assert len(good) == 1
                assert len({one.serial for one in issued}) == len(issued)


def deaths(opened: Callable[[Path], list[Mortal]], database: Cluster | None = None) -> type[Deaths]:
    return type("Deaths", (Deaths,), {"opened": staticmethod(opened), "database": database})


def on_sqlite(founded: Path) -> type[Deaths]:
    return deaths(lambda folder: [Mortal(copied(founded, folder / "data"))])


def on_postgres(founded: Founded) -> type[Deaths]:
    """Two servers on one database, each on a folder of its own with the same key."""

    def opened(folder: Path) -> list[Mortal]:
        database = founded.create()
        return [Mortal(copied(founded.data, folder / name), database) for name in ("one", "two")]

    return deaths(opened, founded.cluster)


#: What fails is not made smaller: each attempt takes seconds, and the moment of a death does not come again.
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
SHORT = settings(
    max_examples=1, stateful_step_count=5, phases=_PHASES, suppress_health_check=list(HealthCheck), deadline=None
)
LONG = settings(SHORT, derandomize=False, max_examples=300, stateful_step_count=30)


def test_a_killed_server_has_lost_nothing_and_done_nothing_twice(founded: Path) -> None:
    run_state_machine_as_test(on_sqlite(founded), settings=SHORT)


@NEEDED
def test_nor_have_two_on_one_database_nor_that_itself(founded_on_postgres: Founded) -> None:
    run_state_machine_as_test(on_postgres(founded_on_postgres), settings=SHORT)


@pytest.mark.soak
def test_a_server_killed_all_night_has_lost_nothing(founded: Path) -> None:
    run_state_machine_as_test(on_sqlite(founded), settings=LONG)


@NEEDED
@pytest.mark.soak
def test_nor_has_a_database_killed_all_night(founded_on_postgres: Founded) -> None:
    run_state_machine_as_test(on_postgres(founded_on_postgres), settings=LONG)
