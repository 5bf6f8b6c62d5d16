"""`changgu serve`: what was asked for, checked before anything is opened, and served by one process or by several."""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory

from desktop.config import Settings
from desktop.custodian import LASTING, SAID, PinError, chosen_by, custody_of
from desktop.services.api import ServiceError
from desktop.services.authority.profile import Names
from desktop.services.hooks.loading import HookError, load_hooks
from desktop.services.server.back import Bound
from desktop.services.server.config import Config, ConfigFileError
from desktop.services.server.front import Paths
from desktop.services.server.notify import Notifier
from desktop.services.server.running import Address, ListenError, beside, named, run, url_of
from desktop.services.server.supervisor import Post, Supervisor
from desktop.services.server.telling import told
from desktop.serving import Door, Hatch, House, log_of, serve, serve_front
from desktop.text import Text

DONE, FAILED, USAGE = 0, 1, 2
#: Seconds beyond those that requests have, to close the database.
_CLOSING = 10.0


def run_serve(given: Namespace, settings: Settings, text: Text, environ: Mapping[str, str] = os.environ) -> int:
    """Serves until SIGTERM or SIGINT. Returns 0 stopped as asked, 1 refused by this machine, 2 by what was asked."""
    with ExitStack() as stack:
        try:
            chosen = chosen_by(given, settings, environ)
            config, data = chosen.config, chosen.config.data or settings.data
            _check_workers(config)
            names = Names().served_at(named(config.public_url)) if config.public_url else None
            address = Address(config.host, config.port, config.cert, config.key)
            tls = address.context()
            folder = given.config.parent if given.config else Path.cwd()
            load_hooks(config.hooks, folder, practice=config.practice).close()
            if given.check_config:
                print(told(chosen), end="")
                return DONE
            custody = stack.enter_context(custody_of(config.keys))
            door = _open(config, address, stack)
            hatch = _hatch(stack) if config.workers > 1 and not config.database else None
        except ConfigFileError as error:
            return _say(str(error), USAGE)
        except PinError as error:
            return _say(text(f"serve.refused.{error.code}", path=error.path), USAGE)
        except (HookError, ListenError) as error:
            return _say(text(f"serve.refused.{error.code}", **error.data), _code_of(error))
        house, opened = House(config, data, folder, names, custody, text), Door(address, tls, *door, hatch)
        if config.workers > 1:
            return _several(opened, house, text)
        return _one(opened, house, text, lambda: _ready(opened, house, Notifier(os.environ, os.getpid())))


def _check_workers(config: Config) -> None:
    """Raises ListenError `workers_here`."""
    if config.workers > 1 and not hasattr(os, "fork"):
        raise ListenError("workers_here")


def _hatch(stack: ExitStack) -> Hatch:
    """In a folder of its own, which nobody else may enter. Raises ListenError `hatch`."""
    from socket import AF_UNIX, SOCK_STREAM  # noqa: PLC0415 - Python has none for Windows

    def bound(path: Path) -> socket:
        made = stack.enter_context(closing(socket(AF_UNIX, SOCK_STREAM)))
        made.bind(str(path))
        made.listen()
        return made

    try:
        paths = Paths.within(Path(stack.enter_context(TemporaryDirectory(prefix="changgu-"))))
        return Hatch(paths, Bound(bound(paths.requests), bound(paths.messages)))
    except OSError as error:  # no folder may be written to, or its name is longer than a socket's may be
        raise ListenError("hatch", detail=error.strerror or type(error).__name__) from error


def _open(config: Config, address: Address, stack: ExitStack) -> tuple[socket, tuple[socket, ...], socket | None]:
    """The door's; figures at a port for each worker. Raises ListenError.

    What revocation lists and OCSP answers say is signed, so plain HTTP may go anywhere.
    """

    def bound(where: Address) -> socket:
        return stack.enter_context(closing(where.bind()))

    main = bound(address)
    first = None if config.metrics is None else beside(config.metrics)
    figures = (Address(first.host, first.port and first.port + n) for n in range(config.workers)) if first else ()
    status = None if config.status_port is None else bound(Address(config.host, config.status_port))
    return main, tuple(map(bound, figures)), status


def _one(door: Door, house: House, text: Text, started: Callable[[], None], post: Post | None = None) -> int:
    try:
        if door.hatch is not None and post is not None and post.number > 1:
            run(serve_front(door, house, post=post))
        else:
            run(serve(door, house, started=started, post=post))
    except ServiceError as error:
        if error.reason not in SAID:
            raise
        where = error.where or error.detail
        code = USAGE if error.reason in LASTING else FAILED
        return _say(text(f"serve.refused.{error.reason}", path=house.data, where=where), code)
    return DONE


def _several(door: Door, house: House, text: Text) -> int:
    def work(post: Post) -> int:
        return _one(door, house, text, post.started, post)

    notifier = Notifier(os.environ, os.getpid())
    return Supervisor(
        work,
        house.config.workers,
        patience=house.config.limits.stop_seconds + _CLOSING,
        ready=lambda: _ready(door, house, notifier),
        log=log_of(house.config),
        notifier=notifier,
    ).run()


def _ready(door: Door, house: House, notifier: Notifier) -> None:
    """The line that whoever started this waits for."""
    said: dict[str, object] = {
        "url": url_of(door.address.scheme, door.bound),
        "pid": os.getpid(),
        "practice": house.config.practice,
    }
    figures = [f"{url_of('http', each)}/metrics" for each in door.metrics]
    if figures:
        said["metrics"] = figures[0] if len(figures) == 1 else figures
    if door.status is not None:
        said["status"] = url_of("http", door.status)
    if house.config.workers > 1:
        said["workers"] = house.config.workers
    print(json.dumps(said), flush=True)
    notifier.ready()


def _code_of(error: HookError | ListenError) -> int:
    return FAILED if error.code in {"address", "hatch"} else USAGE


def _say(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)
    return code
