"""The checks that only some journeys have: ID document, account, and the password of the certificate they replace."""

from __future__ import annotations

import sqlite3

from desktop.secret import Secret
from desktop.services.api import (
    AccountVerified,
    Check,
    DocumentVerified,
    Kind,
    PasswordVerified,
    Reason,
    ServiceError,
    Status,
    Task,
    VerifyAccount,
    VerifyDocument,
    VerifyPassword,
)
from desktop.services.authority.cloud import Credential
from desktop.services.authority.idempotency import Call
from desktop.services.authority.identity import Counted
from desktop.services.authority.journeys import Journey
from desktop.services.authority.keyrules import well_formed
from desktop.services.authority.parts import Parts


class Proofs:
    """Blocking; called from worker threads. `name` is a journey's id. Each raises what its Services method may."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def verify_document(self, name: str, request: VerifyDocument, key: str) -> DocumentVerified:
        documents = self._parts.documents

        def check(cx: sqlite3.Connection, note: str) -> DocumentVerified:
            journey = self._turn(cx, name, Check.DOCUMENT)
            verified = documents.check(cx, journey, request, note)
            self._parts.journeys.mark_done(cx, journey, Check.DOCUMENT)
            return verified

        return self._parts.calls.counted(
            Call(key, name, "verify_document", request, DocumentVerified),
            lambda cx: documents.count(cx, self._turn(cx, name, Check.DOCUMENT), request),
            check,
        )

    def verify_account(self, name: str, request: VerifyAccount, key: str) -> AccountVerified:
        identity = self._parts.identity

        def check(cx: sqlite3.Connection, note: str) -> AccountVerified:
            journey = self._turn(cx, name, Check.ACCOUNT)
            verified = identity.check_account(cx, journey, request, Counted.read(note))
            self._parts.journeys.mark_done(cx, journey, Check.ACCOUNT)
            return verified

        return self._parts.calls.counted(
            Call(key, name, "verify_account", request, AccountVerified),
            lambda cx: str(identity.count_account(cx, self._turn(cx, name, Check.ACCOUNT), request)),
            check,
        )

    def verify_password(self, name: str, request: VerifyPassword, key: str) -> PasswordVerified:
        """Tries are counted on the journey and never on the certificate, whose file anybody can try at home."""

        def count(cx: sqlite3.Connection) -> str:
            journey = self._turn(cx, name, Check.PASSWORD)
            well_formed(Kind.JOINT, request.password, "current_password", pin_digits=0)
            self._targets(cx, journey)
            if journey.password_tries >= journey.bank.policies.identity_tries:
                self._lock(cx, journey)
            cx.execute("UPDATE journey SET password_tries = password_tries + 1 WHERE id = ?", (journey.id,))
            return str(journey.password_tries + 1)

        def check(cx: sqlite3.Connection, note: str, opened: str | None) -> PasswordVerified:
            journey = self._turn(cx, name, Check.PASSWORD)
            if opened not in {held.id for held in self._targets(cx, journey)}:  # or replaced meanwhile
                left = journey.bank.policies.identity_tries - int(note)
                if left <= 0:
                    self._lock(cx, journey)
                raise ServiceError(Reason.WRONG_PASSWORD, field="current_password", tries_left=left)
            assert opened is not None
            cx.execute("UPDATE journey SET opened = ? WHERE id = ?", (opened, journey.id))
            self._parts.journeys.mark_done(cx, journey, Check.PASSWORD)
            return PasswordVerified(opened)

        return self._parts.calls.twice(
            Call(key, name, "verify_password", request, PasswordVerified),
            count,
            check,
            between=lambda _: self._opened(name, request.password),
        )

    def _opened(self, name: str, password: Secret) -> str | None:
        """The credential that it opens, in a fifth of a second each."""
        with self._parts.store.transaction() as cx:
            targets = self._targets(cx, self._turn(cx, name, Check.PASSWORD))
        for held in targets:
            key = self._parts.opening.attempt(held, password)
            if key is not None:
                key.wipe()
                return held.id
        return None

    def _targets(self, cx: sqlite3.Connection, journey: Journey) -> tuple[Credential, ...]:
        """This bank's newest certificate with a password, or all of other banks that could be registered.

        Raises NO_CERTIFICATE.
        """
        foreign = journey.task == Task.REGISTER
        found = tuple(
            held.credential
            for held in self._parts.portfolio.of(cx, journey.owner())
            if held.credential.purpose.kind == Kind.JOINT
            and (held.credential.purpose.bank != journey.bank.id) == foreign
            and held.status != Status.REVOKED
        )
        if not found:
            raise ServiceError(Reason.NO_CERTIFICATE)
        return found if foreign else found[:1]

    def _lock(self, cx: sqlite3.Connection, journey: Journey) -> None:
        self._parts.journeys.shut(cx, journey.id)
        raise ServiceError(Reason.IDENTITY_LOCKED, tries_left=0)

    def _turn(self, cx: sqlite3.Connection, name: str, check: Check) -> Journey:
        journey = self._parts.journeys.enter(cx, name)
        journey.expect(check)
        return journey
