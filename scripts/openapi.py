"""Writes docs/openapi.json, the contract of the wire, from its table; with --check, says whether it is current."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from desktop.services.wire.operation import JSON, KEY_PATTERN, Operation
from desktop.services.wire.operations import CSC_INFO, OPERATIONS, SERVER_INFO
from desktop.services.wire.problems import MEDIA_TYPE, Problem
from desktop.services.wire.told import API_VERSION

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"
_REF: Final = "#/components/schemas/{name}"
BASE64: Final = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_DER: Final = {"type": "string", "format": "binary"}

ABOUT: Final = """What a bank's backend offers to the desk (Changgu): journeys with their checks, certificates in the \
cloud, remote signing after the CSC API v2, and the CA's doors (CMP, CRL, OCSP).

**Journey.** Opening one answers with its handle, `<bank>.<secret>`. It is a bearer secret: it travels in the \
`Authorization` header, and no address holds it. The server keeps the order of a journey's checks.

**Writes** carry an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): the same key with the same request \
has the same answer and no second effect; with another request it is refused (422 `key_reused`), and while the first \
is at work as well (409 `key_in_flight`).

**Secrets** of a request (RRN, passwords, PIN, codes) are sealed by HPKE (RFC 9180: DHKEM(X25519, HKDF-SHA256), \
HKDF-SHA256, AES-128-GCM, base mode, one-shot) to the key of `GET /v1/server`, and written as \
`hpke:<key id>:<base64 of enc and ciphertext>`. HPKE's `info` is the JSON array, UTF-8 and without spaces, \
`["changgu-seal-1",bank,journey,operation,field]`: the bank as in the handle, the `operationId`, and the field's name, \
as `fields.rrn` in a mapping. What was sealed for another place is refused (400 `bad_request`, detail `seal`); for a \
key that the server no longer has, detail is `sealing_key`. Secrets of an answer (an enrolment's `code`, a `SAD`) \
travel under TLS only.

**Failures** are RFC 9457 problems, with a `code` and whether asking again is `safe`. A limit to requests is 429 with \
`Retry-After`.

**Versions.** Within /v1 fields and operations are added and none is removed or changed: a client passes over what it \
does not know in an answer; a server refuses what it does not know in a request.

CSC clients that know no sealing may send a PIN as it is, and v1's `hash`, `hashAlgo` and `PIN`, under TLS only."""


def document() -> dict[str, Any]:
    operations = (SERVER_INFO, *OPERATIONS, CSC_INFO)
    sent = [o.request.struct for o in operations if o.request and not o.in_query]
    said = [o.answer.type for o in operations if o.answer]
    _, schemas = msgspec.json.schema_components([*sent, *said, Problem], ref_template=_REF)
    for schema in schemas.values():
        if "description" in schema:
            schema["description"] = inspect.cleandoc(schema["description"])
    _say_base64(schemas)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.verb.lower()] = described(operation)
        if operation.get_too:
            path, entry = by_get(operation)
            paths[path] = {"get": entry}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Changgu services", "version": API_VERSION, "description": ABOUT},
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"journey": {"type": "http", "scheme": "bearer", "bearerFormat": "<bank>.<secret>"}},
            "responses": {"Problem": _problem()},
        },
    }


def described(operation: Operation) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.about,
        "tags": [_tag(operation)],
        "security": [{"journey": []}] if operation.journey else [],
        "responses": {**dict(_answers(operation)), "default": {"$ref": "#/components/responses/Problem"}},
    }
    parameters = list(_parameters(operation))
    if parameters:
        entry["parameters"] = parameters
    if operation.raw:
        entry["requestBody"] = {"required": True, "content": {operation.takes: {"schema": _DER}}}
    elif operation.request and not operation.in_query:
        reference = _reference(operation.request.struct)
        entry["requestBody"] = {"required": True, "content": {operation.takes: {"schema": reference}}}
    return entry


def by_get(operation: Operation) -> tuple[str, dict[str, Any]]:
    """The same asked by GET, the DER of the request in the path (RFC 6960, A.1)."""
    entry = described(operation)
    del entry["requestBody"]
    entry["operationId"] += "_get"
    schema = {"type": "string", "contentEncoding": "base64"}
    entry["parameters"] = [{"name": operation.raw, "in": "path", "required": True, "schema": schema}]
    return f"{operation.path}/{{{operation.raw}}}", entry


def _answers(operation: Operation) -> Iterator[tuple[str, dict[str, Any]]]:
    if operation.answer:
        yield "200", {"description": "Done.", "content": {JSON: {"schema": _reference(operation.answer.type)}}}
    elif not operation.empty:
        yield "200", {"description": "Done.", "content": {operation.gives: {"schema": _DER}}}
    if operation.empty or operation.optional:
        yield "204", {"description": "Done." if operation.empty else "There is none yet."}


def _parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    if operation.write:
        schema = {"type": "string", "pattern": KEY_PATTERN, "maxLength": 257}
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "required": not operation.key_optional,
            "description": "A string of its own for each write, quoted or bare, such as a UUID.",
            "schema": schema,
        }
    if operation.in_query and operation.request:
        schema = msgspec.json.schema(operation.request.struct)["$defs"][operation.request.struct.__name__]
        for name, column in schema["properties"].items():
            yield {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": column}


def _problem() -> dict[str, Any]:
    return {
        "description": "What went wrong (RFC 9457).",
        "headers": {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 0}}},
        "content": {MEDIA_TYPE: {"schema": _reference(Problem)}},
    }


def _reference(type_: Any) -> dict[str, str]:
    return {"$ref": _REF.format(name=type_.__name__)}


def _say_base64(part: Any) -> None:
    """To those, too, who read no `contentEncoding`."""
    if isinstance(part, dict):
        if part.get("contentEncoding") == "base64":
            part["pattern"] = BASE64
        for value in part.values():
            _say_base64(value)
    elif isinstance(part, list):
        for value in part:
            _say_base64(value)


def _tag(operation: Operation) -> str:
    if operation.practice:
        return "practice"
    if operation.path.startswith("/csc"):
        return "remote signing"
    if operation.path.startswith("/v1"):
        return "journey" if operation.journey or operation.write else "server"
    return "certificate authority"


def text() -> str:
    return json.dumps(document(), ensure_ascii=False, indent=1, sort_keys=False) + "\n"


def main(arguments: list[str]) -> int:
    if "--check" not in arguments:
        PAGE.write_text(text(), encoding="utf-8")
        return 0
    current = PAGE.exists() and text() == PAGE.read_text(encoding="utf-8")
    print(f"docs/openapi.json: {'current' if current else 'old; run: python -m scripts.openapi'}")
    return 0 if current else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
