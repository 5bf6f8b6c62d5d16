"""`changgu books`: what an operator reads, beside a server that runs too."""

from __future__ import annotations

import ast
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import desktop.services.authority
from desktop.books import BALANCED, UNBALANCED, USAGE
from desktop.cli import main
from desktop.services.authority.local import DATABASE_NAME
from desktop.text import LANGUAGES, Text
from tests.services.contract.serving import serving


def books(data: Path, *words: str, language: str = "en") -> int:
    return main(["books", "--data", str(data), "--lang", language, *words])


def imbalances() -> set[str]:
    """Every code that the source knows."""
    folder = Path(desktop.services.authority.__file__).parent
    trees = [ast.parse((folder / name).read_text(encoding="utf-8")) for name in ("books.py", "belonging.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    made = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Imbalance"]
    return {code.value for code in made if isinstance(code, ast.Constant) and isinstance(code.value, str)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_imbalance_has_its_words(language: str) -> None:
    text = Text(language)
    assert len(imbalances()) > 15
    assert all(text(f"books.wrong.{code}", where="1") for code in imbalances())


def test_the_books_are_looked_through_while_a_server_writes_in_them(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with serving(tmp_path / "data", "--practice"):
        assert BALANCED == books(tmp_path / "data")
        assert "The books balance: 0 certificates, 0 calls" in capsys.readouterr().out
        with closing(sqlite3.connect(tmp_path / "data" / DATABASE_NAME)) as db, db:
            db.execute("UPDATE token SET tries = 99 WHERE id = 1")
        assert UNBALANCED == books(tmp_path / "data", language="ko")
        assert "시도 횟수가 범위를 벗어났습니다: token.tries 1" in capsys.readouterr().out
        assert UNBALANCED == books(tmp_path / "data", "--json")
        told = json.loads(capsys.readouterr().out)
        assert [{"code": "counter", "where": "token.tries 1"}] == told["wrong"]


def test_where_there_is_no_store_nothing_is_made(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert USAGE == books(tmp_path / "data")
    assert f"{tmp_path / 'data' / 'server.key'} is missing" in capsys.readouterr().err
    assert not (tmp_path / "data" / "server.key").exists()
