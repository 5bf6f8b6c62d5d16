"""Which task it is to be, found by at most three questions; what this PC knows of the person answers first."""

from __future__ import annotations

from dataclasses import replace

from desktop.known import Known
from desktop.services.vocabulary import Kind, ServiceError
from desktop.widgets.choice import ChoiceCards
from desktop.widgets.label import Label
from desktop.widgets.notice import Notice, NoticeKind
from desktop.widgets.theme import Role, Type
from desktop.wizard.blocks import section
from desktop.wizard.flow.choose import Answers, Choice, Question, Situation, ask
from desktop.wizard.lobby.leaf import Leaf
from desktop.wizard.lobby.room import Room
from desktop.wizard.offers import Offer

#: A bank that suits everybody for each question; the kinds are long words and stand alone.
SIDE_BY_SIDE = frozenset({"bank", "situation"})


class ChooserPage(Leaf):
    NAME = "chooser"

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self.answers = Answers()
        self.cards: ChoiceCards | None = None
        self._asked: Question | Choice | None = None

    def show_about(self, what: str) -> None:
        """Begins anew; with a bank that is known already as `what`."""
        self.answers = Answers(bank=what)
        super().show_about(what)

    def build(self) -> None:
        self.cards = None
        self._asked = ask(self.room.banks, self.answers, known=self._known(), today=self.room.today())
        if isinstance(self._asked, Question):
            self._build_question(self._asked)
        else:
            self._build_choice(self._asked)

    def press_primary(self) -> None:
        if self.cards is not None and isinstance(self._asked, Question) and self.cards.value():
            self._answer(self._asked.name, self.cards.value())
        elif isinstance(self._asked, Choice) and self._asked.task is not None:
            self.chosen.emit(self._offer(self._asked))
        else:
            self.show_about("")

    def step_out(self) -> None:
        """One question back, and from the first one to where the person came from."""
        if self.answers.kind is not None:
            self.answers = replace(self.answers, kind=None)
        elif self.answers.situation is not None:
            self.answers = replace(self.answers, situation=None)
        elif self.answers.bank:
            self.answers = Answers()
        else:
            super().step_out()
            return
        self.retext()

    def primary_text(self) -> str:
        if isinstance(self._asked, Question):
            return self.room.text("ui.next")
        found = isinstance(self._asked, Choice) and self._asked.task is not None
        return self.room.text("lobby.chooser.start" if found else "lobby.chooser.again")

    def back_text(self) -> str:
        return self.room.text("ui.back")

    def focus_first(self) -> bool:
        if self.cards is not None:
            self.cards.setFocus()
        return self.cards is not None

    def _build_question(self, question: Question) -> None:
        theme, text = self.room.theme, self.room.text
        options = [self._option(question.name, value) for value in question.options]
        self.cards = ChoiceCards(theme, options, columns=2 if question.name in SIDE_BY_SIDE else 1)
        heading = text(f"choose.question.{question.name}")
        self.cards.setAccessibleName(heading)
        if question.suggested in question.options:
            self.cards.set_value(question.suggested)
        self.body.add(section(theme, heading, self.cards))

    def _build_choice(self, choice: Choice) -> None:
        theme, text, bank = self.room.theme, self.room.text, self.room.banks[self.answers.bank]
        data = {"bank": bank.name[text.language], "centre": bank.centre.phone}
        data["product"] = bank.product(choice.kind).name[text.language]
        reason = text(choice.reason, **data)
        if choice.task is None:
            kind = NoticeKind.WARNING if choice.centre else NoticeKind.SUCCESS
            self.body.add(Notice(theme, kind, reason))
            return
        offer = self._offer(choice)
        self.body.add(Notice(theme, NoticeKind.SUCCESS, self.room.journey_name(offer), reason))
        self.body.add(Label(theme, self.room.about(offer), Type.BODY, Role.MUTED))

    def _offer(self, choice: Choice) -> Offer:
        offer = self.room.offer(self.answers.bank, choice.kind, choice.task) if choice.task else None
        assert offer is not None, "only what a bank offers is chosen"
        return offer

    def _answer(self, question: str, value: str) -> None:
        match question:
            case "bank":
                self.answers = Answers(bank=value)
            case "situation":
                self.answers = replace(self.answers, situation=Situation(value))
            case _:
                self.answers = replace(self.answers, kind=Kind(value))
        self.retext()

    def _option(self, question: str, value: str) -> tuple[str, str, str, str]:
        text = self.room.text
        if question == "bank":
            return value, self.room.bank_name(value), "", "bank"
        if question == "kind":
            bank = self.room.banks[self.answers.bank]
            product = bank.product(Kind(value))
            checked = product.checked_by[text.language] if product.checked_by else ""
            return value, product.name[text.language], checked, "certificate"
        return value, text(f"choose.situation.{value}"), "", ""

    def _known(self) -> tuple[Known, ...]:
        """What this PC knows only helps to answer: where it cannot be read, nothing is known."""
        try:
            return self.room.known.all()
        except ServiceError:
            return ()
