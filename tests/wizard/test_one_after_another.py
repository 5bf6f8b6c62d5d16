"""A journey that turns into another, one that leads on to the next, and what is remembered of them."""

from __future__ import annotations

import tomllib
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.answers import Answers, Card, Otp, Phone
from desktop.history import History
from desktop.services.api import Kind, Task
from desktop.shipped import shipped
from desktop.widgets.choice import ChoiceCards
from desktop.wizard.flow.view import End
from desktop.wizard.offers import Offer
from tests.wizard.office import Office, Visit
from tests.wizard.pages.seeing import button


def issue_of(person: str, bank: str) -> Answers:
    """What a practice person with a certificate of another bank enters for an issue."""
    people = tomllib.loads(shipped("practice", "people.toml").read_text(encoding="utf-8"))["people"]
    found = next(p for p in people if p["id"] == person)
    at = next(a for a in found["at"] if a["bank"] == bank)
    answers = {name: at[name] for name in ("user_id", "account", "account_password")}
    answers |= {name: found[name] for name in ("rrn", "phone", "name")}
    answers |= {"terms": "all", "email": "deungnok@example.kr", "channel": "ars"}
    card = Card(at["card_serial"], tuple(at["card_codes"]))
    return Answers(answers, practice=True, card=card, otp=Otp(at["otp_secret"]), phone=Phone("auto"))


async def comes(visit: Visit, task: Task) -> None:
    """Waits for a journey of this task to stand in the window."""

    def there() -> bool:
        runner = visit.counter.runner
        return runner is not None and runner.view.task is task and visit.front.window.frame is not None

    await visit.counter.until(there)


def test_to_register_instead_begins_the_registration_at_the_same_bank(office: Office) -> None:
    """C1: the person has one of another bank and rather uses that."""

    async def work(visit: Visit) -> None:
        view = await visit.walk_to("existing", stage=1)
        page = visit.frame.page
        assert page is not None
        cards = page.editors["existing"].input
        assert isinstance(cards, ChoiceCards)
        QTest.keyClick(cards.card("register"), Qt.Key.Key_Space)
        assert "register" == cards.value()
        visit.hands.press()
        await comes(visit, Task.REGISTER)
        assert (view.bank, view.kind) == (visit.runner.view.bank, visit.runner.view.kind)
        assert () == History(office.folder).all()

    office.run(work, Offer("kb", Kind.FINANCIAL, Task.ISSUE), answers=issue_of("bae_deungnok", "kb"))


def test_after_a_loss_the_reissue_is_one_press_away(office: Office) -> None:
    async def work(visit: Visit) -> None:
        await visit.walk_to("changed", stage=1)
        button(visit.frame, "다시 발급받기").click()
        await comes(visit, Task.REISSUE)
        assert visit.runner.view.end is None
        assert [Task.LOSS] == [entry.task for entry in History(office.folder).all()]

    office.run(work, Offer("epost", Kind.FINANCIAL, Task.LOSS))


def test_a_journey_given_up_is_remembered_as_that_and_names_nobody(office: Office, tmp_path: Path) -> None:
    async def work(visit: Visit) -> None:
        await visit.walk_to("phone")
        visit.runner.leave()
        await visit.counter.until(lambda: visit.counter.runner is None)

    office.run(work)
    entries = History(office.folder).all()
    assert [End.CANCELLED.value] == [entry.outcome for entry in entries]
    assert "김우체" not in (office.folder / "history.json").read_text(encoding="utf-8")


def test_nothing_is_remembered_where_nothing_may_stay(office: Office) -> None:
    """A kiosk."""

    async def work(visit: Visit) -> None:
        await visit.walk_to("phone")
        visit.runner.leave()
        await visit.counter.until(lambda: visit.counter.runner is None)

    office.run(work, keep=False)
    assert not (office.folder / "history.json").exists()
