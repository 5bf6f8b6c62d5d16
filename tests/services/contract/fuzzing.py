"""What schemathesis cannot read in the description: journeys, a key for each write, secrets sealed for their place.

Loaded by it (SCHEMATHESIS_HOOKS); the server's address is in CHANGGU_FUZZED.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import threading
from typing import Any

import schemathesis

from desktop.secret import Secret
from desktop.services.api import Check, Kind, ServiceError, Task
from desktop.services.http import HttpServices
from desktop.services.wire.operation import OCSP_REQUEST, PKIXCMP
from desktop.services.wire.operations import BY_NAME, bank_of
from desktop.services.wire.seal import PREFIX, Context, SealingKey
from tests.services.authority.desk import Clock
from tests.services.contract.offices import Customer, Office

URL = os.environ.get("CHANGGU_FUZZED", "")
#: How far somebody has come: from the very beginning to the last step of a task.
STAGES: tuple[tuple[str, Kind, Task, Check | None], ...] = (
    ("kim_uche", Kind.FINANCIAL, Task.ISSUE, Check.TERMS),
    ("kim_uche", Kind.FINANCIAL, Task.ISSUE, Check.IDENTITY),
    ("kim_uche", Kind.FINANCIAL, Task.ISSUE, Check.PHONE),
    ("song_ujeong", Kind.FINANCIAL, Task.DEVICES, None),
)


async def arrived(who: str, kind: Kind, task: Task, before: Check | None) -> tuple[str, SealingKey]:
    client = HttpServices(URL)
    try:
        customer = Customer(Office(client, client, Clock()), who, kind, task)
        try:
            await customer.at(before)
        except ServiceError:  # somebody's tries are used up: as far as it goes
            await customer.open()
        return customer.journey, (await client.server()).sealing_key()
    finally:
        await client.aclose()


def der(context: Any, value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


for media_type in (PKIXCMP, OCSP_REQUEST):
    schemathesis.serializer(media_type)(der)


class Journeys:
    """In turn one of each stage; a new one for whoever ends it."""

    def __init__(self) -> None:
        self._lock, self._turn, self._open = threading.Lock(), 0, dict[int, str]()
        self.key: SealingKey | None = None

    def one(self, *, ends: bool) -> str:
        with self._lock:
            self._turn = (self._turn + 1) % len(STAGES)
            if ends:
                return self._made(0)
            if self._turn not in self._open:
                self._open[self._turn] = self._made(self._turn)
            return self._open[self._turn]

    def _made(self, stage: int) -> str:
        journey, self.key = asyncio.run(arrived(*STAGES[stage]))
        return journey


JOURNEYS = Journeys()


@schemathesis.auth(refresh_interval=None)
class Bearer:
    def get(self, case: Any, context: Any) -> str:
        return JOURNEYS.one(ends=context.operation.label.startswith("DELETE"))

    def set(self, case: Any, data: str, context: Any) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


def sealed(value: object, place: str, context: Context, key: SealingKey) -> object:
    """Each text that looks sealed, but is not, sealed for where it stands."""
    if isinstance(value, dict):
        return {name: sealed(part, f"{place}.{name}".lstrip("."), context, key) for name, part in value.items()}
    if isinstance(value, str) and value.startswith(PREFIX):
        return key.seal(Secret.of(value.rpartition(":")[2][:6]), context, place)
    return value


def whole(value: object) -> object:
    """1.0 is an integer to JSON Schema; nobody writes it so, and the server does not read it so."""
    if isinstance(value, dict):
        return {name: whole(part) for name, part in value.items()}
    if isinstance(value, list):
        return [whole(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """A repeated key would be told from a new one, and a seal made by chance opens nowhere; the rest stays as made."""
    mode = case.meta.generation.mode.name if case.meta else "POSITIVE"
    if mode != "POSITIVE":
        return
    if case.headers and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = secrets.token_hex(16)
    if isinstance(case.body, dict):
        case.body = whole(case.body)
    operation = BY_NAME.get(case.operation.definition.raw.get("operationId", ""))
    journey = str((case.headers or {}).get("Authorization", "")).removeprefix("Bearer ")
    if operation is not None and operation.secrets and JOURNEYS.key is not None and isinstance(case.body, dict):
        case.body = sealed(case.body, "", Context(bank_of(journey), journey, operation.name), JOURNEYS.key)
