"""How a server is set up: by its options, else the environment, else a file, else as it is built; and which it was."""

from __future__ import annotations

import ipaddress
import re
import stat
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import reduce
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from desktop.services.hsm.session import parse_uri
from desktop.services.server.access import Form, Level
from desktop.services.server.limits import Limits
from desktop.toml_lines import Place, explained, line_of

PREFIX: Final = "CHANGGU_SERVE_"
HIDDEN: Final = "…"
Port = Annotated[int, Meta(ge=0, le=65535)]
#: A port, which is one of this computer alone, or an address and a port: 9100, "0.0.0.0:9100", "[::]:9100".
Beside = Port | Annotated[str, Meta(pattern=r"^((\[[0-9a-fA-F:.]+\]|[\w.-]+):)?\d{1,5}$")]
Source = Literal["option", "environment", "file", "default"]


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """An unknown key is an error, not a silent default."""


class Log(Table, frozen=True):
    """`warning` leaves out the lines of requests that went well or that we refused."""

    level: Level = "info"
    format: Form = "json"


class Keys(Table, frozen=True):
    """What lies on a PKCS#11 token, as "pkcs11:token=LABEL;object=LABEL" (RFC 7512), and so nowhere else.

    `module` is the token's library, the system's where none is named.
    The PIN is the first line of `pin_file`; without one it is asked for on the terminal.
    """

    ca: str | None = None
    vault: str | None = None
    module: Path | None = None
    pin_file: Path | None = None


class Config(Table, frozen=True):
    """Everything that `changgu serve` can be told. Paths of a file are relative to its folder."""

    data: Path | None = None
    host: str = "127.0.0.1"
    port: Port = 8480
    cert: Path | None = None
    key: Path | None = None
    practice: bool = False
    metrics: Beside | None = None
    status_port: Port | None = None
    public_url: str | None = None
    standard_cmp: bool = False
    ca_keys: Literal["rsa", "p256"] = "rsa"  # of a CA that is founded now
    practice_people: Annotated[int, Meta(ge=0, le=900_000)] = 0  # made up beside those with a story
    database: str | None = None
    workers: Annotated[int, Meta(ge=1, le=256)] = 1
    proxies: tuple[str, ...] = ()
    log: Log = Log()
    keys: Keys = Keys()
    limits: Limits = Limits()
    hooks: dict[str, Any] = {}


class ConfigFileError(Exception):
    """A setting that cannot be used. `str()` reads `<file>:<line>: <what is wrong>`, or names the variable."""


class Chosen(Struct, frozen=True):
    """`sources` tells of each leaf of the tables where its value came from."""

    config: Config
    sources: dict[Place, Source]


def choose(options: Mapping[str, object], environ: Mapping[str, str], path: Path | None = None) -> Chosen:
    """`options` by the name of the field, None where not given; `environ` as it is. Raises ConfigFileError."""
    layers: list[tuple[Source, Config, set[Place]]] = [
        ("option", *_from_options(options)),
        ("environment", *_from_environment(environ)),
        ("default", Config(), set(leaves(Config))),
    ]
    if path is not None:
        layers.insert(2, ("file", *_from_file(path)))
    merged: dict[str, Any] = {}
    sources: dict[Place, Source] = {}
    for place in leaves(Config):
        source, layer = next((name, config) for name, config, given in layers if place in given)
        sources[place] = source
        _put(merged, place, value_at(layer, place))
    return Chosen(_converted(merged), sources)


def leaves(kind: type[Struct], above: Place = ()) -> Iterator[Place]:
    """The place of every single setting: ("limits", "address", "burst")."""
    for each in msgspec.structs.fields(kind):
        if isinstance(each.type, type) and issubclass(each.type, Struct):
            yield from leaves(each.type, (*above, each.name))
        else:
            yield (*above, each.name)


def variable(place: Place) -> str:
    """The environment's name of a setting: CHANGGU_SERVE_LIMITS_ADDRESS_BURST."""
    return PREFIX + "_".join(str(name) for name in place).upper()


def value_at(config: Config, place: Place) -> Any:
    return reduce(lambda found, name: getattr(found, str(name)), place, config)


def without_password(url: str) -> str:
    """A database's address with a sign in the password's place, for people; the same where there is none."""
    hidden = re.sub(r"^(\w+://[^/@:]*:)[^/@]*@", rf"\1{HIDDEN}@", url)
    return re.sub(r"(?<=[?&])(password|sslpassword)=[^&]*", rf"\1={HIDDEN}", hidden)


def _from_options(options: Mapping[str, object]) -> tuple[Config, set[Place]]:
    given = {name: value for name, value in options.items() if value is not None}
    try:
        config = _converted(given)
    except msgspec.ValidationError as error:
        problem, place = explained(str(error))
        raise ConfigFileError(f"--{str(place[0]).replace('_', '-') if place else ''}: {problem}") from error
    for place, problem in _contradictions(config):
        raise ConfigFileError(f"--{place[0]}: {problem}")
    if config.database and config.database != without_password(config.database):
        raise ConfigFileError("--database: every user sees a password there; put it in ~/.pgpass or in the settings")
    return config, _given(given)


def _from_environment(environ: Mapping[str, str]) -> tuple[Config, set[Place]]:
    known = {variable(place): place for place in leaves(Config) if place != ("hooks",)}
    raw: dict[str, Any] = {}
    for name, value in environ.items():
        if not name.startswith(PREFIX) or not value:
            continue
        if name not in known:
            raise ConfigFileError(f"{name}: is no setting; remove it or correct its spelling")
        _put(raw, known[name], [v.strip() for v in value.split(",")] if known[name] == ("proxies",) else value)
    try:
        config = _converted(raw)
    except msgspec.ValidationError as error:
        problem, place = explained(str(error))
        raise ConfigFileError(f"{variable(place)}: {problem}") from error
    for place, problem in _contradictions(config):
        raise ConfigFileError(f"{variable(place)}: {problem}")
    return config, _given(raw)


def _from_file(path: Path) -> tuple[Config, set[Place]]:
    try:
        source = path.read_text(encoding="utf-8")
        raw = tomllib.loads(source)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigFileError(f"{path}:1: cannot be read ({type(error).__name__})") from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        raise ConfigFileError(f"{path}:{found[1] if found else 1}: is not TOML: {error}") from error

    def resolved(kind: type, value: object) -> object:
        return path.parent / Path(_text(value)).expanduser() if kind is Path else value

    try:
        config = msgspec.convert(raw, Config, dec_hook=resolved)
    except msgspec.ValidationError as error:
        problem, place = explained(str(error))
        raise ConfigFileError(f"{path}:{line_of(source, place)}: {problem}") from error
    for place, problem in (*_contradictions(config), *_open_secrets(config, path)):
        raise ConfigFileError(f"{path}:{line_of(source, place)}: {problem}")
    return config, _given(raw)


def _contradictions(config: Config) -> Iterator[tuple[Place, str]]:
    """What a schema cannot say."""
    for each in config.proxies:
        try:
            ipaddress.ip_network(each)
        except ValueError:
            yield ("proxies",), f"{each!r} is neither an address nor a network such as 10.0.0.0/24"
    if config.metrics is not None and int(str(config.metrics).rpartition(":")[2]) > 65535:
        yield ("metrics",), f"{config.metrics!r} has no port"
    tokens = set()
    for name, uri in (("ca", config.keys.ca), ("vault", config.keys.vault)):
        if uri is not None:
            try:
                tokens.add(parse_uri(uri)[0])
            except ValueError as error:
                yield ("keys", name), str(error)
    if len(tokens) > 1:
        yield ("keys", "vault"), "the two keys are to be on one token"


def _open_secrets(config: Config, path: Path) -> Iterator[tuple[Place, str]]:
    if sys.platform == "win32" or not path.stat().st_mode & stat.S_IRWXO:
        return
    if config.database and config.database != without_password(config.database):
        yield ("database",), f"holds a password, and other users can read the file; run 'chmod 640 {path}'"


def _converted(raw: Mapping[str, Any]) -> Config:
    def hook(kind: type, value: object) -> object:
        return Path(_text(value)).expanduser() if kind is Path else value

    return msgspec.convert(raw, Config, strict=False, dec_hook=hook)


def _text(value: object) -> str:
    if not isinstance(value, str | Path):
        raise TypeError("a path is a text")
    return str(value)


def _given(raw: Mapping[str, Any]) -> set[Place]:
    def within(place: Place) -> bool:
        found: Any = raw
        for name in place:
            if not isinstance(found, Mapping) or name not in found:
                return False
            found = found[str(name)]
        return True

    return {place for place in leaves(Config) if within(place)}


def _put(tree: dict[str, Any], place: Place, value: object) -> None:
    *above, last = map(str, place)
    for name in above:
        tree = tree.setdefault(name, {})
    tree[last] = value
