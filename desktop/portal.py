"""The settings of a Linux desktop, asked of xdg-desktop-portal without waiting for its answer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher, QDBusVariant

SERVICE = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
SETTINGS = "org.freedesktop.portal.Settings"
#: A desktop that says nothing within this time has nothing to say (ms).
_PATIENCE = 2_000

Name = tuple[str, str]


def ask(owner: QObject, name: Name, heard: Callable[[Name, object], None], over: Callable[[], None]) -> bool:
    """`heard` with what the setting (namespace, key) is, later; never where there is no such setting or no portal.

    `over` in any case, unless False is returned: there is nobody to ask.
    """
    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return False
    question = QDBusMessage.createMethodCall(SERVICE, PATH, SETTINGS, "Read")
    question.setArguments(list(name))
    watcher = QDBusPendingCallWatcher(bus.asyncCall(question, _PATIENCE), owner)

    def answered() -> None:
        reply = watcher.reply()
        if reply.type() == QDBusMessage.MessageType.ReplyMessage and reply.arguments():
            heard(name, _plain(reply.arguments()[0]))
        over()
        watcher.deleteLater()

    watcher.finished.connect(answered)
    return True


def _plain(said: object) -> object:
    """`Read` wraps what it says twice."""
    while isinstance(said, QDBusVariant):
        said = said.variant()
    return said
