"""The folder's name: as Korean programs write it, and safe whatever the certificate says."""

from __future__ import annotations

import unicodedata
from pathlib import Path, PurePosixPath

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from desktop.services.npki.names import ca_folder, dn_folder, file_name, user_path
from tests.services.npki.made import certify, name, person


def issued_by(issuer: x509.Name) -> x509.Certificate:
    return certify(person().key, person().certificate.subject, issuer=issuer, by=person().key)


def test_a_folder_is_called_as_every_korean_program_calls_it() -> None:
    expected = "cn=홍길동()0020040200706130000001,ou=WOORI,ou=personal4IB,o=yessign,c=kr"
    assert expected == dn_folder(person().certificate.subject)
    assert PurePosixPath("NPKI/yessign/USER") / expected == user_path(person().certificate)


@pytest.mark.parametrize(
    ("organisation", "folder"),
    [
        ("yessign", "yessign"),
        ("YESSIGN", "yessign"),
        ("KICA", "KICA"),
        ("signkorea", "SignKorea"),
        ("CrossCert", "CrossCert"),
        ("TradeSign", "TradeSign"),
        ("NCASign", "NCASign"),
        ("INIPASS", "INIPASS"),
        ("Changgu Practice", "Changgu Practice"),
    ],
)
def test_a_ca_has_its_folder(organisation: str, folder: str) -> None:
    assert folder == ca_folder(issued_by(name("CA", o=organisation)))


@pytest.mark.parametrize("organisation", ["..", "../yessign", "CON", "NPKI/yessign"])
def test_a_ca_that_is_called_like_a_way_elsewhere_gets_a_folder_all_the_same(organisation: str) -> None:
    folder = ca_folder(issued_by(name("CA", o=organisation)))
    assert folder == Path(folder).name
    assert "~" in folder


def test_a_ca_without_a_name_has_one_too() -> None:
    nameless = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CA")])
    assert "unknown" == ca_folder(issued_by(nameless))
    assert "cn=" == dn_folder(x509.Name([]))


def test_several_attributes_in_one_part_and_unknown_ones_are_written_too() -> None:
    part = [
        x509.NameAttribute(NameOID.COMMON_NAME, "홍길동"),
        x509.NameAttribute(x509.ObjectIdentifier("1.2.3.4"), "x"),
    ]
    subject = x509.Name([x509.RelativeDistinguishedName(part)])
    assert {"cn=홍길동+1.2.3.4=x", "1.2.3.4=x+cn=홍길동"} >= {dn_folder(subject)}


def test_hangul_in_pieces_is_composed_and_an_emoji_stays() -> None:
    pieces = unicodedata.normalize("NFD", "cn=홍길동👩‍🦰")
    assert "cn=홍길동👩‍🦰" == file_name(pieces)


def test_a_long_name_keeps_its_beginning_and_gets_a_mark_of_its_own() -> None:
    names = {file_name(f"cn={'가' * 200}{end}") for end in range(100)}
    assert 100 == len(names)
    for one in names:
        assert one.startswith("cn=가가가")
        assert 250 <= len(one.encode()) <= 255


def test_ten_megabytes_of_name_are_short_at_once() -> None:
    assert len(file_name("가" * 3_500_000).encode()) <= 255


@pytest.mark.parametrize(
    "wanted",
    [
        "../../etc",
        "a/b",
        "a\\b",
        "a\x00b",
        "..",
        ".",
        "a:b",
        "nul",
        "COM1.txt",
        "a.",
        "a ",
        " a",
        "a\u202eb",
        'a"b',
        "a\nb",
    ],
)
def test_a_name_that_leads_elsewhere_or_hides_is_changed_and_marked(wanted: str) -> None:
    found = file_name(wanted)
    assert wanted != found
    assert 2 == len(found.split("~"))


def test_two_names_never_become_one() -> None:
    assert 4 == len({file_name(wanted) for wanted in ("a/b", "a_b", "a\\b", "a:b")})


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300))
def test_any_name_is_one_folder_on_every_system(wanted: str) -> None:
    found = file_name(wanted)
    assert found == unicodedata.normalize("NFC", found)
    assert 0 < len(found.encode()) <= 255
    assert found not in {".", ".."}
    assert not set('/\\:*?"<>|\x00') & set(found)
    assert not found.endswith((".", " "))
    assert found == Path(found).name
    assert found == file_name(wanted)
