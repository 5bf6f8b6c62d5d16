"""The frame of a journey: rail, one column with its two ways on, and help; it draws a View and derives every button."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QEasingCurve, QPoint, QPropertyAnimation, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.services.api import Changed, Issued, PhoneEvent, Reason
from desktop.widgets.announce import announce
from desktop.widgets.progress import BusyPanel
from desktop.widgets.rail import Rail, RailEntry, RailState
from desktop.widgets.scroll import PageScroll
from desktop.widgets.tokens import HELP, RAIL, XXL, L, M
from desktop.wizard.blocks import Group
from desktop.wizard.columns import Centred, Strip
from desktop.wizard.flow.view import Given, View
from desktop.wizard.footer import Footer
from desktop.wizard.kit import Kit
from desktop.wizard.message_line import MessageLine
from desktop.wizard.page import Page
from desktop.wizard.pages.table import PAGES
from desktop.wizard.side import Side
from desktop.wizard.wording import position, step_key, step_place, time_left

#: What the column needs beside rail and help (px at 100 %), and how long a page takes to slide in (ms).
ROOM = 520
SLIDE = 170


class Driver(Protocol):
    """What a frame may ask for; the runner of the flow is one. All are plain calls, ignored when they make no sense."""

    def next(self, given: Given) -> None: ...

    def act(self, action: str, given: Given | None = None) -> None: ...

    def choose(self, field: str, value: str) -> None: ...

    def back(self) -> None: ...

    def go_to(self, step: str) -> None: ...

    def cancel_call(self) -> None: ...

    def leave(self) -> None: ...


class Frame(QWidget):
    """One journey on the screen. Its pages live as long as it does, so what is typed survives Back."""

    save_asked = Signal(object)  # Paper
    print_asked = Signal(object)  # Paper
    phone_answered = Signal(int, str)
    lobby_asked = Signal(str, str)  # a place to be shown once this one is over
    next_task = Signal(object)  # Task to begin once this one is over
    removal_asked = Signal(object)  # Place

    def __init__(self, kit: Kit, driver: Driver) -> None:
        super().__init__()
        self._kit, self._driver = kit, driver
        self.view: View | None = None
        self._pages: dict[str, Page] = {}
        self._scrolls: dict[str, PageScroll] = {}
        self._slide: QPropertyAnimation | None = None
        self.rail = Rail(kit.theme)
        self.side = Side(kit)
        self.footer = Footer(kit.around)
        self.busy = BusyPanel(kit.around)
        self.busy.hide()
        self._strip = Strip(kit.around)
        #: One stays in sight above the pages. Enlarged, it would take their room: then each page brings its own along.
        self._strips: dict[str, Strip] = {"": self._strip}
        self.message = MessageLine(kit)
        self.message.hide()
        self._stack = QStackedWidget()
        self._help_called = False
        self._lay_out()
        self._connect()

    @property
    def journey_name(self) -> str:
        return self._kit.journey_name

    @property
    def bank_name(self) -> str:
        return self._kit.bank.name[self._kit.text.language]

    @property
    def achieved(self) -> bool:
        """What the journey was for has come about; to leave takes nothing of it away."""
        return self.view is not None and (Issued in self.view.facts or Changed in self.view.facts)

    @property
    def in_doubt(self) -> bool:
        """Something that cannot be taken back was asked for, and its outcome is not known."""
        view = self.view
        return view is not None and view.problem is not None and view.problem.code == Reason.OUTCOME_UNKNOWN

    @property
    def page(self) -> Page | None:
        return self._pages.get(self.view.step) if self.view else None

    @property
    def page_scroll(self) -> PageScroll | None:
        """What the page that is open lies in."""
        return self._scrolls.get(self.view.step) if self.view else None

    # ── Drawing ───────────────────────────────────────────────────────────────────────────────────────────

    def draw(self, view: View) -> None:
        before, self.view = self.view, view
        page = self._page_for(view.step)
        page.draw(view)
        self._draw_below(view)
        # Rail and help in the next turn: with the page at once they would hold the window for too long.
        QTimer.singleShot(0, self, self._draw_beside)
        if before is None or before.step != view.step:
            self.message.show_event(None)
            self._turn_to(page, before)
        if before is None or before.busy is not None or _asks(before) != _asks(view):
            self._place_focus(view)
            QTimer.singleShot(0, self, self._scroll_to_focus)
        if before is not None and _asks(before) != _asks(view) and self.side.overlaid:
            # What lay over the last question must not cover the next one.
            self._help_called = False
            self.fold()
        self._speak(before, view)

    def retext(self) -> None:
        """The kit's text has changed: everything is said anew, nothing typed is lost."""
        if self.view is not None:
            self.side.retext()
            self.message.retext()
            for page in self._pages.values():
                if page.view is not None:
                    page.draw(self.view if page is self.page else page.view)
            self._draw_below(self.view)
            self._draw_beside()

    def wipe(self) -> None:
        for page in self._pages.values():
            page.wipe()

    def scrolled_by(self) -> int:
        """How much of the page lies outside what is seen, px; 0 for a page that fits."""
        scroll = self._scrolls.get(self.view.step) if self.view else None
        return scroll.verticalScrollBar().maximum() if scroll is not None else 0

    def press_primary(self) -> None:
        """What the primary button does; nothing while it is shut."""
        if self.view is None or self.page is None or not self.footer.primary.isEnabled():
            return
        if self._consequence_unseen(self.view):
            return
        if self._restart_offered(self.view):
            self.page.act("restart")
        else:
            self.page.submit()

    def _consequence_unseen(self, view: View) -> bool:
        """At a kiosk, with its large letters, what cannot be undone may stand below: it is shown before it is done."""
        scroll = self.page_scroll
        if self._kit.kiosk is None or not view.irreversible or scroll is None:
            return False
        bar = scroll.verticalScrollBar()
        unseen = bar.maximum() - bar.value() > self._kit.theme.px(M)
        bar.setValue(bar.maximum())
        return unseen

    def step_out(self) -> bool:
        """Esc: out of what is innermost. False when that is the journey itself."""
        if self.side.overlaid and not self.side.isHidden():
            self._close_side()
            return True
        if self.page is not None and self.page.close_inner():
            return True
        if self.view is not None and self.view.busy is not None and self.view.busy.cancellable:
            self._driver.cancel_call()
            return True
        return False

    def _page_for(self, step: str) -> Page:
        if step not in self._pages:
            page = PAGES[step](self._kit)
            page.answered.connect(self._driver.next)
            page.acted.connect(self._driver.act)
            page.go_to.connect(self._driver.go_to)
            page.save_asked.connect(self.save_asked)
            page.print_asked.connect(self.print_asked)
            page.changed.connect(self._draw_ways)
            page.changed.connect(self._uncover)
            page.chose.connect(self._driver.choose)
            page.next_task.connect(self.next_task)
            page.lobby_asked.connect(self.lobby_asked)
            page.removal_asked.connect(self.removal_asked)
            self._pages[step] = page
            self._scrolls[step] = PageScroll(self._kit.theme, self._laid(step, page))
            self._stack.addWidget(self._scrolls[step])
        return self._pages[step]

    def _laid(self, step: str, page: Page) -> QWidget:
        """A page as it lies in what scrolls."""
        column = Centred(self._kit.theme, page, above=XXL, below=M)
        if self._kit.kiosk is None:
            return column
        strip, whole = Strip(self._kit.around), QWidget()
        self._strips[step] = strip
        below = QVBoxLayout(whole)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addWidget(strip)
        below.addWidget(column, 1)
        strip.setVisible(self._kit.around.enlarged)
        return whole

    def _draw_below(self, view: View) -> None:
        """What tells whether the page can be left: never behind it."""
        self.setAccessibleName(self._kit.journey_name)
        self._draw_busy(view)
        self._draw_ways()

    def _draw_beside(self) -> None:
        kit, text, view, page = self._kit, self._kit.text, self.view, self.page
        assert view is not None, "asked for by `draw`"
        assert page is not None, "as above"
        left = time_left(text, view.seconds_left)
        self.rail.set_heading(kit.bank.name[text.language], kit.task_name)
        self.rail.set_items(
            [
                RailEntry(i.step, text(step_key(text, view, "rail", i.step)), RailState(i.progress.value), i.reachable)
                for i in view.rail
            ]
        )
        if view.finished or view.end is not None:
            left = ""  # nothing more is asked
        self.rail.set_time_left(left)
        self._draw_centre()
        for strip in self._strips.values():
            strip.show_place(step_place(text, view), left, "" if strip is self._strip else kit.task_name)
        self.side.draw(view, page.label)

    def _draw_centre(self) -> None:
        """Whom to call and when it is quick; as much of it as the steps leave room for."""
        text, centre = self._kit.text, self._kit.bank.centre
        line = text("ui.centre.line", phone=centre.phone, hours=centre.hours[text.language])
        self.rail.set_centre([f"{line}\n{centre.off_peak[text.language]}", line, centre.phone])

    def _show_message(self) -> None:
        """Where the phone is beside the page it needs no line; nor while a call runs, which takes the room."""
        busy = self.view is not None and self.view.busy is not None
        self.message.setVisible(self.side.overlaid and not busy and not self.message.is_empty)

    def _show_footer(self) -> None:
        """Enlarged, what is awaited takes the room of the buttons, none of which can be pressed meanwhile."""
        busy = self.view is not None and self.view.busy is not None
        self.footer.setVisible(not (busy and self._kit.around.enlarged))

    def _draw_busy(self, view: View) -> None:
        self._show_message()
        self._show_footer()
        if view.busy is None:
            self.busy.hide()
            return
        text = self._kit.text
        detail = text("ui.busy.usual", seconds=max(1, round(view.busy.usual)))
        self.busy.show(text(f"busy.{view.busy.effect}"), detail, view.busy.cancellable)

    def _draw_ways(self) -> None:
        view, page = self.view, self.page
        if view is None or page is None:
            return
        restart = self._restart_offered(view)
        self.footer.show_ways(
            back=self._kit.text("ui.back"),
            can_back=view.can_back,
            primary=self._kit.text("action.restart") if restart else page.primary_text(view),
            can_primary=restart or (view.can_next and page.ready(view)),
        )

    def _restart_offered(self, view: View) -> bool:
        return any(action.id == "restart" for action in view.actions)

    # ── Focus, speech and movement ────────────────────────────────────────────────────────────────────────

    def _place_focus(self, view: View) -> None:
        """Where the person goes on; during a call on the frame itself, so that no key does anything by chance."""
        page = self.page
        assert page is not None, "a drawn view has a page"
        if view.busy is not None:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not page.focus_first():
            self.footer.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def _speak(self, before: View | None, view: View) -> None:
        """The new step. Problems and waits are spoken by the widgets that show them."""
        if before is None or before.step != view.step:
            title = self.page.title if self.page else ""
            announce(self, f"{step_place(self._kit.text, view)}. {title}")

    def _scroll_to_focus(self) -> None:
        """From the top of a new page or stage to where the person goes on, once it is laid out."""
        scroll = self._scrolls.get(self.view.step) if self.view else None
        if scroll is None:
            return
        scroll.verticalScrollBar().setValue(0)
        focused = self.focusWidget()
        if focused is not None and scroll.isAncestorOf(focused):
            scroll.bring(focused)

    def _turn_to(self, page: Page, before: View | None) -> None:
        scroll = self._scrolls[page.view.step] if page.view else None
        if scroll is None:
            return
        self._stack.setCurrentWidget(scroll)
        if before is None or self.view is None or not self._kit.theme.animations:
            return
        forward = position(self.view)[0] >= position(before)[0]
        self._slide = QPropertyAnimation(scroll, b"pos", self)
        self._slide.setDuration(SLIDE)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._slide.setStartValue(QPoint(self._kit.theme.px(XXL) * (1 if forward else -1), 0))
        self._slide.setEndValue(QPoint(0, 0))
        self._slide.start(QPropertyAnimation.DeletionPolicy.KeepWhenStopped)

    # ── Layout ────────────────────────────────────────────────────────────────────────────────────────────

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fold()

    def toggle_help(self) -> None:
        """Help comes, or goes where it is already in front."""
        shown = not self.side.isHidden() and self.side.helping
        if self.side.overlaid and shown:
            self._close_side()
            return
        if not self.side.overlaid:
            self.side.help.set_folded(shown)
        if not shown:
            self.side.show_help()
            self._call_side()
        else:
            self.fold()

    def show_event(self, event: PhoneEvent) -> None:
        """The practice phone received something."""
        self.side.add_event(event)
        if not event.answered:
            self.message.show_event(event)
            self.fold()

    def fold(self) -> None:
        """The rail shrinks to a line, and help lies over the page, where there is no room beside it."""
        px, width = self._kit.theme.px, self.width()
        narrow = self._kit.kiosk is not None or width < px(RAIL + ROOM)
        self._show_footer()
        overlaid = narrow or width < px(RAIL + ROOM + HELP)
        self.rail.setVisible(not narrow)
        for strip in self._strips.values():
            strip.setVisible(narrow and (strip is self._strip) != self._kit.around.enlarged)
        if overlaid != self.side.overlaid:
            self._help_called = False
            self.side.overlaid = overlaid
            if overlaid:
                self._row.removeWidget(self.side)
            else:
                self._row.addWidget(self.side)
        self.side.setVisible(self._help_called or not overlaid)
        self._show_message()
        if overlaid:
            self.side.bound(width)
            taken = self.side.width()
            self.side.setGeometry(width - taken, 0, taken, self.height())
            self.side.raise_()

    def _close_side(self) -> None:
        self._help_called = False
        self.fold()
        if self.page is not None and not self.page.focus_first():
            self.footer.primary.setFocus()

    def _open_phone(self) -> None:
        self.side.show_phone()
        self._call_side()

    def _call_side(self) -> None:
        """Over the page it has the focus: what it covers must not be where one types."""
        self._help_called = True
        self.fold()
        if self.side.overlaid:
            self.side.focus_first()

    def uncover(self, wanted: QWidget) -> None:
        """Tab comes to this: nothing may lie over it."""
        if self.side.overlaid and self.isAncestorOf(wanted) and not self.side.isAncestorOf(wanted):
            self._uncover()

    def _uncover(self) -> None:
        """What is typed must be seen: whatever lies over the page goes."""
        if self._help_called:
            self._help_called = False
            self.fold()

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._strip)
        column.addWidget(self.message)
        column.addWidget(self._stack, 1)
        around = self._kit.around
        foot = Group(around, self.busy, self.footer, gap=Group.CLOSE)
        column.addWidget(Centred(around, foot, above=M, below=L))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addWidget(self.rail)
        self._row.addLayout(column, 1)
        self._row.addWidget(self.side)

    def _connect(self) -> None:
        self.rail.chosen.connect(self._driver.go_to)
        self.footer.back_asked.connect(self._driver.back)
        self.footer.primary_asked.connect(self.press_primary)
        self.busy.cancelled.connect(self._driver.cancel_call)
        self.side.close_asked.connect(self._close_side)
        self.message.opened.connect(self._open_phone)
        self.side.phone_answered.connect(self.phone_answered)
        self._kit.theme.changed.connect(self.fold)


def _asks(view: View) -> tuple[object, ...]:
    """What decides where the person goes on; while it stays the same, the focus stays where it is."""
    return view.step, view.stage, view.busy is None, view.problem, [(f.id, f.problem) for f in view.fields]
