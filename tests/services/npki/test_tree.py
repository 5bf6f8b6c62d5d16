"""A medium's folders: found however they are written, and whatever lies in them comes as an entry."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError
from desktop.services.npki import container
from desktop.services.npki.container import seal_key
from desktop.services.npki.names import dn_folder, user_path
from desktop.services.npki.tree import FILES, MOST_BYTES, Entry, files_of, read_entry, read_file, scan
from tests.services.npki.made import PASSWORD, Made, encipherment, other, person

KEY = seal_key(person().secret(), Secret.of(PASSWORD), rounds=1)


def put(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def stored(root: Path, made: Made | None = None) -> Path:
    made = made or person()
    return put(root / user_path(made.certificate), files_of(made.der, KEY))


def only(root: Path) -> Entry:
    [entry] = scan(root)
    return entry


def test_a_stored_certificate_is_found_with_its_key(tmp_path: Path) -> None:
    folder = stored(tmp_path)
    entry = only(tmp_path)
    assert Entry(folder, person().der, {name: name for name in FILES[:2]}) == entry
    assert (folder / "signPri.key", True, False) == (entry.key, entry.has_key, entry.km)
    assert [entry] == list(scan(tmp_path / "NPKI"))
    assert entry == read_entry(folder)


def test_names_are_found_in_any_case_and_any_composition(tmp_path: Path) -> None:
    pieces = unicodedata.normalize("NFD", dn_folder(person().certificate.subject))
    folder = tmp_path / "npki" / "YESSIGN" / "User" / pieces
    put(folder, {"SignCert.der": person().der, "SIGNPRI.KEY": KEY})
    assert (folder / "SIGNPRI.KEY", person().der, None) == (
        only(tmp_path).key,
        only(tmp_path).certificate,
        only(tmp_path).fault,
    )


def test_of_two_that_differ_in_case_alone_the_right_name_counts(tmp_path: Path) -> None:
    folder = stored(tmp_path)
    (folder / "SignCert.der").write_bytes(b"another")
    if (folder / "signCert.der").read_bytes() == person().der:  # else this disk does not tell cases apart
        assert person().der == only(tmp_path).certificate


def test_a_pair_for_encipherment_is_seen(tmp_path: Path) -> None:
    km = files_of(person().der, KEY, km_certificate=encipherment().der, km_key=KEY)
    assert list(FILES) == list(km)
    put(tmp_path / user_path(person().certificate), km)
    assert only(tmp_path).km
    assert only(tmp_path).fault is None


def test_copies_are_all_listed(tmp_path: Path) -> None:
    stored(tmp_path)
    user = tmp_path / "NPKI" / "KICA" / "USER"
    put(user / "cn=copy", files_of(person().der, KEY))
    put(user / "cn=copy again", files_of(person().der, KEY))
    assert 3 == sum(entry.certificate == person().der for entry in scan(tmp_path))


def test_a_folder_that_lies_is_told_by_its_certificate(tmp_path: Path) -> None:
    lie = put(
        tmp_path / "NPKI" / "yessign" / "USER" / dn_folder(person().certificate.subject), files_of(other().der, KEY)
    )
    assert (lie, other().der) == (only(tmp_path).folder, only(tmp_path).certificate)


def test_bytes_that_stray_after_a_certificate_are_left_out(tmp_path: Path) -> None:
    put(tmp_path / user_path(person().certificate), files_of(person().der + bytes(14), KEY + bytes(46)))
    assert (person().der, None) == (only(tmp_path).certificate, only(tmp_path).fault)


@pytest.mark.parametrize(
    ("files", "fault", "where"),
    [
        ({"signCert.der": person().der}, Reason.KEY_MISSING, "signPri.key"),
        ({"signPri.key": KEY}, Reason.FILE_MISSING, "signCert.der"),
        ({"signCert.der": person().der[:-1], "signPri.key": KEY}, Reason.FILE_BROKEN, "signCert.der"),
        ({"signCert.der": b"", "signPri.key": KEY}, Reason.FILE_BROKEN, "signCert.der"),
        ({"signCert.der": b"\x30\x00", "signPri.key": KEY}, Reason.FILE_BROKEN, "signCert.der"),
        ({"signCert.der": person().der, "signPri.key": KEY[:-1]}, Reason.FILE_BROKEN, "signPri.key"),
        ({"signCert.der": person().der, "signPri.key": b""}, Reason.FILE_BROKEN, "signPri.key"),
        ({"signCert.der": b"0" * (MOST_BYTES + 1), "signPri.key": KEY}, Reason.FILE_TOO_BIG, "signCert.der"),
        (
            {"signCert.der": person().der, "signPri.key": KEY + bytes(container.MOST_BYTES)},
            Reason.FILE_TOO_BIG,
            "signPri.key",
        ),
    ],
)
def test_what_is_wrong_comes_as_an_entry_that_names_the_file(
    tmp_path: Path, files: dict[str, bytes], fault: Reason, where: str
) -> None:
    folder = put(tmp_path / user_path(person().certificate), files)
    stored(tmp_path, other())
    faulty = [entry for entry in scan(tmp_path) if entry.fault is not None]
    assert [(folder, fault, str(folder / where))] == [(entry.folder, entry.fault, entry.where) for entry in faulty]
    assert 2 == len(list(scan(tmp_path)))


def test_a_certificate_without_a_usable_key_is_there_all_the_same(tmp_path: Path) -> None:
    put(tmp_path / user_path(person().certificate), {"signCert.der": person().der})
    assert person().der == only(tmp_path).certificate


def test_empty_folders_and_what_is_no_certificate_are_passed_over(tmp_path: Path) -> None:
    put(tmp_path / "NPKI" / "yessign" / "USER" / "cn=empty", {"notes.txt": b"hello"})
    (tmp_path / "NPKI" / "yessign" / "CaPubs").write_bytes(b"no folder")
    (tmp_path / "NPKI" / "KICA").mkdir()
    assert [] == list(scan(tmp_path))
    assert [] == list(scan(tmp_path / "NPKI" / "KICA"))
    assert [] == list(scan(tmp_path / "gone"))
    gone = read_entry(tmp_path / "gone")
    assert (Reason.MEDIUM_FAILED, str(tmp_path / "gone")) == (gone.fault, gone.where)


def test_a_file_that_is_a_folder_or_a_pipe_does_not_hold_us_up(tmp_path: Path) -> None:
    folder = put(tmp_path / user_path(person().certificate), {"signPri.key": KEY})
    os.mkfifo(folder / "signCert.der")
    assert Reason.FILE_BROKEN == only(tmp_path).fault
    (folder / "signCert.der").unlink()
    (folder / "signCert.der").mkdir()
    assert Reason.FILE_BROKEN == only(tmp_path).fault


def test_links_that_lead_off_the_medium_are_passed_over(tmp_path: Path) -> None:
    elsewhere, medium = tmp_path / "elsewhere", tmp_path / "medium"
    outside = stored(elsewhere)
    user = medium / "NPKI" / "yessign" / "USER"
    put(user / "cn=linked files", {})
    (user / "cn=linked files" / "signCert.der").symlink_to(outside / "signCert.der")
    (user / "cn=linked files" / "signPri.key").symlink_to(outside / "signPri.key")
    (user / "cn=linked folder").symlink_to(outside)
    (medium / "NPKI" / "KICA").symlink_to(elsewhere / "NPKI" / "yessign")
    (user / "cn=circle").symlink_to(user / "cn=circle")
    assert [] == list(scan(medium))
    (medium / "npki").symlink_to(elsewhere / "NPKI")
    assert [] == list(scan(medium))


def test_a_link_within_the_medium_is_followed(tmp_path: Path) -> None:
    folder = stored(tmp_path)
    (folder.parent / "cn=link").symlink_to(folder, target_is_directory=True)
    assert [person().der] * 2 == [entry.certificate for entry in scan(tmp_path)]


def test_a_medium_reached_through_a_link_is_read(tmp_path: Path) -> None:
    stored(tmp_path / "medium")
    (tmp_path / "link").symlink_to(tmp_path / "medium")
    assert person().der == only(tmp_path / "link").certificate


class FailingDisk:
    """Lists folders until it comes to the one that fails."""

    def __init__(self, failing: str) -> None:
        self._failing, self._real = failing, os.scandir

    def __call__(self, path: Path) -> object:
        if Path(path).name == self._failing:
            raise OSError(5, "Input/output error")
        return self._real(path)


@pytest.mark.parametrize("failing", ["NPKI", "yessign", "USER"])
def test_a_folder_that_cannot_be_listed_comes_as_an_entry(
    tmp_path: Path, failing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(tmp_path)
    monkeypatch.setattr(os, "scandir", FailingDisk(failing))
    assert Reason.MEDIUM_FAILED == only(tmp_path).fault


def test_a_folder_of_one_certificate_that_cannot_be_listed_hides_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = stored(tmp_path)
    stored(tmp_path, other())
    monkeypatch.setattr(os, "scandir", FailingDisk(broken.name))
    assert {Reason.MEDIUM_FAILED, None} == {entry.fault for entry in scan(tmp_path)}


def test_entries_come_one_by_one(tmp_path: Path) -> None:
    stored(tmp_path)
    stored(tmp_path, other())
    entries: Iterator[Entry] = scan(tmp_path)
    first = next(entries)
    for folder in (tmp_path / "NPKI" / "yessign" / "USER").iterdir():
        if folder != first.folder:
            (folder / "signPri.key").unlink()
    assert Reason.KEY_MISSING == next(entries).fault  # it had not been read before


def test_a_file_is_read_or_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    assert b"12345" == read_file(tmp_path / "file", most=5)
    for path, most, reason in [
        (tmp_path / "file", 4, Reason.FILE_TOO_BIG),
        (tmp_path / "gone", 4, Reason.FILE_MISSING),
        (tmp_path, 4, Reason.FILE_BROKEN),
        (tmp_path / "file" / "below", 4, Reason.MEDIUM_FAILED),
    ]:
        with pytest.raises(ServiceError) as failed:
            read_file(path, most=most)
        assert (reason, str(path)) == (failed.value.reason, failed.value.where)
