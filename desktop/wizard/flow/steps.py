"""The steps there are: what each asks, needs, gives and does. A bank's profile says which come, and in what order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from desktop.services.api import (
    CloudCodeSent,
    CloudVerified,
    CodeSent,
    IdentityVerified,
    Issued,
    JourneyOpened,
    MediumChallenge,
    MediumVerified,
    PhoneVerified,
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
    ISSUE = "issue"
    PROVE = "prove"


@dataclass(frozen=True, slots=True)
class Proof:
    """The new certificate signed this document, and its own public key verified the signature (seconds, UTC)."""

    document: bytes
    signature: bytes
    verified_at: float


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
    """A secondary way on: sets answers, then does an earlier stage of the step again."""

    id: str
    redo: int
    sets: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One page. `seconds`: what a practised and what a first-time person needs for it, waits included."""

    id: str
    stages: tuple[Stage, ...]
    seconds: tuple[int, int]
    actions: tuple[Action, ...] = ()
    point_of_no_return: bool = False


def _asking(*fields: str, uses: tuple[str, ...] = ()) -> tuple[Stage, ...]:
    return (Stage(asks=fields, uses=uses, needs=()),)


_ALL = (
    Step("checklist", _asking(), (3, 8)),
    Step("guidance", _asking(), (3, 10)),
    Step("terms", (Stage(Effect.ACCEPT_TERMS, ("terms",), gives=TermsAccepted),), (4, 15)),
    Step(
        "identity",
        (Stage(Effect.VERIFY_IDENTITY, ("rrn", "account", "account_password"), gives=IdentityVerified),),
        (16, 30),
    ),
    Step(
        "phone",
        (
            Stage(Effect.SEND_CODE, ("channel",), (IdentityVerified,), CodeSent),
            Stage(Effect.CONFIRM_CODE, ("code",), (CodeSent,), PhoneVerified, watch=True),
        ),
        (16, 30),
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
        (12, 28),
        (Action("use_card", 0, (("medium", "card"),)), Action("use_otp", 0, (("medium", "otp"),))),
    ),
    Step(
        "cloud",
        (
            Stage(Effect.OPEN_CLOUD, ("name", "phone", "birth_date"), (IdentityVerified,), CloudCodeSent),
            Stage(Effect.CONFIRM_CLOUD, ("cloud_code",), (CloudCodeSent,), CloudVerified, watch=True),
        ),
        (14, 30),
        (Action("resend", 0),),
    ),
    Step("pin", _asking("pin", "pin_again", uses=("rrn", "account", "birth_date", "phone")), (8, 14)),
    Step(
        "review",
        (Stage(Effect.ISSUE, (), (CloudVerified,), Issued, uses=("pin",)),),
        (5, 10),
        point_of_no_return=True,
    ),
    Step("done", (Stage(Effect.PROVE, ("pin",), (Issued,), Proof, auto=True), Stage(needs=(Issued,))), (3, 5)),
)

STEPS: Mapping[str, Step] = {step.id: step for step in _ALL}
