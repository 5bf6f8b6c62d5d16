"""Knows how a request or an answer of the services looks as JSON, which nothing else reads or writes for itself."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Annotated, Any, Final

import msgspec

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError

#: What msgspec raises for bytes that are no such JSON; the second for text that is no UTF-8, the third for depth.
UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
#: A secret and its field's name to its sealed text, and back.
Seal = Callable[[Secret, str], str]
Open = Callable[[str, str], Secret]
#: The arguments of a method by name, without journey and key.
Arguments = dict[str, Any]

SEALED_PATTERN: Final = "^hpke:[A-Za-z0-9_-]+:[A-Za-z0-9+/]+={0,2}$"
Sealed = Annotated[
    str,
    msgspec.Meta(
        pattern=SEALED_PATTERN,
        max_length=4096,
        description="A secret, sealed by HPKE (RFC 9180) to the key of /v1/server: `hpke:<key id>:<base64>`.",
    ),
]


@dataclass(frozen=True, slots=True)
class RequestForm:
    """`struct` is the JSON; it refuses unknown fields. `secrets` names the fields that are sealed."""

    struct: type[msgspec.Struct]
    write: Callable[[Arguments, Seal], msgspec.Struct]
    read: Callable[[Any, Open], Arguments]
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """`type` is the JSON, in which unknown fields are passed over. `write` may return None for "nothing yet"."""

    type: Any
    write: Callable[[Any], Any] = lambda answer: answer
    read: Callable[[Any], Any] = lambda told: told


def mirror(request: type) -> RequestForm:
    """The fields of a request of services/api.py by their own names, secrets sealed."""
    hints = typing.get_type_hints(request)
    secrets = tuple(name for name, hint in hints.items() if Secret in _parts(hint))
    columns = []
    for field in fields(request):
        hint = _sealed(hints[field.name]) if field.name in secrets else hints[field.name]
        columns.append((field.name, hint) if field.default is MISSING else (field.name, hint, field.default))
    struct = msgspec.defstruct(
        request.__name__,
        columns,
        namespace={"__doc__": request.__doc__},
        module=__name__,
        forbid_unknown_fields=True,
        omit_defaults=True,
        kw_only=True,
    )

    def write(arguments: Arguments, seal: Seal) -> msgspec.Struct:
        asked = arguments["request"]
        values = {name: getattr(asked, name) for name in hints}
        return struct(**{n: _shut(v, n, seal) if n in secrets else v for n, v in values.items()})

    def read(told: msgspec.Struct, unseal: Open) -> Arguments:
        values = {name: getattr(told, name) for name in hints}
        opened: list[Secret] = []
        try:
            for name in secrets:
                values[name] = _opened(values[name], name, unseal, opened)
        except ServiceError:
            for secret in opened:
                secret.wipe()
            raise
        return {"request": request(**values)}

    return RequestForm(struct, write, read, secrets)


def spread(struct: type[msgspec.Struct]) -> RequestForm:
    """For a method that takes plain values: the struct's fields are its arguments."""
    names = struct.__struct_fields__
    return RequestForm(
        struct, lambda arguments, _: struct(**arguments), lambda told, _: {n: getattr(told, n) for n in names}
    )


def wipe(arguments: Mapping[str, object]) -> None:
    """Every secret in what `read` returned, once the call is over."""
    request = arguments.get("request")
    if not is_dataclass(request):
        return
    for field in fields(request):
        value = getattr(request, field.name)
        for secret in value.values() if isinstance(value, dict) else (value,):
            if isinstance(secret, Secret):
                secret.wipe()


def decode_request(form: RequestForm, body: bytes, unseal: Open) -> Arguments:
    """Raises ServiceError BAD_REQUEST, with the field where one is at fault, and what `unseal` raises."""
    try:
        told = msgspec.json.decode(body, type=form.struct)
    except UNREADABLE as error:
        raise bad_request(error) from None
    return form.read(told, unseal)


def decode_query(form: RequestForm, query: Mapping[str, str]) -> Arguments:
    """As `decode_request`, from the query of a GET."""
    try:
        told = msgspec.convert(dict(query), type=form.struct, strict=False)
    except msgspec.ValidationError as error:
        raise bad_request(error) from None
    return form.read(told, _no_secret)


def bad_request(error: Exception) -> ServiceError:
    """The path to the field, never its value: msgspec's words may quote what was sent."""
    _, found, path = str(error).rpartition(" - at `$")
    return ServiceError(Reason.BAD_REQUEST, field=path.rstrip("`").lstrip(".") or None if found else None)


def _parts(hint: object) -> set[object]:
    """A hint's own parts: of `Secret | None`, of `dict[str, Secret]`."""
    return {hint, *typing.get_args(hint)}


def _sealed(hint: object) -> object:
    if hint is Secret:
        return Sealed
    if isinstance(hint, types.UnionType):
        return Sealed | None
    return dict[str, Sealed]


def _shut(value: object, name: str, seal: Seal) -> object:
    if isinstance(value, dict):
        return {key: seal(secret, f"{name}.{key}") for key, secret in value.items()}
    return seal(value, name) if isinstance(value, Secret) else value


def _opened(value: object, name: str, unseal: Open, opened: list[Secret]) -> object:
    if isinstance(value, dict):
        return {key: _opened(sealed, f"{name}.{key}", unseal, opened) for key, sealed in value.items()}
    if not isinstance(value, str):
        return value
    secret = unseal(value, name)
    opened.append(secret)
    return secret


def _no_secret(_sealed_text: str, field: str) -> Secret:
    raise ServiceError(Reason.BAD_REQUEST, field=field)
