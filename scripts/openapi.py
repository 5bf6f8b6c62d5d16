"""Writes docs/openapi.json and api.md, the contract of the wire, from its table; --check says whether they are old."""

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
from scripts.api_page import page

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"
_REF: Final = "#/components/schemas/{name}"
BASE64: Final = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_DER: Final = {"type": "string", "format": "binary"}

#: What of an answer is asked with next, and where.
_LINKS: Final[dict[str, dict[str, dict[str, str]]]] = {
    "holdings": {"devices": {"credential_id": "$response.body#/certificates/0/credential_id"}},
    "issue": {"credentials_info": {"credentialID": "$response.body#/credential_id"}},
    "credentials_list": {"credentials_info": {"credentialID": "$response.body#/credentialIDs/0"}},
    "events": {"answer": {"event": "$response.body#/events/0/id", "text": ""}},
}

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

**Versions.** Within /v1 fields and operations are added, and none is removed, renamed or given another meaning; the \
second number of `api` in `GET /v1/server` counts what was added. A client passes over what it does not know in an \
answer, and takes a `code` it does not know by its status; a server refuses what it does not know in a request (400), \
so a client asks `/v1/server` before it sends what is new. What cannot be said so comes as /v2, beside /v1 for a year. \
A sealing key, a pin and an idempotency key outlive a version.

**Refusals.** 400 is no request of this description; 422 is one that cannot be done for what it says.

**CSC API.** Paths and fields are those of v2; /csc/v1 is answered as well, and v1's `hash`, `hashAlgo`, `PIN`, \
`authMode` and `pageToken` are known. `authType` is `external`: the access token is a journey whose checks are done. \
SCAL is 2: the SAD is bound to the hashes. An `Idempotency-Key` may be left out. Clients that know no sealing may send \
a PIN as it is, under TLS only. A problem also has `error` and `error_description`."""


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
        done: dict[str, Any] = {
            "description": "Done.",
            "content": {JSON: {"schema": _reference(operation.answer.type)}},
        }
        if operation.name in _LINKS:
            links = _LINKS[operation.name].items()
            done["links"] = {name: {"operationId": name, "requestBody": body} for name, body in links}
        yield "200", done
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
    pages = {PAGE: text(), PAGE.with_name("api.md"): page(document())}
    if "--check" not in arguments:
        for path, content in pages.items():
            path.write_text(content, encoding="utf-8")
        return 0
    old = [path.name for path, content in pages.items() if not path.exists() or content != path.read_text("utf-8")]
    print(
        f"docs: {', '.join(old)} old; run: python -m scripts.openapi" if old else "docs: openapi.json, api.md current"
    )
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
