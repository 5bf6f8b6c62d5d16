"""The kiosk put together from its file, and what `changgu --kiosk` and `changgu kiosk-pin` do."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6 import QtCore
from PySide6.QtWidgets import QApplication

from desktop.app import ARGUMENTS, run_in_loop
from desktop.backend import Backend, open_backend
from desktop.banks import load_banks
from desktop.config import Settings
from desktop.kiosk.call import make_caller
from desktop.kiosk.conductor import Conductor
from desktop.kiosk.config import KioskConfig, read_kiosk
from desktop.kiosk.guard import Guard
from desktop.kiosk.health import Health, tell_health
from desktop.kiosk.memory import overwrite_what_is_freed
from desktop.kiosk.paper import Roll
from desktop.kiosk.size import Millimetres
from desktop.kiosk.sounds import Guidance, system_speaker
from desktop.kiosk.staff import StaffDoor
from desktop.kiosk.visit import Parts
from desktop.kiosk.window import KioskWindow
from desktop.shipped import shipped

DONE = 0


def run_kiosk(settings: Settings, path: Path) -> int:
    """Until the staff close it. Raises KioskFileError. Exit code 0 tells the system not to start it again."""
    overwrite_what_is_freed()
    banks = load_banks(shipped("banks"))
    config = read_kiosk(path, banks)
    settings = settings._replace(backend=config.backend or settings.backend)
    QtCore.QCoreApplication.setAttribute(QtCore.Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    application = QApplication(ARGUMENTS)
    application.setApplicationName("changgu-kiosk")
    application.setQuitOnLastWindowClosed(False)

    @asynccontextmanager
    async def opening() -> AsyncIterator[Backend]:
        async with open_backend(settings, banks, kiosk=True) as backend:
            yield backend

    async def whole() -> None:
        health = Health(config.id)
        guard = Guard(application)
        parts = make_parts(application, config, settings, guard, health)
        conductor = Conductor(parts, opening)
        telling = asyncio.ensure_future(tell_health(health, config.health))
        try:
            await conductor.serve()
        finally:
            guard.close()
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)

    run_in_loop(application, whole())
    return DONE


def make_parts(
    application: QApplication, config: KioskConfig, settings: Settings, guard: Guard, health: Health
) -> Parts:
    screen = application.primaryScreen().size()
    size = Millimetres(screen.width(), screen.height(), config.screen.mm_per_pixel)
    receipt, family = config.receipt, application.font().family()
    return Parts(
        application=application,
        config=config,
        banks=load_banks(shipped("banks")),
        data=settings.data,
        size=size,
        clock=time.monotonic,
        shuffle=random.SystemRandom().shuffle if config.keypad.shuffle else None,
        guard=guard,
        door=StaffDoor(config.staff_pin, time.monotonic),
        caller=make_caller(config),
        printing=Roll(receipt.printer, receipt.width_mm, family=family) if receipt.kind == "paper" else None,
        guidance=Guidance(system_speaker(), config.voice),
        health=health,
        present=KioskWindow.showFullScreen,
    )
