"""A session for one program: a display, a message bus and the accessibility bus, from which its tree is read."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from jeepney import (  # type: ignore[import-untyped]  # it has no stubs
    DBusAddress,
    MatchRule,
    MessageType,
    new_method_call,
)
from jeepney.io.blocking import (  # type: ignore[import-untyped]  # as above
    DBusConnection,
    open_dbus_connection,
)

_ACCESSIBLE: Final = "org.a11y.atspi.Accessible"
_ROOT: Final = "/org/a11y/atspi/accessible/root"
#: What must be there; each with the package that brings it on Debian.
NEEDED: Final = {"Xvfb": "xvfb", "xdotool": "xdotool", "dbus-daemon": "dbus", "at-spi-bus-launcher": "at-spi2-core"}
_LAUNCHERS: Final = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")
#: Bits of an AT-SPI state set (atspi-constants.h).
CHECKED, ENABLED, FOCUSABLE, FOCUSED, SHOWING, VISIBLE = 4, 8, 11, 12, 25, 30
#: Header fields of a D-Bus message.
_PATH, _MEMBER, _REPLY_SERIAL, _SENDER = 1, 3, 5, 7
_ENDED_SECONDS: Final = 10.0


def missing() -> list[str]:
    """The Debian packages without which there is no such session here."""
    found = {name: shutil.which(name) for name in NEEDED}
    found["at-spi-bus-launcher"] = next((path for path in _LAUNCHERS if Path(path).exists()), None)
    return sorted({NEEDED[name] for name, path in found.items() if path is None})


class GoneError(Exception):
    """What was asked for is no longer in the tree."""


@dataclass(frozen=True, slots=True)
class Node:
    """One accessible object as it was when it was asked for."""

    bus: str
    path: str
    role: str
    name: str
    description: str
    states: int
    depth: int

    def has(self, state: int) -> bool:
        return bool(self.states >> state & 1)


@dataclass(slots=True)
class Bus:
    """The accessibility bus as an assistive technology sees it. `spoken` is what the program announced so far."""

    connection: DBusConnection
    environ: Mapping[str, str]
    spoken: list[str] = field(default_factory=list)
    _focus: tuple[str, str] | None = None

    def listen(self) -> None:
        """Announcements and the way of the focus are heard from now on."""
        registry = ("org.a11y.atspi.Registry", "/org/a11y/atspi/registry", "org.a11y.atspi.Registry")
        for member, event in (
            ("Announcement", "object:announcement"),
            ("StateChanged", "object:state-changed:focused"),
        ):
            rule = MatchRule(type="signal", interface="org.a11y.atspi.Event.Object", member=member)
            bus = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
            self._ask(*bus, "AddMatch", "s", (rule.serialise(),))
            self._ask(*registry, "RegisterEvent", "s", (event,))

    def focused(self) -> Node | None:
        """Where the focus came to last, if that is still there and has it."""
        try:
            node = self._node(*self._focus, 0) if self._focus else None
        except GoneError:
            return None
        return node if node is not None and node.has(FOCUSED) else None

    def tree(self) -> list[Node]:
        """Every object of the program, in reading order."""
        found: list[Node] = []
        for bus, path in self._children("org.a11y.atspi.Registry", _ROOT):
            self._walk(bus, path, 0, found)
        return found

    def act(self, node: Node, action: int = 0) -> None:
        """What a screen reader does on its own key for "press"."""
        self._ask(node.bus, node.path, "org.a11y.atspi.Action", "DoAction", "i", (action,))

    def focus(self, node: Node) -> None:
        self._ask(node.bus, node.path, "org.a11y.atspi.Component", "GrabFocus")

    def state(self, node: Node) -> int:
        """As it is now."""
        low, high = self._ask(node.bus, node.path, _ACCESSIBLE, "GetState")[0]
        return int(low | high << 32)

    def content(self, node: Node) -> str:
        """What a screen reader may read of an entry."""
        count = self._property(node.bus, node.path, "org.a11y.atspi.Text", "CharacterCount")
        return str(self._ask(node.bus, node.path, "org.a11y.atspi.Text", "GetText", "ii", (0, count))[0])

    def reads(self, node: Node) -> bool:
        """Whether it has a text that can be read."""
        return "org.a11y.atspi.Text" in self._ask(node.bus, node.path, _ACCESSIBLE, "GetInterfaces")[0]

    def drain(self, seconds: float) -> None:
        """Takes in announcements; returns at the first quiet moment of this length."""
        while True:
            try:
                message = self.connection.receive(timeout=seconds)
            except TimeoutError:
                return
            self._hear(message)

    def _walk(self, bus: str, path: str, depth: int, found: list[Node]) -> None:
        """What is hidden has nothing to say, and neither has what is inside it."""
        try:
            node = self._node(bus, path, depth)
            found.append(node)
            children = self._children(bus, path) if node.has(VISIBLE) or depth == 0 else []
        except GoneError:
            return
        for child in children:
            self._walk(*child, depth + 1, found)

    def _node(self, bus: str, path: str, depth: int) -> Node:
        """Raises GoneError."""
        role = str(self._ask(bus, path, _ACCESSIBLE, "GetRoleName")[0])
        low, high = self._ask(bus, path, _ACCESSIBLE, "GetState")[0]
        name = str(self._property(bus, path, _ACCESSIBLE, "Name"))
        description = str(self._property(bus, path, _ACCESSIBLE, "Description"))
        return Node(bus, path, role, name, description, low | high << 32, depth)

    def _children(self, bus: str, path: str) -> list[tuple[str, str]]:
        return [(name, child) for name, child in self._ask(bus, path, _ACCESSIBLE, "GetChildren")[0]]

    def _property(self, bus: str, path: str, interface: str, name: str) -> Any:
        return self._ask(bus, path, "org.freedesktop.DBus.Properties", "Get", "ss", (interface, name))[0][1]

    def _ask(
        self, bus: str, path: str, interface: str, method: str, signature: str | None = None, body: tuple[Any, ...] = ()
    ) -> tuple[Any, ...]:
        """Raises GoneError when the object is not there any more."""
        call = new_method_call(DBusAddress(path, bus, interface), method, signature, body)
        serial = next(self.connection.outgoing_serial)
        self.connection.send(call, serial=serial)
        while True:
            answer = self.connection.receive(timeout=_ENDED_SECONDS)
            if answer.header.fields.get(_REPLY_SERIAL) == serial:
                break
            self._hear(answer)
        if answer.header.message_type is MessageType.error:
            raise GoneError(f"{interface}.{method}: {answer.body}")
        return tuple(answer.body)

    def _hear(self, message: Any) -> None:
        fields = message.header.fields
        match fields.get(_MEMBER):
            case "Announcement":
                self.spoken.append(str(message.body[3][1]))
            case "StateChanged" if message.body[:2] == ("focused", 1):
                self._focus = (fields[_SENDER], fields[_PATH])


@contextmanager
def session() -> Iterator[Bus]:
    """Starts all of it, and leaves nothing running."""
    with ExitStack() as stack:
        display = _display(stack)
        daemon = _started(stack, "dbus-daemon", "--session", "--print-address", "--nofork")
        assert daemon.stdout is not None
        address = daemon.stdout.readline().strip()
        environ = {
            **os.environ,
            "DISPLAY": display,
            "DBUS_SESSION_BUS_ADDRESS": address,
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        }
        with open_dbus_connection(address) as bus:
            asked = new_method_call(DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus"), "GetAddress")
            accessibility = str(bus.send_and_get_reply(asked).body[0])
            with open_dbus_connection(accessibility) as connection:
                found = Bus(connection, environ)
                found.listen()
                yield found


def _display(stack: ExitStack) -> str:
    reading, writing = os.pipe()
    stack.callback(os.close, reading)
    _started(
        stack, "Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x900x24", "-nolisten", "tcp", keep=(writing,)
    )
    os.close(writing)
    return f":{os.read(reading, 16).decode().strip()}"


def _started(stack: ExitStack, *words: str, keep: tuple[int, ...] = ()) -> subprocess.Popen[str]:
    process = subprocess.Popen(words, pass_fds=keep, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    stack.callback(_end, process)
    return process


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(_ENDED_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def until(come: Any, seconds: float = 20.0) -> Any:
    """Asks again and again until it tells something true. Raises AssertionError when it never does."""
    deadline = time.monotonic() + seconds
    while not (found := come()):
        assert time.monotonic() < deadline, "it never came"
    return found
