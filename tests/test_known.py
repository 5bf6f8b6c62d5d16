"""The list of certificates keeps what is needed to remind, and says how each stands."""

from __future__ import annotations

import stat
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from desktop.banks import Bank
from desktop.known import FILE_NAME, KST, Known, KnownCertificates, Where, state_of
from desktop.services.api import Changed, Holding, Issued, Kind, Reason, Renewal, ServiceError, Status, Task
from desktop.text import LANGUAGES, Text
from tests.fakes import epost

MIDNIGHT = datetime(2029, 11, 22, tzinfo=KST)
END = MIDNIGHT.timestamp() - 1  # the last second of 2029.11.21 in Korea


def issued(serial: str = "1000000000000004217", **instead: object) -> Issued:
    made = Issued(
        bank="epost",
        kind=Kind.FINANCIAL,
        serial=serial,
        certificate=b"",
        chain=(),
        not_before=END - 3 * 365 * 86400,
        not_after=END,
        policy="1.2.3",
        owner="김*체",
        credential_id="cred-1",
        renewal=Renewal.CHECK,
    )
    values = {name: getattr(made, name) for name in made.__slots__}
    return Issued(**{**values, **instead})


def known(**instead: object) -> Known:
    first = Known(
        "epost", Kind.FINANCIAL, "4217", "cred-1", 0.0, END, Status.GOOD, Renewal.CHECK, Where.CLOUD, owner="김*체"
    )
    return msgspec.structs.replace(first, **instead)


def changed(task: Task, status: Status, **instead: object) -> Changed:
    subject = issued()
    values: dict[str, object] = {name: getattr(subject, name) for name in Changed.__slots__ if name in Issued.__slots__}
    return Changed(**{**values, "task": task, "status": status, **instead})  # type: ignore[arg-type]  # by name


# ── The list ──


def test_an_issued_certificate_is_found_again_without_personal_data(tmp_path: Path) -> None:
    KnownCertificates(tmp_path).remember(issued())
    (found,) = KnownCertificates(tmp_path).all()
    assert ("epost", Kind.FINANCIAL, "1000000000000004217", "cred-1") == (
        found.bank,
        found.kind,
        found.serial,
        found.credential_id,
    )
    assert ("김*체", Where.CLOUD, Renewal.CHECK) == (found.owner, found.where, found.renewal)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no such mode")
def test_nobody_else_may_read_the_list(tmp_path: Path) -> None:
    KnownCertificates(tmp_path / "data").remember(issued())
    assert 0o600 == stat.S_IMODE((tmp_path / "data" / FILE_NAME).stat().st_mode)
    assert 0o700 == stat.S_IMODE((tmp_path / "data").stat().st_mode)


def test_a_change_brings_the_state_up_to_date_and_keeps_the_rest(tmp_path: Path) -> None:
    listed = KnownCertificates(tmp_path)
    listed.remember(issued(usage="general", renewal=Renewal.BY_HAND))
    listed.remember(changed(Task.SUSPEND, Status.SUSPENDED, held_until=END))
    (found,) = listed.all()
    assert (Status.SUSPENDED, END) == (found.status, found.held_until)
    assert ("general", Renewal.BY_HAND) == (found.usage, found.renewal)


def test_a_reissued_certificate_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    listed = KnownCertificates(tmp_path)
    listed.remember(issued("1"), issued("2", credential_id="cred-2"))
    listed.remember(issued("3"))
    listed.remember(issued("4", credential_id="cred-4"), instead_of="cred-2")
    assert ["3", "4"] == [entry.serial for entry in listed.all()]


def test_what_a_bank_says_a_person_has_is_remembered_soonest_to_expire_first(tmp_path: Path) -> None:
    listed = KnownCertificates(tmp_path)
    held = Holding(
        "cred-9",
        "kb",
        Kind.JOINT,
        "9",
        Status.GOOD,
        0.0,
        END - 1e6,
        "김*체",
        Renewal.BY_HAND,
        (),
        "general",
        ("epost",),
    )
    listed.remember(issued(), held)
    first, _ = listed.all()
    assert ("kb", Where.OWN, ("epost",), "general") == (first.bank, first.where, first.registered_at, first.usage)


def test_one_can_be_forgotten(tmp_path: Path) -> None:
    listed = KnownCertificates(tmp_path)
    listed.remember(issued("1"), issued("2", credential_id="cred-2"))
    listed.forget("1")
    listed.forget("77")
    assert ["2"] == [entry.serial for entry in listed.all()]


def test_a_kiosk_remembers_nobody(tmp_path: Path) -> None:
    listed = KnownCertificates(tmp_path, keep=False)
    listed.remember(issued())
    assert () == listed.all()
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"certificates": [{"bank": 3}]}'])
def test_a_damaged_list_is_put_aside_and_a_new_one_begun(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    listed = KnownCertificates(tmp_path)
    assert () == listed.all()
    assert content == (tmp_path / FILE_NAME).with_suffix(".damaged").read_bytes()
    listed.remember(issued())
    assert 1 == len(listed.all())


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ServiceError) as caught:
        KnownCertificates(tmp_path / "file").remember(issued())
    assert Reason.STORE_READ_ONLY == caught.value.reason


def test_a_list_of_a_later_version_with_more_in_it_can_be_read(tmp_path: Path) -> None:
    entry = msgspec.to_builtins(known()) | {"colour": "red"}
    (tmp_path / FILE_NAME).write_bytes(msgspec.json.encode({"certificates": [entry], "version": 2}))
    assert (known(),) == KnownCertificates(tmp_path).all()


# ── How one stands ──


def bank(*tasks: Task) -> Bank:
    (journey,) = epost().journeys[:1]
    return msgspec.structs.replace(epost(), journeys=tuple(msgspec.structs.replace(journey, task=t) for t in tasks))


LAST = date(2029, 11, 21)
STATES = [
    (known(), LAST - timedelta(days=31), "good", False),
    (known(), LAST - timedelta(days=30), "soon_check", True),
    (known(), LAST - timedelta(days=24), "soon_check", True),
    (known(renewal=Renewal.AUTOMATIC), LAST - timedelta(days=2), "soon_automatic", True),
    (known(renewal=Renewal.BY_HAND), LAST - timedelta(days=2), "soon_by_hand", True),
    (known(), LAST - timedelta(days=1), "tomorrow_check", True),
    (known(), LAST, "today_check", True),
    (known(), LAST + timedelta(days=1), "expired", True),
    (known(status=Status.EXPIRED), LAST, "expired", True),
    (known(status=Status.SUSPENDED), LAST - timedelta(days=5), "suspended", False),
    (known(status=Status.SUSPENDED, held_until=END), LAST - timedelta(days=5), "suspended_until", False),
    (known(status=Status.SUSPENDED), LAST + timedelta(days=1), "expired", True),
    (known(status=Status.REVOKED), LAST + timedelta(days=1), "revoked", False),
    (known(not_before=END - 86400), LAST - timedelta(days=60), "not_yet", False),
]


@pytest.mark.parametrize(("entry", "today", "key", "urgent"), STATES)
def test_a_certificate_is_said_to_stand_as_it_does(entry: Known, today: date, key: str, urgent: bool) -> None:
    state = state_of(entry, today, bank(*Task))
    assert (f"known.state.{key}", urgent) == (state.key, state.urgent)
    assert all(Text(language)(state.key, **state.data) for language in LANGUAGES)


def test_it_is_said_as_the_person_counts() -> None:
    state = state_of(known(), LAST - timedelta(days=24), bank(*Task))
    assert "24일 뒤 만료 – 지금 갱신할 수 있습니다" == Text("ko")(state.key, **state.data)
    assert Task.RENEW == state.tasks[0]


def test_a_bank_that_does_not_renew_here_is_not_promised() -> None:
    state = state_of(known(), LAST - timedelta(days=24), bank(Task.ISSUE, Task.REVOKE))
    assert ("known.state.soon_no_renewal", (Task.REVOKE,)) == (state.key, state.tasks)


def test_days_are_counted_in_korea_where_the_day_ends_nine_hours_before_greenwich() -> None:
    assert LAST == known().last_day
    assert LAST + timedelta(days=1) == known(not_after=MIDNIGHT.timestamp()).last_day


@pytest.mark.parametrize("last", [date(2028, 2, 29), date(2027, 3, 31), date(2027, 3, 1), date(2028, 1, 31)])
def test_renewal_begins_thirty_days_before_whatever_the_month(last: date) -> None:
    until = known(not_after=datetime(last.year, last.month, last.day, 23, 59, tzinfo=KST).timestamp())
    first = last - timedelta(days=30)
    assert Task.RENEW in state_of(until, first, bank(*Task)).tasks
    assert Task.RENEW not in state_of(until, first - timedelta(days=1), bank(*Task)).tasks


@pytest.mark.parametrize(
    ("status", "tasks"),
    [
        (Status.SUSPENDED, (Task.RESUME, Task.REVOKE, Task.LOSS)),
        (Status.EXPIRED, (Task.REISSUE, Task.ISSUE)),
        (Status.REVOKED, (Task.ISSUE,)),
    ],
)
def test_only_what_is_possible_now_is_offered(status: Status, tasks: tuple[Task, ...]) -> None:
    assert tasks == state_of(known(status=status), LAST, bank(*Task)).tasks


def test_without_the_banks_profile_nothing_is_offered() -> None:
    assert () == state_of(known(), LAST).tasks


def test_a_list_of_an_earlier_version_is_still_read() -> None:
    assert Where.OWN is Where("store")
    with pytest.raises(ValueError, match="attic"):
        Where("attic")
