"""What `--check-config` says: a file that would do the same, with where each value came from, and no secret in it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from desktop.services.server.config import HIDDEN, Chosen, Config, leaves, value_at, without_password

_SECRET_NAME: Final = re.compile(r"(secret|password|passphrase|token|pin|authorization|[a-z]_key)$", re.IGNORECASE)


def told(chosen: Chosen) -> str:
    """TOML, ending in a new line. What is not set stands as a comment."""
    lines: list[str] = []
    table: tuple[str, ...] = ()
    for place in sorted(leaves(Config), key=len):
        *above, name = map(str, place)
        value = value_at(chosen.config, place)
        if name == "hooks":
            continue
        if tuple(above) != table:
            table = tuple(above)
            lines += ["", f"[{'.'.join(table)}]"]
        source = chosen.sources[place]
        if value is None:
            lines.append(f"# {name} is not set")
        else:
            lines.append(f"{name} = {_value(without_password(value) if name == 'database' else value)}  # {source}")
    if chosen.config.hooks:
        lines += _hooks(chosen.config.hooks, "hooks")
    return "\n".join(lines) + "\n"


def _hooks(table: Mapping[str, Any], name: str) -> list[str]:
    """Their owner alone knows what they mean, so whatever is named like a secret is taken for one."""
    lines = ["", f"[{name}]"]
    for key, value in table.items():
        if not isinstance(value, Mapping):
            lines.append(f"{key} = {_value(HIDDEN if _SECRET_NAME.search(key) else value)}  # file")
    for key, value in table.items():
        if isinstance(value, Mapping):
            lines += _hooks(value, f"{name}.{key}")
    return lines


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case list() | tuple():
            return f"[{', '.join(map(_value, value))}]"
        case Mapping():
            return "{ " + ", ".join(f"{key} = {_value(each)}" for key, each in value.items()) + " }"
        case _:
            return json.dumps(str(value), ensure_ascii=False)
