"""A worker's own copy of the secrets in a request: the caller may wipe theirs while the work still runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TypeVar

from desktop.secret import Secret

R = TypeVar("R")


def own(request: R) -> R:
    """The same request with secrets of its own; to be wiped with `wipe` when the work is done."""
    if not dataclasses.is_dataclass(request) or isinstance(request, type):
        return request
    changed: dict[str, object] = {}
    for field in dataclasses.fields(request):
        value = getattr(request, field.name)
        if isinstance(value, Secret):
            changed[field.name] = _copy(value)
        elif isinstance(value, dict):
            changed[field.name] = {k: _copy(v) if isinstance(v, Secret) else v for k, v in value.items()}
    return dataclasses.replace(request, **changed)


def wipe(request: object) -> None:
    for secret in _secrets(request):
        secret.wipe()


def _secrets(request: object) -> Iterator[Secret]:
    if not dataclasses.is_dataclass(request):
        return
    for field in dataclasses.fields(request):
        value = getattr(request, field.name)
        yield from (v for v in (value.values() if isinstance(value, dict) else [value]) if isinstance(v, Secret))


def _copy(secret: Secret) -> Secret:
    with secret.view() as view:
        return Secret(view)
