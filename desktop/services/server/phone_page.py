"""The operators' view of the practice phone: every message on one plain page, and a form to answer with."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from desktop.services.api import PhoneEvent, PracticePhone, Reason, ServiceError
from desktop.services.server.bodies import read_body
from desktop.services.server.guard import OPERATION
from desktop.services.server.refusals import HttpRefusalError, failed, refused

PATH: Final = "/practice/phone"
_MOST_EVENTS: Final = 50
_MOST_BYTES: Final = 4096
_SECONDS: Final = 15.0
_FORM: Final = "application/x-www-form-urlencoded"
_ANSWERABLE: Final = frozenset({"reply", "key", "press"})
_STYLE: Final = (
    "body{font:18px/1.5 sans-serif;max-width:46em;margin:2em auto;padding:0 1em}"
    "li{margin:0 0 1.2em}time,small{opacity:.7}input,button,a{font:inherit;padding:.3em .6em}"
)
#: Nothing from elsewhere, no script, in nobody's frame.
_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class PhoneWords:
    """In the operator's language. `sender` and `message` of an event; `page` has title, about, none, answer, send."""

    language: str
    sender: Callable[[PhoneEvent], str]
    message: Callable[[PhoneEvent], str]
    page: Callable[[str], str]


class PhonePage:
    """It looks again by itself every few seconds, but not while somebody types."""

    def __init__(self, phone: PracticePhone, words: PhoneWords) -> None:
        self._phone, self._words = phone, words

    def paths(self) -> Mapping[str, Mapping[str, Callable[[Request], Awaitable[Response]]]]:
        return {PATH: {"GET": self.show, "POST": self.answer}}

    async def show(self, request: Request) -> Response:
        request.scope[OPERATION] = "practice_phone"
        try:
            events = await self._phone.events(after=0, wait=0.0)
        except ServiceError as error:
            return failed(error)
        chosen = request.query_params.get("answer", "")
        page = self._page([self._line(event, chosen) for event in reversed(events[-_MOST_EVENTS:])], fresh=not chosen)
        return Response(page, headers={"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": _POLICY})

    async def answer(self, request: Request) -> Response:
        request.scope[OPERATION] = "practice_phone"
        try:
            if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
                raise ServiceError(Reason.BAD_REQUEST)  # another site's page would answer in the operator's name
            told = parse_qs((await read_body(request, _MOST_BYTES, _SECONDS, kind=_FORM)).decode("utf-8", "replace"))
            event = told.get("event", [""])[0]
            if not event.isdecimal() or len(event) > 15:
                raise ServiceError(Reason.BAD_REQUEST, field="event")
            await self._phone.answer(int(event), told.get("text", [""])[0].strip())
        except HttpRefusalError as error:
            return refused(error)
        except ServiceError as error:
            return failed(error)
        return RedirectResponse(PATH, 303)

    def _page(self, lines: list[str], *, fresh: bool) -> str:
        title, about, none = (html.escape(self._words.page(name)) for name in ("title", "about", "none"))
        again = '<meta http-equiv="refresh" content="5">' if fresh else ""
        body = f"<ol reversed>{''.join(lines)}</ol>" if lines else f"<p>{none}</p>"
        return (
            f'<!doctype html><html lang="{self._words.language}"><head><meta charset="utf-8">{again}'
            f'<meta name="viewport" content="width=device-width"><title>{title}</title><style>{_STYLE}</style></head>'
            f"<body><h1>{title}</h1><p>{about}</p>{body}</body></html>"
        )

    def _line(self, event: PhoneEvent, chosen: str) -> str:
        at = datetime.fromtimestamp(event.at, UTC).astimezone().strftime("%H:%M:%S")
        head = " · ".join(html.escape(part) for part in (event.phone, self._words.sender(event)))
        line = f"<li><time>{at}</time> <small>{head}</small><br>{html.escape(self._words.message(event))}"
        return line + self._form(event, chosen) + "</li>"

    def _form(self, event: PhoneEvent, chosen: str) -> str:
        if event.answered or event.expects not in _ANSWERABLE:
            return ""
        label, send = (html.escape(self._words.page(name)) for name in ("answer", "send"))
        if str(event.id) != chosen:
            return f'<br><a href="{PATH}?answer={event.id}">{label}</a>'
        typed = (
            "" if event.expects == "press" else f'<input name="text" autocomplete="off" aria-label="{label}" autofocus>'
        )
        return (
            f'<form method="post" action="{PATH}"><input type="hidden" name="event" value="{event.id}">'
            f"{typed}<button>{send}</button></form>"
        )
