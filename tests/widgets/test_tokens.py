"""Every pair of colours that meet can be told apart, in each mode and with each bank's accent."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path

import pytest
from PySide6.QtGui import QColor

from desktop.widgets.certificate_card import deeper
from desktop.widgets.theme import Theme, Type
from desktop.widgets.tokens import Accents, Mode, Role, colours, mix

BANKS = Path(__file__).parents[2] / "resources" / "banks"
GROUNDS = (Role.SURFACE, Role.RAISED, Role.SUNKEN)
TEXTS = [
    *itertools.product((Role.TEXT, Role.MUTED, Role.ACCENT, Role.DANGER, Role.WARNING, Role.SUCCESS), GROUNDS),
    (Role.ON_ACCENT, Role.ACCENT),
    (Role.SURFACE, Role.SUCCESS),
    *itertools.product(
        (Role.TEXT, Role.MUTED), (Role.ACCENT_SOFT, Role.DANGER_SOFT, Role.WARNING_SOFT, Role.SUCCESS_SOFT)
    ),
    *itertools.product((Role.ACCENT,), (Role.ACCENT_SOFT, Role.DANGER_SOFT, Role.WARNING_SOFT, Role.SUCCESS_SOFT)),
    (Role.DANGER, Role.DANGER_SOFT),
    (Role.WARNING, Role.WARNING_SOFT),
    (Role.SUCCESS, Role.SUCCESS_SOFT),
]
CONTROLS = [*itertools.product((Role.CONTROL, Role.FOCUS, Role.ACCENT, Role.DANGER), GROUNDS)]


def bank_accents() -> dict[str, Accents]:
    found = {"ours": Accents()}
    for path in sorted(BANKS.glob("*.toml")):
        found[path.stem] = Accents(**tomllib.loads(path.read_text(encoding="utf-8"))["accent"])
    return found


def luminance(color: str) -> float:
    """Relative luminance of `#rrggbb`, WCAG 2.2."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("accents", bank_accents().values(), ids=bank_accents().keys())
@pytest.mark.parametrize("mode", Mode)
def test_every_text_can_be_read_on_what_it_lies_on(mode: Mode, accents: Accents) -> None:
    table = colours(mode, accents)
    needed = 7.0 if mode is Mode.CONTRAST else 4.5

    short = {(ink, ground): contrast(table[ink], table[ground]) for ink, ground in TEXTS}

    assert {} == {pair: round(ratio, 2) for pair, ratio in short.items() if ratio < needed}


@pytest.mark.parametrize("accents", bank_accents().values(), ids=bank_accents().keys())
@pytest.mark.parametrize("mode", Mode)
def test_every_control_stands_out_from_its_ground(mode: Mode, accents: Accents) -> None:
    table = colours(mode, accents)

    short = {(line, ground): contrast(table[line], table[ground]) for line, ground in CONTROLS}

    assert {} == {pair: round(ratio, 2) for pair, ratio in short.items() if ratio < 3.0}


@pytest.mark.parametrize("accents", bank_accents().values(), ids=bank_accents().keys())
@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("shade", [0.1, 0.2])
def test_a_button_under_the_pointer_or_pressed_can_still_be_read(mode: Mode, accents: Accents, shade: float) -> None:
    table = colours(mode, accents)

    pressed = mix(table[Role.TEXT], table[Role.ACCENT], shade)
    danger = mix(table[Role.DANGER], table[Role.DANGER_SOFT], shade / 4)
    quiet = mix(table[Role.TEXT], table[Role.SURFACE], shade / 2)

    assert contrast(table[Role.ON_ACCENT], pressed) >= 4.5
    assert contrast(table[Role.DANGER], danger) >= 4.5
    assert contrast(table[Role.MUTED], quiet) >= 4.5


def test_mixing_goes_from_the_one_colour_to_the_other() -> None:
    assert ["#000000", "#808080", "#ffffff"] == [mix("#ffffff", "#000000", share) for share in (0.0, 0.5, 1.0)]


@pytest.mark.parametrize("accents", bank_accents().values(), ids=bank_accents().keys())
@pytest.mark.parametrize("mode", [Mode.LIGHT, Mode.DARK])
def test_the_certificate_card_can_be_read_into_its_deepest_corner(mode: Mode, accents: Accents) -> None:
    table = colours(mode, accents)

    corner = deeper(QColor(table[Role.ACCENT])).name()

    assert contrast(table[Role.ON_ACCENT], corner) >= 4.5


def test_what_stands_round_a_page_grows_in_its_letters_alone_and_follows_in_all_else(theme: Theme) -> None:
    around = theme.snug()
    before = around.enlarged
    theme.set_scale(2.0)
    theme.set_mode(Mode.CONTRAST)
    theme.set_accents(Accents(light="#123456"))
    assert (1.0, Mode.CONTRAST, "#123456") == (around.scale, around.mode, around.accents.light)
    assert (False, True) == (before, around.enlarged)
    assert (theme.font(Type.BODY).pixelSize(), theme.leading(Type.BODY)) == (
        around.font(Type.BODY).pixelSize(),
        around.leading(Type.BODY),
    )
    assert (10, 20) == (around.px(10), around.em(10))


def test_the_ring_of_the_focus_is_thicker_in_high_contrast(theme: Theme) -> None:
    usual = theme.ring()
    theme.set_mode(Mode.CONTRAST)
    assert (2, 3) == (usual, theme.ring())
