"""What a branch decides of its kiosk: the schema of kiosk.toml, and its reader, whose errors name file and line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from desktop.banks import Bank
from desktop.services.vocabulary import Kind, Task
from desktop.toml_lines import Place, explained, line_of
from desktop.wizard.offers import Offer

Fraction = Annotated[float, Meta(ge=0.0, le=1.0)]
Name = Annotated[str, Meta(min_length=1, max_length=40)]


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of every table: an unknown key is an error, not a silent default."""


class Screen(Table, frozen=True):
    """`mm_per_pixel` is measured with a ruler, since screens lie about their size."""

    mm_per_pixel: Annotated[float, Meta(ge=0.05, le=1.5)]
    orientation: Literal["portrait", "landscape"] = "portrait"
    low_position: bool = False
    mode: Literal["light", "dark", "contrast"] = "light"


class Journeys(Table, frozen=True):
    """What may be done here at one bank, of one kind of certificate."""

    bank: str
    kind: Kind
    tasks: Annotated[tuple[Task, ...], Meta(min_length=1)]


class IdleTimes(Table, frozen=True):
    """Seconds. WCAG 2.2.1 wants at least 20 of them to answer in, and at least ten extensions.

    `waiting`: how long the clock stands still, at most, while a message or a call is awaited.
    """

    seconds: Annotated[int, Meta(ge=20, le=600)] = 60
    warning: Annotated[int, Meta(ge=20, le=120)] = 30
    extensions: Annotated[int, Meta(ge=10, le=100)] = 10
    waiting: Annotated[int, Meta(ge=60, le=900)] = 300


class Call(Table, frozen=True):
    """How somebody of the branch is called: a POST to `url`, or `command`. Neither: a sentence on the screen."""

    url: Annotated[str, Meta(pattern=r"^(https://|http://(127\.0\.0\.1|localhost)[:/]).+")] | None = None
    command: tuple[str, ...] = ()


class Receipt(Table, frozen=True):
    """`printer` is the system's name of it, and the paper's width is in millimetres."""

    kind: Literal["paper", "qr", "none"] = "none"
    printer: str = ""
    width_mm: Annotated[int, Meta(ge=40, le=300)] = 80


class Health(Table, frozen=True):
    """Where it is told whether the kiosk is well: a file, a port of this machine, or both."""

    file: str = ""
    port: Annotated[int, Meta(ge=1, le=65535)] | None = None


class Keypad(Table, frozen=True):
    shuffle: bool = True


class Voice(Table, frozen=True):
    """`earphone`: nobody but the person hears it, so that private matters may be spoken."""

    on: bool = False
    earphone: bool = False
    volume: Fraction = 0.6
    speed: Annotated[float, Meta(ge=-1.0, le=1.0)] = 0.0


class KioskConfig(Table, frozen=True):
    id: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    branch: Name
    staff_pin: Annotated[str, Meta(pattern=r"^\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$")]
    screen: Screen
    journeys: Annotated[tuple[Journeys, ...], Meta(min_length=1)]
    language: Literal["ko", "en"] = "ko"
    backend: str | None = None
    idle: IdleTimes = IdleTimes()
    call: Call = Call()
    receipt: Receipt = Receipt()
    health: Health = Health()
    keypad: Keypad = Keypad()
    voice: Voice = Voice()

    @property
    def offers(self) -> tuple[Offer, ...]:
        """What may be done, in the order of the file."""
        return tuple(Offer(part.bank, part.kind, task) for part in self.journeys for task in part.tasks)


class KioskFileError(Exception):
    """The file cannot be used; the message says where and what to do."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        super().__init__(f"{path}:{line}: {problem}")
        self.path, self.line, self.problem = path, line, problem


def read_kiosk(path: Path, banks: Mapping[str, Bank]) -> KioskConfig:
    """Raises KioskFileError with the line of the faulty value, never with the value of the PIN's hash."""
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KioskFileError(path, 1, f"cannot be read ({type(error).__name__}); save it as UTF-8 text") from error
    try:
        config = msgspec.convert(tomllib.loads(source), KioskConfig)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else source.count("\n") + 1
        raise KioskFileError(path, line, f"is not TOML: {error}") from error
    except msgspec.ValidationError as error:
        problem, place = explained(str(error))
        if place == ("staff_pin",):
            problem = "staff_pin is not a hash; make one with `changgu kiosk-pin`"
        raise KioskFileError(path, line_of(source, place), problem) from error
    for place, problem in _contradictions(config, banks):
        raise KioskFileError(path, line_of(source, place), problem)
    return config


def _contradictions(config: KioskConfig, banks: Mapping[str, Bank]) -> Iterator[tuple[Place, str]]:
    """What a schema cannot say."""
    seen: set[Offer] = set()
    for n, part in enumerate(config.journeys):
        bank = banks.get(part.bank)
        if bank is None:
            yield ("journeys", n, "bank"), f"no bank {part.bank!r}; known are {', '.join(sorted(banks))}"
            return
        for task in part.tasks:
            offer = Offer(part.bank, part.kind, task)
            journey = bank.journey(part.kind, task)
            if journey is None:
                yield ("journeys", n, "tasks"), f"{part.bank} has no {part.kind.value} {task.value}; take it out"
                return
            if offer in seen:
                yield ("journeys", n, "tasks"), f"{offer.id} is here twice"
            seen.add(offer)
            if "existing" in journey.steps and Task.REGISTER not in part.tasks:
                yield ("journeys", n, "tasks"), f"{task.value} offers to register; add {Task.REGISTER.value!r}"
    if config.call.url and config.call.command:
        yield ("call", "command"), "either url or command calls the staff, not both"
    if config.receipt.kind == "paper" and not config.receipt.printer:
        yield ("receipt", "kind"), "receipts on paper need the printer's name"
