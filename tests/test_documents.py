"""What the documents point at exists, and what they list is whole."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from desktop import banks

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_to_one(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8"))
    inside = [link for link in links if not re.match("[a-z]+:", link)]
    assert [] == [link for link in inside if not (document.parent / link).exists()]


def test_the_bank_profile_page_names_every_key_of_the_schema() -> None:
    page = (ROOT / "docs" / "bank-profile.md").read_text(encoding="utf-8")
    tables: list[type[msgspec.Struct]] = [
        banks.Bank,
        banks.Accent,
        banks.Centre,
        banks.Product,
        banks.ChecklistItem,
        banks.Term,
    ]
    tables += [banks.Policies, banks.JourneyData, banks.Faq]
    keys = {field.name for table in tables for field in msgspec.structs.fields(table)}
    assert set() == {key for key in keys if not re.search(rf"\b{key}\b", page)}


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    page = (ROOT / "docs" / "decisions" / "dependencies.md").read_text(encoding="utf-8")
    names = [re.split("[ <>=~!;[]", wish)[0] for wish in wanted]
    assert [] == [name for name in names if not re.search(rf"\b{re.escape(name)}\b", page)]


def test_the_readme_gives_the_practice_customer_as_the_practice_answers_have_it() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8").replace("-", "")
    answers = tomllib.loads(
        (ROOT / "resources" / "practice" / "epost-financial-issue.toml").read_text(encoding="utf-8")
    )["answers"]
    for name in ("name", "rrn", "account", "account_password", "phone", "card_serial", "pin"):
        assert answers[name] in readme, name
