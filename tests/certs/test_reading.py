"""list, show and verify: what is on the media, told to people and to programs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509

from desktop.cli import DONE, FAILED, USAGE
from desktop.failures import failure
from desktop.services.api import Place, PlaceKind, Reason, ServiceError
from tests.certs.conftest import Certs, keep
from tests.made import gildong, office

ROOT = Path(__file__).resolve().parents[2]
FIELDS = {
    "path",
    "subject",
    "issuer",
    "serial",
    "not_before",
    "not_after",
    "policy",
    "kind",
    "medium",
    "has_key",
    "state",
}


def listed(certs: Certs, *places: Path) -> list[dict[str, object]]:
    words = [word for place in places for word in ("--in", place)]
    found = json.loads(certs("list", *words, json=True).out)
    assert isinstance(found, list)
    return found


# ── list ──


def test_a_list_has_the_fields_that_scripts_rely_on(certs: Certs, folder: Path, stick: Path) -> None:
    (found,) = listed(certs, stick)
    assert set(found) >= FIELDS
    facts = gildong().certificate
    assert str(folder) == found["path"]
    assert facts.subject.rfc4514_string() == found["subject"]
    assert str(facts.serial_number) == found["serial"]
    assert facts.not_valid_after_utc.isoformat() == found["not_after"]
    assert ("1.2.410.200005.1.1.4", "joint", "folder", True, "good") == tuple(
        found[name] for name in ("policy", "kind", "medium", "has_key", "state")
    )


def test_without_a_place_everything_at_hand_is_listed_this_pc_and_practice_among_it(
    certs: Certs, home: Path, tmp_path: Path
) -> None:
    gildong().kept_below(home)
    office().person("임꺽정", sequence=7).kept_below(tmp_path / "data")
    found = listed(certs)
    assert ["pc", "pc"] == [one["medium"] for one in found if str(tmp_path) in str(one["path"])]


def test_an_empty_place_is_an_empty_list_and_a_hint_for_people(certs: Certs, stick: Path) -> None:
    assert [] == listed(certs, stick)
    said = certs("list", "--in", stick)
    assert (DONE, "") == (said.code, said.out)
    assert "--in" in said.err


@pytest.mark.parametrize(
    ("days_ago", "years", "state"), [(400, 1, "expired"), (-40, 1, "not_yet_valid"), (10, 1, "good")]
)
def test_the_dates_make_the_state(certs: Certs, stick: Path, days_ago: int, years: int, state: str) -> None:
    office().person(days_ago=days_ago, years=years, sequence=3).kept_below(stick)
    assert [state] == [found["state"] for found in listed(certs, stick)]


def test_what_is_broken_is_listed_with_the_reason_and_the_rest_with_it(certs: Certs, folder: Path, stick: Path) -> None:
    def state() -> tuple[object, object, object]:
        (found,) = listed(certs, stick)
        return found["state"], found["reason"], found["has_key"]

    sealed = (folder / "signPri.key").read_bytes()
    (folder / "signPri.key").write_bytes(sealed[:40])
    assert ("broken", "file_broken", True) == state()
    (folder / "signPri.key").unlink()
    assert ("good", "key_missing", False) == state()
    (folder / "signCert.der").write_bytes(b"\x30\x03abc")
    assert ("broken", "file_broken", False) == state()
    office().person("임꺽정", sequence=8).kept_below(stick)
    assert ["broken", "good"] == sorted(str(found["state"]) for found in listed(certs, stick))


def test_a_list_for_people_says_whose_until_when_and_where(certs: Certs, folder: Path, stick: Path) -> None:
    said = certs("list", "--in", stick).out
    for part in ("홍길동", "은행·보험·신용카드용", "쓸 수 있습니다", "일 남음", str(folder)):
        assert part in said
    assert "can be used until" in certs("list", "--in", stick, lang="en").out


class OneToken:
    """A token with 홍길동's certificate on it."""

    def places(self) -> tuple[Place, ...]:
        return (Place("maker/0001", PlaceKind.TOKEN, "내 토큰"),)

    def certificates(self, place: str) -> tuple[x509.Certificate, ...]:
        assert "maker/0001" == place
        return (gildong().certificate,)


class BrokenToken(OneToken):
    def certificates(self, place: str) -> tuple[x509.Certificate, ...]:
        raise ServiceError(Reason.TOKEN_GONE, where="내 토큰")


def test_tokens_are_listed_with_the_rest(certs: Certs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.certs_cli.desk.open_tokens", lambda module: OneToken())
    (found,) = [one for one in listed(certs) if one["medium"] == "token"]
    assert ("maker/0001", True, "good") == (found["path"], found["has_key"], found["state"])


def test_a_token_that_is_pulled_out_does_not_hide_the_files(
    certs: Certs, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gildong().kept_below(home)
    monkeypatch.setattr("desktop.certs_cli.desk.open_tokens", lambda module: BrokenToken())
    said = certs("list")
    assert DONE == said.code
    assert "홍길동" in said.out
    assert "보안토큰이 꽂혀 있지 않습니다" in said.err


def test_whoever_reads_the_first_line_alone_sees_no_error(stick: Path, folder: Path, home: Path) -> None:
    """`changgu certs list | head -1`"""
    for sequence in range(3):
        office().person("임꺽정", sequence=20 + sequence).kept_below(stick)
    command = [sys.executable, "-m", "desktop", "certs", "list", "--in", str(stick), "--data", str(home / "data")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        assert run.stdout.readline()
        run.stdout.close()
        assert b"Error" not in run.stderr.read()
    assert DONE == run.returncode


# ── show ──


def test_show_is_plain_words_and_the_technical_view_is_behind_them(certs: Certs, folder: Path) -> None:
    plain = certs("show", folder)
    assert plain.out.startswith("홍길동 님의 공동인증서")
    assert "1.2.410" not in plain.out
    assert "--technical" in plain.err
    technical = certs("show", folder, "--technical").out
    for part in ("RSA 2048", "1.2.410.200005.1.1.4", "kisa", "2048", str(gildong().certificate.serial_number)):
        assert part in technical


def test_the_file_itself_names_its_folder(certs: Certs, folder: Path) -> None:
    assert str(folder) == certs("show", folder / "signCert.der", json=True).json["path"]


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_a_certificate_is_said_to_be_one(certs: Certs, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    said = certs("show", tmp_path / name, json=True)
    assert (FAILED, "file_missing") == (said.code, said.json["reason"])
    assert str(tmp_path / name) in said.err


# ── verify ──


def test_the_right_password_the_right_key_and_the_right_owner(certs: Certs, folder: Path, home: Path) -> None:
    said = certs("verify", folder, "--password-file", home / "password", "--rrn-file", home / "rrn", json=True)
    assert (DONE, "good", "confirmed") == (said.code, said.json["outcome"], said.json["owner"])
    words = certs("verify", folder, "--password-file", home / "password").out
    assert "비밀번호가 맞고" in words
    assert "주인은 확인하지 않았습니다" in words


def test_somebody_elses_number_is_not_the_owners(certs: Certs, folder: Path, home: Path) -> None:
    other = keep(home / "other", "900101-9000000\r\n")
    said = certs("verify", folder, "--password-file", home / "password", "--rrn-file", other, json=True)
    assert (FAILED, "other", "identity_mismatch") == (said.code, said.json["owner"], said.json["reason"])


def test_a_wrong_password_is_said_and_never_counted(certs: Certs, folder: Path, home: Path) -> None:
    for _ in range(6):
        said = certs("verify", folder, "--password-file", home / "wrong", json=True)
        assert (FAILED, "wrong_password") == (said.code, said.json["reason"])
    assert failure("wrong_password").code in said.err
    assert DONE == certs("verify", folder, "--password-file", home / "password").code


def test_a_key_of_another_certificate_is_found(certs: Certs, folder: Path, home: Path) -> None:
    other = office().person("임꺽정", sequence=9)
    (folder / "signPri.key").write_bytes(other.files()["signPri.key"])
    said = certs("verify", folder, "--password-file", home / "password", json=True)
    assert (FAILED, "key_mismatch") == (said.code, said.json["reason"])


def test_a_number_that_is_none_is_a_slip_of_usage(certs: Certs, folder: Path, home: Path) -> None:
    words = ("verify", folder, "--password-file", home / "password", "--rrn-file", keep(home / "n", "12345"))
    assert USAGE == certs(*words).code


# ── Secrets ──


def test_passwords_come_from_a_file_the_environment_or_nobody(
    certs: Certs, folder: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = certs("verify", folder)
    assert USAGE == said.code
    assert "CHANGGU_PASSWORD" in said.err
    monkeypatch.setenv("CHANGGU_PASSWORD", "Wq7!mZ-4kP")
    assert DONE == certs("verify", folder).code
    assert USAGE == certs("verify", folder, "--password-file", home / "nowhere").code
    assert USAGE == certs("verify", folder, "--password-file", keep(home / "void", "\n")).code


def test_a_password_file_that_others_can_read_is_warned_of(certs: Certs, folder: Path, home: Path) -> None:
    (home / "password").chmod(0o644)
    said = certs("verify", folder, "--password-file", home / "password")
    assert DONE == said.code
    assert "chmod 600" in said.err


def test_no_action_takes_a_password_on_the_command_line(certs: Certs, folder: Path) -> None:
    assert USAGE == certs("verify", folder, "--password", "secret").code


def test_a_write_that_was_cut_short_is_undone_and_said(certs: Certs, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    (stick / "NPKI" / ".changgu-0123456789ab").mkdir(parents=True)
    said = certs("list", "--in", stick)
    assert "전에 있던 그대로입니다" in said.err
    assert not (stick / "NPKI" / ".changgu-0123456789ab").exists()
    assert "전에 있던" not in certs("list", "--in", stick).err
