"""docs/requirements.md lists every capability once, and what it calls built is shown by tests that exist."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
COUNTS = {"EP": 19, "KB": 19, "WR": 14, "KK": 5, "MG": 11, "GN": 7, "US": 1, "KI": 2}
EXPECTED = [f"{group}-{n:02}" for group, count in COUNTS.items() for n in range(1, count + 1)]
EXPECTED += [f"C{n}" for n in range(1, 13)]


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    what: str
    state: str
    tests: tuple[str, ...]


def rows(source: str) -> list[Row]:
    """Every table row that begins with an id. Tests stand in backticks: `tests/test_x.py::test_y`."""
    cells = (
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in source.splitlines()
        if re.match(r"\| [A-Z]+-?\d+ \|", line)
    )
    return [Row(name, what, state, tuple(re.findall("`([^`]+)`", tests))) for name, what, state, tests in cells]


@cache
def _defined(path: Path) -> frozenset[str]:
    """Test functions of a file, those of a class as `Class::test`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ClassDef):
            inner = (n for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
            names |= {f"{node.name}::{method.name}" for method in inner}
        elif isinstance(node, ast.Assign):  # a hypothesis state machine: TestWalk = Walk.TestCase
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return frozenset(names)


def faults(source: str, root: Path) -> list[str]:
    """What is wrong with the list, one sentence a fault."""
    found = rows(source)
    ids = [row.id for row in found]
    wrong = [f"{name} is missing" for name in EXPECTED if name not in ids]
    wrong += [f"{twice} comes twice" for twice in sorted({name for name in ids if ids.count(name) > 1})]
    wrong += [f"{name} is not a known id" for name in ids if name not in EXPECTED]
    for row in found:
        if row.state == "built" and not row.tests:
            wrong.append(f"{row.id} is built but names no test")
        elif row.state != "built" and not re.fullmatch("planned #[2-6]", row.state):
            wrong.append(f"{row.id}: the state {row.state!r} is neither 'built' nor 'planned #<issue>'")
        wrong += [f"{row.id} names {test}, which does not exist" for test in row.tests if not _exists(test, root)]
    return wrong


def _exists(test: str, root: Path) -> bool:
    file, _, name = test.partition("::")
    path = root / file
    return bool(re.match("[Tt]est", name)) and path.is_file() and name in _defined(path)


def test_every_capability_is_listed_once_and_what_is_built_is_shown_by_tests_that_exist() -> None:
    assert [] == faults((ROOT / "docs" / "requirements.md").read_text(encoding="utf-8"), ROOT)


HERE = "`tests/test_requirements.py::test_a_fault_in_the_list_is_found`"


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("| EP-01 | a | built | |", "EP-01 is built but names no test"),
        (
            "| EP-01 | a | built | `tests/test_none.py::test_a` |",
            "EP-01 names tests/test_none.py::test_a, which does not exist",
        ),
        (f"| EP-01 | a | built | {HERE[:-1]}_not` |", f"EP-01 names {HERE[1:-1]}_not, which does not exist"),
        ("| EP-01 | a | soon | |", "EP-01: the state 'soon' is neither 'built' nor 'planned #<issue>'"),
        ("| EP-99 | a | planned #3 | |", "EP-99 is not a known id"),
        (f"| EP-01 | a | built | {HERE} |\n| EP-01 | a | planned #3 | |", "EP-01 comes twice"),
        ("| EP-02 | a | planned #3 | |", "EP-01 is missing"),
    ],
)
def test_a_fault_in_the_list_is_found(line: str, fault: str) -> None:
    assert fault in faults(line, ROOT)


def test_a_built_row_with_a_test_that_exists_is_no_fault() -> None:
    assert not [fault for fault in faults(f"| EP-01 | a | built | {HERE} |", ROOT) if fault.startswith("EP-01 ")]
