"""The one table of the program's colours, sizes and faces; every widget draws from it and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class Mode(StrEnum):
    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


class Role(StrEnum):
    """What a colour is for. The `_soft` ones are fills on which the text of the same name can be read."""

    SURFACE = "surface"  # the page
    RAISED = "raised"  # cards and notices on the page
    SUNKEN = "sunken"  # the zones beside the page
    TEXT = "text"
    MUTED = "muted"
    BORDER = "border"  # decoration only: carries no meaning in light and dark
    CONTROL = "control"  # outlines that show where to type or press
    ACCENT = "accent"
    ON_ACCENT = "on_accent"
    ACCENT_SOFT = "accent_soft"
    DANGER = "danger"
    DANGER_SOFT = "danger_soft"
    WARNING = "warning"
    WARNING_SOFT = "warning_soft"
    SUCCESS = "success"
    SUCCESS_SOFT = "success_soft"
    FOCUS = "focus"


class Face(NamedTuple):
    """A type size in px at 100 %, its weight, and its line height as a multiple of the size."""

    size: int
    weight: int
    leading: float


class Type(StrEnum):
    DISPLAY = "display"
    TITLE = "title"
    HEADING = "heading"
    BODY = "body"
    STRONG = "strong"
    SMALL = "small"


FACES: Mapping[Type, Face] = MappingProxyType(
    {
        Type.DISPLAY: Face(28, 700, 1.36),
        Type.TITLE: Face(22, 700, 1.4),
        Type.HEADING: Face(17, 600, 1.45),
        Type.BODY: Face(15, 400, 1.5),
        Type.STRONG: Face(15, 600, 1.5),
        Type.SMALL: Face(13, 400, 1.5),
    }
)

FAMILIES = (
    "Pretendard Variable",
    "Pretendard",
    "Apple SD Gothic Neo",
    "Malgun Gothic",
    "Noto Sans KR",
    "Noto Sans CJK KR",
    "NanumGothic",
)

# Sizes in px at 100 %, all on the 4 px grid but for hairlines.
XS, S, M, L, XL, XXL, XXXL = 4, 8, 12, 16, 24, 32, 48
RADIUS = 12
FIELD = 48
BUTTON = 52
TARGET = 32
RING, THICK_RING = 2, 3
COLUMN = 560
RAIL = 248
HELP = 280


class Accents(NamedTuple):
    """A bank's colour in each mode, `#rrggbb`. Each is read as text on the page: 4.5:1, in high contrast 7:1."""

    light: str = "#1b64da"
    dark: str = "#7ab0ff"
    contrast: str = "#ffd54f"

    def of(self, mode: Mode) -> str:
        return {Mode.LIGHT: self.light, Mode.DARK: self.dark, Mode.CONTRAST: self.contrast}[mode]


_LIGHT = {
    Role.SURFACE: "#ffffff",
    Role.RAISED: "#f5f6f8",
    Role.SUNKEN: "#f2f4f6",
    Role.TEXT: "#191f28",
    Role.MUTED: "#5a6472",
    Role.BORDER: "#e2e5ea",
    Role.CONTROL: "#818b98",
    Role.ON_ACCENT: "#ffffff",
    Role.DANGER: "#c81e2b",
    Role.DANGER_SOFT: "#fdeeee",
    Role.WARNING: "#8a5300",
    Role.WARNING_SOFT: "#fff4df",
    Role.SUCCESS: "#0a7145",
    Role.SUCCESS_SOFT: "#e7f6ef",
    Role.FOCUS: "#191f28",
}

_DARK = {
    Role.SURFACE: "#17181c",
    Role.RAISED: "#212329",
    Role.SUNKEN: "#1c1e22",
    Role.TEXT: "#f1f3f5",
    Role.MUTED: "#adb5bf",
    Role.BORDER: "#2f333a",
    Role.CONTROL: "#7d8794",
    Role.ON_ACCENT: "#101114",
    Role.DANGER: "#ff8f8f",
    Role.DANGER_SOFT: "#3a2124",
    Role.WARNING: "#f5c063",
    Role.WARNING_SOFT: "#352b1b",
    Role.SUCCESS: "#5fd39b",
    Role.SUCCESS_SOFT: "#1b3128",
    Role.FOCUS: "#f1f3f5",
}

_CONTRAST = {
    Role.SURFACE: "#000000",
    Role.RAISED: "#000000",
    Role.SUNKEN: "#000000",
    Role.TEXT: "#ffffff",
    Role.MUTED: "#e4e4e4",
    Role.BORDER: "#ffffff",
    Role.CONTROL: "#ffffff",
    Role.ON_ACCENT: "#000000",
    Role.DANGER: "#ff9e9e",
    Role.DANGER_SOFT: "#000000",
    Role.WARNING: "#ffc94d",
    Role.WARNING_SOFT: "#000000",
    Role.SUCCESS: "#7df0b4",
    Role.SUCCESS_SOFT: "#000000",
    Role.FOCUS: "#5ce1ff",
}

COLOURS: Mapping[Mode, Mapping[Role, str]] = MappingProxyType(
    {Mode.LIGHT: _LIGHT, Mode.DARK: _DARK, Mode.CONTRAST: _CONTRAST}
)

# How much of the accent its soft fill holds; little enough that the accent still reads on it.
SOFT = {Mode.LIGHT: 0.07, Mode.DARK: 0.14, Mode.CONTRAST: 0.0}


def mix(over: str, under: str, share: float) -> str:
    """`share` (0–1) of the first `#rrggbb` laid over the second."""
    pairs = ((int(over[i : i + 2], 16), int(under[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def colours(mode: Mode, accents: Accents) -> dict[Role, str]:
    """Every role as `#rrggbb`."""
    accent = accents.of(mode)
    table = COLOURS[mode]
    return {**table, Role.ACCENT: accent, Role.ACCENT_SOFT: mix(accent, table[Role.SURFACE], SOFT[mode])}
