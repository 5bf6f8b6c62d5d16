"""Certificate files in the window: found on every medium, and each job done there as the command does it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from desktop.secret import Secret
from desktop.services.npki.capubs import NAME, write_capubs
from desktop.services.npki.container import open_key
from desktop.services.npki.key import random_of
from desktop.services.vocabulary import Reason, ServiceError
from desktop.shipped import shipped
from desktop.text import Text
from desktop.widgets.button import Button
from desktop.widgets.choice import ChoiceCards
from desktop.widgets.notice import Notice
from desktop.widgets.secret_entry import SecretEntry
from desktop.widgets.theme import Theme
from desktop.wizard.home import Home
from desktop.wizard.lobby.background import BATCH, Background
from desktop.wizard.lobby.file import FilePage
from desktop.wizard.lobby.fileforms import JOBS
from desktop.wizard.lobby.filejob import OTHER, FileEntry, FileJobPage
from desktop.wizard.lobby.files import SHOWN, FilesPage
from desktop.wizard.offers import branches_in
from desktop.wizard.window import Window
from tests.made import PASSWORD, RRN, gildong, office
from tests.wizard.pages.seeing import words

NEW = "Bada+9381kx"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def folder(data: Path) -> Path:
    """A joint certificate with its key in the practice folder of this PC, the chain beside it."""
    folder = gildong().kept_below(data)
    (folder / NAME).write_bytes(write_capubs([ca.public_bytes(Encoding.DER) for ca in office().chain]))
    return folder


@pytest.fixture
def home(theme: Theme, data: Path) -> Home:
    return Home(theme, Text("ko"), branches_in(shipped("banks")), practice=True, data=data)


@pytest.fixture
def until(qtbot: QtBot) -> Callable[[Callable[[], bool]], None]:
    return lambda true: qtbot.waitUntil(true, timeout=20_000)


Until = Callable[[Callable[[], bool]], None]


def files(window: Window, until: Until, about: str = "") -> FilesPage:
    window.home.open("files", about)
    leaf = window.home.leaf
    assert isinstance(leaf, FilesPage)
    until(lambda: leaf._told.plain_text() != window.home.room.text("lobby.files.looking"))
    return leaf


def form(window: Window, until: Until, about: str) -> FileJobPage:
    window.home.open("file_job", about)
    leaf = window.home.leaf
    assert isinstance(leaf, FileJobPage)
    until(lambda: bool(leaf.entries) or leaf.job.danger)
    return leaf


def fill(leaf: FileJobPage, **given: str) -> None:
    for name, text in given.items():
        entry = leaf.entries[name]
        match entry:
            case SecretEntry():
                entry.splice(0, entry.length(), text)
                entry.show_state(entry.length())
            case FileEntry():
                entry.set_path(text)
            case ChoiceCards():
                entry.set_value(text)


def press(leaf: FileJobPage, window: Window, until: Until) -> str:
    """Everything that can be read once the job has ended."""
    leaf.press_primary()
    until(lambda: not leaf._busy)
    return words(window)


# ── The list ──


def test_what_is_on_the_medium_is_listed_and_leads_to_its_page(window: Window, folder: Path, until: Until) -> None:
    leaf = files(window, until)
    until(lambda: leaf._told.plain_text() == "모두 1개입니다.")
    card = next(iter(leaf.cards.values()))
    assert "홍길동" == card.accessibleName()
    assert "쓸 수 있습니다" in card.accessibleDescription()
    card.click()
    page = window.home.leaf
    assert isinstance(page, FilePage)
    until(lambda: page.found is not None)
    assert list(JOBS)[:7] == list(page.jobs)
    assert page.back_text() == window.home.room.text("lobby.files.place")
    assert str(folder) in words(window).replace("\u200b", "")
    assert page._technical.isHidden()
    page.unfold.click()
    assert "sha256" in words(window)
    window.home.step_out()
    assert "files" == window.home.place


def test_an_empty_medium_says_so_and_can_be_looked_at_again(window: Window, data: Path, until: Until) -> None:
    leaf = files(window, until)
    until(lambda: window.home.room.text("lobby.files.none") in words(window))
    gildong().kept_below(data)
    leaf.ways["again"].click()
    until(lambda: len(leaf.cards) == 1)


def test_a_broken_file_is_listed_with_what_is_wrong_and_offers_what_can_be_done(
    window: Window, folder: Path, until: Until
) -> None:
    (folder / "signCert.der").write_bytes(b"\x30\x82garbage")
    leaf = files(window, until)
    until(lambda: len(leaf.cards) == 1)
    card = next(iter(leaf.cards.values()))
    assert window.home.room.text("problem.file_broken.cause") in card.accessibleDescription()
    card.click()
    page = window.home.leaf
    assert isinstance(page, FilePage)
    until(lambda: page.found is not None)
    assert {} == page.jobs


def test_a_certificate_without_its_key_can_be_copied_but_not_used(window: Window, folder: Path, until: Until) -> None:
    (folder / "signPri.key").unlink()
    window.home.open("file", str(folder))
    page = window.home.leaf
    assert isinstance(page, FilePage)
    until(lambda: page.found is not None)
    assert ["copy", "delete"] == list(page.jobs)


def test_what_is_not_there_any_more_is_said(window: Window, data: Path, until: Until) -> None:
    window.home.open("file", str(data / "gone"))
    until(lambda: window.home.room.text("problem.file_missing.cause") in words(window))


def test_a_long_list_is_shown_a_part_at_a_time(window: Window, data: Path, until: Until) -> None:
    for number in range(SHOWN + 5):
        place = data / "NPKI" / "yessign" / "USER" / f"cn={number:03}"
        place.mkdir(parents=True)
        (place / "signCert.der").write_bytes(gildong().der)
    leaf = files(window, until)
    until(lambda: len(leaf.found) == SHOWN + 5)
    assert SHOWN == len(leaf.cards)
    leaf._more.click()
    assert SHOWN + 5 == len(leaf.cards)
    assert leaf._more.isHidden()


def test_a_new_certificate_is_led_straight_to_its_copy(window: Window, folder: Path, until: Until) -> None:
    window.home.open("files", str(gildong().certificate.serial_number))
    until(lambda: window.home.place == "file_job")
    assert window.home.room.text("lobby.file_job.copy.title") in words(window)


# ── The jobs ──


def test_a_wrong_password_is_said_at_its_field_and_the_right_one_opens(
    window: Window, folder: Path, until: Until
) -> None:
    leaf = form(window, until, f"verify {folder}")
    fill(leaf, password="Wrong+1234x")
    assert window.home.room.text("problem.wrong_password.cause") in press(leaf, window, until)
    entry = leaf.entries["password"]
    assert isinstance(entry, SecretEntry)
    assert 0 == entry.length()
    fill(leaf, password=PASSWORD)
    assert window.home.room.text("certs.verify.key") in press(leaf, window, until)
    leaf.press_primary()
    assert "file" == window.home.place


def test_the_owner_is_told_from_another_person(window: Window, folder: Path, until: Until) -> None:
    leaf = form(window, until, f"owner {folder}")
    fill(leaf, password=PASSWORD, rrn=RRN)
    assert "일치합니다" in press(leaf, window, until)
    leaf = form(window, until, f"owner {folder}")
    fill(leaf, password=PASSWORD, rrn="9001019123457")
    assert window.home.room.text("certs.owner.other") in press(leaf, window, until)


def test_a_new_password_opens_and_r_stays(window: Window, folder: Path, until: Until) -> None:
    leaf = form(window, until, f"passwd {folder}")
    fill(leaf, password=PASSWORD, new_password=NEW, new_password_again="Bada+9381ky")
    assert window.home.room.text("problem.password_mismatch.cause") in press(leaf, window, until)
    fill(leaf, password=PASSWORD, new_password="short", new_password_again="short")
    assert window.home.room.text("problem.password_length.cause") in press(leaf, window, until)
    fill(leaf, password=PASSWORD, new_password=NEW, new_password_again=NEW)
    press(leaf, window, until)
    plain = open_key((folder / "signPri.key").read_bytes(), Secret.of(NEW))
    assert gildong().r == random_of(plain)


def test_a_copy_goes_to_the_place_chosen(
    window: Window, folder: Path, tmp_path: Path, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaf = form(window, until, f"copy {folder}")
    press_without = leaf.summary
    leaf.press_primary()
    assert press_without.isVisible()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "stick"))
    (tmp_path / "stick").mkdir()
    fill(leaf, place=OTHER)
    assert "stick" in press(leaf, window, until).replace("\u200b", "")
    copied = next((tmp_path / "stick").rglob("signPri.key"))
    assert (folder / "signPri.key").read_bytes() == copied.read_bytes()


def test_each_link_of_the_summary_names_its_field(window: Window, folder: Path, until: Until) -> None:
    leaf = form(window, until, f"export {folder}")
    leaf.press_primary()
    said = [link.text() for link in leaf.summary.findChildren(Button)]
    assert [f"{leaf.room.text(f'lobby.field.{name}')}: " for name in leaf.boxes] == [
        sentence[: sentence.index(": ") + 2] for sentence in said
    ]
    assert 1 < len(said) == len(set(said))


def test_a_pfx_goes_out_and_comes_in_again(window: Window, folder: Path, tmp_path: Path, until: Until) -> None:
    out = tmp_path / "mine.pfx"
    leaf = form(window, until, f"export {folder}")
    fill(leaf, password=PASSWORD, pfx_password="for the phone", pfx_password_again="for the phone", pfx_out=str(out))
    press(leaf, window, until)
    assert pkcs12.load_pkcs12(out.read_bytes(), b"for the phone").key is not None
    for name in ("signCert.der", "signPri.key", NAME):
        (folder / name).unlink()
    folder.rmdir()
    leaf = form(window, until, "import")
    places = leaf.entries["place"]
    assert isinstance(places, ChoiceCards)
    here = next(place.id for place in leaf._places or () if place.path == str(window.home.room.data))
    given = {"pfx_file": str(out), "pfx_password": "for the phone", "place": here}
    fill(leaf, new_password=NEW, new_password_again=NEW, **given)
    press(leaf, window, until)
    assert gildong().r == random_of(open_key((folder / "signPri.key").read_bytes(), Secret.of(NEW)))


def test_a_document_is_signed_and_the_signature_checked(
    window: Window, folder: Path, tmp_path: Path, until: Until
) -> None:
    document, signed = tmp_path / "contract.txt", tmp_path / "contract.p7s"
    document.write_text("갑과 을은 …")
    leaf = form(window, until, f"sign {folder}")
    fill(leaf, password=PASSWORD, document=str(document), signature_out=str(signed))
    press(leaf, window, until)
    leaf = form(window, until, "check")
    fill(leaf, signature=str(signed))
    said = press(leaf, window, until)
    assert window.home.room.text("certs.signature.good") in said
    assert "홍길동" in said
    signed.write_bytes(signed.read_bytes().replace("갑과".encode(), "병과".encode()))
    leaf = form(window, until, "check")
    fill(leaf, signature=str(signed))
    assert window.home.room.text("problem.signature_broken.cause") in press(leaf, window, until)


def test_the_last_copy_is_named_before_it_is_deleted(window: Window, folder: Path, until: Until) -> None:
    leaf = form(window, until, f"delete {folder}")
    until(lambda: window.home.room.text("certs.delete.last") in words(window))
    press(leaf, window, until)
    assert not folder.exists()
    leaf.press_primary()
    assert "files" == window.home.place


def test_what_was_typed_and_not_used_is_gone_when_the_page_is_left(window: Window, folder: Path, until: Until) -> None:
    leaf = form(window, until, f"verify {folder}")
    entry = leaf.entries["password"]
    assert isinstance(entry, SecretEntry)
    fill(leaf, password=PASSWORD)
    window.home.step_out()
    assert 0 == entry.length()


def kinds(window: Window) -> list[str]:
    """Of the notices that can be seen."""
    QApplication.processEvents()
    return [notice._kind.value for notice in window.findChildren(Notice) if notice.isVisible()]


def test_what_gives_reason_for_doubt_is_no_success(window: Window, folder: Path, tmp_path: Path, until: Until) -> None:
    leaf = form(window, until, f"owner {folder}")
    fill(leaf, password=PASSWORD, rrn="9001019123457")
    press(leaf, window, until)
    assert ["warning"] == kinds(window)
    document, signed = tmp_path / "contract.txt", tmp_path / "contract.p7s"
    document.write_text("갑과 을은 …")
    leaf = form(window, until, f"sign {folder}")
    fill(leaf, password=PASSWORD, document=str(document), signature_out=str(signed))
    press(leaf, window, until)
    assert ["success"] == kinds(window)
    (folder / NAME).unlink()
    leaf = form(window, until, "check")
    fill(leaf, signature=str(signed))
    assert window.home.room.text("certs.signature.doubtful") in press(leaf, window, until)
    assert ["warning"] == kinds(window)


def test_a_number_cut_short_is_said_at_its_field(window: Window, folder: Path, until: Until) -> None:
    leaf = form(window, until, f"owner {folder}")
    fill(leaf, password=PASSWORD, rrn="900101")
    assert window.home.room.text("problem.rrn_length.cause") in press(leaf, window, until)


def test_an_expired_certificate_signs_nothing(window: Window, data: Path, tmp_path: Path, until: Until) -> None:
    folder = office().person("김하나", days_ago=800, sequence=7).kept_below(data)
    document = tmp_path / "contract.txt"
    document.write_text("갑과 을은 …")
    leaf = form(window, until, f"sign {folder}")
    fill(leaf, password=PASSWORD, document=str(document), signature_out=str(tmp_path / "contract.p7s"))
    assert window.home.room.text("problem.certificate_expired.cause") in press(leaf, window, until)
    assert not (tmp_path / "contract.p7s").exists()


def test_what_came_of_a_job_stays_in_another_language(window: Window, folder: Path, until: Until) -> None:
    leaf = form(window, until, f"verify {folder}")
    fill(leaf, password=PASSWORD)
    press(leaf, window, until)
    window.set_text(Text("en"))
    assert ["success"] == kinds(window)
    assert {} == leaf.entries


def test_a_job_under_way_is_shown_to_its_end_whatever_is_opened_meanwhile(
    window: Window, folder: Path, until: Until
) -> None:
    leaf = form(window, until, f"verify {folder}")
    fill(leaf, password=PASSWORD)
    leaf.press_primary()
    window.home.open("front")
    window.home.open("file_job", f"delete {folder}")
    assert window.home.room.text("lobby.file_job.verify.title") in words(window)
    until(lambda: not leaf._busy)
    assert ["success"] == kinds(window)
    assert folder.exists()


# ── Beside the interface ──


def test_what_is_forgotten_comes_to_nobody(qtbot: QtBot) -> None:
    background, seen = Background(), list[int]()
    going = threading.Event()
    background.run(lambda: int(going.wait(10)), seen.append, lambda _: None)
    background.forget()
    going.set()
    background.run(lambda: 2, seen.append, lambda _: None)
    qtbot.waitUntil(lambda: bool(seen))
    assert [2] == seen


def test_work_that_fails_for_a_fault_of_ours_is_told_all_the_same(qtbot: QtBot) -> None:
    background, failed = Background(), list[ServiceError]()
    background.run(lambda: 1 // 0, lambda _: None, failed.append)
    qtbot.waitUntil(lambda: bool(failed))
    assert [Reason.INTERNAL] == [error.reason for error in failed]


def test_a_stream_that_nobody_wants_any_more_is_let_go(qtbot: QtBot) -> None:
    background, seen = Background(), list[int]()
    asked = list[int]()
    going = threading.Event()

    def numbers() -> Iterator[int]:
        number = 0
        while True:
            asked.append(number)
            if number > BATCH:
                assert going.wait(10)
            yield number
            number += 1

    background.stream(numbers, seen.extend, lambda: seen.append(-1))
    qtbot.waitUntil(lambda: 0 in seen)
    background.forget()
    going.set()
    background.stop()
    QApplication.processEvents()
    assert -1 not in seen
    assert len(asked) < 10 * BATCH


def test_after_the_end_nothing_is_begun_and_nothing_arrives(qapp: QApplication) -> None:
    background, seen = Background(), list[int]()
    background.stop()
    background.stream(lambda: islice(iter(int, 1), 5), seen.extend, lambda: seen.append(-1))
    background.run(lambda: 1, seen.append, lambda _: None)
    QApplication.processEvents()
    assert [] == seen


def test_a_write_that_was_cut_short_is_undone_and_said(window: Window, data: Path, until: Until) -> None:
    (data / "NPKI" / ".changgu-0123456789ab").mkdir(parents=True)
    files(window, until)
    until(lambda: "전에 있던 그대로입니다" in words(window))


def test_what_is_plugged_in_meanwhile_comes_into_the_list(window: Window, data: Path, until: Until) -> None:
    leaf = files(window, until)
    gildong().kept_below(data)
    window.home.look_again()
    until(lambda: len(leaf.cards) == 1)
    window.home.open("front")
    window.home.look_again()
