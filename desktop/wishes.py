"""What the person has asked of the whole system: brightness, contrast, stillness. Read at start, and followed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from desktop.widgets.theme import Mode, Theme

Name = tuple[str, str]

#: On Windows: SystemParametersInfo's question whether what is inside a window may move.
_CLIENT_AREA_ANIMATION = 0x1042
#: On other desktops, by the portal: (namespace, key) and whether what it says is a wish for that.
CONTRAST: Mapping[Name, Callable[[object], bool]] = {
    ("org.freedesktop.appearance", "contrast"): lambda said: said == 1,
    ("org.gnome.desktop.a11y.interface", "high-contrast"): lambda said: said is True,
}
STILLNESS: Mapping[Name, Callable[[object], bool]] = {
    ("org.freedesktop.appearance", "reduced-motion"): lambda said: said == 1,
    ("org.gnome.desktop.interface", "enable-animations"): lambda said: said is False,
}


class Wishes(QObject):
    """Keeps the theme as the system is set, also when that changes while the program runs.

    Not before the first page: to ask Qt for the contrast makes all enums of its namespace, a tenth of a bare start.
    What gives no notice is read again whenever the person comes back from another window, such as the settings.
    """

    def __init__(self, application: QApplication, theme: Theme, *, dressing: bool) -> None:
        """`dressing`: the mode is the system's to say, until `let_be`."""
        super().__init__(application)
        self._application, self._theme, self._dressing = application, theme, dressing
        self._contrast = dict.fromkeys(CONTRAST, False)
        self._still = dict.fromkeys(STILLNESS, False)
        self.awaited = 0  # questions to the desktop that are not answered yet
        hints = application.styleHints()
        hints.colorSchemeChanged.connect(self._dress)
        if hasattr(hints, "accessibility"):  # Qt 6.10
            hints.accessibility().contrastPreferenceChanged.connect(self._dress)
        application.applicationStateChanged.connect(self._returned)
        self.read()

    def let_be(self) -> None:
        """The person has chosen a mode in the window, which counts more."""
        self._dressing = False

    def read(self) -> None:
        self._dress()
        self._move()
        if sys.platform not in {"win32", "darwin"}:
            from desktop.portal import ask  # noqa: PLC0415 - D-Bus, for Linux alone

            for name in (*CONTRAST, *STILLNESS):
                self.awaited += ask(self, name, self.hear, self._answered)

    def hear(self, name: Name, said: object) -> None:
        """What a setting of the desktop is now."""
        if name in CONTRAST:
            self._contrast[name] = CONTRAST[name](said)
            self._dress()
        else:
            self._still[name] = STILLNESS[name](said)
            self._move()

    def _answered(self) -> None:
        self.awaited -= 1

    def _returned(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive:
            self.read()

    def _dress(self, *_: object) -> None:
        wanted = self._mode()
        if self._dressing and wanted is not self._theme.mode:
            self._theme.set_mode(wanted)

    def _mode(self) -> Mode:
        hints = self._application.styleHints()
        if any(self._contrast.values()):
            return Mode.CONTRAST
        if hasattr(hints, "accessibility"):
            high = Qt.ContrastPreference.HighContrast
            if hints.accessibility().contrastPreference() == high:
                return Mode.CONTRAST
        scheme = hints.colorScheme()
        if scheme == Qt.ColorScheme.Unknown:
            return self._theme.mode if self._theme.mode is not Mode.CONTRAST else Mode.LIGHT
        return Mode.DARK if scheme == Qt.ColorScheme.Dark else Mode.LIGHT

    def _move(self) -> None:
        self._theme.animations = not any(self._still.values()) and moving(self._application)


def moving(application: QApplication) -> bool:
    """False where the system asks for stillness, as far as it tells at once."""
    told = {"win32": _moving_on_windows, "darwin": _moving_on_mac}.get(sys.platform)
    if told is not None:
        return told()
    from PySide6.QtWidgets import QStyle  # noqa: PLC0415 - its enums take a while

    return application.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0


def _moving_on_windows() -> bool:
    import ctypes  # noqa: PLC0415 - for this system alone

    animated = ctypes.c_int(1)
    ask: Callable[..., int] = ctypes.windll.user32.SystemParametersInfoW  # type: ignore[attr-defined]  # Windows has it
    return not ask(_CLIENT_AREA_ANIMATION, 0, ctypes.byref(animated), 0) or bool(animated.value)


def _moving_on_mac() -> bool:
    """NSWorkspace.sharedWorkspace.accessibilityDisplayShouldReduceMotion, which AppKit, loaded by Qt, answers."""
    import ctypes  # noqa: PLC0415 - for this system alone

    objc = ctypes.CDLL("/usr/lib/libobjc.dylib")
    objc.objc_getClass.restype = objc.sel_registerName.restype = ctypes.c_void_p
    to_object = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)(("objc_msgSend", objc))
    to_bool = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_void_p)(("objc_msgSend", objc))
    workspace = to_object(objc.objc_getClass(b"NSWorkspace"), objc.sel_registerName(b"sharedWorkspace"))
    return not to_bool(workspace, objc.sel_registerName(b"accessibilityDisplayShouldReduceMotion"))
