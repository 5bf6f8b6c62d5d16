"""The steps there are: what each asks, needs, gives and does. A bank's profile says which come, and in what order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from desktop.services.api import (
    AccountVerified,
    Changed,
    CloudCodeSent,
    CloudVerified,
    CodeSent,
    DeviceList,
    DocumentVerified,
    HandOff,
    Holdings,
    IdentityVerified,
    Issued,
    JourneyOpened,
    MediumChallenge,
    MediumVerified,
    PasswordVerified,
    PhoneVerified,
    Places,
    Status,
    Task,
    TermsAccepted,
)


class Effect(StrEnum):
    """What the runner can be asked to do; each is one call of the services, or a few that belong together."""

    OPEN_JOURNEY = "open_journey"
    RESUME_JOURNEY = "resume_journey"
    ACCEPT_TERMS = "accept_terms"
    VERIFY_IDENTITY = "verify_identity"
    SEND_CODE = "send_code"
    CONFIRM_CODE = "confirm_code"
    CHALLENGE_MEDIUM = "challenge_medium"
    ANSWER_MEDIUM = "answer_medium"
    OPEN_CLOUD = "open_cloud"
    CONFIRM_CLOUD = "confirm_cloud"
    VERIFY_DOCUMENT = "verify_document"
    VERIFY_ACCOUNT = "verify_account"
    VERIFY_PASSWORD = "verify_password"
    LIST_HOLDINGS = "list_holdings"
    LIST_DEVICES = "list_devices"
    LIST_PLACES = "list_places"
    HAND_OFF = "hand_off"
    COMPLETE_HAND_OFF = "complete_hand_off"
    ISSUE = "issue"
    CHANGE = "change"
    PROVE = "prove"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class Proof:
    """The new certificate signed this document, and its own public key verified the signature (seconds, UTC)."""

    document: bytes
    signature: bytes
    verified_at: float


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The CA itself said, in a signed OCSP answer, how the certificate stands after the change (seconds, UTC)."""

    status: Status
    confirmed_at: float


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a step: fields, then one effect that gives one fact. Without an effect it only asks.

    `uses` are fields of earlier stages that its check or effect reads; a secret is wiped once no stage ahead uses it.
    `auto`: runs by itself once everything it asks is held. `watch`: may be completed from the phone alone.
    """

    effect: Effect | None = None
    asks: tuple[str, ...] = ()
    needs: tuple[type, ...] = (JourneyOpened,)
    gives: type | None = None
    uses: tuple[str, ...] = ()
    auto: bool = False
    watch: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """A secondary way on: sets answers, then does an earlier stage of the step again, or takes another route."""

    id: str
    redo: int | None = None
    sets: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Switch:
    """An answer that turns the journey into another task."""

    field: str
    value: str
    task: Task


@dataclass(frozen=True, slots=True)
class Step:
    """One page. What it takes a person is told by flow/effort.py.

    `rare`: mostly there is nothing to ask, so it is neither listed nor counted before it is reached.
    """

    id: str
    stages: tuple[Stage, ...]
    actions: tuple[Action, ...] = ()
    switches: tuple[Switch, ...] = ()
    rare: bool = False
    point_of_no_return: bool = False


def _asking(*fields: str, uses: tuple[str, ...] = ()) -> tuple[Stage, ...]:
    return (Stage(asks=fields, uses=uses, needs=()),)


_holdings = Stage(Effect.LIST_HOLDINGS, (), (IdentityVerified,), Holdings, auto=True)
_REGISTER = Switch("existing", "register", Task.REGISTER)

_ALL = (
    Step("checklist", _asking()),
    Step("guidance", _asking()),
    Step("terms", (Stage(Effect.ACCEPT_TERMS, ("terms",), gives=TermsAccepted),)),
    Step(
        "identity",
        (Stage(Effect.VERIFY_IDENTITY, ("rrn", "account", "account_password"), gives=IdentityVerified),),
    ),
    Step(
        "phone",
        (
            Stage(Effect.SEND_CODE, ("channel",), (IdentityVerified,), CodeSent),
            Stage(Effect.CONFIRM_CODE, ("code",), (CodeSent,), PhoneVerified, watch=True),
        ),
        (
            Action("resend", 0),
            Action("use_sms", 0, (("channel", "sms"),)),
            Action("use_ars", 0, (("channel", "ars"),)),
        ),
    ),
    Step(
        "medium",
        (
            Stage(Effect.CHALLENGE_MEDIUM, (), (IdentityVerified,), MediumChallenge, auto=True),
            Stage(
                Effect.ANSWER_MEDIUM,
                ("card_serial", "card_first", "card_second", "otp"),
                (MediumChallenge,),
                MediumVerified,
            ),
        ),
        (Action("use_card", 0, (("medium", "card"),)), Action("use_otp", 0, (("medium", "otp"),))),
    ),
    Step(
        "cloud",
        (
            Stage(Effect.OPEN_CLOUD, ("name", "phone", "birth_date"), (IdentityVerified,), CloudCodeSent),
            Stage(Effect.CONFIRM_CLOUD, ("cloud_code",), (CloudCodeSent,), CloudVerified, watch=True),
        ),
        (Action("resend", 0),),
    ),
    Step(
        "document",
        (
            Stage(
                Effect.VERIFY_DOCUMENT,
                ("document", "document_number", "document_date"),
                (IdentityVerified,),
                DocumentVerified,
            ),
        ),
    ),
    Step(
        "account",
        (
            Stage(
                Effect.VERIFY_ACCOUNT,
                ("account", "account_password", "email", "phone"),
                (IdentityVerified,),
                AccountVerified,
            ),
        ),
    ),
    Step(
        "password_check",
        (Stage(Effect.VERIFY_PASSWORD, ("current_password",), (IdentityVerified, Holdings), PasswordVerified),),
        (Action("forgot_password", sets=(("password_route", "forgot"),)),),
    ),
    Step("existing", (_holdings, Stage(asks=("existing",), needs=(Holdings,))), switches=(_REGISTER,), rare=True),
    Step("certificate", (_holdings, Stage(asks=("certificate",), needs=(Holdings,))), rare=True),
    Step("type", _asking("usage")),
    Step(
        "devices",
        (
            Stage(Effect.LIST_DEVICES, (), (Holdings,), DeviceList, auto=True),
            Stage(asks=("limit", "devices"), needs=(DeviceList,)),
        ),
    ),
    Step("pin", _asking("pin", "pin_again", uses=("rrn", "account", "birth_date", "phone"))),
    Step(
        "place",
        (Stage(Effect.LIST_PLACES, gives=Places, auto=True), Stage(asks=("place",), needs=(Places,))),
        (Action("look_again", 0),),
    ),
    # A token has its own PIN, so what is asked follows from the place.
    Step("password", _asking("password", "password_again", "token_pin")),
    Step(
        "review",
        (Stage(Effect.ISSUE, (), (IdentityVerified,), Issued, uses=("pin", "place", "password", "token_pin")),),
        point_of_no_return=True,
    ),
    Step(
        "confirm",
        (Stage(Effect.CHANGE, (), (IdentityVerified,), Changed, uses=("current_pin", "pin")),),
        point_of_no_return=True,
    ),
    Step(
        "handoff",
        (
            Stage(Effect.HAND_OFF, (), (IdentityVerified,), HandOff, auto=True),
            Stage(Effect.COMPLETE_HAND_OFF, (), (HandOff,), Issued, watch=True),
        ),
        (Action("new_handoff", 0),),
        point_of_no_return=True,
    ),
    Step(
        "done",
        (
            Stage(Effect.PROVE, ("pin", "password", "token_pin"), (Issued,), Proof, auto=True),
            Stage(needs=(Issued,)),
        ),
    ),
    Step("changed", (Stage(Effect.CONFIRM, (), (Changed,), Confirmed, auto=True), Stage(needs=(Changed,)))),
    Step("delivered", (Stage(needs=(Issued,)),)),
)

STEPS: Mapping[str, Step] = {step.id: step for step in _ALL}
