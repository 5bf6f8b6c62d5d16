"""The first page: what the counter is, which bank and task to choose from, and what is left from last time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.banks import Bank
from desktop.services.vocabulary import Kind, Task
from desktop.text import Text
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.choice import ChoiceCards
from desktop.widgets.label import Label
from desktop.widgets.notice import Notice, NoticeKind
from desktop.widgets.scroll import PageScroll
from desktop.widgets.theme import Role, Theme, Type
from desktop.widgets.tokens import XXXL
from desktop.wizard.blocks import LEFT, Group, section
from desktop.wizard.columns import Centred
from desktop.wizard.wording import task_name


@dataclass(frozen=True, slots=True)
class Offer:
    """One journey that a bank's profile offers."""

    bank: Bank
    kind: Kind
    task: Task

    @property
    def id(self) -> str:
        return f"{self.bank.id}/{self.kind}/{self.task}"


def offers(banks: Sequence[Bank]) -> tuple[Offer, ...]:
    """Every journey of every bank, in the profiles' order."""
    return tuple(Offer(bank, journey.kind, journey.task) for bank in banks for journey in bank.journeys)


@dataclass(frozen=True, slots=True)
class News:
    """Something to be said on the first page: `ui.home.<code>.title|body`, filled with `data`."""

    code: str
    kind: NoticeKind
    data: Mapping[str, str] = field(default_factory=dict)


class Home(QWidget):
    chosen = Signal(object)  # Offer
    resumed = Signal()

    def __init__(self, theme: Theme, text: Text, offered: Sequence[Offer], *, practice: bool) -> None:
        super().__init__()
        self._theme, self._text, self._offers, self.practice = theme, text, tuple(offered), practice
        self._news: News | None = None
        self._interrupted: Offer | None = None
        self._ready = self._pressed = False
        self.resume: Button | None = None
        self._body = Group(theme, gap=Group.WIDE)
        holder = Group(theme, self._body)
        holder.add_stretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(PageScroll(theme, Centred(theme, holder, above=XXXL)))
        self._build()

    def retext(self, text: Text) -> None:
        chosen = self.tasks.value()
        self._text = text
        self._build()
        self.tasks.set_value(chosen)

    def tell(self, news: News | None) -> None:
        self._news = news
        self._build()

    def offer_resume(self, interrupted: Offer | None) -> None:
        """A journey that was cut off can be gone on with."""
        self._interrupted = interrupted
        self._build()

    def focus_first(self) -> None:
        (self.resume or self.tasks).setFocus()

    def set_ready(self, ready: bool) -> None:
        """The services are there. What was pressed before is done now."""
        self._ready = ready
        if ready and self._pressed:
            self._pressed = False
            self.press_primary()

    def press_primary(self) -> None:
        if not self._ready:
            self._pressed = True
            return
        self.chosen.emit(next(offer for offer in self._offers if offer.id == self.tasks.value()))

    def _build(self) -> None:
        theme, text, body = self._theme, self._text, self._body
        body.clear()
        title = Label(theme, text("ui.app.name"), Type.DISPLAY)
        body.add(Group(theme, title, Label(theme, text("ui.app.about"), Type.BODY, Role.MUTED), gap=Group.TIGHT))
        if self._news is not None:
            key = f"ui.home.{self._news.code}"
            body.add(Notice(theme, self._news.kind, text(f"{key}.title"), text(f"{key}.body", **self._news.data)))
        self.resume = self._make_resume()
        self.tasks = ChoiceCards(theme, [self._option(offer) for offer in self._offers])
        self.tasks.setAccessibleName(text("ui.home.choose"))
        self.tasks.set_value(self._offers[0].id)
        body.add(section(theme, text("ui.home.choose"), self.tasks))
        self.primary = Button(theme, text("ui.home.start"), ButtonKind.SECONDARY if self.resume else ButtonKind.PRIMARY)
        self.primary.clicked.connect(self.press_primary)
        body.add(self.primary)
        if self.practice:
            body.add(Notice(theme, NoticeKind.INFO, text("ui.home.practice.title"), text("ui.home.practice.body")))
        else:
            body.add(Label(theme, text("ui.home.never"), Type.SMALL, Role.MUTED), align=LEFT)

    def _make_resume(self) -> Button | None:
        """Going on comes first: until then the state of a certificate may be unknown."""
        if self._interrupted is None:
            return None
        theme, text, offer = self._theme, self._text, self._interrupted
        name = task_name(text, offer.bank, offer.kind, offer.task)
        said = text("ui.home.interrupted.body", task=f"{offer.bank.name[text.language]} {name}")
        notice = Notice(theme, NoticeKind.WARNING, text("ui.home.interrupted.title"), said)
        button = Button(theme, text("ui.home.interrupted.go_on"), ButtonKind.PRIMARY)
        button.clicked.connect(self.resumed)
        self._body.add(Group(theme, notice, button, gap=Group.CLOSE))
        return button

    def _option(self, offer: Offer) -> tuple[str, str, str, str]:
        text, language = self._text, self._text.language
        journey = offer.bank.journey(offer.kind, offer.task)
        assert journey is not None, "an offer comes from a journey"
        low, high = journey.minutes
        fee = offer.bank.product(offer.kind).fee[language]
        body = text("ui.home.about_task", low=low, high=high, fee=fee)
        return (
            offer.id,
            f"{offer.bank.name[language]} {task_name(text, offer.bank, offer.kind, offer.task)}",
            body,
            "certificate",
        )
