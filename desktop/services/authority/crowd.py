"""Practice people by the thousand, made up by rule: who has number N is the same in every store and every program."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from desktop.services.authority.card import POSITIONS
from desktop.services.authority.practice import Holding, Person

#: As many phone numbers as the block that nobody is called at has, beside those of `people.toml`.
MOST: Final = 900_000
#: The only ones who issue a cloud certificate by card or token, and a joint one by phone and document.
BANKS: Final = ("epost", "kbank")

_FAMILY: Final = "강고구권김남노류문박배백서송신안양오우유윤이임장전정조차최한허홍황"
_GIVEN: Final = "가나다라마바사아자하강건경규기동래리명모무미민별빈상서선성세소솔수시안연영예우원유은인재정주준지진"
_FIRST_DAY: Final = date(1800, 1, 1)
_DAYS: Final = 36_500
_WEIGHTS: Final = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)


def crowd(count: int, *, first: int = 0) -> Iterator[Person]:
    """People `first` to `first + count - 1`. ValueError for more than there are numbers for."""
    if not 0 <= first <= first + count <= MOST:
        raise ValueError(f"at most {MOST} people")
    return map(member, range(first, first + count))


def member(number: int) -> Person:
    """Those of even numbers have a security card, the others a one-time password token."""
    digest = hashlib.shake_256(f"changgu practice {number}".encode()).digest(2 * POSITIONS + 40)
    born = _FIRST_DAY + timedelta(days=number % _DAYS)
    digits = "".join(f"{byte % 100:02}" for byte in digest)
    card = number % 2 == 0
    return Person(
        id=f"crowd_{number:06}",
        name=_name(digest),
        rrn=_rrn(born, number),
        phone=f"01000{100_000 + number:06}",
        shows="",
        at=(
            Holding(
                bank=BANKS[0],
                account=f"09{number:06}{digits[:6]}",
                account_password=digits[6:10],
                card_serial=f"9{number:07}" if card else "",
                card_codes=tuple(digits[10 + 4 * n : 14 + 4 * n] for n in range(POSITIONS)) if card else (),
                otp_secret="" if card else base64.b32encode(digest[-20:]).decode(),
            ),
            Holding(bank=BANKS[1], account=f"10{number:06}{digits[-6:]}", account_password=digits[6:10]),
        ),
        licence=f"{digits[:2]}{number:010}",
        licence_issued=(date(2020, 1, 1) + timedelta(days=digest[0])).strftime("%Y%m%d"),
    )


def _rrn(born: date, number: int) -> str:
    """Of somebody born before 1900 (seventh digit 9 or 0), so of nobody alive, with the digit that checks it."""
    told = f"{born:%y%m%d}{'90'[number % 2]}{number // _DAYS:05}"
    total = sum(int(digit) * weight for digit, weight in zip(told, _WEIGHTS, strict=True))
    return f"{told}{(11 - total % 11) % 10}"


def _name(digest: bytes) -> str:
    return _FAMILY[digest[0] % len(_FAMILY)] + "".join(_GIVEN[byte % len(_GIVEN)] for byte in digest[1:3])
