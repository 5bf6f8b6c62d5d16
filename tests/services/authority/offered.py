"""Four banks for the tests of the authority, made from one profile: every kind, task and rule, and no wording."""

from collections.abc import Mapping
from typing import Any

import msgspec

from desktop.banks import Bank, JourneyData, Policies, Product, Text, Usage, load_bank
from desktop.services.api import Kind, Renewal, Task
from desktop.shipped import shipped

F, J, M = Kind.FINANCIAL, Kind.JOINT, Kind.MOBILE
_WORDS = Text("글", "text")
_FULL = ("guidance", "terms", "identity", "phone", "medium", "cloud", "pin", "review", "done")
_RULES: Mapping[str, Any] = {"card_serial_digits": 8}


def journey(
    kind: Kind, task: Task, *steps: str, asks: Any = None, when: Any = None, terms: bool = False
) -> JourneyData:
    return JourneyData(
        kind, task, (1, 2), steps, asks=asks or {}, terms=("service", "privacy") if terms else (), when=when or {}
    )


def product(kind: Kind, renewal: Renewal, years: int, **more: Any) -> Product:
    return Product(kind, _WORDS, f"1.2.410.200005.1.1.1.{10 + len(kind)}", years, _WORDS, renewal, (_WORDS,), **more)


def _bank(name: str, code: str, unit: str, products: Any, journeys: Any, policies: Policies) -> Bank:
    base = load_bank(shipped("banks", "epost.toml"))
    terms = tuple(
        msgspec.structs.replace(term, id=new) for term, new in zip(base.terms, ("service", "privacy"), strict=False)
    )
    return msgspec.structs.replace(
        base,
        id=name,
        code=code,
        unit=unit,
        products=products,
        journeys=journeys,
        policies=policies,
        terms=terms,
        checklist=(),
        faq=(),
        remedies=(),
    )


def epost(**policies: Any) -> Bank:
    phone = ("guidance", "identity", "phone", "certificate")
    secret = ("guidance", "identity", "medium", "certificate", "confirm", "changed")
    return _bank(
        "epost",
        "071",
        "EPB",
        (msgspec.structs.replace(product(F, Renewal.CHECK, 3), policy="1.2.410.200005.1.1.1.10"),),
        (
            journey(F, Task.ISSUE, *_FULL, terms=True),
            journey(F, Task.REISSUE, *_FULL, terms=True),
            journey(F, Task.RENEW, *phone, "pin", "review", "done"),
            journey(F, Task.REVOKE, *secret),
            journey(F, Task.SUSPEND, *secret),
            journey(F, Task.RESUME, *secret),
            journey(F, Task.REGISTER, *phone, "pin", "confirm", "changed"),
            journey(F, Task.DEVICES, *phone, "devices", "confirm", "changed"),
            journey(F, Task.PIN, *phone, "pin", "confirm", "changed"),
            journey(F, Task.LOSS, "guidance", "identity", "confirm", "changed"),
        ),
        Policies(**{**_RULES, **policies}),
    )


def kb(**policies: Any) -> Bank:
    identity = {"identity": ("user_id", "rrn")}
    short = ("guidance", "identity", "phone", "certificate")
    return _bank(
        "kb",
        "004",
        "KMB",
        (product(F, Renewal.AUTOMATIC, 3), product(M, Renewal.BY_HAND, 3)),
        (
            journey(F, Task.ISSUE, "guidance", "identity", "account", "review", "done", asks=identity),
            journey(F, Task.REISSUE, "guidance", "identity", "account", "review", "done", asks=identity),
            journey(F, Task.RENEW, *short, "review", "done", asks=identity),
            journey(F, Task.REGISTER, *short, "confirm", "changed", asks=identity),
            journey(M, Task.ISSUE, "guidance", "identity", "document", "handoff", "delivered", asks=identity),
            journey(M, Task.PIN, "guidance", "identity", "confirm", "changed", asks=identity),
            journey(M, Task.REVOKE, "guidance", "identity", "confirm", "changed", asks=identity),
        ),
        Policies(**{"replaces_elsewhere": True, "ars": "keyed", **_RULES, **policies}),
    )


def woori(**policies: Any) -> Bank:
    identity = {"identity": ("user_id", "rrn")}
    usages = (
        Usage("bank", _WORDS, "1.2.410.200005.1.1.4", _WORDS),
        Usage("general", _WORDS, "1.2.410.200005.1.1.1", _WORDS),
    )
    plain = ("guidance", "identity", "phone")
    return _bank(
        "woori",
        "020",
        "WRB",
        (product(J, Renewal.BY_HAND, 1, usages=usages),),
        (
            journey(J, Task.ISSUE, *plain, "type", "password", "review", "done", asks=identity),
            journey(
                J,
                Task.REISSUE,
                *plain,
                "document",
                "password",
                "review",
                "done",
                asks=identity,
                when={"document": "hardened"},
            ),
            journey(J, Task.RENEW, *plain, "password", "review", "done", asks=identity),
            journey(J, Task.REVOKE, *plain, "confirm", "changed", asks=identity),
            journey(J, Task.SUSPEND, *plain, "confirm", "changed", asks=identity),
            journey(J, Task.RESUME, *plain, "confirm", "changed", asks=identity),
            journey(J, Task.REGISTER, *plain, "password_check", "confirm", "changed", asks=identity),
            journey(J, Task.LOSS, "guidance", "identity", "confirm", "changed", asks=identity),
        ),
        Policies(**{**_RULES, **policies}),
    )


def kbank(**policies: Any) -> Bank:
    identity = {"identity": ("rrn", "phone")}
    usages = (Usage("bank", _WORDS, "1.2.410.200005.1.1.4", _WORDS),)
    return _bank(
        "kbank",
        "089",
        "KBK",
        (product(J, Renewal.BY_HAND, 1, usages=usages, key_kinds=("rsa", "p256")),),
        (
            journey(J, Task.ISSUE, "guidance", "identity", "phone", "password", "review", "done", asks=identity),
            journey(
                J,
                Task.REISSUE,
                "guidance",
                "identity",
                "phone",
                "password_check",
                "document",
                "password",
                "terms",
                "review",
                "done",
                asks=identity,
                when={"document": "forgot_password"},
                terms=True,
            ),
            journey(J, Task.RENEW, "guidance", "identity", "phone", "password", "review", "done", asks=identity),
            journey(J, Task.REVOKE, "guidance", "identity", "phone", "confirm", "changed", asks=identity),
            journey(J, Task.LOSS, "guidance", "identity", "confirm", "changed", asks=identity),
        ),
        Policies(**{**_RULES, **policies}),
    )


def offered(**policies: Any) -> dict[str, Bank]:
    """All four, each with these policies."""
    return {bank.id: bank for bank in (made(**policies) for made in (epost, kb, woori, kbank))}
