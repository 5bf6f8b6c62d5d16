"""The theme in force: mode, scale, accent and words, and the one signal by which every widget follows them live."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from desktop.widgets.tokens import FACES, FAMILIES, RADIUS, RING, THICK_RING, Accents, Mode, Role, Type, colours, mix
from desktop.widgets.words import Words

__all__ = ["Accents", "Mode", "Role", "Theme", "Type", "follow"]


class Theme(QObject):
    """Hands out colours, fonts and px. Widgets call `follow` once and are restyled at each `changed`."""

    changed = Signal()

    def __init__(
        self,
        *,
        mode: Mode = Mode.LIGHT,
        scale: float = 1.0,
        accents: Accents | None = None,
        family: str | None = None,
        words: Words | None = None,
        animations: bool = True,
        least: int = 0,
    ) -> None:
        """`least`: no text is smaller, px at 100 %."""
        super().__init__()
        self._least = least
        self.animations = animations
        self.words = words or Words()
        self._mode, self._scale, self._accents = mode, scale, accents or Accents()
        self._letters, self._usual = scale, scale
        self._family = family
        self._fonts: dict[Type, QFont] = {}
        self._colours = colours(mode, self._accents)
        self._leader: Theme | None = None
        self._grows = True

    def snug(self, *, letters: bool = True) -> Theme:
        """Another one that follows this one, its `letters` included, but whose gaps and sizes stay what they are now.

        For what stands round a page that is enlarged: its words grow too, and the air about them goes to the page.
        """
        other = Theme(
            mode=self._mode,
            scale=self._scale,
            accents=self._accents,
            family=self.family,
            words=self.words,
            animations=self.animations,
            least=self._least,
        )
        other._leader, other._grows = self, letters
        self.changed.connect(other._take_after)
        return other

    def _take_after(self) -> None:
        leader = self._leader
        if leader is not None:
            self.words, self.animations = leader.words, leader.animations
            self._mode, self._accents = leader.mode, leader.accents
            self._letters = leader._letters if self._grows else self._scale
            self._refresh()

    @property
    def mode(self) -> Mode:
        return self._mode

    @property
    def scale(self) -> float:
        return self._scale

    @property
    def enlarged(self) -> bool:
        """Of a snug one: whether its letters are larger than they were when it was made."""
        return self._letters > self._scale

    @property
    def accents(self) -> Accents:
        return self._accents

    @property
    def outlined(self) -> bool:
        """High contrast: areas differ by outline, since they do not by colour."""
        return self._mode is Mode.CONTRAST

    def px(self, n: float) -> int:
        """A size given at 100 % as device-independent pixels at this scale."""
        return round(n * self._scale)

    def em(self, n: float) -> int:
        """As `px`, of what grows with the letters: lines, and icons that stand for words."""
        return round(n * self._letters)

    def ring(self) -> int:
        """Thickness of the ring round what has the focus, px: thicker where somebody needs the contrast."""
        least = THICK_RING if self.outlined else RING
        return max(least, self.px(least))

    def radius(self) -> int:
        return self.px(RADIUS)

    def color(self, role: Role) -> QColor:
        return QColor(self._colours[role])

    def fixed(self, colour: str) -> QColor:
        """A colour of the tokens that stays the same in every mode, such as the ink of a QR code."""
        return QColor(colour)

    def blend(self, over: Role, under: Role, share: float) -> QColor:
        """`share` (0–1) of one role over another: the tints of hover and press."""
        return QColor(mix(self._colours[over], self._colours[under], share))

    def font(self, kind: Type) -> QFont:
        if kind not in self._fonts:
            face = FACES[kind]
            self._fonts[kind] = self.sized(face.size, face.weight)
        return QFont(self._fonts[kind])

    def sized(self, size: float, weight: int = 400) -> QFont:
        """For drawings whose text is no paragraph: `size` in px at 100 %; figures are tabular."""
        font = QFont(self.family)
        font.setPixelSize(max(1, self.em(max(size, self._least))))
        font.setWeight(QFont.Weight(weight))
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def smallest(self) -> int:
        """What a text may shrink to that has no other way to be seen whole, px: small print at the usual size."""
        return round(max(FACES[Type.SMALL].size, self._least) * self._usual)

    def draws_hangul(self) -> bool:
        """Whether some face at hand has Korean letters. Only a face that we do not know is tried."""
        if self.family in FAMILIES:
            return True
        from desktop.widgets.hangul import drawn  # noqa: PLC0415 - seldom needed

        return drawn(self.sized(24))

    def leading(self, kind: Type) -> int:
        """Height of a line, px."""
        return self.em(max(FACES[kind].size, self._least) * FACES[kind].leading)

    def set_mode(self, mode: Mode) -> None:
        self._mode = mode
        self._refresh()

    def set_scale(self, scale: float) -> None:
        self._scale = self._letters = scale
        self._refresh()

    def set_accents(self, accents: Accents) -> None:
        self._accents = accents
        self._refresh()

    def set_words(self, words: Words) -> None:
        self.words = words
        self._refresh()

    def palette(self) -> QPalette:
        palette = QPalette()
        for group, role in _PALETTE.items():
            palette.setColor(group, self.color(role))
        for faint in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, faint, self.color(Role.MUTED))
        return palette

    def apply(self, app: QApplication) -> None:
        """Dresses what is not ours (tooltips, menus, scroll areas) and keeps it dressed.

        The application is to be started with `-style fusion`, the one style that takes all colours from the palette.
        """
        follow(self, lambda: self._dress(app))

    def _dress(self, app: QApplication) -> None:
        app.setPalette(self.palette())
        app.setFont(self.font(Type.BODY))

    def _refresh(self) -> None:
        self._fonts.clear()
        self._colours = colours(self._mode, self._accents)
        self.changed.emit()

    @property
    def family(self) -> str:
        """The face in use."""
        if self._family is None:
            self._family = next((name for name in FAMILIES if QFontDatabase.hasFamily(name)), QFont().family())
        return self._family


_PALETTE = {
    QPalette.ColorRole.Window: Role.SURFACE,
    QPalette.ColorRole.Base: Role.SURFACE,
    QPalette.ColorRole.AlternateBase: Role.RAISED,
    QPalette.ColorRole.Button: Role.RAISED,
    QPalette.ColorRole.WindowText: Role.TEXT,
    QPalette.ColorRole.Text: Role.TEXT,
    QPalette.ColorRole.ButtonText: Role.TEXT,
    QPalette.ColorRole.ToolTipBase: Role.RAISED,
    QPalette.ColorRole.ToolTipText: Role.TEXT,
    QPalette.ColorRole.PlaceholderText: Role.MUTED,
    QPalette.ColorRole.Highlight: Role.ACCENT,
    QPalette.ColorRole.HighlightedText: Role.ON_ACCENT,
    QPalette.ColorRole.Link: Role.ACCENT,
    QPalette.ColorRole.Accent: Role.ACCENT,
}


def follow(theme: Theme, restyle: Callable[[], object]) -> None:
    """Styles now and at every change; a bound method of a QObject ends with its object."""
    theme.changed.connect(restyle)
    restyle()
