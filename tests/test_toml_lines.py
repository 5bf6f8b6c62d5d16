"""A value is found on its line, whatever the form it is written in."""

from __future__ import annotations

import pytest

from desktop.toml_lines import line_of, place_of

SOURCE = """\
id = "bank"
[centre]
phone = "1"

[[journeys]]
steps = ["a", "b"]
[[journeys]]  # the second
notes = [
    { ko = "하나" },
    { ko = "둘" },
]
[journeys.asks]
identity = ["rrn"]
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("", 1),
        (".id", 1),
        (".centre", 2),
        (".centre.phone", 3),
        (".centre.missing", 2),
        (".journeys[0].steps[1]", 6),
        (".journeys[1]", 7),
        (".journeys[1].notes", 8),
        (".journeys[1].notes[1].en", 10),
        (".journeys[1].asks[...]", 12),
        (".journeys[1].asks.identity[0]", 13),
    ],
)
def test_a_value_is_found_on_its_line_and_a_missing_one_at_its_table(path: str, line: int) -> None:
    assert line == line_of(SOURCE, place_of(path))
