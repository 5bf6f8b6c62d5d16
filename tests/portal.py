"""A desktop's settings on a message bus of their own, for programs that ask xdg-desktop-portal for them."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from jeepney import (  # type: ignore[import-untyped]  # it has no stubs
    DBusAddress,
    MessageType,
    new_error,
    new_method_call,
    new_method_return,
)
from jeepney.io.blocking import open_dbus_connection  # type: ignore[import-untyped]  # as above

#: (namespace, key) to the D-Bus type and the value.
Settings = Mapping[tuple[str, str], tuple[str, object]]
_BUS = DBusAddress("/org/freedesktop/DBus", bus_name="org.freedesktop.DBus", interface="org.freedesktop.DBus")
_NAME = "org.freedesktop.portal.Desktop"


def possible() -> bool:
    return shutil.which("dbus-daemon") is not None


@contextmanager
def portal(settings: Settings) -> Iterator[str]:
    """Answers for as long as the block lasts. Gives the address of the bus; the settings may change meanwhile."""
    command = ["dbus-daemon", "--session", "--nofork", "--print-address"]
    daemon = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert daemon.stdout is not None
    address = daemon.stdout.readline().strip()
    connection = open_dbus_connection(bus=address)
    connection.send_and_get_reply(new_method_call(_BUS, "RequestName", "su", (_NAME, 0)))
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                asked = connection.receive(timeout=0.05)
            except TimeoutError:
                continue
            if asked.header.message_type is not MessageType.method_call:
                continue
            found = settings.get(tuple(asked.body))
            missing = new_error(asked, "org.freedesktop.portal.Error.NotFound")
            connection.send(new_method_return(asked, "v", (("v", found),)) if found else missing)

    answering = threading.Thread(target=serve)
    answering.start()
    try:
        yield address
    finally:
        over.set()
        answering.join()
        connection.close()
        daemon.terminate()
        daemon.wait()
        daemon.stdout.close()
