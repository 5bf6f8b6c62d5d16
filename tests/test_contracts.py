"""Each import contract is broken once, on purpose, in a copy of the program."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS: dict[str, dict[str, Any]] = {c["id"]: c for c in PROJECT["tool"]["importlinter"]["contracts"]}

#: For each contract: where a line is added, and the line.
PLANTED = {
    "layers": ("secret.py", "import desktop.text"),
    "widgets": ("widgets/button.py", "import desktop.banks"),
    "no-qt": ("wizard/flow/masks.py", "import PySide6.QtCore"),
    "flow": ("wizard/flow/runner.py", "import desktop.services.npki.vid"),
    "services": ("services/authority/store.py", "import desktop.config"),
    "pages": ("wizard/pages/identity.py", "import asyncio"),
    "qasync": ("wizard/window.py", "import qasync"),
    "authority": ("wizard/home.py", "import desktop.services.authority.store"),
    "ends": ("services/http.py", "import desktop.services.authority.store"),
    "app": ("doctor.py", "import desktop.app"),
}


def kept(folder: Path) -> dict[str, bool]:
    """Each contract's id with whether import-linter calls it kept in this copy."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "400", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = dict(re.findall(r"^(.+) (KEPT|BROKEN)\b", done.stdout, re.MULTILINE))
    assert len(CONTRACTS) == len(said), done.stdout + done.stderr
    return {name: said[contract["name"]] == "KEPT" for name, contract in CONTRACTS.items()}


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "desktop", tmp_path / "desktop", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_is_planted_here() -> None:
    assert set(CONTRACTS) == set(PLANTED)


def test_the_program_keeps_every_contract(copied: Path) -> None:
    assert dict.fromkeys(CONTRACTS, True) == kept(copied)


def test_each_planted_import_breaks_its_contract(copied: Path) -> None:
    for place, line in PLANTED.values():
        path = copied / "desktop" / place
        path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    assert dict.fromkeys(CONTRACTS, False) == kept(copied)


def test_every_part_of_the_program_has_its_layer_and_its_place_in_the_widgets_contract() -> None:
    """A new file must not slip past the contracts because nobody named it."""
    parts = {p.stem for p in (ROOT / "desktop").iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}
    parts = {f"desktop.{part}" for part in parts - {"__init__"}}
    named = " ".join(CONTRACTS["layers"]["layers"])
    layered = {".".join(name.split(".")[:2]) for name in re.findall(r"desktop\.[\w.]+", named)}
    assert parts == layered
    forbidden = {name for name in CONTRACTS["widgets"]["forbidden_modules"] if name.startswith("desktop.")}
    above = {name for layer in CONTRACTS["layers"]["layers"][:6] for name in re.findall(r"desktop\.\w+", layer)}
    assert parts == forbidden | above | {"desktop.widgets", "desktop.secret", "desktop.shipped"}
