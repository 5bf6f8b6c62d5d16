"""Writing to a medium: what is made, what is refused, and what is left alone."""

from __future__ import annotations

import errno
import os
import sys
import unicodedata
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import pytest

from desktop.services.media.disk import MOST, Disk
from desktop.services.media.recover import Finding, Outcome, recover
from desktop.services.media.staging import Plan, Staging, Task, digests
from desktop.services.media.write import copy, put, remove, replace_files, write_file
from desktop.services.vocabulary import Reason, ServiceError
from tests.services.media.faulty import FOLDER, KEY, NEW, NOTE, OLD, FaultyDisk, Killed, at, state, write_plainly

WINDOWS = sys.platform == "win32"


@pytest.fixture
def root(medium: Path) -> Path:
    medium.mkdir()
    return medium


def test_a_certificate_is_written_for_its_person_alone(root: Path) -> None:
    folder = put(root, FOLDER, NEW)
    assert root / FOLDER == folder
    assert at(FOLDER, NEW) == state(root)
    if not WINDOWS:
        assert {0o700} == {path.stat().st_mode & 0o777 for path in root.rglob("*") if path.is_dir()}
        assert {0o600} == {path.stat().st_mode & 0o777 for path in folder.iterdir()}


def test_folders_that_differ_in_case_or_hangul_form_are_used_as_they_are(root: Path) -> None:
    (root / "npki/YesSign/User").mkdir(parents=True)
    folder = put(root, FOLDER, NEW)
    assert root / "npki/YesSign/User" == folder.parent
    decomposed = folder.rename(folder.with_name(unicodedata.normalize("NFD", folder.name)))
    with pytest.raises(ServiceError) as failed:
        put(root, FOLDER, NEW)
    assert (Reason.ALREADY_THERE, str(decomposed)) == (failed.value.reason, failed.value.where)


def test_what_is_there_is_replaced_only_when_asked_to(root: Path) -> None:
    write_plainly(root, FOLDER, OLD | NOTE)
    with pytest.raises(ServiceError, match="already_there"):
        put(root, FOLDER, NEW)
    assert at(FOLDER, OLD | NOTE) == state(root)
    put(root, FOLDER, NEW, replace=True)
    assert at(FOLDER, NEW | NOTE) == state(root)


def test_an_empty_folder_is_no_certificate(root: Path) -> None:
    (root / FOLDER).mkdir(parents=True)
    put(root, FOLDER, NEW)
    assert at(FOLDER, NEW) == state(root)


def test_a_check_sees_what_was_read_back_and_can_refuse_it(root: Path) -> None:
    def check(files: Mapping[str, bytes]) -> None:
        assert NEW == files
        raise ServiceError(Reason.KEY_MISMATCH)

    with pytest.raises(ServiceError, match="key_mismatch"):
        put(root, FOLDER, NEW, check=check)
    assert {} == state(root)
    assert [] == list(root.iterdir())


def test_a_medium_that_gives_back_other_bytes_has_failed(root: Path) -> None:
    class Forgetful(Disk):
        def content(self, path: Path) -> bytes:
            return super().content(path)[:-1]

    with pytest.raises(ServiceError) as failed:
        put(root, FOLDER, NEW, label="내 USB", disk=Forgetful())
    assert (Reason.MEDIUM_FAILED, "내 USB") == (failed.value.reason, failed.value.where)
    assert [] == list(root.iterdir())


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, Reason.MEDIUM_FULL),
        (errno.EDQUOT, Reason.MEDIUM_FULL),
        (errno.EROFS, Reason.MEDIUM_READ_ONLY),
        (errno.EACCES, Reason.MEDIUM_READ_ONLY),
        (errno.ENODEV, Reason.MEDIUM_GONE),
        (errno.EIO, Reason.MEDIUM_FAILED),
    ],
)
def test_an_error_is_told_as_what_the_person_can_see(root: Path, number: int, reason: Reason) -> None:
    disk = FaultyDisk()
    put(root, PurePosixPath("NPKI/a/USER/b"), NEW, disk=disk)
    with pytest.raises(ServiceError) as failed:
        put(root, FOLDER, NEW, label="내 USB", disk=FaultyDisk(disk.calls.index("mkdir") + 1, error=number))
    assert (reason, "내 USB", None) == (failed.value.reason, failed.value.where, failed.value.detail)


def test_a_medium_pulled_before_and_while_writing_is_named(root: Path) -> None:
    with pytest.raises(ServiceError, match="medium_gone"):
        put(root / "pulled", FOLDER, NEW, label="내 USB")

    class Pulled(Disk):
        def flush(self, handle: int) -> None:
            root.rename(root.with_name("elsewhere"))
            raise OSError(errno.EIO, "gone")

    with pytest.raises(ServiceError) as failed:
        put(root, FOLDER, NEW, label="내 USB", disk=Pulled())
    assert (Reason.MEDIUM_GONE, "내 USB") == (failed.value.reason, failed.value.where)


def test_when_undoing_fails_too_it_is_said_and_the_next_look_tells(root: Path) -> None:
    write_plainly(root, FOLDER, OLD)

    class Dying(Disk):
        def __init__(self) -> None:
            self.broken = False

        def swap(self, one: Path, other: Path) -> None:
            if not self.broken:
                super().swap(one, other)
            self.broken = True
            raise OSError(errno.EIO, "dying")

    with pytest.raises(ServiceError) as failed:
        put(root, FOLDER, NEW, replace=True, disk=Dying())
    assert (Reason.MEDIUM_FAILED, "unsettled") == (failed.value.reason, failed.value.detail)
    assert (Finding(Outcome.NEW, FOLDER.as_posix()),) == recover(root)
    assert at(FOLDER, NEW) == state(root)


def test_a_link_that_leads_off_the_medium_is_not_followed(root: Path, tmp_path: Path) -> None:
    (tmp_path / "pc").mkdir()
    (root / "NPKI").symlink_to(tmp_path / "pc")
    for act in (lambda: put(root, FOLDER, NEW), lambda: remove(root, FOLDER)):
        with pytest.raises(ServiceError) as failed:
            act()
        assert (Reason.MEDIUM_FAILED, "link") == (failed.value.reason, failed.value.detail)
    assert [] == list((tmp_path / "pc").iterdir())


def test_a_link_within_the_medium_is_followed(root: Path) -> None:
    (root / "certificates").mkdir()
    (root / "NPKI").symlink_to(root / "certificates")
    assert root / "certificates" in put(root, FOLDER, NEW).parents


def test_a_file_in_the_way_is_a_failure_and_stays(root: Path) -> None:
    (root / "NPKI").write_bytes(b"a file")
    with pytest.raises(ServiceError, match="medium_failed"):
        put(root, FOLDER, NEW)
    assert {"NPKI": b"a file"} == state(root)


@pytest.mark.parametrize("folder", ["../NPKI", "/NPKI"])
def test_a_path_that_leaves_the_root_is_a_bug(root: Path, folder: str) -> None:
    with pytest.raises(ValueError, match="below the root"):
        put(root, PurePosixPath(folder), NEW)


def test_a_password_is_changed_in_the_file_as_it_is_spelt(root: Path) -> None:
    write_plainly(root, FOLDER, {"SignCert.der": b"certificate", "SIGNPRI.KEY": b"old"})
    replace_files(root, FOLDER, KEY)
    assert at(FOLDER, {"SignCert.der": b"certificate", "SIGNPRI.KEY": KEY["signPri.key"]}) == state(root)
    with pytest.raises(ServiceError, match="certificate_not_here"):
        replace_files(root, FOLDER.with_name("cn=nobody"), KEY)


def test_a_removed_certificate_leaves_its_neighbours_and_their_folders(root: Path) -> None:
    write_plainly(root, FOLDER, OLD)
    remove(root, FOLDER)
    assert {} == state(root)
    assert (root / FOLDER).parent.is_dir()
    with pytest.raises(ServiceError, match="certificate_not_here"):
        remove(root, FOLDER)


def test_a_copy_takes_what_makes_up_a_certificate_and_nothing_else(root: Path, tmp_path: Path) -> None:
    write_plainly(tmp_path, FOLDER, OLD | NOTE)
    copy(tmp_path / FOLDER, root, FOLDER)
    assert at(FOLDER, OLD) == state(root)


def test_a_copy_of_what_is_too_big_to_be_a_certificate_is_refused(root: Path, tmp_path: Path) -> None:
    write_plainly(tmp_path, FOLDER, {"signCert.der": bytes(MOST + 1)})
    with pytest.raises(ServiceError, match="file_too_big"):
        copy(tmp_path / FOLDER, root, FOLDER)


def test_one_file_is_written_into_any_folder_and_replaced_only_when_asked_to(root: Path) -> None:
    assert root / "백업.pfx" == write_file(root, "백업.pfx", b"one")
    with pytest.raises(ServiceError, match="already_there"):
        write_file(root, "백업.pfx", b"two")
    write_file(root, "백업.pfx", b"two", replace=True)
    assert {"백업.pfx": b"two"} == state(root)


def test_a_look_leaves_a_living_writer_alone(root: Path) -> None:
    findings: list[tuple[Finding, ...]] = []
    put(root, FOLDER, NEW, check=lambda _: findings.append(recover(root)))
    assert [()] == findings
    assert at(FOLDER, NEW) == state(root)


def test_a_look_at_nothing_finds_nothing(root: Path) -> None:
    assert () == recover(root)
    assert () == recover(root / "pulled")


def test_a_look_at_a_medium_that_cannot_be_written_says_that_nothing_is_settled(root: Path) -> None:
    with pytest.raises(Killed):
        put(root, FOLDER, NEW, disk=FaultyDisk(40))

    class ReadOnly(Disk):
        def unlink(self, path: Path) -> None:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    assert (Finding(Outcome.UNSETTLED, FOLDER.as_posix()),) == recover(root, disk=ReadOnly())
    assert (Finding(Outcome.OLD, FOLDER.as_posix()),) == recover(root)


@pytest.mark.parametrize("target", ["../outside", "/outside", "NPKI/../../outside"])
def test_a_strangers_plan_leads_nowhere(root: Path, tmp_path: Path, target: str) -> None:
    (tmp_path / "outside").mkdir()
    staging = Staging(Disk(), root / ".changgu-0123456789ab")
    staging.begin(Plan(Task.FILES, target, target, {"victim": ""}, digests({"victim": b"x"})))
    staging.release()
    staging.old.mkdir()
    (staging.old / "victim").write_bytes(b"x")
    recover(root)
    assert [] == list((tmp_path / "outside").iterdir())
    assert (staging.old / "victim").exists()  # nobody's to delete


def test_folders_that_only_look_like_ours_are_left_alone(root: Path) -> None:
    for name in (".changgu-", ".changgu-0123456789aB", ".changgu-0123456789ab0", "changgu-0123456789ab"):
        (root / name).mkdir()
    assert () == recover(root)
    assert 4 == len(list(root.iterdir()))
