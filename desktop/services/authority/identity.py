"""The check that somebody is a customer, by what their bank asks, and the account that they name later on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NoReturn

from desktop.banks import Bank
from desktop.secret import Secret
from desktop.services.api import (
    AccountVerified,
    Check,
    IdentityVerified,
    Medium,
    Reason,
    ServiceError,
    VerifyAccount,
    VerifyIdentity,
)
from desktop.services.authority.bank import Customers, masked_name, masked_phone
from desktop.services.authority.card import Cards
from desktop.services.authority.connection import Connection
from desktop.services.authority.inputs import digits, text
from desktop.services.authority.journeys import Journey, Journeys
from desktop.services.authority.losses import is_hardened
from desktop.services.authority.otp import Tokens
from desktop.services.hooks.directory import Person

#: What a bank asks whose profile does not say.
ASKED: Final = ("rrn", "account", "account_password")
ACCOUNT_LENGTHS: Final = tuple(range(10, 17))
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_EMAIL_LENGTH = 60
#: What the bank's own directory said: who it is, or why not; None where it was not asked.
Told = Person | ServiceError | None


@dataclass(frozen=True, slots=True)
class Counted:
    """What a try was counted on: an account, or the journey where there is none. `customer` 0: nobody fits."""

    customer: int
    account: int
    tries: int
    field: str = ""

    @classmethod
    def read(cls, note: str) -> Counted:
        customer, account, tries, field = note.split(" ")
        return cls(int(customer), int(account), int(tries), field)

    def __str__(self) -> str:
        return f"{self.customer} {self.account} {self.tries} {self.field}"


@dataclass(frozen=True, slots=True)
class Proven:
    """What is told of somebody who proved to be a customer, and the row ids of them and of their account (0: none)."""

    verified: IdentityVerified
    customer: int
    account: int


class Identity:
    """As practice knows its people; `AskedIdentity` asks the bank instead.

    Tries are counted before anything is compared: on the account where one is named, else on the journey.
    """

    def __init__(self, customers: Customers, journeys: Journeys, cards: Cards, tokens: Tokens) -> None:
        self._customers, self._journeys, self._cards, self._tokens = customers, journeys, cards, tokens

    def count(self, cx: Connection, journey: Journey, request: VerifyIdentity) -> Counted:
        """Raises BAD_REQUEST, ACCOUNT_LOCKED, or IDENTITY_LOCKED, which closes the journey."""
        check_asked(journey, request)
        self._admit(cx, journey)
        found = self._customers.find(cx, journey.bank.id, request.fields, only=journey.customer)
        if found is None:
            return self._miss(cx, journey)
        if "account_password" not in request.fields or found.account is None:
            return Counted(found.customer, found.account or 0, 0)
        return Counted(found.customer, found.account, self._count_account(cx, journey.bank, found.account))

    def ask(self, name: str, request: VerifyIdentity, counted: Counted, key: str) -> Told:
        """Between the two: nobody else has to be asked."""
        return None

    def check(self, cx: Connection, journey: Journey, request: VerifyIdentity, counted: Counted, told: Told) -> Proven:
        """Compares the account password. Does not mark the identity as proven: there may be more to refuse.

        Raises IDENTITY_MISMATCH without saying which part, WRONG_ACCOUNT_PASSWORD, NOT_JOINED, NO_MEDIUM, …_LOCKED.
        """
        if not counted.customer:
            self._refuse(cx, journey, counted)
        if password := request.fields.get("account_password"):
            self._compare(cx, journey, counted, password)
        joined = self._customers.has_joined(cx, journey.bank.id, counted.customer)
        verified = self._verified(cx, journey, counted.customer, joined=joined, held=self._held(cx, journey, counted))
        return Proven(verified, counted.customer, counted.account)

    def count_account(self, cx: Connection, journey: Journey, request: VerifyAccount) -> Counted:
        """As `count`, for the account that money may leave, which must be this customer's own."""
        check_form(request)
        self._admit(cx, journey)
        customer = journey.owner()
        found = self._customers.find(cx, journey.bank.id, {"account": request.account}, only=customer)
        if found is None or found.account is None:
            return self._miss(cx, journey, field="account")
        if not self._customers.owns_phone(cx, customer, request.phone):
            return self._miss(cx, journey, field="phone")
        return Counted(customer, found.account, self._count_account(cx, journey.bank, found.account))

    def ask_account(self, name: str, request: VerifyAccount, counted: Counted, key: str) -> Told:
        """As `ask`."""
        return None

    def check_account(
        self, cx: Connection, journey: Journey, request: VerifyAccount, counted: Counted, told: Told
    ) -> AccountVerified:
        """Raises IDENTITY_MISMATCH naming the field, WRONG_ACCOUNT_PASSWORD or …_LOCKED."""
        if not counted.customer:
            self._refuse(cx, journey, counted)
        self._compare(cx, journey, counted, request.account_password)
        return AccountVerified(masked_email(request.email))

    def _admit(self, cx: Connection, journey: Journey) -> None:
        if journey.identity_tries >= journey.bank.policies.identity_tries:
            self._lock(cx, journey)

    def _miss(self, cx: Connection, journey: Journey, *, field: str = "") -> Counted:
        cx.execute("UPDATE journey SET identity_tries = identity_tries + 1 WHERE id = ?", (journey.id,))
        return Counted(0, 0, journey.identity_tries + 1, field)

    def _count_account(self, cx: Connection, bank: Bank, account: int) -> int:
        row = cx.execute("SELECT tries FROM account WHERE id = ?", (account,)).fetchone()
        if row["tries"] >= bank.policies.account_tries:
            raise ServiceError(Reason.ACCOUNT_LOCKED, tries_left=0)
        cx.execute("UPDATE account SET tries = tries + 1 WHERE id = ?", (account,))
        tries: int = row["tries"] + 1
        return tries

    def _refuse(self, cx: Connection, journey: Journey, counted: Counted) -> NoReturn:
        left = journey.bank.policies.identity_tries - counted.tries
        if left <= 0:
            self._lock(cx, journey)
        raise ServiceError(Reason.IDENTITY_MISMATCH, field=counted.field or None, tries_left=left)

    def _lock(self, cx: Connection, journey: Journey) -> NoReturn:
        self._journeys.shut(cx, journey.id)
        raise ServiceError(Reason.IDENTITY_LOCKED, tries_left=0)

    def _compare(self, cx: Connection, journey: Journey, counted: Counted, password: Secret) -> None:
        if not self._customers.is_password(cx, counted.account, password):
            left = max(journey.bank.policies.account_tries - counted.tries, 0)
            reason = Reason.WRONG_ACCOUNT_PASSWORD if left else Reason.ACCOUNT_LOCKED
            raise ServiceError(reason, field="account_password", tries_left=left)
        # Forgives the tries up to this one, not one that began meanwhile.
        cx.execute(
            "UPDATE account SET tries = CASE WHEN tries > ? THEN tries - ? ELSE 0 END WHERE id = ?",
            (counted.tries, counted.tries, counted.account),
        )

    def _held(self, cx: Connection, journey: Journey, counted: Counted) -> tuple[Medium, ...]:
        bank, customer = journey.bank.id, counted.customer
        return (*self._cards.held(cx, bank, customer), *self._tokens.held(cx, bank, customer))

    def _verified(
        self, cx: Connection, journey: Journey, customer: int, *, joined: bool, held: tuple[Medium, ...]
    ) -> IdentityVerified:
        bank = journey.bank
        if not joined:
            raise ServiceError(Reason.NOT_JOINED)
        media = tuple(medium for medium in bank.policies.media if medium in held)
        hardened = is_hardened(cx, bank.id, customer)
        usual = bank.checks(journey.kind, journey.task)
        wanted = bank.checks(journey.kind, journey.task, hardened=hardened)
        if not media and Check.MEDIUM in wanted:
            raise ServiceError(Reason.NO_MEDIUM)
        with self._customers.person(cx, customer) as person:
            name, phone = masked_name(person.name), masked_phone(person.phone)
        extra = tuple(check for check in wanted if check not in usual)
        return IdentityVerified(name, phone, media, bank.policies.channels, extra)


def asked(bank: Bank, journey: Journey) -> tuple[str, ...]:
    """The fields that this bank asks for this task, in its order."""
    data = bank.journey(journey.kind, journey.task)
    return data.asks.get(Check.IDENTITY.value, ASKED) if data else ASKED


def check_form(request: VerifyAccount) -> None:
    """Each in a form that such a value can have. Raises BAD_REQUEST with the field."""
    digits(request.account, "account", *ACCOUNT_LENGTHS)
    digits(request.account_password, "account_password", 4)
    if len(request.email) > _EMAIL_LENGTH or not _EMAIL.fullmatch(request.email):
        raise ServiceError(Reason.BAD_REQUEST, field="email", detail="email_form")
    digits(Secret.of(request.phone), "phone", 10, 11)


def masked_email(address: str) -> str:
    """gil@example.com → g**@example.com."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}{'*' * max(len(name) - 1, 1)}@{domain}"


def check_asked(journey: Journey, request: VerifyIdentity) -> None:
    """Exactly what the bank asks, each in a form that such a value can have. Raises BAD_REQUEST with the field."""
    wanted = asked(journey.bank, journey)
    unexpected = [name for name in request.fields if name not in wanted]
    if wrong := [name for name in wanted if name not in request.fields] or unexpected:
        raise ServiceError(Reason.BAD_REQUEST, field=wrong[0])
    forms: dict[str, tuple[int, ...]] = {
        "rrn": (13,),
        "account": ACCOUNT_LENGTHS,
        "account_password": (4,),
        "phone": (10, 11),
    }
    for name, lengths in forms.items():
        if name in wanted:
            digits(request.fields[name], name, *lengths)
    if "user_id" in wanted:
        text(request.fields["user_id"], "user_id", 1, 40)
