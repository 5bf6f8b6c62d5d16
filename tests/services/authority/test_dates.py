"""Days and months that some months lack."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.services.authority.dates import (
    KST,
    day_of,
    eve_of_anniversary,
    issued_for,
    last_second,
    months_later,
    renewal_opens,
    renewed_until,
)


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=KST).timestamp()


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-08-31T10:30:00", 6, "2027-02-28T10:30:00"),
        ("2027-08-31T10:30:00", 6, "2028-02-29T10:30:00"),
        ("2026-11-30T00:00:00", 3, "2027-02-28T00:00:00"),
        ("2026-07-15T23:59:59", 6, "2027-01-15T23:59:59"),
        ("2026-12-31T12:00:00", 12, "2027-12-31T12:00:00"),
    ],
)
def test_months_end_where_the_month_ends(start: str, months: int, end: str) -> None:
    assert at(end) == months_later(at(start), months)


@pytest.mark.parametrize(
    ("old", "years", "new"),
    [
        ("2026-12-12", 3, "2029-12-12"),
        ("2028-02-28", 1, "2029-02-28"),
        ("2027-02-28", 1, "2028-02-29"),
        ("2028-02-29", 1, "2029-02-28"),
        ("2026-12-31", 1, "2027-12-31"),
    ],
)
def test_a_renewal_ends_the_day_before_the_day_it_would_begin_again(old: str, years: int, new: str) -> None:
    end = last_second(date.fromisoformat(old)).timestamp()
    assert last_second(date.fromisoformat(new)).timestamp() == renewed_until(end, years)


def test_the_window_opens_with_a_day() -> None:
    end = last_second(date(2027, 3, 31)).timestamp()
    assert at("2027-03-01T00:00:00") == renewal_opens(end, 30)


def test_a_year_that_would_begin_on_a_missing_29_february_begins_on_the_28th() -> None:
    assert at("2025-02-28T12:00:00") == issued_for(10, 3, at("2028-02-18T09:00:00"))


@given(
    now=st.integers(int(at("2024-01-01T00:00:00")), int(at("2040-01-01T00:00:00"))),
    left=st.integers(-40, 1000),
    years=st.integers(1, 3),
)
def test_a_certificate_made_to_have_days_left_has_them(now: int, left: int, years: int) -> None:
    last = eve_of_anniversary(day_of(issued_for(left, years, now)), years)
    wanted = (last - day_of(now)).days
    assert wanted in {left, left - 1, left + 1} if (last.month, last.day) in {(2, 27), (2, 28)} else wanted == left
