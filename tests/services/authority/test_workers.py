"""Work that is done for many at once: each gets what came of their own, and a mistake of ours is told by its kind."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from desktop.services.api import Reason, ServiceError
from desktop.services.authority.workers import Workers


async def test_each_gets_what_came_of_their_own_and_a_mistake_is_an_error_within(
    caplog: pytest.LogCaptureFixture,
) -> None:
    workers = Workers(lambda: None)

    def work(asked: Sequence[int]) -> list[int | Exception]:
        return [2 * asked[0], ServiceError(Reason.STORE_FULL), KeyError("SENTINEL")]

    doubled, full, mistaken = workers.each(work, [1, 2, 3])
    assert isinstance(full, ServiceError)
    assert isinstance(mistaken, ServiceError)
    assert (2, Reason.STORE_FULL, Reason.INTERNAL) == (doubled, full.reason, mistaken.reason)
    assert ("KeyError" in caplog.text, "SENTINEL" in caplog.text) == (True, False)
    await workers.aclose()


async def test_what_breaks_as_a_whole_breaks_for_each() -> None:
    workers = Workers(lambda: None)

    def broken(asked: Sequence[int]) -> list[int | Exception]:
        raise ServiceError(Reason.STORE_BUSY)

    outcomes = workers.each(broken, [1, 2])
    assert [Reason.STORE_BUSY] * 2 == [each.reason for each in outcomes if isinstance(each, ServiceError)]
    await workers.aclose()
