"""Days and months as Korean law counts them: whole days in Korea, and month-ends that no month lacks."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time, timedelta, timezone
from typing import Final

KST: Final = timezone(timedelta(hours=9), "KST")
DAY_SECONDS: Final = 86_400


def day_of(seconds: float) -> date:
    """The Korean day in which this moment lies."""
    return datetime.fromtimestamp(seconds, KST).date()


def first_second(day: date) -> datetime:
    return datetime.combine(day, time(), KST)


def last_second(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), KST)


def eve_of_anniversary(first: date, years: int) -> date:
    """The last of exactly `years`, the first day included (Civil Act of Korea, art. 160).

    Where there is no such anniversary it is the last of the month: from 29 February through 28 February.
    """
    try:
        return first.replace(year=first.year + years) - timedelta(days=1)
    except ValueError:
        return date(first.year + years, 2, 28)


def months_later(seconds: float, months: int) -> float:
    """The same time of the same day so many months on; 31 August and six months are the last of February."""
    moment = datetime.fromtimestamp(seconds, KST)
    count = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(count, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day).timestamp()


def renewed_until(not_after: float, years: int) -> float:
    """The end of a certificate that goes on where another ends: not a day is lost by renewing early."""
    following = day_of(not_after) + timedelta(days=1)
    return last_second(eve_of_anniversary(following, years)).timestamp()


def renewal_opens(not_after: float, days: int) -> float:
    """From when a certificate may be renewed: the first second of the day that is `days` before its last."""
    return first_second(day_of(not_after) - timedelta(days=days)).timestamp()


def issued_for(days_left: int, years: int, now: float) -> float:
    """When a certificate must have been issued to have so many days left; noon, so that no zone moves the day."""
    following = day_of(now) + timedelta(days=days_left + 1)
    try:
        first = following.replace(year=following.year - years)
    except ValueError:
        first = date(following.year - years, 2, 28)
    return first_second(first).timestamp() + DAY_SECONDS / 2
