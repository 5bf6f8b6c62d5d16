"""The window put together: the first page is painted before anything is loaded that it can do without."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from PySide6 import QtCore
from PySide6.QtCore import QTimer
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from desktop.config import Settings
from desktop.shipped import shipped
from desktop.text import Text
from desktop.widgets.theme import Mode, Theme
from desktop.wizard.home import Home
from desktop.wizard.looks import words_of
from desktop.wizard.offers import Branch, branches_in
from desktop.wizard.window import Window

if TYPE_CHECKING:
    from desktop.wizard.counter import Counter

T = TypeVar("T")
#: Height of the system's usual face by platform, px. Who has set a larger one sees our text larger too.
_USUAL_FACE = {"win32": 12.0, "darwin": 13.0}
_LARGEST = 2.0
#: Seconds after which a thread hands the interpreter on to one that waits for it; Python's own figure is 5 ms.
SWITCH = 0.0005
_DOTS = 72.0 if sys.platform == "darwin" else 96.0  # logical ones an inch
#: Named here rather than set later: what `setStyle` gives back makes Qt's slowest enums, which nobody needs.
ARGUMENTS = ["changgu", "-style", "fusion"]


class Front(NamedTuple):
    """What stands before the services are there. Each part holds the next alive."""

    application: QApplication
    theme: Theme
    window: Window


def make_front(application: QApplication, settings: Settings, *, animations: bool = True) -> Front:
    """Raises ProfileError for a bank profile of which not even the names can be read."""
    dark = application.palette().color(QPalette.ColorRole.Window).lightnessF() < 0.5  # as the system has it
    mode = Mode(settings.mode) if settings.mode else Mode.DARK if dark else Mode.LIGHT
    text = Text(settings.language)
    theme = Theme(
        mode=mode,
        scale=settings.scale * _system_scale(application),
        words=words_of(text),
        animations=animations,
    )
    theme.apply(application)
    home = Home(
        theme,
        text,
        _branches(),
        practice=settings.practice,
        data=settings.data,
        support=lambda: _support(settings),
    )
    return Front(application, theme, Window(theme, text, home))


def _support(settings: Settings) -> str:
    """In a thread: it starts a process."""
    from desktop.doctor import examine  # noqa: PLC0415 - when it is asked for
    from desktop.support import support_text  # noqa: PLC0415 - as above

    return support_text(examine(settings), settings.data)


def _branches() -> tuple[Branch, ...]:
    try:
        return branches_in(shipped("banks"))
    except (LookupError, TypeError, ValueError):
        from desktop.banks import load_banks  # noqa: PLC0415 - it says what is wrong, and where

        load_banks(shipped("banks"))
        raise


def run(settings: Settings) -> int:
    """Shows the window until it is closed. Returns the exit code."""
    application = QApplication(ARGUMENTS)
    application.setApplicationName("changgu")
    # The loop belongs to asyncio: it ends when everything is put away, not when the last window goes.
    application.setQuitOnLastWindowClosed(False)
    front = make_front(application, settings)
    if not front.theme.draws_hangul():
        return tell_no_hangul(front, settings)
    front.window.show()
    front.window.home.focus_first()
    application.processEvents()
    read_on(front)
    follow_system(front, settings)
    serve(front, settings)
    return 0


def tell_no_hangul(front: Front, settings: Settings) -> int:
    """In place of a window full of boxes: what to install. Returns 1 when the person has closed it."""
    from desktop.wizard.no_hangul import NoHangul, remedy_here  # noqa: PLC0415 - hardly ever needed

    page = NoHangul(front.theme, Text(settings.language), remedy_here(), front.application.clipboard())
    page.show()
    while page.isVisible():
        front.application.processEvents(QtCore.QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    return 1


def read_on(front: Front) -> None:
    """Reads the rest of the program in a thread, now that there is something to look at. The window answers meanwhile.

    No loop of asyncio runs yet: that is a part of what is read. What the person asks for is kept until it is there.
    Raises ProfileError.
    """
    from threading import Event, Thread  # noqa: PLC0415 - the first page does without

    application, done, failed = front.application, Event(), list[Exception]()
    events = application.eventDispatcher()

    def read() -> None:
        try:
            import qasync  # type: ignore[import-untyped]  # it has no stubs  # noqa: F401, PLC0415 - with asyncio

            import desktop.wizard.counter  # noqa: F401, PLC0415 - and the flow of a journey

            front.window.home.room.read_ahead()
        except Exception as error:  # noqa: BLE001 - raised below, in the thread that can tell the person
            failed.append(error)
        finally:
            done.set()
            events.wakeUp()

    thread = Thread(target=read, name="changgu-read")
    with _fair():
        QTimer.singleShot(0, thread.start)  # what came in while the page was painted goes first
        while not done.is_set():
            application.processEvents(QtCore.QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        thread.join()
    if failed:
        raise failed[0]


def follow_system(front: Front, settings: Settings) -> None:
    """Brightness, contrast and stillness as the system has them, until the person chooses in the window."""
    from desktop.wishes import Wishes  # noqa: PLC0415 - it asks Qt for what takes a while

    wishes = Wishes(front.application, front.theme, dressing=settings.mode is None)
    front.window.header.mode_asked.connect(wishes.let_be)
    front.theme.changed.connect(front.window.header.refresh)


def serve(front: Front, settings: Settings) -> None:
    """Runs until the window is closed."""

    async def whole() -> None:
        await make_counter(front, settings).serve()

    run_in_loop(front.application, whole())


def make_counter(front: Front, settings: Settings) -> Counter:
    """What joins the window with the flow and the services. Raises ProfileError."""
    import asyncio  # noqa: PLC0415 - the first page does without

    from desktop.backend import Backend, open_backend  # noqa: PLC0415 - as above
    from desktop.wizard.counter import Counter  # noqa: PLC0415 - as above

    banks = front.window.home.room.banks

    @asynccontextmanager
    async def opening() -> AsyncIterator[Backend]:
        await asyncio.to_thread(_read_authority)
        async with open_backend(settings, banks) as backend:
            yield backend

    return Counter(
        theme=front.theme,
        window=front.window,
        banks=banks,
        language=settings.language,
        data=settings.data,
        opening=opening,
    )


def _read_authority() -> None:
    """In a thread, so that the window answers meanwhile."""
    import desktop.services.authority.local  # noqa: F401, PLC0415 - see above


def run_in_loop(application: QApplication, work: Coroutine[object, object, T]) -> T:
    """Runs it with Qt's events and asyncio's in one loop. Nothing of it is left behind."""
    import asyncio  # noqa: PLC0415 - the first page does without
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - as above

    from qasync import QEventLoop  # noqa: PLC0415 - as above

    def make_loop() -> asyncio.AbstractEventLoop:
        loop: asyncio.AbstractEventLoop = QEventLoop(application)
        # qasync's own executor runs Python in threads of Qt, which Python never forgets.
        loop.set_default_executor(ThreadPoolExecutor(2))
        return loop

    from desktop.wizard.garbage import collected_here  # noqa: PLC0415 - as above

    with _fair(), collected_here(), asyncio.Runner(loop_factory=make_loop) as runner:
        return runner.run(work)


@contextmanager
def _fair() -> Iterator[None]:
    """No thread keeps the interpreter from the interface for long.

    To draw a page calls Python a hundred times, and each call may have to wait for a thread that computes.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def _system_scale(application: QApplication) -> float:
    """1.0 unless the person has set a larger face for the whole system."""
    font = application.font()
    height = font.pixelSize() if font.pixelSize() > 0 else font.pointSizeF() * _DOTS / 72
    return min(_LARGEST, max(1.0, height / _USUAL_FACE.get(sys.platform, 15.0)))
