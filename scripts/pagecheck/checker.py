"""One page in every look: laid out once for each language and size of text, painted once more for each mode."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from desktop.widgets.theme import Mode
from scripts.pagecheck import colour, layout, tabs, words
from scripts.pagecheck.drawn import Part, parts_of, stands, visible
from scripts.pagecheck.findings import Fault, Findings
from scripts.pagecheck.pages import Shown
from scripts.pagecheck.pixels import Picture
from scripts.pagecheck.stage import ZOOMS, Stage

T = TypeVar("T")
#: How much of a page's height is scrolled on at a time, so that what is cut by the edge is whole in the next picture.
_STEP = 0.7
#: From here on (scale of the theme) strokes are thick enough to be measured as they are.
LARGE = 1.5


@dataclass(frozen=True, slots=True)
class Looks:
    """Which of all looks: `languages` of `stage.LANGUAGES`. The one nobody speaks is shown in one mode alone."""

    languages: Sequence[str] = ("ko", "en", "pseudo")
    modes: Sequence[Mode] = tuple(Mode)
    zooms: Sequence[float] = ZOOMS


@dataclass
class Checker:
    stage: Stage
    findings: Findings = field(default_factory=Findings)
    _rings: set[object] = field(default_factory=set)
    _measured: dict[bytes, float] = field(default_factory=dict)

    def check(self, shown: Shown, looks: Looks) -> None:
        stage = self.stage
        for language in looks.languages:
            stage.speak(language)
            shown.show(stage)
            # From the look that the page before was left in: each change restyles all there is.
            for zoom in _nearest(looks.zooms, stage.zoom):
                parts: list[Part] = []
                stood: list[object] = []
                modes = looks.modes if language != "pseudo" else looks.modes[:1]
                for n, mode in enumerate(_nearest(modes, stage.theme.mode)):
                    stage.look(mode, zoom)
                    if shown.again is not None:
                        shown.again(stage)
                    parts = parts_of(stage.seen, parts)
                    before, stood = stood, stands(parts)
                    moved = n == 0 or stood != before
                    self._look(shown.name, (language, mode, zoom), parts, first=n == 0, moved=moved)
        self.stage.speak("ko")

    def _look(self, name: str, look: tuple[str, Mode, float], parts: list[Part], *, first: bool, moved: bool) -> None:
        """`first` in this language and size; `moved`: where things stand has not been looked at."""
        stage, (language, mode, zoom) = self.stage, look
        window, place = stage.seen, stage.place
        said = f"{place.name} {language} {mode} {round(zoom * 100)} %"
        self.findings.combinations += 1

        def add(faults: Iterable[Fault]) -> None:
            self.findings.add(name, said, faults, window)

        if moved:
            add(self._arrangement(language, parts))
        done: set[int] = set()
        for picture in shots(window, 2 if stage.theme.scale < LARGE else 1, self._measured):
            add(colour.faint(picture, parts, mode, stage.theme.scale, done))
        if first and (language == "ko" or zoom == ZOOMS[-1]):
            add(tabs.disorderly(window, _overlay(stage)))
        if language == "ko":
            add(colour.unlit(tabs.stops_of(window, _overlay(stage)), mode, zoom, self._rings))

    def _arrangement(self, language: str, parts: list[Part]) -> Iterator[Fault]:
        stage = self.stage
        window, place = stage.seen, stage.place
        yield from layout.unnamed(window)
        yield from layout.small(window, place.target)
        if place.text:
            yield from layout.tiny(parts, place.text)
        yield from layout.cut(parts)
        yield from layout.over(window, parts, _overlay(stage))
        yield from layout.wide(window, place.size if window is stage.window else window.size(), place.size)
        yield from words.strange(parts, language)
        yield from words.boxes(parts)


def shots(window: QWidget, ratio: int, known: dict[bytes, float]) -> Iterator[Picture]:
    """The window as it stands, then further down, until everything that scrolls has come into view."""
    bars = [w.verticalScrollBar() for w in visible(window) if isinstance(w, QScrollArea)]
    bars = [bar for bar in bars if bar.maximum() > 0]
    for bar in bars:
        bar.setValue(0)
    steps = max((1 + -(-bar.maximum() // max(1, round(bar.pageStep() * _STEP))) for bar in bars), default=1)
    for n in range(steps):
        for bar in bars:
            bar.setValue(min(bar.maximum(), n * round(bar.pageStep() * _STEP)))
        QApplication.processEvents()  # at the end of a page nothing says any more that it goes on
        yield Picture(window.window(), ratio, known)


def _nearest(those: Sequence[T], now: T) -> Sequence[T]:
    """The same in the order that begins with what there is now, where it is the last one."""
    return those[::-1] if now == those[-1] else those


def _overlay(stage: Stage) -> QWidget | None:
    frame = stage.window.frame
    return frame.side if frame is not None and frame.side.overlaid else None
