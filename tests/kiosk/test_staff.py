"""The staff's PIN: hashed, tried a few times, and told to nobody."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from desktop.kiosk.pin_command import run_kiosk_pin
from desktop.kiosk.staff import StaffDoor, WeakStaffPinError, hash_pin
from desktop.secret import Secret
from desktop.text import Text
from tests.conftest import FakeClock


@pytest.fixture
def hashed() -> str:
    """As `hash_pin` makes it, but quickly guessed."""
    return Argon2id(salt=b"0" * 16, length=32, iterations=1, lanes=1, memory_cost=64).derive_phc_encoded(b"480159")


@pytest.mark.parametrize("pin", ["48015", "4801590000000", "48o159", "111111", ""])
def test_a_weak_pin_is_refused(pin: str) -> None:
    with pytest.raises(WeakStaffPinError):
        hash_pin(Secret.of(pin))


def test_five_wrong_ones_shut_the_door_and_the_next_five_for_twice_as_long(hashed: str) -> None:
    clock = FakeClock(0.0)
    door = StaffDoor(hashed, clock)
    for pause in (600, 1200):
        for _ in range(5):
            assert not door.opens(Secret.of("480158"))
        assert pause == door.shut_for()
        right = Secret.of("480159")
        assert not door.opens(right)
        assert 0 == len(right)
        clock.advance(pause)
    assert door.opens(Secret.of("480159"))
    assert 5 == door.tries_left


def test_the_command_prints_a_line_for_the_file_and_never_the_pin(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for given, code in (("480159", 0), ("123", 1)):
        monkeypatch.setattr("desktop.kiosk.pin_command.getpass", lambda prompt, given=given: given)
        assert code == run_kiosk_pin(Text("ko"))
    said = capsys.readouterr().out
    assert 'staff_pin = "$argon2id$v=19$m=65536,t=3,p=4$' in said
    assert "480159" not in said
    answers = iter(["480159", "480158"])
    monkeypatch.setattr("desktop.kiosk.pin_command.getpass", lambda prompt: next(answers))
    assert 1 == run_kiosk_pin(Text("ko"))
    assert "다릅니다" in capsys.readouterr().out
