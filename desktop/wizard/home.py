"""Everything between journeys: the list of places at the side, and the page of the one that is open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.text import Text
from desktop.widgets.button import Button
from desktop.widgets.scroll import PageScroll
from desktop.widgets.surface import Surface
from desktop.widgets.theme import Role, Theme
from desktop.widgets.tokens import RAIL, XL, XXL, L, M
from desktop.wizard.columns import Centred
from desktop.wizard.footer import Footer
from desktop.wizard.group import Group
from desktop.wizard.lobby.front import FrontPage
from desktop.wizard.lobby.leaf import Leaf
from desktop.wizard.lobby.room import News, Room, today_in_korea
from desktop.wizard.offers import Branch, Offer

if TYPE_CHECKING:
    from desktop.widgets.nav import NavList

__all__ = ["Home", "News"]

#: Under this width (px at 100 %) the list of places stands at the end of the first page.
ROOMY = 860
#: The module and the class of each place but the first.
PAGES = {
    "tasks": ("tasks", "TasksPage"),
    "chooser": ("chooser", "ChooserPage"),
    "mine": ("mine", "MinePage"),
    "files": ("files", "FilesPage"),
    "file": ("file", "FilePage"),
    "file_job": ("filejob", "FileJobPage"),
    "history": ("past", "PastPage"),
    "help": ("find", "FindPage"),
    "compare": ("compare", "ComparePage"),
    "support": ("support", "SupportPage"),
    "apps": ("apps", "AppsPage"),
}

#: Places that are part of another one in the list at the side.
PARENTS = {"file": "files", "file_job": "files", "support": "help"}


class Home(QWidget):
    chosen = Signal(object)  # Offer
    resumed = Signal()

    def __init__(
        self,
        theme: Theme,
        text: Text,
        branches: Sequence[Branch],
        *,
        practice: bool,
        data: Path | None = None,
        support: Callable[[], str] | None = None,
        around: Theme | None = None,
    ) -> None:
        """`data`: the folder of what this PC remembers, None where nothing of a person stays. `support`: see Room.

        `around` dresses what stands round a page; None dresses it like the page.
        """
        super().__init__()
        self.room = room = Room(theme, text, tuple(branches), practice, today_in_korea, data, support)
        self._ready = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(10)  # ms: what the person does by then goes first
        self._later.timeout.connect(self.list_places)
        self._wanted: Offer | None = None
        self._leaves: dict[str, Leaf] = {}
        self._scrolls: dict[str, PageScroll] = {}
        self.place = "front"
        self._stack = QStackedWidget()
        self._side = Surface(room.theme, Role.SUNKEN, rounded=False)
        self._side_column = QVBoxLayout(self._side)
        self._nav: NavList | None = None
        self._listed = False
        self._side_column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.footer = Footer(around or theme)
        self.footer.primary_asked.connect(self.press_primary)
        self.footer.back_asked.connect(self.step_out)
        self._foot = Centred(around or theme, self.footer, above=M, below=L)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addWidget(self._foot)
        row.addWidget(self._side)
        row.addLayout(column, 1)
        self.front = self.make_front(room)
        self.front.resumed.connect(self.resumed)
        self._add("front", self.front)
        self._draw_ways()
        room.theme.changed.connect(self.fold)  # and when it has a size for the first time

    def make_front(self, room: Room) -> FrontPage:
        return FrontPage(room)

    @property
    def practice(self) -> bool:
        return self.room.practice

    def set_practice(self, practice: bool) -> None:
        """Known once the services are there: a bank's server may be for practice, too."""
        if practice != self.room.practice:
            self.room.practice = practice
            self.retext(self.room.text)

    @property
    def leaf(self) -> Leaf:
        """The page that is open."""
        return self._leaves[self.place]

    @property
    def page_scroll(self) -> PageScroll:
        """What the page that is open lies in."""
        return self._scrolls[self.place]

    @property
    def resume(self) -> Button | None:
        return self.front.resume

    def open(self, place: str, what: str = "") -> None:
        """Shows a place; its code is read when it is first asked for."""
        if place not in self._leaves:
            self._add(place, _make(place, self.room))
        self.place = place
        leaf = self._leaves[place]
        if place != "front":
            leaf.show_about(what)
        self._scrolls[place].verticalScrollBar().setValue(0)
        self._stack.setCurrentWidget(self._scrolls[place])
        if self._nav is not None:
            self._nav.set_current(PARENTS.get(place, place))
        self._draw_ways()
        self.focus_first()

    def retext(self, text: Text) -> None:
        self.room.text = text
        if self._listed:
            self.list_places()
        # The others are drawn anew when they are opened.
        for leaf in {self.front, self.leaf}:
            leaf.retext()
        self._draw_ways()

    def tell(self, news: News | None) -> None:
        self.front.tell(news)

    def offer_resume(self, interrupted: Offer | None) -> None:
        self.front.offer_resume(interrupted)

    def focus_first(self) -> None:
        if not self.leaf.focus_first() and not self._foot.isHidden():
            self.footer.primary.setFocus()

    def set_ready(self, ready: bool) -> None:
        """The services are there. What was asked for before is begun now."""
        self._ready = ready
        if ready and self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            self.chosen.emit(wanted)

    def look_again(self) -> None:
        """Something was plugged in or pulled out."""
        self.leaf.look_again()

    def stop(self) -> None:
        """The program ends: no page goes on reading media."""
        self._later.stop()
        for leaf in self._leaves.values():
            leaf.stop()

    def begin(self, offer: Offer) -> None:
        """A journey, as soon as the services are there."""
        if self._ready:
            self.chosen.emit(offer)
        else:
            self._wanted = offer

    def press_primary(self) -> None:
        self.leaf.press_primary()

    def step_out(self) -> None:
        """Esc: back to the page this one was opened from."""
        self.leaf.step_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The page goes first: the list of places is made when it stands."""
        super().paintEvent(event)
        if not self._listed:
            self._listed = True
            self._later.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fold()

    def fold(self) -> None:
        """The list of places goes where there is no room for it."""
        px = self.room.theme.px
        narrow = self.width() < px(ROOMY)
        self._side.setVisible(not narrow)
        self._side.setFixedWidth(px(RAIL))
        self._side_column.setContentsMargins(px(M), px(XL), px(M), px(XL))
        self.front.show_places(narrow)
        self._draw_ways()

    def hide_side(self) -> None:
        """Nothing stands beside the page."""
        self._side.hide()
        self._draw_ways()

    def _draw_ways(self) -> None:
        back, primary = self.leaf.back_text(), self.leaf.primary_text()
        if not back and self.place != "front" and self._side.isHidden():
            back = self.room.text("lobby.front.place")
        self.footer.show_ways(back=back, can_back=bool(back), primary=primary, can_primary=bool(primary))
        self.footer.primary.setVisible(bool(primary))
        self.footer.primary.set_kind(self.leaf.primary_kind())
        self._foot.setVisible(bool(back or primary))

    def _leaf_changed(self, place: str) -> None:
        """A page that is open was drawn anew: its buttons and the focus follow."""
        if place == self.place:
            self._draw_ways()
            if self.isVisible():
                self.focus_first()

    def _add(self, place: str, leaf: Leaf) -> None:
        leaf.opened.connect(self.open)
        leaf.changed.connect(lambda: self._leaf_changed(place))
        leaf.chosen.connect(self.begin)
        holder = Group(self.room.theme, leaf)
        holder.add_stretch()
        self._leaves[place] = leaf
        self._scrolls[place] = PageScroll(self.room.theme, Centred(self.room.theme, holder, above=XXL))
        self._stack.addWidget(self._scrolls[place])

    def list_places(self) -> None:
        """Puts the list of places beside the page."""
        from desktop.widgets.nav import NavList  # noqa: PLC0415 - not before the first page
        from desktop.wizard.lobby.places import places  # noqa: PLC0415 - as above

        if self._nav is not None:
            self._side_column.removeWidget(self._nav)
            self._nav.deleteLater()
        self._nav = NavList(self.room.theme, places(self.room.text))
        self._nav.chosen.connect(self.open)
        self._nav.set_current(PARENTS.get(self.place, self.place))
        self._side_column.insertWidget(0, self._nav)


def _make(place: str, room: Room) -> Leaf:
    """Each page is read when somebody wants it: the first one is there sooner without them."""
    module, name = PAGES[place]
    made = getattr(import_module(f"desktop.wizard.lobby.{module}"), name)(room)
    assert isinstance(made, Leaf), "every place has a page"
    return made
