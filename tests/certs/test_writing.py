"""The actions that write: all or nothing, R and the owner stay, and the last copy is named before it goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from desktop.cli import DONE, FAILED, USAGE
from desktop.secret import Secret
from desktop.services.npki.container import Form, form_of, open_key, seal_key
from desktop.services.npki.key import random_of
from tests.certs.conftest import NEW, Certs, keep
from tests.made import PASSWORD, gildong, office


def plain_of(folder: Path, password: str) -> bytes:
    return bytes(open_key((folder / "signPri.key").read_bytes(), Secret.of(password)).view())


def snapshot(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


# ── passwd ──


def test_a_new_password_keeps_the_key_byte_for_byte(certs: Certs, folder: Path, home: Path) -> None:
    words = ("--password-file", home / "password", "--new-password-file", home / "new")
    assert DONE == certs("passwd", folder, *words).code
    assert gildong().pkcs8 == plain_of(folder, NEW)
    assert gildong().r == random_of(Secret(plain_of(folder, NEW)))
    said = certs("verify", folder, "--password-file", home / "new", "--rrn-file", home / "rrn", json=True)
    assert "confirmed" == said.json["owner"]
    assert FAILED == certs("verify", folder, "--password-file", home / "password").code


def test_the_key_for_encipherment_gets_the_same_password(certs: Certs, folder: Path, home: Path) -> None:
    (folder / "kmCert.der").write_bytes(gildong().der)
    (folder / "kmPri.key").write_bytes(seal_key(Secret(gildong().pkcs8), Secret.of(PASSWORD), form=Form.OLD))
    certs("passwd", folder, "--password-file", home / "password", "--new-password-file", home / "new")
    assert gildong().pkcs8 == bytes(open_key((folder / "kmPri.key").read_bytes(), Secret.of(NEW)).view())


def test_the_form_may_be_chosen(certs: Certs, folder: Path, home: Path) -> None:
    words = ("--password-file", home / "password", "--new-password-file", home / "new", "--form", "pbes2-seed-sha256")
    assert DONE == certs("passwd", folder, *words).code
    assert Form.PBES2_SEED_SHA256 is form_of((folder / "signPri.key").read_bytes())


@pytest.mark.parametrize(
    ("password", "said"),
    [("short1!", "10자에서"), ("Wq7mZ4kPab", "기호"), ("Wq7!mZ-4|P", "쓸 수 없는 글자"), ("aaa7!mZ-4kP", "같은")],
)
def test_a_password_against_the_rules_names_the_rule_and_changes_nothing(
    certs: Certs, folder: Path, home: Path, stick: Path, password: str, said: str
) -> None:
    before = snapshot(stick)
    new = keep(home / "weak", password)
    told = certs("passwd", folder, "--password-file", home / "password", "--new-password-file", new)
    assert FAILED == told.code
    assert said in told.err
    assert before == snapshot(stick)


def test_with_a_wrong_old_password_nothing_changes(certs: Certs, folder: Path, home: Path, stick: Path) -> None:
    before = snapshot(stick)
    said = certs("passwd", folder, "--password-file", home / "wrong", "--new-password-file", home / "new", json=True)
    assert (FAILED, "wrong_password") == (said.code, said.json["reason"])
    assert before == snapshot(stick)


# ── copy, move, back up ──


def test_a_copy_lies_where_every_program_looks(certs: Certs, folder: Path, tmp_path: Path, stick: Path) -> None:
    said = certs("copy", folder, "--to", tmp_path / "other", json=True)
    kept = Path(str(said.json["path"]))
    assert tmp_path / "other" / folder.relative_to(stick) == kept
    assert snapshot(folder) == snapshot(kept)
    again = certs("copy", folder, "--to", tmp_path / "other")
    assert DONE == again.code
    assert "이미 있습니다" in again.out


def test_a_folder_named_npki_is_not_put_into_another(certs: Certs, folder: Path, tmp_path: Path) -> None:
    said = certs("copy", folder, "--to", tmp_path / "other" / "NPKI", json=True)
    assert str(said.json["path"]).startswith(str(tmp_path / "other" / "NPKI" / "yessign"))


def test_another_password_of_the_same_certificate_is_not_overwritten(
    certs: Certs, folder: Path, tmp_path: Path
) -> None:
    gildong().kept_below(tmp_path / "other", NEW)
    before = snapshot(tmp_path / "other")
    said = certs("copy", folder, "--to", tmp_path / "other", json=True)
    assert (FAILED, "already_there") == (said.code, said.json["reason"])
    assert before == snapshot(tmp_path / "other")


def test_a_move_leaves_nothing_behind(certs: Certs, folder: Path, tmp_path: Path) -> None:
    before = snapshot(folder)
    said = certs("move", folder, "--to", tmp_path / "other", json=True)
    assert before == snapshot(Path(str(said.json["path"])))
    assert not folder.exists()


def test_a_move_to_where_it_is_deletes_nothing(certs: Certs, folder: Path, stick: Path) -> None:
    before = snapshot(stick)
    assert DONE == certs("move", folder, "--to", stick).code
    assert before == snapshot(stick)


def test_a_backup_takes_everything_with_a_key(certs: Certs, folder: Path, stick: Path, tmp_path: Path) -> None:
    other = office().person("임꺽정", sequence=2).kept_below(stick)
    lonely = office().person("장길산", sequence=3).kept_below(stick)
    (lonely / "signPri.key").unlink()
    said = certs("backup", "--in", stick, "--to", tmp_path / "safe", json=True)
    assert (DONE, 2) == (said.code, len(said.json["paths"]))  # type: ignore[arg-type]  # a list
    for kept in (folder, other):
        assert snapshot(kept) == snapshot(tmp_path / "safe" / kept.relative_to(stick))
    assert DONE == certs("backup", "--in", stick, "--to", tmp_path / "safe").code


def test_what_could_not_be_backed_up_is_told_and_the_rest_is(
    certs: Certs, folder: Path, stick: Path, tmp_path: Path
) -> None:
    gildong().kept_below(tmp_path / "safe", NEW)
    office().person("임꺽정", sequence=2).kept_below(stick)
    said = certs("backup", "--in", stick, "--to", tmp_path / "safe", json=True)
    assert FAILED == said.code
    assert [{"path": str(folder), "reason": "already_there"}] == said.json["failed"]
    assert 1 == len(said.json["paths"])  # type: ignore[arg-type]  # a list


# ── PFX ──


def test_out_by_pfx_and_in_again_with_r_and_chain(certs: Certs, folder: Path, home: Path, tmp_path: Path) -> None:
    from desktop.services.npki.capubs import read_capubs, write_capubs

    chain = tuple(ca.public_bytes(Encoding.DER) for ca in office().chain)
    (folder / "CaPubs").write_bytes(write_capubs(chain))
    out, pfx_password = home / "mine.pfx", keep(home / "pfx", "another-Pass-7")
    words = ("--password-file", home / "password", "--pfx-password-file", pfx_password, "--out", out)
    assert DONE == certs("export", folder, *words).code
    _, certificate, others = pkcs12.load_key_and_certificates(out.read_bytes(), b"another-Pass-7")
    assert gildong().certificate == certificate
    assert set(office().chain) == set(others)
    words = ("--pfx-password-file", pfx_password, "--new-password-file", home / "new", "--to", tmp_path / "in")
    said = certs("import", out, *words, json=True)
    kept = Path(str(said.json["path"]))
    assert gildong().pkcs8 == plain_of(kept, NEW)
    assert chain == read_capubs((kept / "CaPubs").read_bytes())


def test_a_wrong_pfx_password_writes_nothing(certs: Certs, folder: Path, home: Path, tmp_path: Path) -> None:
    out = home / "mine.pfx"
    certs("export", folder, "--password-file", home / "password", "--pfx-password-file", home / "new", "--out", out)
    words = ("--pfx-password-file", home / "wrong", "--new-password-file", home / "new", "--to", tmp_path / "in")
    said = certs("import", out, *words, json=True)
    assert (FAILED, "wrong_password") == (said.code, said.json["reason"])
    assert not (tmp_path / "in").exists() or {} == snapshot(tmp_path / "in")


def test_a_file_that_is_there_is_replaced_only_on_request(certs: Certs, folder: Path, home: Path) -> None:
    out = keep(home / "mine.pfx", "something dear")
    words = ("--password-file", home / "password", "--pfx-password-file", home / "new", "--out", out)
    assert "already_there" == certs("export", folder, *words, json=True).json["reason"]
    assert "something dear" == out.read_text()
    assert DONE == certs("export", folder, *words, "--replace").code
    out.write_bytes(b"")
    assert DONE == certs("export", folder, *words).code


# ── delete ──


def test_the_last_copy_is_named_and_a_script_must_say_yes(certs: Certs, folder: Path) -> None:
    said = certs("delete", folder)
    assert USAGE == said.code
    assert "마지막 하나" in said.err
    assert folder.exists()
    done = certs("delete", folder, "--yes", json=True)
    assert (DONE, True) == (done.code, done.json["last"])
    assert not folder.exists()


def test_another_copy_is_told_where_it_is(certs: Certs, folder: Path, home: Path) -> None:
    other = gildong().kept_below(home)
    said = certs("delete", folder, "--yes", json=True)
    assert False is said.json["last"]
    assert str(other) in said.err
    assert other.exists()


def test_what_cannot_be_read_can_still_be_deleted(certs: Certs, folder: Path) -> None:
    (folder / "signCert.der").write_bytes(b"nonsense")
    assert DONE == certs("delete", folder, "--yes").code
    assert not folder.exists()


# ── sign, check-signature ──


@pytest.fixture
def document(home: Path) -> Path:
    path = home / "계약서.txt"
    path.write_bytes("계약서\n".encode())
    return path


@pytest.mark.parametrize("detached", [False, True])
def test_a_signed_file_is_checked(
    certs: Certs, folder: Path, home: Path, document: Path, chain: Path, detached: bool
) -> None:
    out, more = home / "it.p7s", ["--detached"] if detached else []
    words = ("--password-file", home / "password", "--in", document, "--out", out)
    assert DONE == certs("sign", folder, *words, *more).code
    content = ["--in", document] if detached else ["--out", home / "back.txt"]
    said = certs("check-signature", out, "--chain", chain, *content, json=True)
    assert (DONE, "good") == (said.code, said.json["outcome"])
    if not detached:
        assert document.read_bytes() == (home / "back.txt").read_bytes()
    document.write_bytes(b"another")
    said = certs("check-signature", out, "--in", document, "--chain", chain, json=True)
    assert (FAILED, "signature_broken") == (said.code, said.json["reason"])


def test_an_unknown_issuer_is_doubtful_until_its_capubs_are_at_hand(
    certs: Certs, folder: Path, home: Path, document: Path
) -> None:
    from desktop.services.npki.capubs import write_capubs

    out = home / "it.p7s"
    certs("sign", folder, "--password-file", home / "password", "--in", document, "--out", out)
    said = certs("check-signature", out, json=True)
    assert (FAILED, "doubtful") == (said.code, said.json["outcome"])
    assert ["unknown_issuer"] == said.json["signers"][0]["doubts"]  # type: ignore[index]  # a list of objects
    here = gildong().kept_below(home)
    (here / "CaPubs").write_bytes(write_capubs(tuple(ca.public_bytes(Encoding.DER) for ca in office().chain)))
    words = certs("check-signature", out)
    assert DONE == words.code
    for part in ("서명한 사람: 홍길동", "바뀌지 않았습니다", "확인하지 않았습니다", "믿을 수 있는 서명"):
        assert part in words.out


def test_a_crl_tells_of_a_revocation(certs: Certs, folder: Path, home: Path, document: Path, chain: Path) -> None:
    out, crl = home / "it.p7s", home / "it.crl"
    certs("sign", folder, "--password-file", home / "password", "--in", document, "--out", out)
    crl.write_bytes(office().crl(gildong().certificate).public_bytes(Encoding.DER))
    said = certs("check-signature", out, "--chain", chain, "--crl", crl)
    assert FAILED == said.code
    assert "폐기된 인증서입니다" in said.out


def test_an_expired_certificate_signs_nothing(certs: Certs, stick: Path, home: Path, document: Path) -> None:
    expired = office().person(days_ago=390, sequence=5).kept_below(stick)
    words = ("--password-file", home / "password", "--in", document, "--out", home / "it.p7s")
    said = certs("sign", expired, *words, json=True)
    assert (FAILED, "certificate_expired") == (said.code, said.json["reason"])
    assert not (home / "it.p7s").exists()


def test_the_certificate_in_the_signature_is_the_one_in_the_folder(
    certs: Certs, folder: Path, home: Path, document: Path
) -> None:
    from cryptography.hazmat.primitives.serialization import pkcs7

    out = home / "it.p7s"
    certs("sign", folder, "--password-file", home / "password", "--in", document, "--out", out)
    held: list[x509.Certificate] = pkcs7.load_der_pkcs7_certificates(out.read_bytes())
    assert gildong().certificate in held
