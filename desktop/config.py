"""How this run of the program is set up: options first, then the environment, then what the machine suggests."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from desktop.shipped import shipped
from desktop.text import LANGUAGES

MODES = ("light", "dark", "contrast")
SCALES = (0.75, 3.0)
_PIN_BYTES = 32  # of a SHA-256
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class ConfigError(Exception):
    """A setting that cannot be used. `code` names its wording (`cli.config.<code>`), `data` fills it."""

    def __init__(self, code: str, **data: str) -> None:
        super().__init__(f"{code}: {', '.join(data.values())}")
        self.code, self.data = code, data


class Settings(NamedTuple):
    """`mode` None follows the system. `scale` 1.0 is 100 %. `backend` None is the practice authority in process.

    `token_module`: the PKCS#11 library of the person's token; None asks the system's.
    `backend_ca`: PEM file of the roots that vouch for the backend, None for those of the system and the web.
    `backend_pins`: SHA-256 of its public key in base64, now and to come; empty pins nothing.
    """

    data: Path
    language: str = "ko"
    mode: str | None = None
    scale: float = 1.0
    backend: str | None = None
    token_module: Path | None = None
    backend_ca: Path | None = None
    backend_pins: tuple[str, ...] = ()

    @property
    def practice(self) -> bool:
        """Whether everything is simulated on this machine. A backend tells of itself whether it is for practice."""
        return self.backend is None


def settings_from(options: Mapping[str, str | None], environ: Mapping[str, str]) -> Settings:
    """`options` by name (data, lang, mode, scale, backend …); what is missing comes from CHANGGU_<NAME>.

    Raises ConfigError for a value that makes no sense.
    """

    def chosen(name: str) -> str | None:
        return options.get(name) or environ.get(f"CHANGGU_{name.upper()}") or None

    return Settings(
        data=_folder(chosen("data"), environ),
        language=_one_of("lang", chosen("lang"), LANGUAGES) or language_of(environ),
        mode=_one_of("mode", chosen("mode"), MODES),
        scale=_scale(chosen("scale")),
        backend=_backend(chosen("backend")),
        token_module=_module(chosen("token_module")),
        backend_ca=_roots(chosen("backend_ca")),
        backend_pins=_pins(chosen("backend_pin")),
    )


def language_of(environ: Mapping[str, str]) -> str:
    """Korean, unless the system plainly speaks another language; "C" and "POSIX" speak none."""
    named = next((environ[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(n)), None)
    if named is None:
        import locale  # noqa: PLC0415 - where the environment is silent: Windows and macOS

        named = locale.getlocale()[0] or ""
    tongue = named.partition(".")[0].partition("_")[0].lower()
    return "ko" if tongue in {"", "c", "posix", "ko", "korean"} else "en"


def private_enough(path: Path) -> bool:
    """Whether nobody but its owner can read the file, who must be the one who runs this.

    Windows keeps no such mode: there, what lies below the person's own folder is private by default.
    """
    if sys.platform == "win32":
        return path.resolve().is_relative_to(Path.home().resolve())
    found = path.stat()
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)


def practice_file(path: Path) -> bool:
    """Whether the file holds made-up people: it is one that we ship, or says `practice = true` at its top."""
    if path.resolve().parent == shipped("practice").resolve():
        return True
    import tomllib  # noqa: PLC0415 - not for the window

    try:
        return tomllib.loads(path.read_text(encoding="utf-8")).get("practice") is True
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return False


def check_answers(path: Path) -> None:
    """Refuses an answers file that others can read, unless it holds made-up people.

    Raises ConfigError `answers_missing` or `answers_open`. Whether the services are for practice is known later.
    """
    if not path.is_file() or not os.access(path, os.R_OK):
        raise ConfigError("answers_missing", path=str(path))
    if not practice_file(path) and not private_enough(path):
        raise ConfigError("answers_open", path=str(path))


def _folder(given: str | None, environ: Mapping[str, str]) -> Path:
    if given:
        return Path(given).expanduser().absolute()
    if (
        os.name == "posix" and sys.platform != "darwin"
    ):  # one variable: to read the library that knows it too takes as long as the words
        named = environ.get("XDG_DATA_HOME", "").strip()
        return (Path(named) if named else Path.home() / ".local" / "share") / "changgu"
    from platformdirs import user_data_path  # noqa: PLC0415 - half of this module's import time, seldom needed

    return user_data_path("changgu", appauthor=False)


def _one_of(name: str, given: str | None, known: tuple[str, ...]) -> str | None:
    if given is not None and given not in known:
        raise ConfigError("choice", name=name, value=given, known=", ".join(known))
    return given


def _scale(given: str | None) -> float:
    low, high = SCALES
    try:
        scale = float(given or 1.0)
    except ValueError:
        scale = 0.0
    if not low <= scale <= high:
        raise ConfigError("scale", value=given or "", low=str(low), high=str(high))
    return scale


def _module(given: str | None) -> Path | None:
    if given is None:
        return None
    path = Path(given).expanduser().absolute()
    if not path.is_file():
        raise ConfigError("token_module", path=str(path))
    return path


def _roots(given: str | None) -> Path | None:
    if given is None:
        return None
    path = Path(given).expanduser().absolute()
    if not path.is_file():
        raise ConfigError("backend_ca", path=str(path))
    return path


def _pins(given: str | None) -> tuple[str, ...]:
    """Divided by commas."""
    if given is None:
        return ()
    import base64  # noqa: PLC0415 - not for practice

    pins = tuple(pin.strip() for pin in given.split(","))
    try:
        lengths = {len(base64.b64decode(pin, validate=True)) for pin in pins}
    except ValueError as error:
        raise ConfigError("backend_pin", value=given) from error
    if lengths != {_PIN_BYTES}:
        raise ConfigError("backend_pin", value=given)
    return pins


def _backend(given: str | None) -> str | None:
    """Only https leaves the machine: sealed secrets or not, who answers must be known."""
    if given is None:
        return None
    from urllib.parse import urlsplit  # noqa: PLC0415 - not for practice

    try:
        url = urlsplit(given)
        plain = url.scheme == "http" and url.hostname in _LOOPBACK
    except ValueError as error:
        raise ConfigError("backend", value=given) from error
    if not url.hostname or not (plain or url.scheme == "https"):
        raise ConfigError("backend", value=given)
    return given.rstrip("/")
