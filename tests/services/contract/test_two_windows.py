"""Two windows at one practice server: each shows its own phone's messages, and the operator sees both."""

from __future__ import annotations

from pathlib import Path

import httpx

from desktop.services.api import Check, Reason, Task
from desktop.services.http import HttpServices
from tests.services.authority.desk import Clock, copied, refused
from tests.services.contract.offices import Customer, Office, authority_on, served


async def test_nobody_sees_the_messages_of_another_window(started: Path, tmp_path: Path) -> None:
    clock = Clock()
    async with (
        authority_on(copied(started, tmp_path / "data"), clock) as authority,
        served(authority, authority) as door,
    ):
        windows = [HttpServices(door.url) for _ in range(3)]
        try:
            people = [
                Customer(Office(window, window, clock), who, task=task)
                for window, who, task in zip(
                    windows, ("kim_uche", "song_ujeong"), (Task.ISSUE, Task.DEVICES), strict=False
                )
            ]
            codes = []
            for person in people:
                await person.at(Check.PHONE)
                codes.append(await person.code())
            for window, person, code in zip(windows, people, codes, strict=False):
                (seen,) = await window.events(after=0, wait=0)
                assert (code, person.person.phone) == (seen.code, seen.phone)
                assert (seen,) == await window.events_of(person.journey, after=0, wait=0)
                await person.confirm(code)
            assert () == await windows[2].events(after=0, wait=0)
            with refused(Reason.JOURNEY_UNKNOWN):
                await windows[2].events_of(f"epost.{'0' * 32}", after=0, wait=0)
            async with httpx.AsyncClient(base_url=door.url, trust_env=False) as operator:
                everything = (await operator.get("/v1/practice/events?after=0")).json()["events"]
                assert codes == [event["code"] for event in everything]
                assert 401 == (await operator.get("/v1/practice/phone?after=0")).status_code
        finally:
            for window in windows:
                await window.aclose()
