"""Hand-made Views of a 우체국 issue, one for every state a page can be in."""

from __future__ import annotations

from dataclasses import replace

from desktop.services.api import (
    Channel,
    CloudCodeSent,
    CodeSent,
    Issued,
    Kind,
    Medium,
    MediumChallenge,
    Task,
)
from desktop.wizard.flow.facts import Facts
from desktop.wizard.flow.steps import Proof
from desktop.wizard.flow.view import (
    ActionView,
    Busy,
    Entry,
    FieldView,
    Problem,
    Progress,
    RailItem,
    Row,
    View,
)

STEPS = ("checklist", "guidance", "terms", "identity", "phone", "medium", "cloud", "pin", "review", "done")
NOW = 4096.0  # a whole number, so that sums with it are exact

RRN = FieldView("rrn", Entry.DIGITS, secret=True, groups=(6, 7), max_length=13)
ACCOUNT = FieldView("account", Entry.DIGITS, secret=True, readable=True, max_length=14)
PASSWORD = FieldView("account_password", Entry.DIGITS, secret=True, max_length=4)
TERMS = FieldView("terms", Entry.AGREEMENTS, options=("service", "privacy"))
CHANNEL = FieldView("channel", Entry.CHOICE, options=("sms", "ars"), value="sms")
CODE = FieldView("code", Entry.CODE, secret=True, groups=(6,), max_length=6)
SERIAL = FieldView("card_serial", Entry.DIGITS, secret=True, readable=True, max_length=8)
FIRST = FieldView("card_first", Entry.CODE, secret=True, groups=(2,), max_length=2)
SECOND = FieldView("card_second", Entry.CODE, secret=True, groups=(2,), max_length=2)
OTP = FieldView("otp", Entry.CODE, secret=True, groups=(6,), max_length=6)
NAME = FieldView("name", Entry.TEXT, max_length=40)
PHONE = FieldView("phone", Entry.PHONE, groups=(3, 4, 4), max_length=11)
BIRTH = FieldView("birth_date", Entry.DATE, groups=(4, 2, 2), max_length=8, value="18850314")
CLOUD_CODE = FieldView("cloud_code", Entry.CODE, secret=True, groups=(2,), max_length=2)
PIN = FieldView("pin", Entry.CODE, secret=True, groups=(6,), max_length=6)
PIN_AGAIN = FieldView("pin_again", Entry.CODE, secret=True, groups=(6,), max_length=6)

SMS = CodeSent(Channel.SMS, "010-0000-****", "우체국 1588-1900", 6, None, False, 180, 30)
TYPED = replace(SMS, channel=Channel.ARS)
KEYED = replace(TYPED, digits=2, shown="47", reply=True)
CARD = MediumChallenge(Medium.CARD, positions=(8, 35), serial_digits=8, tries_left=5)
TOKEN = MediumChallenge(Medium.OTP, otp_digits=6, tries_left=10)
CLOUD_SENT = CloudCodeSent("010-0000-****", "금융인증서비스 1577-5500", 2, 180, 30)
ISSUED = Issued(
    bank="epost",
    kind=Kind.FINANCIAL,
    serial="73920184650123",
    certificate=b"\x30",
    chain=(b"\x30", b"\x30"),
    not_before=1_795_359_600.0,
    not_after=1_890_053_999.0,
    policy="1.2.410.200005.1.1.1.10",
    owner="김*체",
    credential_id="credential",
)
PROOF = Proof(b"document", b"signature", 1_795_360_000.0)


def view(step: str, *fields: FieldView, stage: int = 0, facts: tuple[object, ...] = (), **more: object) -> View:
    """A View of this step as the flow would draw it in practice mode."""
    here = STEPS.index(step)
    known = Facts()
    for fact in facts:
        known = known.plus(fact, NOW)
    rail = tuple(
        RailItem(name, Progress.DONE if n < here else Progress.CURRENT if n == here else Progress.TODO, n < here)
        for n, name in enumerate(STEPS)
    )
    drawn = View(
        bank="epost",
        kind=Kind.FINANCIAL,
        task=Task.ISSUE,
        step=step,
        stage=stage,
        fields=fields,
        facts=known,
        rail=rail,
        seconds_left=(90, 160),
        can_back=here > 0,
        practice=True,
    )
    return replace(drawn, **more)  # type: ignore[arg-type]  # the names are View's own


def faulty(field: FieldView, code: str, **more: object) -> FieldView:
    return replace(field, problem=Problem(code, field.id, **more))  # type: ignore[arg-type]  # the names are Problem's own


def disabled(*fields: FieldView) -> tuple[FieldView, ...]:
    return tuple(replace(field, enabled=False) for field in fields)


RESEND = ActionView("resend", NOW + 30)
ROWS = (
    Row("identity", "rrn", "850314-*******", change=False),
    Row("identity", "account", "***********613", change=False),
    Row("phone", "channel", "sms", change=False),
    Row("cloud", "name", "김*체", change=False),
    Row("cloud", "phone", "010-0000-****", change=False),
    Row("pin", "pin", "••••••"),
)
WRONG = Problem("wrong_card", "card_first", tries_left=3)

VIEWS = {
    "checklist": view("checklist"),
    "guidance": view("guidance"),
    "terms": view("terms", TERMS),
    "identity": view("identity", RRN, ACCOUNT, PASSWORD),
    "identity-faulty": view(
        "identity",
        faulty(RRN, "rrn_impossible_date"),
        replace(ACCOUNT, mask="***********613"),
        faulty(PASSWORD, "wrong_length"),
    ),
    "identity-warned": view(
        "identity", replace(RRN, mask="850314-*******", warning=Problem("rrn_check_digit", "rrn")), ACCOUNT, PASSWORD
    ),
    "identity-busy": view(
        "identity",
        *disabled(RRN, ACCOUNT, PASSWORD),
        busy=Busy("verify_identity", NOW, 1, True),
        can_next=False,
        can_back=False,
    ),
    "identity-over": view(
        "identity",
        RRN,
        ACCOUNT,
        PASSWORD,
        problem=Problem("identity_locked", tries_left=0),
        can_next=False,
        can_back=False,
        actions=(ActionView("restart"),),
    ),
    "phone": view("phone", CHANNEL),
    "phone-sms": view(
        "phone",
        *disabled(CHANNEL),
        CODE,
        stage=1,
        facts=(SMS,),
        actions=(RESEND, ActionView("use_ars")),
        code_ends_at=NOW + 172,
    ),
    "phone-typed": view(
        "phone", *disabled(CHANNEL), CODE, stage=1, facts=(TYPED,), actions=(RESEND, ActionView("use_sms"))
    ),
    "phone-keyed": view(
        "phone",
        *disabled(CHANNEL),
        CODE,
        stage=1,
        facts=(KEYED,),
        actions=(RESEND, ActionView("use_sms")),
        code_ends_at=NOW + 100,
    ),
    "phone-settled": view("phone", *disabled(CHANNEL, replace(CODE, mask="••••••")), stage=1, facts=(SMS,)),
    "medium-waiting": view("medium", busy=Busy("challenge_medium", NOW, 1, True), can_next=False),
    "medium-card": view("medium", SERIAL, FIRST, SECOND, stage=1, facts=(CARD,), actions=(ActionView("use_otp"),)),
    "medium-card-wrong": view(
        "medium",
        replace(SERIAL, mask="••••••••"),
        replace(FIRST, problem=WRONG),
        SECOND,
        stage=1,
        facts=(CARD,),
        problem=WRONG,
        actions=(ActionView("use_otp"),),
    ),
    "medium-otp": view("medium", OTP, stage=1, facts=(TOKEN,), actions=(ActionView("use_card"),)),
    "cloud": view("cloud", NAME, PHONE, BIRTH),
    "cloud-code": view(
        "cloud",
        *disabled(NAME, PHONE, BIRTH),
        CLOUD_CODE,
        stage=1,
        facts=(CLOUD_SENT,),
        actions=(RESEND,),
        code_ends_at=NOW + 170,
    ),
    "pin": view("pin", PIN, PIN_AGAIN),
    "pin-personal": view("pin", faulty(PIN, "pin_from_birth_date"), PIN_AGAIN),
    "review": view("review", rows=ROWS, irreversible=True),
    "review-busy": view(
        "review", rows=ROWS, irreversible=True, busy=Busy("issue", NOW, 3, True), can_next=False, can_back=False
    ),
    "review-unknown": view("review", rows=ROWS, irreversible=True, problem=Problem("outcome_unknown"), can_back=False),
    "done-waiting": view(
        "done", facts=(ISSUED,), busy=Busy("prove", NOW, 1, True), can_next=False, can_back=False, can_cancel=False
    ),
    "done-pin": view("done", PIN, facts=(ISSUED,), actions=(ActionView("finish"),), can_back=False),
    "done": view("done", stage=1, facts=(ISSUED, PROOF), can_back=False),
}
