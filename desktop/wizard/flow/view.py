"""All that a page may see of a journey, and all that it may say to one. Frozen, without Qt and without secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from desktop.secret import Secret
from desktop.services.vocabulary import Kind, Task
from desktop.wizard.flow.facts import Facts


class Entry(StrEnum):
    """How a field is entered; the widget that draws it follows from this."""

    DIGITS = "digits"  # plain or secret digits in groups
    CODE = "code"  # one cell a digit
    TEXT = "text"
    DATE = "date"  # YYYYMMDD
    PHONE = "phone"  # 3-4-4
    PASSWORD = "password"  # letters, digits and marks, never shown
    CHOICE = "choice"  # one of `options`
    AGREEMENTS = "agreements"  # space-separated ids out of `options`


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong, as a code with data for its wording (`problem.<code>.cause|remedy`)."""

    code: str
    field: str | None = None
    tries_left: int | None = None
    retry_after: float | None = None  # seconds
    detail: str | None = None
    where: str | None = None  # the file or medium at fault, for the person's eyes alone


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field as it stands. `value` is always empty for a secret; `mask` says that one is held, and how it looks."""

    id: str
    entry: Entry
    secret: bool = False
    readable: bool = False  # a secret that may be read while it is typed (account number), unlike a PIN
    value: str = ""
    mask: str = ""
    groups: tuple[int, ...] = ()  # digits as people read them: (6, 7), (3, 4, 4); their sum is the length
    max_length: int = 64
    options: tuple[str, ...] = ()
    optional: bool = False
    problem: Problem | None = None
    warning: Problem | None = None
    enabled: bool = True


class Progress(StrEnum):
    DONE = "done"
    CURRENT = "current"
    TODO = "todo"


@dataclass(frozen=True, slots=True)
class RailItem:
    """A step in the list at the side. `reachable`: a click may go back to it."""

    step: str
    progress: Progress
    reachable: bool


@dataclass(frozen=True, slots=True)
class Busy:
    """A call under way. `effect` names the wording (`busy.<effect>`); `usual` and `since` are seconds."""

    effect: str
    since: float
    usual: float
    cancellable: bool


@dataclass(frozen=True, slots=True)
class ActionView:
    """A secondary way on, such as `resend` or `use_ars`. Not before `ready_at` (seconds, the runner's clock)."""

    id: str
    ready_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """One given answer on the check-answers page, masked where it is personal. `change`: it can still be given anew."""

    step: str
    field: str
    text: str
    change: bool = True


class End(StrEnum):
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SWITCHED = "switched"  # an answer asks for another task: see View.switch_to


@dataclass(frozen=True, slots=True)
class View:
    bank: str
    kind: Kind
    task: Task
    step: str
    stage: int  # counts the parts of a step: 0 "send me a code", 1 "type it"
    fields: tuple[FieldView, ...]
    facts: Facts
    rail: tuple[RailItem, ...]
    seconds_left: tuple[int, int]  # at best, at worst, from this step to the end
    rows: tuple[Row, ...] = ()
    actions: tuple[ActionView, ...] = ()
    problem: Problem | None = None
    busy: Busy | None = None
    can_next: bool = True
    can_back: bool = False
    can_cancel: bool = True
    irreversible: bool = False  # the primary button of this page passes the point of no return
    code_ends_at: float | None = None  # when the code awaited here expires (the runner's clock)
    practice: bool = False
    resumed: bool = False
    finished: bool = False  # the result is there and proven as far as it can be: the primary button only confirms
    end: End | None = None
    switch_to: Task | None = None
    certificate: str = ""  # credential id of the one that the task is about, once it is known

    def field(self, name: str) -> FieldView | None:
        return next((f for f in self.fields if f.id == name), None)


@dataclass(frozen=True, slots=True)
class Given:
    """What a page hands over. The secrets move: the page's own buffers are empty afterwards."""

    plain: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
