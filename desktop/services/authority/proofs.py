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
from desktop.services.authority.idempotency import Call
from desktop.services.authority.identity import Counted
from desktop.services.authority.journeys import Journey
from desktop.services.authority.keyrules import well_formed
from desktop.services.authority.parts import Parts
from desktop.services.authority.portfolio import Held


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
            credential = self._target(cx, journey).credential.id
            if journey.password_tries >= journey.bank.policies.identity_tries:
                self._lock(cx, journey)
            cx.execute("UPDATE journey SET password_tries = password_tries + 1 WHERE id = ?", (journey.id,))
            return f"{credential} {journey.password_tries + 1}"

        def check(cx: sqlite3.Connection, note: str, opened: bool) -> PasswordVerified:
            journey, (credential, counted) = self._turn(cx, name, Check.PASSWORD), note.split()
            if not opened:
                left = journey.bank.policies.identity_tries - int(counted)
                if left <= 0:
                    self._lock(cx, journey)
                raise ServiceError(Reason.WRONG_PASSWORD, field="current_password", tries_left=left)
            cx.execute("UPDATE journey SET opened = ? WHERE id = ?", (credential, journey.id))
            self._parts.journeys.mark_done(cx, journey, Check.PASSWORD)
            return PasswordVerified(credential)

        return self._parts.calls.twice(
            Call(key, name, "verify_password", request, PasswordVerified),
            count,
            check,
            between=lambda note: self._opens(name, note.split()[0], request.password),
        )

    def _opens(self, name: str, credential: str, password: Secret) -> bool:
        with self._parts.store.transaction() as cx:
            held = self._target(cx, self._turn(cx, name, Check.PASSWORD)).credential
        if held.id != credential:  # replaced since the try was counted
            return False
        opened = self._parts.opening.attempt(held, password)
        if opened is not None:
            opened.wipe()
        return opened is not None

    def _target(self, cx: sqlite3.Connection, journey: Journey) -> Held:
        """The newest certificate with a password: this bank's, or another's that is to be registered.

        Raises NO_CERTIFICATE.
        """
        here = journey.task != Task.REGISTER
        for held in self._parts.portfolio.of(cx, journey.owner()):
            purpose = held.credential.purpose
            fits = purpose.kind == Kind.JOINT and (purpose.bank == journey.bank.id) == here
            if fits and held.status != Status.REVOKED:
                return held
        raise ServiceError(Reason.NO_CERTIFICATE)

    def _lock(self, cx: sqlite3.Connection, journey: Journey) -> None:
        self._parts.journeys.shut(cx, journey.id)
        raise ServiceError(Reason.IDENTITY_LOCKED, tries_left=0)

    def _turn(self, cx: sqlite3.Connection, name: str, check: Check) -> Journey:
        journey = self._parts.journeys.enter(cx, name)
        journey.expect(check)
        return journey
