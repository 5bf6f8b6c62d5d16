"""Draws docs/api.md, the description of the API for people, from the document of scripts/openapi.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

_TAGS: Final = {
    "server": "The server",
    "journey": "A journey",
    "remote signing": "Remote signing (CSC API)",
    "certificate authority": "The certificate authority",
    "practice": "Practice",
}


def page(document: dict[str, Any]) -> str:
    return "\n".join(_lines(document)) + "\n"


def _lines(document: dict[str, Any]) -> Iterator[str]:
    info, schemas = document["info"], document["components"]["schemas"]
    yield f"# The API, version {info['version']}"
    yield ""
    yield "Made from [openapi.json](openapi.json) by `python -m scripts.openapi`; a test keeps the two alike."
    yield "What a bank's own backend may do differently is in [backends.md](backends.md)."
    yield ""
    yield info["description"]
    operations = [(path, verb, entry) for path, verbs in document["paths"].items() for verb, entry in verbs.items()]
    for tag, title in _TAGS.items():
        yield ""
        yield f"## {title}"
        for path, verb, entry in operations:
            if entry["tags"] == [tag]:
                yield from _operation(path, verb, entry, schemas)
    yield ""
    yield "## Objects"
    for name in sorted(_answered(document)):
        yield ""
        yield f"### {name}"
        yield from _object(schemas[name])


def _operation(path: str, verb: str, entry: dict[str, Any], schemas: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield f"### `{verb.upper()} {path}`"
    yield ""
    needs = ["the journey as bearer"] if entry["security"] else []
    for each in entry.get("parameters", ()):
        if each["in"] == "header":
            needs.append(f"{each['name']}{'' if each['required'] else ' (may be left out)'}")
        else:
            needs.append(f"`{each['name']}` ({_type(each['schema'])}) in the {each['in']}")
    yield f"`{entry['operationId']}` · {entry['summary']}" + (f" Needs {', '.join(needs)}." if needs else "")
    for kind, content in entry.get("requestBody", {}).get("content", {}).items():
        if "$ref" in content["schema"]:
            yield from _object(schemas[_name(content["schema"])], said=False)
        else:
            yield f"Sends `{kind}`."
    yield ""
    yield f"Gives {'; '.join(_answers(entry))}."


def _answers(entry: dict[str, Any]) -> Iterator[str]:
    for status, answer in entry["responses"].items():
        if status == "default":
            continue
        told = [
            _type(content["schema"]) if "$ref" in content["schema"] else f"`{kind}`"
            for kind, content in answer.get("content", {}).items()
        ]
        yield f"{status}: {told[0] if told else answer['description'].rstrip('.').lower()}"


def _object(schema: dict[str, Any], *, said: bool = True) -> Iterator[str]:
    about = schema.get("description", "")
    if said and about:
        yield ""
        yield " ".join(about.split())
    if "enum" in schema:
        yield ""
        yield "One of " + ", ".join(f"`{word}`" for word in schema["enum"]) + "."
    if not schema.get("properties"):
        return
    yield ""
    yield "| field | is | |"
    yield "|---|---|---|"
    for name, part in schema["properties"].items():
        needed = "" if name in schema.get("required", ()) else "may be left out"
        yield f"| `{name}` | {_type(part)} | {needed} |"


def _type(schema: dict[str, Any]) -> str:
    said = str(schema.get("type", "anything"))
    match schema:
        case {"$ref": _}:
            name = _name(schema)
            said = f"[{name}](#{name.lower()})"
        case {"anyOf": options}:
            said = " or ".join(map(_type, options))
        case {"enum": words}:
            said = ", ".join(f"`{word}`" for word in words)
        case {"type": "array", "prefixItems": parts}:
            said = f"[{', '.join(map(_type, parts))}]"
        case {"type": "array", "items": dict(part)}:
            said = f"list of {_type(part)}"
        case {"type": "object", "additionalProperties": dict(part)}:
            said = f"names, each with {_type(part)}"
        case {"contentEncoding": "base64"}:
            said = "base64"
        case {"pattern": str(pattern)} if pattern.startswith("^hpke:"):
            said = "sealed"
    return said


def _name(schema: dict[str, Any]) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _answered(document: dict[str, Any]) -> set[str]:
    """Every object that an answer names, or another object does; requests stand where they are sent."""
    schemas = document["components"]["schemas"]
    sent = {
        _name(content["schema"])
        for verbs in document["paths"].values()
        for entry in verbs.values()
        for content in entry.get("requestBody", {}).get("content", {}).values()
        if "$ref" in content["schema"]
    }
    return set(schemas) - sent
