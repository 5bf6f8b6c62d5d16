"""One person after another: when somebody is taken to have gone, what is left of them, and how the staff come in."""

from __future__ import annotations

import asyncio
import time
import weakref
from dataclasses import replace
from pathlib import Path

import msgspec
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit

from desktop.answers import read_answers
from desktop.demo import answers_for
from desktop.kiosk.config import Voice
from desktop.kiosk.sheets import IdleSheet, ReceiptSheet
from desktop.kiosk.staffsheet import StaffSheet
from desktop.kiosk.visit import Ending
from desktop.services.api import Issued, Kind, PlaceKind, Places, Task
from desktop.services.authority.local import LocalAuthority
from desktop.widgets.button import Button
from desktop.widgets.label import Label
from desktop.wizard.flow.journal import Journal
from desktop.wizard.hands import laid_out
from desktop.wizard.offers import Offer
from tests.kiosk.conftest import Stand
from tests.kiosk.floor import STAFF, Bell, Floor, Guest, Tray
from tests.wizard.views import VIEWS

WOORI = Offer("woori", Kind.JOINT, Task.ISSUE)


def said(stand: Stand) -> str:
    sheet = stand.window.sheet
    assert sheet is not None
    return " ".join(label.plain_text() for label in sheet.findChildren(Label))


def press(stand: Stand, words: str) -> None:
    sheet = stand.window.sheet
    assert sheet is not None
    next(b for b in sheet.findChildren(Button) if b.plain_text() == words).click()
    QApplication.processEvents()


def wait(stand: Stand, seconds: float) -> None:
    stand.floor.clock.advance(seconds)
    stand.visit.look()
    QApplication.processEvents()


# ── Time ──


def test_after_a_minute_without_a_touch_more_time_is_offered_and_taken(identity: Stand) -> None:
    identity.visit.touched()
    wait(identity, 59)
    assert identity.window.sheet is None
    wait(identity, 2)
    assert "29초 뒤에" in said(identity)
    press(identity, "더 할게요")
    assert identity.window.sheet is None
    wait(identity, 59)
    assert identity.window.sheet is None
    assert identity.visit.ending is None


def test_nobody_answers_and_it_ends(identity: Stand) -> None:
    identity.visit.touched()
    wait(identity, 61)
    wait(identity, 28)
    assert identity.visit.ending is None
    wait(identity, 2)
    assert Ending.IDLE is identity.visit.ending


def test_the_tenth_extension_is_granted_and_the_eleventh_is_not(identity: Stand) -> None:
    identity.visit.touched()
    for _ in range(10):
        wait(identity, 61)
        press(identity, "더 할게요")
    wait(identity, 61)
    assert "더 늘릴 수 없습니다" in said(identity)
    press(identity, "끝내기")
    assert Ending.LEFT is identity.visit.ending


def test_nobody_is_warned_before_anybody_came(identity: Stand) -> None:
    wait(identity, 3600)
    assert identity.window.sheet is None


# ── Sheets ──


def test_the_sheet_of_looks_changes_size_colours_and_height_at_once(identity: Stand) -> None:
    identity.window.tiles.tiles["looks"].click()
    usual = identity.floor.size.scale
    press(identity, "글자와 화면 크기 100%")
    assert 1.5 * usual == identity.visit.theme.scale
    press(identity, "글자와 화면 크기 150%")
    press(identity, "글자와 화면 크기 200%")
    assert usual == identity.visit.theme.scale
    press(identity, "고대비로 보기")
    assert identity.visit.theme.outlined
    press(identity, "화면을 아래로 내리기")
    window = identity.window
    assert window.header.mapTo(window, window.header.rect().topLeft()).y() >= window.height() * 0.27
    press(identity, "닫기")
    assert window.sheet is None


def test_another_language_is_one_touch_away_on_every_page(identity: Stand) -> None:
    asked: list[str] = []
    identity.window.language_changed.connect(asked.append)
    identity.window.tiles.tiles["language"].click()
    assert ["en"] == asked
    identity.speak("en")
    assert "Call staff" == identity.window.tiles.tiles["call"].plain_text()
    assert "Clear" == identity.window.dock.keypad.key("clear").accessibleName()


def test_a_receipt_comes_as_a_code_and_holds_no_number_of_a_person(stand: Stand) -> None:
    page = stand.draw(VIEWS["done"])
    next(b for b in page.findChildren(Button) if b.plain_text() == "영수증을 휴대폰에 담기").click()
    assert isinstance(stand.window.sheet, ReceiptSheet)


def test_the_staff_number_is_tried_five_times_and_then_not_for_ten_minutes(identity: Stand) -> None:
    identity.visit._ask_staff()
    sheet = identity.window.sheet
    assert isinstance(sheet, StaffSheet)
    for n in range(5):
        for digit in "111112":
            sheet.keypad.key(digit).click()
        sheet.keypad.key("next").click()
        assert (f"{4 - n}번 더" if n < 4 else "10분 뒤") in said(identity)
    for digit in STAFF:
        sheet.entry.enter(digit, typed=True)
    sheet._try()
    assert identity.visit.ending is None
    identity.floor.clock.advance(601)
    for digit in STAFF:
        sheet.entry.enter(digit, typed=True)
    sheet._try()
    assert Ending.STAFF is identity.visit.ending


def test_what_cannot_be_undone_is_brought_into_sight_before_it_is_done(stand: Stand) -> None:
    stand.visit.theme.set_scale(2 * stand.floor.size.scale)
    stand.window.set_low(True)
    stand.draw(VIEWS["review"])
    QApplication.processEvents()
    frame = stand.window.frame
    assert frame is not None
    assert 0 < frame.scrolled_by()
    frame.press_primary()
    assert [] == stand.asked.moves
    QApplication.processEvents()
    frame.press_primary()
    assert ["next"] == stand.asked.moves


# ── Whole visits ──


def test_who_goes_away_leaves_nothing_within_a_second(floor: Floor) -> None:
    async def work(guest: Guest) -> None:
        await guest.walk_to("cloud")
        page, visit = guest.window.page, guest.visit
        assert page is not None
        name = page.editors["name"].input
        assert isinstance(name, QLineEdit)
        await guest.type(page.editors["name"].input, "한가온")  # type: ignore[arg-type]  # a TextEntry
        assert "한가온" == name.text()
        QGuiApplication.clipboard().setText("한가온")
        runner = visit.counter.runner
        assert runner is not None
        gone = [weakref.ref(thing) for thing in (runner, visit.window, runner._session, visit.counter)]
        del runner, page, name
        began = time.monotonic()
        visit.touched()
        floor.clock.advance(95)
        visit.look()
        await guest.next_visit(visit)
        assert "" == QGuiApplication.clipboard().text()
        assert guest.window is not visit.window
        assert visit.window.frame is None
        del visit
        guest.forget()
        async with asyncio.timeout(3):
            await guest.conductor.until(lambda: not any(ref() for ref in gone))
        assert time.monotonic() - began < 1.0
        assert Journal(floor.folder).interrupted() is None

    floor.run(work)


def test_the_authority_hears_that_the_journey_is_over(floor: Floor) -> None:
    closed: list[str] = []

    class Watched(LocalAuthority):
        async def close_journey(self, journey: str, *, key: str) -> None:
            closed.append(journey)
            await super().close_journey(journey, key=key)

    async def work(guest: Guest) -> None:
        await guest.walk_to("phone")
        visit = guest.visit
        visit.end(Ending.LEFT)
        await guest.next_visit(visit)

    replace(floor, authority=Watched).run(work)
    assert 1 == len(closed)


def test_a_code_awaited_stops_the_clock_for_five_minutes_at_most(floor: Floor) -> None:
    async def work(guest: Guest) -> None:
        await guest.walk_to("phone", stage=1)
        guest.visit.touched()
        floor.clock.advance(170)
        guest.visit.look()
        assert guest.window.sheet is None
        floor.clock.advance(130 + 61)
        guest.visit.look()
        assert isinstance(guest.window.sheet, IdleSheet)

    floor.run(work)


def test_a_touch_while_one_is_warned_of_does_not_keep_a_journey_alive(floor: Floor) -> None:
    async def work(guest: Guest) -> None:
        await guest.begin()
        guest.visit.touched()
        floor.clock.advance(61)
        guest.visit.look()
        sheet = guest.window.sheet
        assert isinstance(sheet, IdleSheet)
        await laid_out()
        guest.touch(sheet.title)
        floor.clock.advance(31)
        guest.visit.look()
        assert Ending.IDLE is guest.visit.ending

    floor.run(work)


def test_the_staff_are_called_from_any_page_and_it_is_said_whether_it_worked(floor: Floor) -> None:
    async def work(guest: Guest) -> None:
        bell = floor.bell
        assert isinstance(bell, Bell)
        await guest.begin()
        for broken, title in ((False, "직원을 불렀습니다"), (True, "직원을 부르지 못했습니다")):
            bell.broken = broken
            guest.touch(guest.window.tiles.tiles["call"])
            await asyncio.gather(*guest.visit.pending)
            sheet = guest.window.sheet
            assert sheet is not None
            assert title == sheet.title.plain_text()
            sheet.dismiss()
        assert [("gaon-1", "가온우체국")] == bell.rung
        assert 1 == guest.visit.health.calls_failed

    floor.run(work)


def test_a_receipt_is_printed_without_a_question_and_a_jam_is_said(floor: Floor) -> None:
    paper = msgspec.structs.replace(floor.config.receipt, kind="paper", printer="영수증")
    floor = replace(floor, config=msgspec.structs.replace(floor.config, receipt=paper))

    async def work(guest: Guest) -> None:
        tray = floor.tray
        assert isinstance(tray, Tray)
        await guest.walk_to("done", stage=1)
        page = guest.window.page
        assert page is not None
        button = next(b for b in page.findChildren(Button) if b.plain_text() == "영수증 인쇄하기")
        for jammed, told in ((False, "영수증을 인쇄했습니다."), (True, "영수증을 인쇄하지 못했습니다")):
            tray.jammed = jammed
            button.click()
            sheet = guest.window.sheet
            assert sheet is not None
            assert told in sheet.said.plain_text()
            sheet.dismiss()
        assert 1 == len(tray.printed)
        given = read_answers(answers_for(guest.offer)).answers
        for name in ("rrn", "account", "account_password", "pin", "name", "phone"):
            assert given[name] not in tray.printed[0]

    floor.run(work)


def test_a_joint_certificate_goes_to_the_stick_alone_and_the_stick_is_asked_to_be_taken(
    floor: Floor, tmp_path: Path
) -> None:
    floor = replace(floor, wall=time.time)

    async def work(guest: Guest) -> None:
        given = read_answers(answers_for(WOORI))
        view = await guest.walk_to("place", stage=1)
        places = view.facts.get(Places)
        assert places is not None
        assert () == places.places
        page = guest.window.page
        assert page is not None
        assert any("USB를 꽂아 주세요" == label.plain_text() for label in page.findChildren(Label))
        stick = floor.plug_in(tmp_path / "stick")
        guest.answers = msgspec.structs.replace(given, answers={**given.answers, "place": stick.id})
        drives = guest.visit.counter.drives
        assert drives is not None
        drives._compare()
        async with asyncio.timeout(5):
            await guest.visit.counter.until(lambda: bool((guest.view.facts.get(Places) or places).places))
        await laid_out()
        view = await guest.walk_to("done", stage=1)
        issued = view.facts.get(Issued)
        assert issued is not None
        assert issued.kept_at is not None
        assert PlaceKind.REMOVABLE is issued.kept_at.kind
        assert 0 < len([path for path in (tmp_path / "stick").rglob("*") if path.is_file()])
        assert [] == [p for p in floor.folder.rglob("*") if p.name in {"signCert.der", "signPri.key"}]
        visit = guest.visit
        assert guest.window.frame is not None
        assert not any("복사" in b.plain_text() for b in guest.window.page.findChildren(Button))  # type: ignore[union-attr]  # it is there
        guest.touch(guest.window.frame.footer.primary)
        await guest.next_visit(visit)
        assert guest.window.sheet is not None
        assert "USB" in guest.window.sheet.said.plain_text()
        floor.sticks.clear()
        await guest.conductor.thanked()
        assert guest.window.sheet is None

    floor.run(work, WOORI)


def test_what_a_crash_left_is_closed_and_never_offered_to_anybody(floor: Floor) -> None:
    """The journal on the disk is what a kiosk leaves whose power was cut."""
    kept: list[bytes] = []

    async def begin(guest: Guest) -> None:
        await guest.walk_to("cloud")
        kept.append((floor.folder / "journal.json").read_bytes())

    floor.run(begin)
    (floor.folder / "journal.json").write_bytes(kept[0])

    async def come(guest: Guest) -> None:
        await guest.visit.counter.opened.wait()
        assert guest.window.home.resume is None
        assert Journal(floor.folder).interrupted() is None
        assert guest.window.frame is None

    floor.run(come)


# ── Voice ──


class Listener:
    """Hears what would be spoken."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.languages: list[str] = []

    def say(self, words: str) -> None:
        self.heard.append(words)

    def stop(self) -> None:
        return

    def set_volume(self, volume: float) -> None:
        self.volume = volume

    def set_rate(self, rate: float) -> None:
        self.rate = rate

    def set_language(self, language: str) -> None:
        self.languages.append(language)


def test_pages_are_spoken_and_what_is_private_only_into_an_earphone(floor: Floor) -> None:
    for earphone in (False, True):
        speaker = Listener()
        config = msgspec.structs.replace(floor.config, voice=Voice(on=True, earphone=earphone))
        folder = floor.folder / str(earphone)
        folder.mkdir()

        async def work(guest: Guest) -> None:
            await guest.walk_to("review")

        replace(floor, config=config, speaker=speaker, folder=folder).run(work)
        spoken = " ".join(speaker.heard)
        assert "본인인지 확인합니다" in spoken
        assert earphone == ("김*체" in spoken)
        assert "470382" not in spoken
        assert "8503149111640" not in spoken
