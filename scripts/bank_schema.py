"""Writes docs/bank-profile.md and docs/bank-profile.schema.json: what each key of a bank profile means."""

from __future__ import annotations

import json
import sys
import types
import typing
from collections.abc import Iterator
from datetime import date
from enum import Enum
from pathlib import Path

import msgspec

from desktop import banks
from desktop.services.vocabulary import Reason
from desktop.wizard.flow.fields import FIELDS
from desktop.wizard.flow.steps import STEPS

ROOT = Path(__file__).resolve().parent.parent
PAGE, SCHEMA = ROOT / "docs" / "bank-profile.md", ROOT / "docs" / "bank-profile.schema.json"

Table = type[msgspec.Struct]

#: Each table of a profile: how it is written in the file, and what it is.
TABLES: dict[Table, tuple[str, str]] = {
    banks.Bank: ("The file", "The bank itself."),
    banks.Accent: ("`accent = { … }`", "The bank's colour, one for each theme, at least 4.5:1 against the text on it."),
    banks.Centre: ("`[centre]`", "The customer centre."),
    banks.Product: ("`[[products]]`", "A kind of certificate."),
    banks.Usage: ("`[[products.usages]]`", "What a joint certificate may be for, to be chosen in the step `type`."),
    banks.ChecklistItem: ("`[[checklist]]`", "Something to have before the first field."),
    banks.Term: ("`[[terms]]`", "A text to agree to. One for practice says so at its top and its end."),
    banks.Policies: ("`[policies]`", "Limits and times that the authority keeps. All have defaults."),
    banks.JourneyData: ("`[[journeys]]`", "One task for one kind of certificate."),
    banks.AppPath: ("`[journeys.app]`", "The way through the bank's phone app."),
    banks.Faq: ("`[[faq]]`", "A question people ask, for the help beside a step and for the search."),
    banks.Remedy: ("`[[remedies]]`", "What this bank advises for a failure, shown with the general advice."),
}

#: What each key means. A test fails when one is missing or too many.
WHAT: dict[Table, dict[str, str]] = {
    banks.Bank: {
        "id": "the file's name without `.toml`: small letters, digits, `_`",
        "name": "as people call the bank",
        "code": "three-digit bank code",
        "unit": "the bank's name in certificates (OU): capital letters and digits",
        "accent": "its colour",
        "centre": "its customer centre",
        "products": "kinds of certificate",
        "journeys": "what it offers",
        "checklist": "things to have, of all journeys",
        "terms": "texts to agree to, of all journeys",
        "policies": "limits and times",
        "faq": "questions people ask",
        "remedies": "advice for failures",
    },
    banks.Accent: {
        "light": "on white",
        "dark": "on the dark theme",
        "contrast": "on black, for high contrast (7:1)",
    },
    banks.Centre: {
        "phone": "as dialled",
        "hours": "when it is open",
        "off_peak": "when to call so as not to wait",
        "verified_on": "the day the number was checked",
        "source": "where it was read",
    },
    banks.Product: {
        "kind": "the kind",
        "name": "as the bank calls it",
        "policy": "certificate policy OID",
        "years": "validity",
        "fee": "what it costs",
        "renewal": "by itself, after a short check, or by the person's own hand",
        "uses": "where it can be used",
        "facts": "what to know of it before the issue",
        "usages": "types to choose from",
        "checked_by": "how the person is checked, for comparing kinds",
        "key_bits": "size of the RSA key made on the person's side (joint)",
        "key_kinds": "kinds of key that another CMP client may bring (joint); this program makes RSA keys",
    },
    banks.Usage: {
        "id": "as the certificate's usage",
        "name": "as shown",
        "policy": "certificate policy OID of this type",
        "fee": "what it costs",
    },
    banks.ChecklistItem: {
        "id": "for `checklist` of a journey",
        "text": "the thing",
        "remedy": "what to do for who has it not",
    },
    banks.Term: {
        "id": "the text is `resources/terms/<bank>/<id>.ko.txt` and `.en.txt`",
        "title": "its title",
        "version": "as it stands in the text",
        "required": "whether the journey needs it agreed",
    },
    banks.Policies: {
        "account_tries": "wrong account passwords before a lock",
        "identity_tries": "wrong identities before a lock",
        "channels": "ways to receive a code, in the order offered",
        "media": "security media, in the order offered",
        "code_digits": "digits of the phone code",
        "code_seconds": "how long a code is good",
        "resend_seconds": "before another code",
        "codes_per_journey": "how many codes in all",
        "code_tries": "wrong codes before a new one is needed",
        "ars": "whether the number of a call is typed on the screen or keyed on the phone",
        "card_tries": "wrong card answers before a lock",
        "card_serial_digits": "last digits of the card's serial that are asked; 0: none",
        "otp_tries": "wrong passwords of a token before a lock",
        "otp_digits": "digits of the token",
        "cloud_code_digits": "digits of the cloud's message",
        "cloud_tries": "wrong answers to the cloud",
        "pin_digits": "digits of a PIN",
        "pin_tries": "wrong PINs before the certificate locks",
        "idle_seconds": "a journey without a call for so long ends",
        "document_tries": "wrong documents before a lock",
        "renewal_days": "how long before its end a certificate can be renewed",
        "suspension_months": "how long one can be suspended; then it is revoked",
        "handoff_seconds": "how long a QR code is good",
        "enrolment_seconds": "how long a joint certificate may be fetched once the bank has allowed it",
        "replaces_elsewhere": "an issue here revokes certificates of other banks (the person is asked first)",
    },
    banks.JourneyData: {
        "kind": "of which product",
        "task": "what is done",
        "minutes": "`[at best, at worst]`, as promised; a test compares them with the model",
        "steps": "in the bank's order; the first is `checklist` or `guidance`",
        "asks": "`{ step = [fields] }` where a step asks other fields than it usually does",
        "checklist": "ids to show in the step `checklist`",
        "terms": "ids to agree to in the step `terms`",
        "guidance": "paragraphs of the step `guidance`",
        "consequence": "on the last page before the act: what it changes for good",
        "when": "`{ step = condition }`: walked only by who has reported a loss, or has forgotten the password",
        "app": "the same in the bank's phone app",
    },
    banks.AppPath: {
        "app": "the app's name",
        "store_url": "where it can be had, for a QR code",
        "steps": "the menus to touch, in order",
    },
    banks.Faq: {
        "id": "any",
        "question": "as people ask it",
        "answer": "in short sentences",
        "symptoms": "what people would say, for the search",
        "steps": "whose help shows it",
    },
    banks.Remedy: {
        "code": "the failure, a `Reason`",
        "text": "what to do",
    },
}

HEAD = """# A bank is a file

`resources/banks/<id>.toml` holds all that differs from bank to bank; `resources/terms/<id>/` its terms. Adding a bank
needs no Python. A mistake is reported as `file:line: what is wrong`; unknown keys are mistakes too. Start from a copy
of [epost.toml](../resources/banks/epost.toml). Editors check against [the JSON Schema](bank-profile.schema.json).

This page and the schema are written from [desktop/banks.py](../desktop/banks.py) by `python -m scripts.bank_schema`.

A *text* is `{ ko = "…", en = "…" }`, both required. Korean sentences end in "니다." or "주세요." and have at most 40
characters.

An order of steps that cannot work is refused with the step and what it lacks: `review` before `pin`, say. The authority
insists on the same order, from the same file.
"""


def kind_of(type_: object) -> str:  # noqa: PLR0911 — one return a kind of type
    """How a value of this type is written in TOML, for a table of the page."""
    origin, arguments = typing.get_origin(type_), typing.get_args(type_)
    if origin is typing.Annotated:
        return kind_of(arguments[0])
    if origin is typing.Literal:
        return " or ".join(f"`{value}`" for value in arguments)
    if origin in {typing.Union, types.UnionType}:
        return kind_of(next(a for a in arguments if a is not type(None)))
    if origin is tuple:
        return f"list: {kind_of(arguments[0])}"
    if origin is dict:
        return f"by step: {kind_of(arguments[1])}"
    if isinstance(type_, type) and issubclass(type_, banks.Text):
        return "text"
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        return "table"
    if isinstance(type_, type) and issubclass(type_, Enum):
        return "a reason" if type_ is Reason else " ".join(f"`{value.value}`" for value in type_)
    return {bool: "true or false", int: "number", str: "string", date: "date"}[typing.cast(type, type_)]


def rows(table: Table) -> Iterator[str]:
    hints = typing.get_type_hints(table, include_extras=True)
    for field in msgspec.structs.fields(table):
        wanted = "required" if field.required else _default(field.default)
        yield f"| `{field.name}` | {kind_of(hints[field.name])} | {wanted} | {WHAT[table][field.name]} |"


def _default(value: object) -> str:
    if value is None or isinstance(value, msgspec.Struct) or value in ((), {}):
        return "none"
    if value is msgspec.NODEFAULT:
        return "none"
    return f"`{json.dumps(msgspec.to_builtins(value))}`"


def page() -> str:
    parts = [HEAD]
    for table, (written, about) in TABLES.items():
        parts.append(f"## {written}\n\n{about}\n\n| key | value | default | what |\n|---|---|---|---|")
        parts[-1] += "\n" + "\n".join(rows(table)) + "\n"
    parts.append("## Steps and fields\n\nSteps: " + ", ".join(f"`{name}`" for name in STEPS) + ".\n")
    parts.append("Fields: " + ", ".join(f"`{name}`" for name in FIELDS) + ".\n")
    return "\n".join(parts)


def schema() -> str:
    """JSON Schema 2020-12 of a whole profile, with the words of WHAT."""
    made = msgspec.json.schema(banks.Bank)
    for table, words in WHAT.items():
        properties = made["$defs"][table.__name__]["properties"]
        for key, what in words.items():
            properties[key] = {**properties[key], "description": what}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A bank profile"}
    return json.dumps({**head, **made}, ensure_ascii=False, indent=2, default=str) + "\n"


def main() -> int:
    PAGE.write_text(page(), encoding="utf-8")
    SCHEMA.write_text(schema(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
