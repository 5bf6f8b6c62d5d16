"""On which line of a TOML source a value lies, so that an error can point at it; `tomllib` does not keep that."""

from __future__ import annotations

import re

#: Names and indices from the root: `.journeys[1].steps[2]` is ("journeys", 1, "steps", 2).
Place = tuple[str | int, ...]


def place_of(path: str) -> Place:
    """A msgspec path without its `$`. An index msgspec does not name (`[...]`, a key of a table) ends the place."""
    places: list[str | int] = []
    for name, index in re.findall(r"\.?([A-Za-z_][\w-]*)|\[(\d+|\.\.\.)\]", path):
        if index == "...":
            break
        places.append(name or int(index))
    return tuple(places)


def explained(message: str) -> tuple[str, Place]:
    """What msgspec says ("… - at `$.centre`"), and the place it speaks of, down to the key where it names one."""
    problem, _, where = message.partition(" - at ")
    place = place_of(where.rpartition("`$")[2].rstrip("`"))
    if unknown := re.search(r"unknown field `(\w+)`", problem):
        return f"{problem}; remove it or correct its spelling", (*place, unknown[1])
    return problem, place


def line_of(source: str, place: Place) -> int:
    """The line, from 1, of the value; of the nearest enclosing table or list where it has none of its own."""
    best = 1
    table: Place = ()
    array: Place | None = None
    counts: dict[str, int] = {}
    element = -1
    for number, line in enumerate(source.splitlines(), 1):
        if header := re.match(r"\s*(\[\[?)\s*([\w.\-]+)\s*\]\]?\s*(#.*)?$", line):
            if header[1] == "[[":
                counts[header[2]] = counts.get(header[2], -1) + 1
            here = table = _indexed(header[2], counts)
            array = None
        elif key := re.match(r"\s*([\w\-.]+)\s*=", line):
            here = (*table, *key[1].split("."))
            array, element = (here, -1) if line.rstrip().endswith("[") else (None, -1)
        elif array is not None and line.strip()[:1] in {"{", "[", '"', "'"}:
            element += 1
            here = (*array, element)
        else:
            continue
        if here == place[: len(here)]:
            best = number
    return best


def _indexed(header: str, counts: dict[str, int]) -> Place:
    """`journeys.asks` under the second [[journeys]] as ("journeys", 1, "asks")."""
    path: list[str | int] = []
    prefix = ""
    for name in header.split("."):
        prefix = f"{prefix}.{name}" if prefix else name
        path.append(name)
        if prefix in counts:
            path.append(counts[prefix])
    return tuple(path)
