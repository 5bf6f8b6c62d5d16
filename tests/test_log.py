from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.log import ALLOWED, FILE_NAME, REDACTED, FileLog, NoLog, line_of, open_log
from desktop.secret import Secret
from desktop.services.api import Kind, Reason, ServiceError

AT = datetime(2026, 11, 22, 6, 10, 24, 5000, tzinfo=UTC)
RRN = "9001019123451"


def logged(name: str, /, **values: object) -> dict[str, object]:
    row: dict[str, object] = json.loads(line_of(name, values, AT))
    return row


def test_an_event_is_a_line_with_its_time_its_name_and_its_values() -> None:
    written = line_of("call_failed", {"effect": "issue", "reason": Reason.TIMED_OUT, "seconds": 1.23456}, AT)
    assert (
        '{"at": "2026-11-22T06:10:24.005+00:00", "event": "call_failed",'
        ' "effect": "issue", "reason": "timed_out", "seconds": 1.235}'
    ) == written


def test_the_time_is_written_in_utc() -> None:
    seoul = AT.astimezone(timezone(timedelta(hours=9)))
    assert line_of("x", {}, AT) == line_of("x", {}, seoul)


def test_an_enum_is_written_as_its_value() -> None:
    assert "financial" == logged("opened", kind=Kind.FINANCIAL)["kind"]


def test_an_unknown_key_is_redacted_and_its_name_is_not_written() -> None:
    assert {"at", "event", "other"} == set(logged("opened", **{"김용": "x"}))
    assert REDACTED == logged("opened", account="1")["other"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("step", Secret.of("pin")),
        ("step", RRN),
        ("step", "홍길동"),
        ("step", "hong gildong"),
        ("code", int(RRN)),
        ("code", 482913),
        ("code", True),
        ("seconds", float(RRN)),
        ("seconds", "1.0"),
        ("ok", 1),
        ("error", "wrong PIN 123456"),
        ("place", "/home" + "/hong/x.py:3"),
        ("qt", "800101.123456"),
        ("bank", None),
        ("count", -1),
    ],
)
def test_a_value_that_does_not_look_as_its_key_wants_is_redacted(key: str, value: object) -> None:
    assert REDACTED == logged("event", **{key: value})[key]


def test_an_event_with_a_persons_data_for_a_name_is_redacted() -> None:
    assert REDACTED == logged(RRN)["event"]


@given(
    st.sampled_from([*ALLOWED, "rrn", "pin", "name"]),
    st.integers(10**9, 10**13) | st.just(RRN) | st.just(Secret.of(RRN)) | st.floats(1e9, 1e13) | st.binary(min_size=4),
)
def test_no_key_lets_a_secret_or_a_long_number_through(key: str, value: object) -> None:
    row = logged("event", **{key: value})
    assert {REDACTED} == set(row.values()) - {row["at"], "event"}


# ── The file ────────────────────────────────────────────────────────────────────────────────────────────────


def test_lines_reach_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    log = FileLog(tmp_path / "data", now=lambda: AT)
    log.event("started", program="0.1.0", language="ko")
    log.event("ended", ok=True)
    log.close()
    path = tmp_path / "data" / FILE_NAME
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert ["started", "ended"] == [row["event"] for row in rows]
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)


def test_a_secret_never_reaches_the_file(tmp_path: Path) -> None:
    log = FileLog(tmp_path)
    log.event("typed", step=Secret.of(RRN), **{"rrn": RRN, RRN: 1, "code": int(RRN)})
    log.close()
    assert RRN not in (tmp_path / FILE_NAME).read_text(encoding="utf-8")


def test_a_failure_is_its_class_and_our_line_without_its_message(tmp_path: Path) -> None:
    log = FileLog(tmp_path)
    try:
        raise ServiceError(Reason.WRONG_CODE, detail=f"typed {RRN}")
    except ServiceError as error:
        log.failure(error)
    log.failure(ValueError(RRN))  # one that was never raised has no line
    log.close()
    first, second = [json.loads(x) for x in (tmp_path / FILE_NAME).read_text(encoding="utf-8").splitlines()]
    assert ("ServiceError", "test_log.py") == (first["error"], first["place"].partition(":")[0])
    assert ("ValueError", REDACTED) == (second["error"], second["place"])


def test_the_file_is_rotated_and_three_old_ones_are_kept(tmp_path: Path) -> None:
    log = FileLog(tmp_path)
    for _ in range(30_000):
        log.event("call_started", effect="confirm_cloud", step="cloud", stage=1, attempt=1)
    log.close()
    files = sorted(tmp_path.iterdir())
    assert 4 == len(files)
    assert all(f.stat().st_size <= 512 * 1024 and stat.S_IMODE(f.stat().st_mode) == 0o600 for f in files)


def test_a_folder_that_refuses_costs_the_log_and_not_the_program(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    with open_log(blocked) as log:
        assert isinstance(log, NoLog)
        log.event("started")
        log.failure(ValueError())


def test_an_opened_log_is_closed_after_use(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        log.event("started")
    assert '"event": "started"' in (tmp_path / FILE_NAME).read_text(encoding="utf-8")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a disk that is always full")
def test_a_full_disk_costs_lines_and_is_silent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / FILE_NAME).symlink_to("/dev/full")
    log = FileLog(tmp_path)
    log.event("lost")
    log.close()
    assert ("", "") == tuple(capsys.readouterr())
