import copy
import pickle

import pytest

from desktop.secret import Secret


def test_a_wiped_secret_is_empty_and_its_buffer_was_overwritten() -> None:
    secret = Secret.of("284957")
    buffer = secret._buffer
    seen: list[bytes] = []

    class Spy(bytearray):
        def clear(self) -> None:
            seen.append(bytes(self))
            super().clear()

    secret._buffer = Spy(buffer)
    secret.wipe()
    assert [b"\0" * 6] == seen
    assert 0 == len(secret)


def test_printing_a_secret_shows_a_placeholder() -> None:
    assert "<secret> <secret>" == f"{Secret.of('1234')} {Secret.of('1234')!r}"


@pytest.mark.parametrize("copier", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_secret_is_neither_copied_nor_pickled(copier: object) -> None:
    assert callable(copier)
    with pytest.raises(TypeError):
        copier(Secret.of("1234"))


def test_moving_empties_the_source() -> None:
    source = Secret.of("1234")
    moved = source.move()
    assert ("1234", 0) == (moved.reveal(), len(source))


def test_backspace_removes_one_character_not_one_byte() -> None:
    secret = Secret.of("1한")
    secret.append("글")
    secret.backspace()
    assert "1한" == secret.reveal()
    for _ in range(3):
        secret.backspace()
    assert 0 == len(secret)


def test_equality_compares_bytes_and_refuses_other_types() -> None:
    assert Secret.of("1") == Secret.of("1")
    assert Secret.of("1") != Secret.of("2")
    assert Secret.of("1") != "1"
    with pytest.raises(TypeError):
        hash(Secret.of("1"))
