"""Hand-made Views of the pages that only some tasks have, each at a bank that has it."""

from __future__ import annotations

import time
from dataclasses import replace

from desktop.banks import Bank, load_banks
from desktop.services.api import (
    Changed,
    Device,
    DeviceList,
    HandOff,
    Holding,
    Holdings,
    Issued,
    Kind,
    Place,
    PlaceKind,
    Places,
    Renewal,
    Status,
    Task,
)
from desktop.shipped import shipped
from desktop.wizard.flow.facts import Facts
from desktop.wizard.flow.plan import make_plan
from desktop.wizard.flow.steps import Confirmed
from desktop.wizard.flow.view import ActionView, Entry, FieldView, Progress, RailItem, Row, View

BANKS: dict[str, Bank] = load_banks(shipped("banks"))
FINANCIAL, JOINT, MOBILE = Kind.FINANCIAL, Kind.JOINT, Kind.MOBILE
NOW = time.time()
DAY = 86_400
SERIAL = "73920184650123"


def holding(bank: str, credential: str, *, days: int = 400, status: Status = Status.GOOD, **more: object) -> Holding:
    made = Holding(
        credential_id=credential,
        bank=bank,
        kind=FINANCIAL,
        serial=SERIAL,
        status=status,
        not_before=NOW - 300 * DAY,
        not_after=NOW + days * DAY,
        owner="김*체",
        renewal=Renewal.CHECK,
        tasks=(),
    )
    return replace(made, **more)  # type: ignore[arg-type]  # the names are Holding's own


HELD = Holdings(
    (holding("epost", "a", days=24), holding("epost", "b", status=Status.SUSPENDED, held_until=NOW + 100 * DAY)),
    (holding("woori", "c"),),
)
DEVICES = DeviceList(
    (Device("d1", "창구 PC", NOW, True, True), Device("d2", "휴대폰", NOW - 9 * DAY, True, False)), limited=False
)
REVOKED = Changed(
    task=Task.REVOKE,
    bank="epost",
    kind=FINANCIAL,
    serial=SERIAL,
    status=Status.REVOKED,
    certificate=b"0",
    chain=(b"0",),
    not_before=NOW,
    not_after=NOW + 900 * DAY,
    owner="김*체",
    credential_id="a",
)
ON_PHONE = Issued("kb", MOBILE, SERIAL, b"0", (b"0", b"0"), NOW, NOW + 1095 * DAY, "1.2", "김*체", "m")
HANDED = HandOff("https://app.example/go/8PpZb3tWqB7Q", 300)


def view(bank: str, kind: Kind, task: Task, step: str, *fields: FieldView, **more: object) -> View:
    """`facts` are given as a tuple; the rest are fields of View."""
    facts = Facts()
    for fact in more.pop("facts", ()):  # type: ignore[attr-defined]  # a tuple of facts
        facts = facts.plus(fact, time.monotonic())
    steps = [s.id for s in make_plan(BANKS[bank], kind, task).steps]
    here = steps.index(step)
    rail = tuple(
        RailItem(name, Progress.DONE if n < here else Progress.CURRENT if n == here else Progress.TODO, n < here)
        for n, name in enumerate(steps)
    )
    drawn = View(bank, kind, task, step, 0, fields, facts, rail, (60, 120), can_back=here > 0, practice=True)
    return replace(drawn, **more)  # type: ignore[arg-type]  # the names are View's own


def secret(name: str, entry: Entry, *groups: int, readable: bool = False) -> FieldView:
    return FieldView(name, entry, secret=True, readable=readable, groups=groups, max_length=sum(groups) or 56)


DOCUMENT = FieldView("document", Entry.CHOICE, options=("resident", "driver"))
DATE = secret("document_date", Entry.DATE, 4, 2, 2, readable=True)
NUMBER = secret("document_number", Entry.DIGITS, 2, 2, 6, 2, readable=True)
CURRENT_PIN, NEW_PIN, AGAIN = (secret(name, Entry.CODE, 6) for name in ("current_pin", "pin", "pin_again"))
PASSWORD, PASSWORD_AGAIN = (secret(name, Entry.PASSWORD) for name in ("password", "password_again"))
LIMIT = FieldView("limit", Entry.CHOICE, options=("all", "chosen"))
TICKS = FieldView("devices", Entry.AGREEMENTS, options=("d1", "d2"))
EXISTING = FieldView("existing", Entry.CHOICE, options=("register", "new"))
CERTIFICATE = FieldView("certificate", Entry.CHOICE, options=("a", "b"))
USAGES = tuple(usage.id for usage in BANKS["woori"].product(JOINT).usages)
USAGE = FieldView("usage", Entry.CHOICE, options=USAGES, value=USAGES[0])
PLACES = Places(
    (
        Place("pc", PlaceKind.PC, path="Documents", free=10**11),
        Place("usb:1", PlaceKind.REMOVABLE, "가온 스틱", "/media/uri/가온 스틱", 14_200_000_000),
        Place("usb:2", PlaceKind.REMOVABLE, "잠긴 스틱", "/media/uri/잠긴 스틱", 10**9, "read_only"),
        Place("token:a:1", PlaceKind.TOKEN, "가온 토큰"),
    )
)
PLACE = FieldView("place", Entry.CHOICE, options=("pc", "usb:1", "token:a:1"), value="pc")

TASK_VIEWS = {
    "document": view("kb", MOBILE, Task.ISSUE, "document", DOCUMENT, DATE),
    "document-resident": view("kb", MOBILE, Task.ISSUE, "document", replace(DOCUMENT, value="resident"), DATE),
    "document-driver": view("kb", MOBILE, Task.ISSUE, "document", replace(DOCUMENT, value="driver"), NUMBER, DATE),
    "account": view(
        "kb",
        FINANCIAL,
        Task.ISSUE,
        "account",
        secret("account", Entry.DIGITS, readable=True),
        secret("account_password", Entry.DIGITS, 4),
        FieldView("email", Entry.TEXT),
        FieldView("phone", Entry.PHONE, groups=(3, 4, 4), max_length=11),
    ),
    "password_check": view(
        "kbank",
        JOINT,
        Task.REISSUE,
        "password_check",
        secret("current_password", Entry.PASSWORD),
        actions=(ActionView("forgot_password"),),
    ),
    "existing": view("kb", FINANCIAL, Task.ISSUE, "existing", EXISTING, stage=1, facts=(HELD,)),
    "certificate": view("epost", FINANCIAL, Task.REVOKE, "certificate", CERTIFICATE, stage=1, facts=(HELD,)),
    "type": view("woori", JOINT, Task.ISSUE, "type", USAGE),
    "devices": view("epost", FINANCIAL, Task.DEVICES, "devices", LIMIT, stage=1, facts=(DEVICES,)),
    "devices-chosen": view(
        "epost",
        FINANCIAL,
        Task.DEVICES,
        "devices",
        replace(LIMIT, value="chosen"),
        TICKS,
        stage=1,
        facts=(DEVICES,),
    ),
    "place": view(
        "woori", JOINT, Task.ISSUE, "place", PLACE, stage=1, facts=(PLACES,), actions=(ActionView("look_again"),)
    ),
    "done-stick": view(
        "woori",
        JOINT,
        Task.ISSUE,
        "done",
        stage=1,
        facts=(replace(ON_PHONE, bank="woori", kind=JOINT, kept_at=PLACES.places[1]),),
        can_back=False,
    ),
    "password": view("woori", JOINT, Task.ISSUE, "password", PASSWORD, PASSWORD_AGAIN),
    "pin-change": view("epost", FINANCIAL, Task.PIN, "pin", CURRENT_PIN, NEW_PIN, AGAIN),
    "pin-register": view("epost", FINANCIAL, Task.REGISTER, "pin", CURRENT_PIN),
    "confirm-revoke": view(
        "epost", FINANCIAL, Task.REVOKE, "confirm", facts=(HELD,), certificate="a", irreversible=True
    ),
    "confirm-devices": view(
        "epost",
        FINANCIAL,
        Task.DEVICES,
        "confirm",
        facts=(HELD, DEVICES),
        certificate="a",
        irreversible=True,
        rows=(Row("devices", "limit", "chosen"), Row("devices", "devices", "d1 d2")),
    ),
    "review-reissue": view(
        "epost", FINANCIAL, Task.REISSUE, "review", facts=(HELD,), certificate="a", irreversible=True
    ),
    "review-renew": view("epost", FINANCIAL, Task.RENEW, "review", facts=(HELD,), certificate="a", irreversible=True),
    "review-replaces": view(
        "kb", FINANCIAL, Task.ISSUE, "review", facts=(HELD,), rows=(Row("existing", "existing", "new"),)
    ),
    "handoff": view(
        "kb", MOBILE, Task.ISSUE, "handoff", stage=1, facts=(HANDED,), actions=(ActionView("new_handoff"),)
    ),
    "changed-revoke": view(
        "epost", FINANCIAL, Task.REVOKE, "changed", stage=1, facts=(REVOKED, Confirmed(Status.REVOKED, NOW))
    ),
    "changed-loss": view(
        "epost",
        FINANCIAL,
        Task.LOSS,
        "changed",
        stage=1,
        facts=(
            replace(REVOKED, task=Task.LOSS, status=Status.SUSPENDED, held_until=NOW + 180 * DAY),
            Confirmed(Status.SUSPENDED, NOW),
        ),
    ),
    "changed-pin": view(
        "epost",
        FINANCIAL,
        Task.PIN,
        "changed",
        stage=1,
        facts=(replace(REVOKED, task=Task.PIN, status=Status.GOOD), Confirmed(Status.GOOD, NOW)),
    ),
    "delivered": view("kb", MOBILE, Task.ISSUE, "delivered", facts=(ON_PHONE,), can_back=False),
}
