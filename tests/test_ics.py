"""A calendar program finds the last day of each certificate and rings a month, a week and a day before."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from desktop.banks import Bank
from desktop.ics import ALARM_DAYS, calendar, uid
from desktop.known import Known
from desktop.services.api import Kind, Renewal
from desktop.text import LANGUAGES, Text
from tests.fakes import epost
from tests.test_known import known

NOW = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
BANKS = {"epost": epost()}


def made(*certificates: Known, language: str = "ko", banks: dict[str, Bank] | None = None) -> str:
    return calendar(certificates, BANKS if banks is None else banks, Text(language), now=NOW)


def read(content: str) -> list[tuple[str, str]]:
    """Unfolds as RFC 5545, 3.1 has it, and splits each line at the name."""
    lines = content.replace("\r\n ", "").split("\r\n")
    assert "" == lines.pop()
    return [(name, value) for name, _, value in (line.partition(":") for line in lines)]


def value(content: str, name: str) -> str:
    return next(found for key, found in read(content) if key == name)


def test_the_entry_lies_on_the_last_day_in_korea() -> None:
    content = made(known())
    assert "20291121" == value(content, "DTSTART;VALUE=DATE")
    assert "20291122" == value(content, "DTEND;VALUE=DATE")
    assert "20261122T030405Z" == value(content, "DTSTAMP")
    assert "우체국 금융인증서 만료" == value(content, "SUMMARY")


def test_it_rings_at_nine_in_the_morning_a_month_a_week_and_a_day_before() -> None:
    rings = []
    for name, trigger in read(made(known())):
        if name == "TRIGGER":
            days, hours = re.fullmatch(r"-P(?:(\d+)D)?T(\d+)H", trigger).groups()  # type: ignore[union-attr]  # it matches
            rings.append(datetime(2029, 11, 21) - timedelta(days=int(days or 0), hours=int(hours)))  # noqa: DTZ001 - a floating day
    assert [(9, timedelta(days=d)) for d in ALARM_DAYS] == [(r.hour, date(2029, 11, 21) - r.date()) for r in rings]


def test_every_component_that_begins_ends() -> None:
    open_ones: list[str] = []
    for name, what in read(made(known(), known(serial="2"))):
        if name == "BEGIN":
            open_ones.append(what)
        elif name == "END":
            assert what == open_ones.pop()
    assert [] == open_ones


def test_lines_end_as_the_rfc_wants_and_are_folded_between_characters() -> None:
    for language in LANGUAGES:
        content = made(known(renewal=Renewal.BY_HAND), language=language)
        assert content.count("\n") == content.count("\r\n")
        lines = content.encode().split(b"\r\n")
        assert max(map(len, lines)) <= 75
        assert all(line.decode() is not None for line in lines)
    assert "\r\n " in made(known())


def test_commas_semicolons_backslashes_and_line_ends_in_words_are_escaped() -> None:
    name = msgspec.structs.replace(epost().name, ko="우체국; 하나, 둘\\셋")
    content = made(known(), banks={"epost": msgspec.structs.replace(epost(), name=name)})
    assert "우체국\\; 하나\\, 둘\\\\셋 금융인증서 만료" == value(content, "SUMMARY")
    assert "\\n" in value(content, "DESCRIPTION")


def test_an_entry_keeps_its_id_and_gives_no_serial_away() -> None:
    entry = known(serial="918273645546372819")
    assert uid(entry) == value(made(entry), "UID") == value(made(entry, language="en"), "UID")
    assert uid(entry) != uid(known(serial="1"))
    assert "918273645546372819" not in made(entry)
    assert "김" not in made(entry)


@pytest.mark.parametrize("renewal", Renewal)
def test_each_kind_of_renewal_is_told(renewal: Renewal) -> None:
    told = value(made(known(renewal=renewal)), "DESCRIPTION")
    assert Text("ko")(f"remind.calendar.{renewal}", renew_from="2029.10.22").split(",")[0] in told
    assert epost().centre.phone in told


def test_a_certificate_of_a_bank_we_no_longer_know_is_still_listed() -> None:
    assert "oldbank joint 만료" == value(made(known(bank="oldbank", kind=Kind.JOINT)), "SUMMARY")


def test_no_certificate_makes_an_empty_calendar() -> None:
    assert ["BEGIN", "VERSION", "PRODID", "CALSCALE", "END"] == [name for name, _ in read(made())]
