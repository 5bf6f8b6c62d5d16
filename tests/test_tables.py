"""What comes with the program is read as bytecode, and is what its TOML says."""

from __future__ import annotations

import importlib.util
import os
import sys
import tomllib
from datetime import date
from pathlib import Path

import pytest

from desktop.shipped import shipped
from desktop.tables import shipped_table

TABLES = [*shipped("text").rglob("*.toml"), *shipped("banks").glob("*.toml")]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_shipped_table_is_what_its_file_says_at_the_first_reading_and_at_the_second(path: Path) -> None:
    def dated(value: object) -> object:
        if isinstance(value, dict):
            return {key: dated(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return list(map(dated, value))
        return value.isoformat() if isinstance(value, date) else value

    said = dated(tomllib.loads(path.read_text(encoding="utf-8")))
    assert said == shipped_table(path)
    assert Path(importlib.util.cache_from_source(str(path))).is_file()
    assert said == shipped_table(path)


def test_a_table_that_has_changed_is_read_anew(tmp_path: Path) -> None:
    table = tmp_path / "words.toml"
    table.write_text('greeting = "old"', encoding="utf-8")
    assert {"greeting": "old"} == shipped_table(table)
    table.write_text('greeting = "new"', encoding="utf-8")
    os.utime(table, (1, 1))
    assert {"greeting": "new"} == shipped_table(table)


def test_a_table_whose_bytecode_cannot_be_kept_is_read_all_the_same(tmp_path: Path) -> None:
    table = tmp_path / "words.toml"
    table.write_text('greeting = "hello"', encoding="utf-8")
    (tmp_path / "cache").write_text("no folder", encoding="utf-8")
    assert {"greeting": "hello"} == shipped_table(table)


@pytest.mark.parametrize("source", [b"greeting = ", b"\xff"])
def test_what_is_no_toml_is_a_value_error(tmp_path: Path, source: bytes) -> None:
    table = tmp_path / "words.toml"
    table.write_bytes(source)
    with pytest.raises(ValueError, match=r".+"):
        shipped_table(table)
