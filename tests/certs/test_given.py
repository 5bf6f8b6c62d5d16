"""A secret comes from a file, the environment or a prompt without echo, and is read as it was meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from desktop.certs_cli.given import GivenSecrets
from desktop.config import ConfigError
from desktop.secret import Secret
from tests.certs.conftest import keep


def given(*typed: str, environ: Mapping[str, str] | None = None, terminal: bool = True) -> GivenSecrets:
    answers: Iterator[str] = iter(typed)
    return GivenSecrets(
        lambda path: None,
        lambda name: name,
        environ=environ or {},
        typed=lambda prompt: next(answers),
        at_a_terminal=lambda: terminal,
    )


def code_of(secrets: GivenSecrets, *, twice: bool = False) -> str:
    with pytest.raises(ConfigError) as caught:
        secrets.secret("new_password", None, twice=twice)
    return caught.value.code


@pytest.mark.parametrize("written", ["secret", "secret\n", "secret\r\n", "\ufeffsecret\r\nmore\n", "secret\n\n"])
def test_the_first_line_of_a_file_counts_however_it_ends(tmp_path: Path, written: str) -> None:
    assert Secret.of("secret") == given().secret("password", keep(tmp_path / "f", written))


def test_spaces_belong_to_a_password(tmp_path: Path) -> None:
    assert Secret.of(" a b ") == given().secret("password", keep(tmp_path / "f", " a b \n"))


def test_the_environment_comes_before_a_prompt() -> None:
    found = given("typed", environ={"CHANGGU_NEW_PASSWORD": "set"}).secret("new_password", None, twice=True)
    assert Secret.of("set") == found


def test_a_new_password_is_typed_twice() -> None:
    assert Secret.of("one") == given("one", "one").secret("new_password", None, twice=True)
    assert "secret_unlike" == code_of(given("one", "two"), twice=True)


def test_nothing_typed_and_nobody_to_ask_are_told_apart() -> None:
    assert "secret_empty" == code_of(given(""))
    assert "secret_unasked" == code_of(given(terminal=False))
