"""The operators of the keystroke-level model (Card, Moran & Newell 1980), their times, and how to add them up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds an operator takes one kind of person."""

    key: float
    copied: float  # a digit read elsewhere and typed
    point: float
    click: float
    home: float  # the hand from mouse to keyboard
    think: float
    look_up: float  # find a number on paper, card or token
    take_phone: float


#: Operators of a person who does this now and then.
PRACTISED = Pace(key=0.28, copied=0.50, point=1.10, click=0.20, home=0.40, think=1.35, look_up=2.0, take_phone=6.0)
#: One who types slowly (0.5 s a key, as random letters cost an average typist), reads every line and checks twice.
FIRST_TIME = Pace(key=0.50, copied=0.75, point=1.50, click=0.20, home=0.40, think=2.70, look_up=4.0, take_phone=9.0)


@dataclass(frozen=True, slots=True)
class Effort:
    """Counts of operators, and seconds waited."""

    keys: int = 0
    copied: int = 0
    points: int = 0
    thinks: float = 0.0
    look_ups: int = 0
    phones: int = 0
    homes: int = 0
    waits: float = 0.0

    def __add__(self, other: Effort) -> Effort:
        return Effort(
            self.keys + other.keys,
            self.copied + other.copied,
            self.points + other.points,
            self.thinks + other.thinks,
            self.look_ups + other.look_ups,
            self.phones + other.phones,
            self.homes + other.homes,
            self.waits + other.waits,
        )

    def human(self, pace: Pace = PRACTISED) -> float:
        """Seconds, without the waits."""
        return (
            self.keys * pace.key
            + self.copied * pace.copied
            + self.points * (pace.point + pace.click)
            + self.thinks * pace.think
            + self.look_ups * pace.look_up
            + self.phones * pace.take_phone
            + self.homes * pace.home
        )
