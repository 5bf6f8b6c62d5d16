"""The services over HTTP: one route for each operation of the table, and what an operator asks of a server."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from desktop.services.api import PracticePhone, Reason, ServiceError, Services
from desktop.services.server.access import AccessLog
from desktop.services.server.calls import Desk, Endpoint
from desktop.services.server.front import Front
from desktop.services.server.guard import OPERATION, Guard
from desktop.services.server.limits import Buckets, Limits
from desktop.services.server.metrics import MEDIA_TYPE, Metrics
from desktop.services.server.proxies import Proxies
from desktop.services.server.refusals import HttpRefusalError, failed, refused
from desktop.services.server.replies import PATH as REPLIES_PATH
from desktop.services.server.replies import Replies
from desktop.services.standing import Standing
from desktop.services.wire import csc
from desktop.services.wire.operation import JSON, Operation
from desktop.services.wire.operations import BY_NAME, CSC_INFO, OPERATIONS, SERVER_PATH, STATUS
from desktop.services.wire.seal import OpeningKeys
from desktop.services.wire.told import ServerInfo, der_of_path

_READY_SECONDS: Final = 5.0
#: Asked for by `ready`: that the store says so itself is an answer.
_NOBODY: Final = "ready"
#: Clients in the wild still ask there, and by the older names of the fields, which the forms know.
_OLDER_CSC: Final = ("/csc/v2/", "/csc/v1/")
Answer = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Served:
    """What is served. `phone` is there in practice alone, `replies` where a gateway may bring some.

    `standing` tells how the authority stands, and may raise ServiceError. `pages` are for people, by path and method.
    """

    services: Services
    phone: PracticePhone | None
    banks: tuple[str, ...]
    log: AccessLog
    limits: Limits = field(default_factory=Limits)
    metrics: Metrics = field(default_factory=Metrics)
    keys: OpeningKeys = field(default_factory=OpeningKeys.fresh)
    proxies: Proxies = field(default_factory=Proxies)
    replies: Replies | None = None
    standing: Callable[[], Awaitable[Standing]] | None = None
    pages: Mapping[str, Mapping[str, Answer]] = field(default_factory=dict)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    clock: Callable[[], float] = time.time
    ticks: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class Fronted:
    """What a front needs of its own."""

    log: AccessLog
    limits: Limits
    metrics: Metrics
    proxies: Proxies
    ticks: Callable[[], float] = time.monotonic


def make_application(served: Served) -> ASGIApp:
    """For any ASGI server; ours is `running.Listener`."""
    return _guard(served, make_routes(served))


def make_routes(served: Served) -> ASGIApp:
    """What `make_application` has within its guard, for a `Back`, whose fronts have one each."""
    paths = _paths(served, OPERATIONS)
    paths[SERVER_PATH] = {"GET": functools.partial(_about, served)}
    for path, specs in ((CSC_INFO.path, csc.V2), (CSC_INFO.path.replace(*_OLDER_CSC), csc.V1)):
        paths[path] = {"POST": functools.partial(_csc_info, served, specs)}
    if served.replies is not None:
        paths[REPLIES_PATH] = {"POST": served.replies.answer}
    paths.update({path: dict(answers) for path, answers in served.pages.items()})
    paths["/health"] = {"GET": _health}
    paths["/ready"] = {"GET": functools.partial(_ready, served)}
    return _switch(paths)


def make_front(front: Front, served: Fronted) -> ASGIApp:
    """The application of a process that has no authority: CMP as far as it goes here, and all else to who has one."""
    desk = Desk(OpeningKeys.fresh(), served.limits, Buckets(served.limits.journey, served.ticks), asyncio.Event())
    operation = BY_NAME["pkix"]
    answers: dict[str, Answer] = {operation.verb: Endpoint(operation, front.pkix, desk).answer}
    return _guard(served, _switch({operation.path: answers, "/health": {"GET": _health}}, front.forward))


def make_front_metrics(front: Front, served: Fronted) -> ASGIApp:
    """As `make_metrics_page`; whether the authority is ready is for that to say."""

    async def page(request: Request) -> Response:
        return Response(served.metrics.text(), headers={"Content-Type": MEDIA_TYPE})

    own = _switch({"/metrics": {"GET": page}, "/health": {"GET": _health}})

    async def pages(scope: Scope, receive: Receive, send: Send) -> None:
        await (front.forward if scope["path"] == "/ready" else own)(scope, receive, send)

    return pages


def make_status_page(served: Served) -> ASGIApp:
    """What certificates name, for a port of its own by plain HTTP: the list, the responder, the CA's certificate."""
    return _guard(served, _switch(_paths(served, (BY_NAME[name] for name in STATUS))))


def make_metrics_page(served: Served) -> ASGIApp:
    """For a port of its own, which customers never reach: figures, and whether this process is well."""

    async def page(request: Request) -> Response:
        return Response(served.metrics.text(await _standing(served)), headers={"Content-Type": MEDIA_TYPE})

    answers: dict[str, Answer] = {"/metrics": page, "/health": _health, "/ready": functools.partial(_ready, served)}
    routes = [Route(path, _Verbs({"GET": answer})) for path, answer in answers.items()]
    return Router(routes, redirect_slashes=False, default=_no_route)


async def _standing(served: Served) -> Standing | None:
    """The figures of the requests are told when the store fails, too: then most of all."""
    if served.standing is None:
        return None
    try:
        async with asyncio.timeout(_READY_SECONDS):
            return await served.standing()
    except (ServiceError, TimeoutError):
        return None


def _switch(paths: Mapping[str, Mapping[str, Answer]], default: ASGIApp | None = None) -> ASGIApp:
    """One route for each path, so that a wrong method is told all the right ones; `default` for other paths."""
    exact = {path: _Verbs(verbs) for path, verbs in paths.items() if "{" not in path}
    routes = [Route(path, _Verbs(verbs)) for path, verbs in paths.items() if path not in exact]
    router = default or Router(routes, redirect_slashes=False, default=_no_route)

    async def switch(scope: Scope, receive: Receive, send: Send) -> None:
        """A path without parameters is looked up; a router tries one after another."""
        await exact.get(scope["path"], router)(scope, receive, send)

    return switch


def _guard(served: Served | Fronted, application: ASGIApp) -> Guard:
    return Guard(
        application,
        limits=served.limits,
        metrics=served.metrics,
        log=served.log,
        clock=served.ticks,
        proxies=served.proxies,
    )


def _paths(served: Served, operations: Iterable[Operation]) -> dict[str, dict[str, Answer]]:
    desk = _desk(served)
    paths: dict[str, dict[str, Answer]] = {}
    for operation in operations:
        owner = served.phone if operation.practice else served.services
        if owner is None:
            continue
        endpoint = Endpoint(operation, getattr(owner, operation.name), desk)
        for path in (operation.path, operation.path.replace(*_OLDER_CSC)):
            paths.setdefault(path, {})[operation.verb] = endpoint.answer
        if operation.get_too:
            get = functools.partial(_get_der, operation, getattr(owner, operation.name))
            paths.setdefault(f"{operation.path}/{{der:path}}", {})["GET"] = get
    return paths


def _desk(served: Served) -> Desk:
    return Desk(served.keys, served.limits, Buckets(served.limits.journey, served.ticks), served.stopping)


class _Verbs:
    """What is answered at one path, by method."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self._answers = {**answers, **({"HEAD": answers["GET"]} if "GET" in answers else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._answers.get(scope["method"])
        if answer is None:
            response = refused(HttpRefusalError(405, "no_route", {"Allow": ", ".join(self._answers)}))
        else:
            response = await answer(Request(scope, receive, send))
        await response(scope, receive, send)


async def _get_der(operation: Operation, method: Callable[[bytes], Awaitable[bytes]], request: Request) -> Response:
    """An OCSPRequest in the path (RFC 6960, A.1)."""
    request.scope[OPERATION] = operation.name
    try:
        answer = await method(der_of_path(request.path_params["der"]))
    except ServiceError as error:  # of the store: what is no request is answered in kind
        return failed(error)
    return Response(answer, headers={"Content-Type": operation.gives})


async def _about(served: Served, request: Request) -> Response:
    request.scope[OPERATION] = "server"
    told = ServerInfo.of(
        served.keys.sealing, practice=served.phone is not None, banks=served.banks, clock=served.clock()
    )
    return Response(msgspec.json.encode(told), headers={"Content-Type": JSON})


async def _csc_info(served: Served, specs: str, request: Request) -> Response:
    async def told() -> csc.ServiceInfo:
        return csc.ServiceInfo(specs)

    return await Endpoint(CSC_INFO, told, _desk(served)).answer(request)


async def _health(request: Request) -> Response:
    """Alive: the loop turns."""
    request.scope[OPERATION] = "health"
    return Response(b'{"status":"alive"}', headers={"Content-Type": JSON})


async def _ready(served: Served, request: Request) -> Response:
    """The store took a transaction and let it go."""
    request.scope[OPERATION] = "ready"
    try:
        if served.stopping.is_set():
            raise ServiceError(Reason.UNREACHABLE)
        async with asyncio.timeout(_READY_SECONDS):
            await served.services.journey_status(_NOBODY)
    except TimeoutError:
        return failed(ServiceError(Reason.STORE_BUSY))
    except ServiceError as error:
        if error.reason != Reason.JOURNEY_UNKNOWN:
            return failed(error, 503)
    return Response(b'{"status":"ready"}', headers={"Content-Type": JSON})


async def _no_route(scope: Scope, receive: Receive, send: Send) -> None:
    await refused(HttpRefusalError(404, "no_route"))(scope, receive, send)
