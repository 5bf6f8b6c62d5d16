"""Where the files that come with the program lie: `resources/`, inside an installed package or beside a checkout."""

from __future__ import annotations

from pathlib import Path


def shipped(*parts: str) -> Path:
    """`shipped("banks", "epost.toml")`: a path below `resources/`. That it exists is for the reader to find out."""
    package = Path(__file__).resolve().parent
    inside = package / "resources"
    return (inside if inside.is_dir() else package.parent / "resources").joinpath(*parts)
