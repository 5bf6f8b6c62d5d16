"""The page and the JSON Schema of a bank profile are written from the code, and say what every key means."""

from __future__ import annotations

import json
import re

import msgspec
import pytest

from desktop.banks import load_banks
from desktop.shipped import shipped
from scripts.bank_schema import PAGE, SCHEMA, TABLES, WHAT, page, schema


def test_page_and_schema_are_up_to_date() -> None:
    told = "run: python -m scripts.bank_schema"
    assert page() == PAGE.read_text(encoding="utf-8"), told
    assert schema() == SCHEMA.read_text(encoding="utf-8"), told


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_every_key_has_its_meaning_and_no_other_has(table: type[msgspec.Struct]) -> None:
    assert {field.name for field in msgspec.structs.fields(table)} == set(WHAT[table])


def test_every_table_of_the_schema_refuses_an_unknown_key() -> None:
    tables = json.loads(schema())["$defs"].values()
    assert [] == [t["title"] for t in tables if t.get("type") == "object" and t["additionalProperties"] is not False]


def test_every_profile_names_the_schema_for_editors() -> None:
    for bank in load_banks(shipped("banks")).values():
        first = shipped("banks", f"{bank.id}.toml").read_text(encoding="utf-8").splitlines()[0]
        named = re.fullmatch("#:schema (.+)", first)
        assert named is not None
        assert SCHEMA == (shipped("banks") / named[1]).resolve()
