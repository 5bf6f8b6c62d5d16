"""kiosk.toml: what is wrong is said with its line, and the example is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.banks import load_banks
from desktop.kiosk.config import KioskFileError, read_kiosk
from desktop.services.api import Kind, Task
from desktop.shipped import shipped
from desktop.wizard.offers import Offer
from tests.kiosk.floor import EXAMPLE

BANKS = load_banks(shipped("banks"))
RIGHT = EXAMPLE.read_text(encoding="utf-8")


def test_the_example_is_right_and_limits_what_can_be_done() -> None:
    config = read_kiosk(EXAMPLE, BANKS)
    assert "가온우체국" == config.branch
    assert Offer("epost", Kind.FINANCIAL, Task.ISSUE) == config.offers[0]
    assert Offer("epost", Kind.FINANCIAL, Task.REVOKE) not in config.offers


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (("mm_per_pixel = 0.3692", "mm_per_pixel = 36"), "mm_per_pixel", "<= 1.5"),
        (('orientation = "portrait"', 'orientation = "sideways"'), "orientation", "sideways"),
        (("warning = 30", "warning = 10"), "warning", ">= 20"),
        (("extensions = 10", "extensions = 3"), "extensions", ">= 10"),
        (("seconds = 60", "secs = 60"), "secs", "remove it or correct its spelling"),
        (('bank = "woori"', 'bank = "dasom"'), 'bank = "dasom"', "no bank 'dasom'"),
        (('kind = "joint"', 'kind = "mobile"'), 'tasks = ["issue", "register"]', "woori has no mobile issue"),
        (('"issue", "register", "renew", "pin"', '"issue"'), 'tasks = ["issue"]', "add 'register'"),
        (('"renew", "pin"', '"renew", "renew"'), "renew", "twice"),
        (('kind = "qr" ', 'kind = "paper" '), 'kind = "paper"', "printer's name"),
        (("[call]", '[call]\nurl = "https://branch.example/call"'), "command", "not both"),
        (('id = "gaon-1"', 'id = "gaon 1"'), "id =", "regex"),
        (("[screen]", "[screen"), "[screen", "is not TOML"),
    ],
)
def test_a_fault_is_said_with_its_line(tmp_path: Path, change: tuple[str, str], line: str, said: str) -> None:
    assert change[0] in RIGHT
    path = tmp_path / "kiosk.toml"
    path.write_text(RIGHT.replace(*change, 1), encoding="utf-8")
    with pytest.raises(KioskFileError) as caught:
        read_kiosk(path, BANKS)
    assert said in caught.value.problem
    assert line in path.read_text(encoding="utf-8").splitlines()[caught.value.line - 1]


def test_a_pin_that_is_no_hash_is_refused_and_not_repeated(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    start = RIGHT.index('staff_pin = "')
    end = RIGHT.index("\n", start)
    path.write_text(RIGHT[:start] + 'staff_pin = "246813"' + RIGHT[end:], encoding="utf-8")
    with pytest.raises(KioskFileError) as caught:
        read_kiosk(path, BANKS)
    assert "changgu kiosk-pin" in str(caught.value)
    assert "246813" not in str(caught.value)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(KioskFileError, match="cannot be read"):
        read_kiosk(tmp_path / "kiosk.toml", BANKS)
