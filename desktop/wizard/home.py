"""The first page: what the counter is, which bank and task to choose from, and what is left from last time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

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
from desktop.wizard.naming import journey_name
from desktop.wizard.offers import Offer


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

    @property
    def offers(self) -> tuple[Offer, ...]:
        return self._offers

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
        said = text("ui.home.interrupted.body", task=self._name(offer))
        notice = Notice(theme, NoticeKind.WARNING, text("ui.home.interrupted.title"), said)
        button = Button(theme, text("ui.home.interrupted.go_on"), ButtonKind.PRIMARY)
        button.clicked.connect(self.resumed)
        self._body.add(Group(theme, notice, button, gap=Group.CLOSE))
        return button

    def _option(self, offer: Offer) -> tuple[str, str, str, str]:
        low, high = offer.minutes
        about = self._text("ui.home.about_task", low=low, high=high, fee=offer.fee[self._text.language])
        return offer.id, self._name(offer), about, "certificate"

    def _name(self, offer: Offer) -> str:
        language = self._text.language
        return journey_name(self._text, offer.bank_name[language], offer.product_name[language], offer.task)
