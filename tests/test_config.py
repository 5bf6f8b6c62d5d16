from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.config import ConfigError, check_answers, language_of, private_enough, settings_from
from desktop.shipped import shipped

POSIX = sys.platform != "win32"


def refused(options: dict[str, str | None]) -> str:
    with pytest.raises(ConfigError) as caught:
        settings_from(options, {})
    return caught.value.code


def test_without_options_it_practises_in_korean_in_the_persons_own_folder(tmp_path: Path) -> None:
    settings = settings_from({}, {"LANG": "ko_KR.UTF-8"})
    assert ("ko", None, 1.0, None, True) == (
        settings.language,
        settings.mode,
        settings.scale,
        settings.backend,
        settings.practice,
    )
    assert settings.data.is_relative_to(tmp_path)


def test_an_option_beats_the_environment() -> None:
    environ = {"CHANGGU_LANG": "en", "CHANGGU_MODE": "dark", "CHANGGU_SCALE": "2"}
    settings = settings_from({"lang": "ko", "scale": None}, environ)
    assert ("ko", "dark", 2.0) == (settings.language, settings.mode, settings.scale)


def test_a_data_folder_is_made_absolute_and_may_start_with_a_tilde(tmp_path: Path) -> None:
    assert tmp_path / "home" / "x" == settings_from({"data": "~/x"}, {}).data
    assert Path.cwd() / "y" == settings_from({"data": "y"}, {}).data


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "C.UTF-8"}, "ko"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE"}, "en"),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "ko_KR"}, "en"),
        ({"LC_ALL": "", "LANG": "POSIX"}, "ko"),
    ],
)
def test_the_language_is_korean_unless_the_system_speaks_another(environ: dict[str, str], language: str) -> None:
    assert language == language_of(environ)


@pytest.mark.parametrize("scale", ["0", "4", "large", "nan", "inf", "-1"])
def test_a_scale_that_nobody_could_read_is_refused(scale: str) -> None:
    assert "scale" == refused({"scale": scale})


def test_an_unknown_language_or_mode_is_refused() -> None:
    assert "choice" == refused({"lang": "fr"})
    assert "choice" == refused({"mode": "blue"})


@pytest.mark.parametrize("url", ["http://bank.example", "ftp://bank.example", "bank.example", "https://", "https://[x"])
def test_a_backend_without_encryption_or_without_a_host_is_refused(url: str) -> None:
    assert "backend" == refused({"backend": url})


@pytest.mark.parametrize("url", ["https://bank.example/api/", "http://127.0.0.1:8000", "http://[::1]:8000"])
def test_an_encrypted_backend_or_one_on_this_machine_is_taken(url: str) -> None:
    settings = settings_from({"backend": url}, {})
    assert (url.rstrip("/"), False) == (settings.backend, settings.practice)


@given(st.sampled_from(["lang", "mode", "scale", "backend"]), st.text())
def test_no_value_of_an_option_raises_anything_else(name: str, value: str) -> None:
    with suppress(ConfigError):
        settings_from({name: value, "data": "x"}, {})


# ── Answers files ───────────────────────────────────────────────────────────────────────────────────────────


def answers(folder: Path, mode: int, source: str = "[answers]\n") -> Path:
    path = folder / "answers.toml"
    path.write_text(source, encoding="utf-8")
    path.chmod(mode)
    return path


@pytest.mark.skipif(not POSIX, reason="modes are POSIX")
@pytest.mark.parametrize(("mode", "private"), [(0o600, True), (0o400, True), (0o640, False), (0o604, False)])
def test_a_file_is_private_when_its_owner_alone_reads_it(tmp_path: Path, mode: int, private: bool) -> None:
    assert private == private_enough(answers(tmp_path, mode))


@pytest.mark.skipif(not POSIX or os.getuid() != 0, reason="only root gives files away")
def test_a_private_file_of_somebody_else_is_not_ours(tmp_path: Path) -> None:
    path = answers(tmp_path, 0o600)
    os.chown(path, 12345, 12345)
    assert not private_enough(path)


def test_a_private_file_is_taken_by_any_authority(tmp_path: Path) -> None:
    path = answers(tmp_path, 0o600)
    check_answers(path)


def refusal(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        check_answers(path)
    return caught.value.code


def test_a_file_that_others_read_is_refused(tmp_path: Path) -> None:
    assert "answers_open" == refusal(answers(tmp_path, 0o644))
    assert "answers_open" == refusal(answers(tmp_path, 0o644, "practice = true = ["))


def test_a_practice_file_may_be_read_by_all(tmp_path: Path) -> None:
    check_answers(answers(tmp_path, 0o644, "practice = true\n"))


def test_what_we_ship_is_a_practice_file() -> None:
    for path in shipped("practice").glob("*.toml"):
        check_answers(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "answers_missing" == refusal(tmp_path / "none.toml")
    assert "answers_missing" == refusal(tmp_path)


def test_a_backend_s_roots_and_pins_are_looked_at_before_they_are_used(tmp_path: Path) -> None:
    roots, pin = tmp_path / "roots.pem", "A" * 43 + "="
    assert "backend_ca" == refused({"backend_ca": str(roots)})
    roots.write_text("")
    settings = settings_from({"backend_ca": str(roots)}, {"CHANGGU_BACKEND_PIN": f"{pin}, {pin}"})
    assert (roots, (pin, pin)) == (settings.backend_ca, settings.backend_pins)
    for wrong in ("pin", "AAAA", f"{pin},", "é"):
        assert "backend_pin" == refused({"backend_pin": wrong})
