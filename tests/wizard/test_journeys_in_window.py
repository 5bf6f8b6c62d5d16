"""Whole journeys in the real window against the real practice authority, by keyboard alone and by mouse."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from desktop.app import run_in_loop
from desktop.config import Settings
from desktop.demo import Demo
from desktop.headless import run_issue
from desktop.services.api import CloudVerified, Kind, PhoneVerified, Task
from desktop.services.authority.local import DATABASE_NAME, LocalAuthority
from desktop.shipped import shipped
from desktop.text import Text
from desktop.widgets.button import Button
from desktop.widgets.label import Label
from desktop.wizard.flow.journal import Journal
from desktop.wizard.flow.steps import Proof
from desktop.wizard.flow.view import End
from desktop.wizard.hands import Hands, Keyboard, Mouse
from tests.wizard.office import QUICK, Office, Visit


@pytest.mark.parametrize("kind", [Keyboard, Mouse])
def test_a_journey_from_the_first_page_to_a_proven_certificate(
    office: Office, tmp_path: Path, kind: type[Hands]
) -> None:
    demo = Demo(office.front, office.counter(), kind(office.front.window), tmp_path)
    assert End.DONE is run_in_loop(office.front.application, demo.run())
    assert "epost" == json.loads((tmp_path / "receipt.json").read_text(encoding="utf-8"))["bank"]
    assert (tmp_path / "proof.sig").stat().st_size > 0
    steps = [path.stem[3:] for path in sorted(tmp_path.glob("*.png"))]
    assert [
        "home",
        "checklist",
        "guidance",
        "terms",
        "identity",
        "phone",
        "phone",
        "medium",
        "cloud",
        "cloud",
        "pin",
        "review",
        "review-waiting",
        "done",
    ] == steps
    assert Journal(office.folder).interrupted() is None


def left(folder: Path, out: Path) -> tuple[list[tuple[str, str]], dict[str, object]]:
    """The audit rows of a journey, and what its certificate is, the serial, key and day apart."""
    with closing(sqlite3.connect(folder / DATABASE_NAME)) as db:
        rows = [(event, reason) for event, reason in db.execute("SELECT event, reason FROM audit ORDER BY id")]
    certificate = x509.load_pem_x509_certificate((out / "certificate.pem").read_bytes())
    policies = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    kind: dict[str, object] = {
        "extensions": [(e.oid.dotted_string, e.critical) for e in certificate.extensions],
        "policy": [policy.policy_identifier.dotted_string for policy in policies],
        "years": certificate.not_valid_after_utc.year - certificate.not_valid_before_utc.year,
        "units": [a.value for a in certificate.subject.get_attributes_for_oid(x509.NameOID.ORGANIZATIONAL_UNIT_NAME)],
    }
    return rows, kind


@pytest.mark.parametrize("kind", [Keyboard, Mouse])
def test_by_hand_and_by_command_the_same_certificate_and_audit_rows_are_left(
    office: Office, tmp_path: Path, kind: type[Hands]
) -> None:
    demo = Demo(office.front, office.counter(), kind(office.front.window), tmp_path / "window")
    (tmp_path / "window").mkdir()
    assert End.DONE is run_in_loop(office.front.application, demo.run())
    settings = Settings(data=tmp_path / "command-data")
    answers = shipped("practice", "epost-financial-issue.toml")
    run_issue(
        settings,
        bank="epost",
        kind=Kind.FINANCIAL,
        task=Task.ISSUE,
        answers=answers,
        out=tmp_path / "command",
        as_json=True,
    )
    by_command = left(tmp_path / "command-data", tmp_path / "command")
    assert by_command == left(office.folder, tmp_path / "window")
    assert len(by_command[0]) > 5


def test_a_reply_on_the_practice_phone_alone_completes_the_cloud(office: Office) -> None:
    async def work(visit: Visit) -> None:
        await visit.walk_to("cloud", stage=1)
        await visit.counter.until(lambda: visit.counter.heard == 2)
        phone = visit.frame.side.phone
        entry = next(e for e in phone.findChildren(QLineEdit) if e.isEnabled())
        backend = visit.counter.backend
        assert backend is not None
        assert backend.phone is not None
        message = (await backend.phone.events(after=0, wait=1))[-1]
        assert message.code is not None
        QTest.keyClicks(entry, message.code)
        QTest.keyClick(entry, Qt.Key.Key_Return)
        async with asyncio.timeout(10):
            await visit.counter.until(lambda: CloudVerified in visit.runner.view.facts)
        assert "pin" == visit.runner.view.step
        assert visit.frame.page is not None
        assert visit.frame.page.editors["pin"].input is visit.front.window.focusWidget()

    office.run(work)


def test_sms_gives_way_to_a_call_in_one_action(office: Office) -> None:
    async def work(visit: Visit) -> None:
        await visit.walk_to("phone", stage=1)
        office.clock.advance(31)
        page = visit.frame.page
        assert page is not None
        next(b for b in page.findChildren(Button) if b.plain_text() == "전화(ARS)로 받기").click()
        await visit.runner.settled()
        await visit.answer()
        verified = visit.runner.view.facts.get(PhoneVerified)
        assert verified is not None
        assert "ars" == verified.channel

    office.run(work)


def test_a_wrong_card_code_is_said_with_the_tries_left_and_can_be_mended(office: Office) -> None:
    async def work(visit: Visit) -> None:
        await visit.walk_to("medium", stage=1)
        page = visit.frame.page
        assert page is not None
        for name, digits in (("card_serial", "11794185"), ("card_first", "00"), ("card_second", "01")):
            page.focus_field(name)
            QTest.keyClicks(visit.front.window.focusWidget(), digits)
        visit.hands.press()
        view = await visit.runner.settled()
        assert view.problem is not None
        assert "wrong_card" == view.problem.code
        summary = visit.front.window.focusWidget()
        assert summary is not None
        assert "4번 더" in summary.accessibleDescription()
        assert "cloud" == (await visit.answer()).step

    office.run(work)


def test_another_language_in_the_middle_loses_nothing(office: Office) -> None:
    async def work(visit: Visit) -> None:
        await visit.walk_to("identity")
        QTest.keyClicks(visit.front.window.focusWidget(), "850314")
        QTest.keyClick(visit.front.window.focusWidget(), Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        page = visit.frame.page
        assert page is not None
        assert "We check that it is you" == page.title
        entry = page.editors["rrn"].input
        assert isinstance(entry, QLineEdit)
        assert "850314" in entry.text()

    office.run(work)


def test_who_leaves_comes_back_to_the_first_page_with_nothing_kept(office: Office) -> None:
    async def work(visit: Visit) -> None:
        await visit.walk_to("phone")
        window = visit.front.window
        QTest.keyClick(visit.hands.focused(), Qt.Key.Key_Escape)
        question = next(w for w in window.findChildren(QAbstractButton) if w.text() == "그만두기")
        question.click()
        async with asyncio.timeout(10):
            await visit.counter.until(lambda: window.frame is None)
        assert window.home.isVisible()
        assert Journal(office.folder).interrupted() is None

    office.run(work)


def test_a_program_that_was_killed_midway_offers_to_go_on_and_does(office: Office, tmp_path: Path) -> None:
    left = tmp_path / "left"

    async def begin(visit: Visit) -> None:
        await visit.walk_to("cloud")
        # What lies on the disk now is what a killed program leaves.
        shutil.copytree(office.folder, left)

    async def go_on(visit: Visit) -> None:
        window = visit.front.window
        assert window.home.resume is not None
        window.home.resume.click()
        assert "identity" == (await visit.runner.settled()).step
        view = await visit.walk_to("done", stage=1)
        assert view.facts.get(Proof) is not None

    office.run(begin)
    replace(office, folder=left).run(go_on)


class FarAway(LocalAuthority):
    """Its answers take a moment."""

    async def close_journey(self, journey: str, *, key: str) -> None:
        await asyncio.sleep(0.2)
        await super().close_journey(journey, key=key)


def test_a_window_closed_in_the_moment_the_journey_ends_still_tells_the_authority(office: Office) -> None:
    async def work(visit: Visit) -> None:
        await visit.walk_to("done", stage=1)
        visit.hands.press()
        assert visit.counter.runner is None

    replace(office, kind=FarAway).run(work)
    with closing(sqlite3.connect(office.folder / DATABASE_NAME)) as db:
        assert [("close_journey", "ok")] == db.execute(
            "SELECT event, reason FROM audit ORDER BY id DESC LIMIT 1"
        ).fetchall()


def test_a_data_folder_in_use_is_said_on_the_first_page(office: Office) -> None:
    other = LocalAuthority.open(office.folder, office.banks, hardness=QUICK)

    async def work() -> None:
        counter = office.counter()
        serving = asyncio.ensure_future(counter.serve())
        await counter.opened.wait()
        assert counter.backend is None
        said = " ".join(label.plain_text() for label in office.front.window.home.findChildren(Label))
        assert Text("ko")("problem.data_folder_in_use.cause") in said
        office.front.window.closing.emit()
        await serving

    run_in_loop(office.front.application, work())
    asyncio.run(other.aclose())
