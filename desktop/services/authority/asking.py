"""Identity, account and document as a bank's own directory knows them, asked between two transactions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Final, NoReturn, TypeVar

from desktop.secret import Secret
from desktop.services.api import (
    UNCERTAIN,
    AccountVerified,
    DocumentVerified,
    Reason,
    ServiceError,
    VerifyAccount,
    VerifyDocument,
    VerifyIdentity,
)
from desktop.services.authority.bank import Customers
from desktop.services.authority.card import Cards
from desktop.services.authority.connection import Connection
from desktop.services.authority.documents import Documents
from desktop.services.authority.idempotency import PASSING
from desktop.services.authority.identity import (
    Counted,
    Identity,
    Proven,
    Told,
    check_asked,
    check_form,
    masked_email,
)
from desktop.services.authority.journeys import Journey, Journeys
from desktop.services.authority.otp import Tokens
from desktop.services.authority.store import Store
from desktop.services.authority.vault import Vault
from desktop.services.hooks.brought import Hooks
from desktop.services.hooks.directory import Directory, DocumentInquiry, Inquiry, Person

T = TypeVar("T")
_ABOUT_PASSWORD: Final = frozenset({Reason.WRONG_ACCOUNT_PASSWORD, Reason.ACCOUNT_LOCKED})


def answered(ask: Callable[[], T]) -> T | ServiceError:
    """The answer, or the refusal, which is an outcome too. Raises what is passing: the call is asked again."""
    try:
        return ask()
    except ServiceError as error:
        if error.reason in UNCERTAIN | PASSING:
            raise
        return error


class AskedIdentity(Identity):
    """Each question is a try of the journey, counted before the bank is asked; a right answer forgives that one.

    The tries of an account password are the bank's to count, since it is used elsewhere too.
    """

    def __init__(
        self,
        store: Store,
        customers: Customers,
        journeys: Journeys,
        cards: Cards,
        tokens: Tokens,
        *,
        hooks: Hooks,
    ) -> None:
        super().__init__(customers, journeys, cards, tokens)
        assert hooks.directory is not None, "that is whom to ask"
        self._store, self._directory, self._has_media = store, hooks.directory, hooks.media is not None

    def count(self, cx: Connection, journey: Journey, request: VerifyIdentity) -> Counted:
        check_asked(journey, request)
        self._admit(cx, journey)
        return self._miss(cx, journey)

    def ask(self, name: str, request: VerifyIdentity, counted: Counted, key: str) -> Told:
        return answered(lambda: self._identify(name, request.fields, key))

    def check(self, cx: Connection, journey: Journey, request: VerifyIdentity, counted: Counted, told: Told) -> Proven:
        """Enters whom the bank knows. Raises as the directory says, a mismatch without saying of what."""
        if isinstance(told, ServiceError):
            self._refuse_as_told(cx, journey, told, counted)
        assert told is not None, "the directory was asked"
        try:
            match = self._customers.welcome(cx, journey.bank.id, told)
        finally:
            told.rrn.wipe()
        if journey.customer not in (None, match.customer):
            self._refuse(cx, journey, counted)
        self._forgive(cx, journey)
        verified = self._verified(
            cx, journey, match.customer, joined=told.joined, held=told.media if self._has_media else ()
        )
        return Proven(verified, match.customer, match.account or 0)

    def count_account(self, cx: Connection, journey: Journey, request: VerifyAccount) -> Counted:
        check_form(request)
        self._admit(cx, journey)
        customer = journey.owner()
        if not self._customers.owns_phone(cx, customer, request.phone):
            return self._miss(cx, journey, field="phone")
        missed = self._miss(cx, journey, field="account")
        return Counted(customer, 0, missed.tries, missed.field)

    def ask_account(self, name: str, request: VerifyAccount, counted: Counted, key: str) -> Told:
        if not counted.customer:
            return None
        with self._store.read() as cx, self._customers.person(cx, counted.customer) as known, known.rrn.view() as view:
            rrn = Secret(view)
        told = {"rrn": rrn, "account": request.account, "account_password": request.account_password}
        try:
            return answered(lambda: self._identify(name, told, key))
        finally:
            rrn.wipe()

    def check_account(
        self, cx: Connection, journey: Journey, request: VerifyAccount, counted: Counted, told: Told
    ) -> AccountVerified:
        if isinstance(told, ServiceError):
            self._refuse_as_told(cx, journey, told, counted)
        if told is None:  # the telephone was wrong already
            self._refuse(cx, journey, counted)
        told.rrn.wipe()
        self._forgive(cx, journey)
        return AccountVerified(masked_email(request.email))

    def _identify(self, name: str, told: Mapping[str, Secret], key: str) -> Person:
        """Raises NONSENSE for somebody whom not all of this fits: the bank must not have us issue to another."""
        person = self._directory.identify(Inquiry(bank_of(name), told), key=key_for(name, key))
        found = {"rrn": person.rrn, "account": Secret.of(person.account), "phone": Secret.of(person.phone)}
        if any(told[field] != known for field, known in found.items() if field in told):
            person.rrn.wipe()
            raise ServiceError(Reason.NONSENSE)
        return person

    def _refuse_as_told(self, cx: Connection, journey: Journey, told: ServiceError, counted: Counted) -> NoReturn:
        if told.reason == Reason.IDENTITY_MISMATCH:
            self._refuse(cx, journey, counted)
        if told.reason in _ABOUT_PASSWORD:
            raise ServiceError(told.reason, field="account_password", tries_left=told.tries_left)
        raise told

    def _forgive(self, cx: Connection, journey: Journey) -> None:
        cx.execute("UPDATE journey SET identity_tries = identity_tries - 1 WHERE id = ?", (journey.id,))


class AskedDocuments(Documents):
    """Counted on the journey as those of practice are."""

    def __init__(
        self, store: Store, vault: Vault, journeys: Journeys, customers: Customers, *, directory: Directory
    ) -> None:
        super().__init__(vault, journeys)
        self._store, self._customers, self._directory = store, customers, directory

    def ask(self, name: str, request: VerifyDocument, key: str) -> ServiceError | None:
        with self._store.read() as cx:
            journey = self._journeys.enter(cx, name, touch=False)
            person = self._customers.reference(cx, journey.bank.id, journey.owner())
        inquiry = DocumentInquiry(bank_of(name), person, request.document, request.issued_on, request.number)
        return answered(lambda: self._directory.check_document(inquiry, key=key_for(name, key)))

    def check(
        self, cx: Connection, journey: Journey, request: VerifyDocument, note: str, refused: ServiceError | None
    ) -> DocumentVerified:
        if refused is None:
            return DocumentVerified(request.document)
        if refused.reason == Reason.DOCUMENT_MISMATCH:
            self._refuse(cx, journey, int(note))
        raise refused


def key_for(name: str, key: str) -> str:
    """What a bank is given for a call's key: another for each journey, whose ids are random.

    A client chooses its keys, and must not get by one the answer that somebody was given in another journey.
    """
    return hashlib.sha256(f"{name} {key}".encode()).hexdigest()


def bank_of(name: str) -> str:
    """The profile that a journey's id begins with."""
    return name.partition(".")[0]
