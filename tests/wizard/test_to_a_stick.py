"""The whole 우리 joint journey in the window to a stick that is plugged in, and what that stick can then do."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from desktop.answers import Answers, read_answers
from desktop.demo import answers_for
from desktop.services.api import Issued, Kind, Places, Task
from desktop.widgets.button import Button
from desktop.widgets.choice import ChoiceCards
from desktop.widgets.label import Label
from desktop.wizard.flow.steps import Proof
from desktop.wizard.flow.view import View
from desktop.wizard.offers import Offer
from tests.conftest import FakeClock
from tests.sticks import changgu_can_use, folder_on, others_can_use
from tests.wizard.office import Office, Visit

WOORI = Offer("woori", Kind.JOINT, Task.ISSUE)


def answers(**more: str) -> Answers:
    """김우리's, with what they choose here."""
    given = read_answers(answers_for(WOORI))
    return msgspec.structs.replace(given, answers={**given.answers, **more})


def said(visit: Visit) -> str:
    """All that the page says, which is laid out already: no event may be processed within a task."""
    assert visit.frame.page is not None
    return " ".join(label.plain_text() for label in visit.frame.page.findChildren(Label))


async def pull_out(visit: Visit, office: Office) -> None:
    """Asks for it, is told to wait, and then that it can be done."""
    assert visit.frame.page is not None
    link = next(link for link in visit.frame.page.findChildren(Button) if link.plain_text() == "안전하게 빼기")
    link.click()
    assert "아직 뽑지 마세요" in said(visit)
    await visit.counter.until(lambda: "아직 뽑지 마세요" not in said(visit))
    assert "이제 뽑아도 됩니다." in said(visit)
    assert ["가온 스틱"] == [place.label for place in office.released]


def choice(visit: Visit) -> ChoiceCards:
    assert visit.frame.page is not None
    cards = visit.frame.page.editors["place"].input
    assert isinstance(cards, ChoiceCards)
    return cards


def cards(visit: Visit) -> dict[str, str]:
    """Name and line of each place on the page."""
    return {card.accessibleName(): card.accessibleDescription() for card in choice(visit).cards()}


def labels(view: View) -> list[str]:
    found = view.facts.get(Places)
    assert found is not None
    return [place.label for place in found.places]


def test_a_joint_certificate_comes_to_the_stick_chosen_and_the_stick_then_signs(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office = replace(office, clock=FakeClock(time.time()))  # today, as those believe who look at the stick afterwards
    stick, kept = office.plug_in(tmp_path / "stick"), list[Issued]()
    given = answers(place=stick.id)

    async def work(visit: Visit) -> None:
        await visit.walk_to("place", stage=1)
        assert ["이 PC", "USB 드라이브 ‘가온 스틱’"] == list(cards(visit))
        assert f"{stick.path} · 남은 공간 13.2 GB" == cards(visit)["USB 드라이브 ‘가온 스틱’"]
        await visit.walk_to("review")
        assert "USB 드라이브 ‘가온 스틱’" in said(visit)
        view = await visit.walk_to("done", stage=1)
        assert view.facts.get(Proof) is not None
        issued = view.facts.get(Issued)
        assert issued is not None
        assert stick.id == (issued.kept_at.id if issued.kept_at else "")
        assert "USB 드라이브 ‘가온 스틱’에 저장했습니다. 다시 읽어 확인했습니다." in said(visit)
        await pull_out(visit, office)
        kept.append(issued)

    office.run(work, WOORI, answers=given)
    assert not (office.folder / "NPKI").exists()
    folder, password = folder_on(tmp_path / "stick", kept[0].certificate), given.answers["password"]
    others_can_use(folder, password, kept[0].chain, at=tmp_path / "others")
    changgu_can_use(folder, password, at=tmp_path / "others", capsys=capsys)


def test_a_stick_plugged_in_while_the_page_asks_comes_onto_it_and_the_choice_stays(
    office: Office, tmp_path: Path
) -> None:
    async def work(visit: Visit) -> None:
        view = await visit.walk_to("place", stage=1)
        assert ["", "first"] == labels(view)
        visit.hands.choose(choice(visit), first.id)
        office.plug_in(tmp_path / "second", "second")
        drives = visit.counter.drives
        assert drives is not None
        drives.look()
        await visit.counter.until(lambda: visit.runner.view.busy is None and len(labels(visit.runner.view)) == 3)
        assert "USB 드라이브 ‘second’" in cards(visit)
        assert first.id == choice(visit).value()
        assert choice(visit).isAncestorOf(visit.front.window.focusWidget())
        office.drives.pop()
        drives.look()
        await visit.counter.until(lambda: visit.runner.view.busy is None and len(labels(visit.runner.view)) == 2)
        assert ["이 PC", "USB 드라이브 ‘first’"] == list(cards(visit))

    first = office.plug_in(tmp_path / "first", "first")
    office.run(work, WOORI)


def test_a_drive_that_comes_elsewhere_in_the_journey_disturbs_nobody(office: Office, tmp_path: Path) -> None:
    async def work(visit: Visit) -> None:
        before = await visit.walk_to("identity")
        office.plug_in(tmp_path / "stick")
        assert visit.counter.drives is not None
        visit.counter.drives.look()
        view = await visit.walk_to("place", stage=1)
        assert "place" != before.step
        assert ["", "가온 스틱"] == labels(view)

    office.run(work, WOORI)
