"""A whole journey at a bank whose backend is not ours, and keeps to the contract: docs/backends.md."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desktop.banks import Bank, load_banks
from desktop.config import Settings
from desktop.headless import DONE, run_issue
from desktop.secret import Secret
from desktop.services.api import Check, Issue, Kind, Task
from desktop.services.authority.local import LocalAuthority
from desktop.services.http import HttpServices
from desktop.services.pins import trust
from desktop.services.wire.problems import error_of
from desktop.shipped import shipped
from tests.services.authority.desk import PIN, QUICK, Clock
from tests.services.authority.offered import offered
from tests.services.contract.differing import Differing
from tests.services.contract.offices import Customer, Door, Office, on_a_thread, served
from tests.services.contract.serving import ROOT, Tls


@asynccontextmanager
async def another_bank(data: Path, tls: Tls, banks: Any, **how: Any) -> AsyncIterator[Door]:
    authority = LocalAuthority.open(data, banks, hardness=QUICK, **how)
    try:
        async with served(authority, authority, tls=tls, around=Differing) as door:
            yield door
    finally:
        await authority.aclose()


def test_a_whole_journey_at_another_bank_s_backend(
    tmp_path: Path, tls: Tls, capsys: pytest.CaptureFixture[str]
) -> None:
    banks = load_banks(shipped("banks"))
    with on_a_thread(lambda: another_bank(tmp_path / "bank", tls, banks)) as door:
        settings = Settings(data=tmp_path / "mine", language="ko", backend=door.url, backend_ca=tls.roots)
        for kind, task in ((Kind.FINANCIAL, Task.ISSUE), (Kind.JOINT, Task.ISSUE)):
            bank = {Kind.FINANCIAL: "epost", Kind.JOINT: "woori"}[kind]
            answers = shipped("practice", f"{bank}-{kind}-{task}.toml")
            out = tmp_path / kind
            assert DONE == run_issue(settings, bank=bank, kind=kind, task=task, answers=answers, out=out, as_json=True)
            assert "done" == json.loads(capsys.readouterr().out)["outcome"]


def reordered(bank: Bank) -> Bank:
    """The card or token before the phone."""

    def swapped(steps: tuple[str, ...]) -> tuple[str, ...]:
        other = {"phone": "medium", "medium": "phone"}
        return tuple(other.get(step, step) for step in steps) if {"phone", "medium"} <= {*steps} else steps

    journeys = tuple(msgspec.structs.replace(each, steps=swapped(each.steps)) for each in bank.journeys)
    return msgspec.structs.replace(bank, journeys=journeys)


async def test_a_bank_has_the_steps_in_the_order_it_wants(tmp_path: Path, tls: Tls) -> None:
    banks, clock = {name: reordered(bank) for name, bank in offered().items()}, Clock()
    async with another_bank(tmp_path / "bank", tls, banks, clock=clock) as door:
        client = HttpServices(door.url, trust=trust(roots=tls.roots))
        try:
            customer = Customer(Office(client, client, clock), "kim_uche")
            await customer.at(None)
            assert (Check.TERMS, Check.IDENTITY, Check.MEDIUM, Check.PHONE, Check.CLOUD) == customer.checks
            assert await client.issue(customer.journey, Issue(Secret.of(PIN)), key=customer.key())
        finally:
            await client.aclose()


@pytest.mark.parametrize(
    ("wait", "date", "seconds"),
    [
        ("Sun, 22 Nov 2026 12:00:30 GMT", "Sun, 22 Nov 2026 12:00:00 GMT", 30.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", "Sun, 22 Nov 2026 12:00:00 GMT", 0.0),
        ("Sun, 22 Nov 2026 12:00:30 GMT", None, None),
        ("Sun, 22 Nov 2026 12:00:30 GMT", "yesterday", None),
        ("Sun, 22 Nov 2026 12:00:30", "Sun, 22 Nov 2026 12:00:00 GMT", None),
        ("soon", "Sun, 22 Nov 2026 12:00:00 GMT", None),
    ],
)
def test_a_time_to_come_again_counts_by_the_bank_s_own_clock(
    wait: str, date: str | None, seconds: float | None
) -> None:
    assert seconds == error_of(429, b"", wait, date).retry_after


def test_what_a_bank_may_do_is_written_down_and_done() -> None:
    """Each line of the list names the place in `differing` that does it."""
    source = (ROOT / "tests/services/contract/differing.py").read_text()
    rows = [line for line in (ROOT / "docs/backends.md").read_text().splitlines() if line.startswith("| ")][1:]
    done = {row.rsplit("|", 2)[1].strip().strip("`") for row in rows}
    assert {"SLOW", "_more", "_terse", "_status", "_said", "_kind", "_date", "_shouted"} <= done
    for name in done - {"reordered"}:
        assert name in source
