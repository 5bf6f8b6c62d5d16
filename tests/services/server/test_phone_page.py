"""The operators' page of the practice phone: what it shows, how it answers, and what a browser may do with it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from desktop.services.api import Channel, PhoneEvent, Reason, ServiceError
from desktop.services.server.access import AccessLog
from desktop.services.server.application import Served, make_application
from desktop.services.server.phone_page import PATH, PhonePage, PhoneWords
from tests.services.server.still import Still

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def event(number: int, *, expects: str = "reply", answered: bool = False, says: str = "sms") -> PhoneEvent:
    return PhoneEvent(number, Channel.SMS, "01000000001", "kb", says, {}, "123456", expects, 0.0, answered)


class Telephone:
    """Has what is put into it, and keeps what is answered."""

    def __init__(self) -> None:
        self.received: list[PhoneEvent] = []
        self.answers: list[tuple[int, str]] = []

    async def events(self, *, after: int, wait: float) -> tuple[PhoneEvent, ...]:
        return tuple(event for event in self.received if event.id > after)

    async def answer(self, event: int, text: str) -> None:
        if not any(event == known.id for known in self.received):
            raise ServiceError(Reason.BAD_REQUEST, field="event")
        self.answers.append((event, text))


@pytest.fixture
def telephone() -> Telephone:
    return Telephone()


@pytest.fixture
async def browser(telephone: Telephone) -> AsyncIterator[httpx.AsyncClient]:
    words = PhoneWords("en", lambda event: event.sender, lambda event: f"{event.says} <b>", lambda name: name.title())
    page = PhonePage(telephone, words)  # type: ignore[arg-type]  # no more of it is asked
    lines: list[str] = []
    served = Served(
        services=Still(),  # type: ignore[arg-type]  # nobody asks it
        phone=None,
        banks=(),
        log=AccessLog(lines.append),
        pages=page.paths(),
    )
    transport = httpx.ASGITransport(make_application(served))
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        yield client


async def test_every_message_is_shown_the_newest_first(telephone: Telephone, browser: httpx.AsyncClient) -> None:
    assert "None" in (await browser.get(PATH)).text
    telephone.received = [event(1, says="first"), event(2, says="second", answered=True)]
    shown = (await browser.get(PATH)).text
    assert ["second", "first"] == re.findall(r"(first|second) &lt;b&gt;", shown)
    assert [f"{PATH}?answer=1"] == re.findall(r'href="([^"]+)"', shown)
    assert 'http-equiv="refresh"' in shown


async def test_who_types_is_not_interrupted_and_the_answer_arrives(
    telephone: Telephone, browser: httpx.AsyncClient
) -> None:
    telephone.received = [event(1), event(2, expects="press"), event(3, expects="type")]
    shown = (await browser.get(PATH, params={"answer": "1"})).text
    assert (1, 0) == (shown.count("<form"), shown.count("refresh"))
    told = await browser.post(PATH, content="event=1&text=+12%2034+", headers=FORM)
    assert (303, PATH, [(1, "12 34")]) == (told.status_code, told.headers["Location"], telephone.answers)
    assert 'name="text"' not in (await browser.get(PATH, params={"answer": "2"})).text
    assert "<form" not in (await browser.get(PATH, params={"answer": "3"})).text


@pytest.mark.parametrize("content", ["event=9&text=1", "text=1", "event=x", "event=" + "1" * 40])
async def test_what_is_no_answer_is_refused(telephone: Telephone, browser: httpx.AsyncClient, content: str) -> None:
    telephone.received = [event(1)]
    assert (400, []) == ((await browser.post(PATH, content=content, headers=FORM)).status_code, telephone.answers)


async def test_no_page_of_another_site_answers(telephone: Telephone, browser: httpx.AsyncClient) -> None:
    telephone.received = [event(1)]
    head = {**FORM, "Sec-Fetch-Site": "cross-site"}
    assert 400 == (await browser.post(PATH, content="event=1&text=1", headers=head)).status_code
    assert 413 == (await browser.post(PATH, content="event=1&text=" + "1" * 5000, headers=FORM)).status_code
    assert 415 == (await browser.post(PATH, json={"event": 1})).status_code
    assert [] == telephone.answers


async def test_the_page_loads_nothing_and_runs_nothing(browser: httpx.AsyncClient) -> None:
    told = await browser.get(PATH)
    policy = told.headers["Content-Security-Policy"]
    assert ("default-src 'none'", False) == (policy.partition(";")[0], "script" in policy + told.text)
    assert ("no-store", "nosniff") == (told.headers["Cache-Control"], told.headers["X-Content-Type-Options"])
    assert not re.search(r"https?://", told.text)
