"""The authority in process: the Services Protocol and the practice phone, each call in a worker thread."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from desktop.banks import Bank
from desktop.services.api import (
    AcceptTerms,
    AnswerMedium,
    Authorize,
    Authorized,
    ChallengeMedium,
    CloudCodeSent,
    CloudVerified,
    CodeSent,
    ConfirmCloud,
    ConfirmCode,
    CredentialInfo,
    CredentialsList,
    IdentityVerified,
    Issue,
    Issued,
    JourneyOpened,
    JourneyStatus,
    MediumChallenge,
    MediumVerified,
    OpenCloud,
    OpenJourney,
    PhoneEvent,
    PhoneVerified,
    Reason,
    SendCode,
    ServiceError,
    Signatures,
    SignHash,
    TermsAccepted,
    VerifyIdentity,
)
from desktop.services.authority.checks import Checks
from desktop.services.authority.idempotency import Call
from desktop.services.authority.issuing import Issuing
from desktop.services.authority.owning import own, wipe
from desktop.services.authority.parts import SCHEMAS, Parts, assemble
from desktop.services.authority.phone import Bell
from desktop.services.authority.practice import Registry, load_people, seed
from desktop.services.authority.store import Store
from desktop.services.authority.vault import Vault
from desktop.services.authority.wrapping import Hardness
from desktop.shipped import shipped

R = TypeVar("R")
T = TypeVar("T")
DATABASE_NAME = "authority.db"
_THREADS = 4
_log = logging.getLogger(__name__)


class LocalAuthority:
    """Implements Services and PracticePhone. Many tasks, and tasks of several loops, may call at once.

    A call that is cancelled goes on in its thread: ask it again under the same key for what became of it.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._checks, self._issuing = Checks(parts), Issuing(parts)
        self._bell = Bell()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="authority")
        self._closed = False

    @classmethod
    def open(
        cls,
        folder: Path | None,
        banks: Mapping[str, Bank],
        *,
        clock: Callable[[], float] = time.time,
        practice: bool = True,
        hardness: Hardness | None = None,
    ) -> LocalAuthority:
        """On the data folder, which is made when missing; None keeps all in memory. Blocks for a quarter of a second.

        A practice authority has the made-up customers of `resources/practice/people.toml`.
        Raises ServiceError DATA_FOLDER_IN_USE or STORE_*.
        """
        store = Store(folder / DATABASE_NAME if folder else None, schemas=SCHEMAS)
        try:
            vault = Vault.open(folder) if folder else Vault.fresh()
            people = load_people(shipped("practice", "people.toml"))
            parts = assemble(store, vault, clock, banks, people.messages, practice=practice, hardness=hardness)
            with store.transaction() as cx:
                parts.phone.forget_old(cx)
                if practice:
                    seed(cx, Registry(parts.customers, parts.cards, parts.tokens), people, banks)
        except BaseException:
            store.close()
            raise
        return cls(parts)

    async def aclose(self) -> None:
        """Waits for the calls under way, then lets the data folder go."""
        if self._closed:
            return
        self._closed = True
        self._bell.ring()
        await asyncio.to_thread(self._threads.shutdown)
        self._parts.store.close()

    # ── Journeys ────────────────────────────────────────────────────────────────────────────────────────────

    async def open_journey(self, request: OpenJourney, *, key: str) -> JourneyOpened:
        call = Call(key, "", "open_journey", request, JourneyOpened)
        journeys = self._parts.journeys
        return await self._read(lambda: self._parts.calls.once(call, lambda cx: journeys.open(cx, request)))

    async def journey_status(self, journey: str) -> JourneyStatus:
        def look() -> JourneyStatus:
            with self._parts.store.transaction() as cx:
                return self._parts.journeys.status(cx, journey)

        return await self._read(look)

    async def close_journey(self, journey: str, *, key: str) -> None:
        call = Call(key, journey, "close_journey", None, type(None))
        await self._read(lambda: self._parts.calls.once(call, lambda cx: self._parts.journeys.close(cx, journey)))

    # ── Checks ──────────────────────────────────────────────────────────────────────────────────────────────

    async def accept_terms(self, journey: str, request: AcceptTerms, *, key: str) -> TermsAccepted:
        return await self._write(lambda r: self._checks.accept_terms(journey, r, key), request)

    async def verify_identity(self, journey: str, request: VerifyIdentity, *, key: str) -> IdentityVerified:
        return await self._write(lambda r: self._checks.verify_identity(journey, r, key), request)

    async def send_code(self, journey: str, request: SendCode, *, key: str) -> CodeSent:
        return await self._write(lambda r: self._checks.send_code(journey, r, key), request)

    async def confirm_code(self, journey: str, request: ConfirmCode, *, key: str) -> PhoneVerified:
        return await self._write(lambda r: self._checks.confirm_code(journey, r, key), request)

    async def challenge_medium(self, journey: str, request: ChallengeMedium, *, key: str) -> MediumChallenge:
        return await self._write(lambda r: self._checks.challenge_medium(journey, r, key), request)

    async def answer_medium(self, journey: str, request: AnswerMedium, *, key: str) -> MediumVerified:
        return await self._write(lambda r: self._checks.answer_medium(journey, r, key), request)

    async def open_cloud(self, journey: str, request: OpenCloud, *, key: str) -> CloudCodeSent:
        return await self._write(lambda r: self._checks.open_cloud(journey, r, key), request)

    async def confirm_cloud(self, journey: str, request: ConfirmCloud, *, key: str) -> CloudVerified:
        return await self._write(lambda r: self._checks.confirm_cloud(journey, r, key), request)

    async def await_reply(self, journey: str, *, wait: float) -> PhoneVerified | CloudVerified | None:
        """Waits up to `wait` seconds for an answer on the phone; None when there was none yet."""
        return await self._watch(lambda: self._checks.reply(journey), wait)

    # ── The certificate ─────────────────────────────────────────────────────────────────────────────────────

    async def issue(self, journey: str, request: Issue, *, key: str) -> Issued:
        return await self._write(lambda r: self._issuing.issue(journey, r, key), request)

    async def credentials_list(self, journey: str) -> CredentialsList:
        return await self._read(lambda: self._issuing.credentials_list(journey))

    async def credentials_info(self, journey: str, credential_id: str) -> CredentialInfo:
        return await self._read(lambda: self._issuing.credentials_info(journey, credential_id))

    async def credentials_authorize(self, journey: str, request: Authorize, *, key: str) -> Authorized:
        return await self._write(lambda r: self._issuing.authorize(journey, r, key), request)

    async def sign_hash(self, journey: str, request: SignHash, *, key: str) -> Signatures:
        return await self._write(lambda r: self._issuing.sign_hash(journey, r, key), request)

    async def crl(self) -> bytes:
        """The issuing CA's current CRL, DER (RFC 5280)."""
        return await self._read(self._issuing.crl)

    async def ocsp(self, request: bytes) -> bytes:
        """An OCSPResponse, DER, to an OCSPRequest, DER (RFC 6960)."""
        return await self._read(lambda: self._issuing.ocsp(request))

    # ── The practice phone ──────────────────────────────────────────────────────────────────────────────────

    async def events(self, *, after: int, wait: float) -> tuple[PhoneEvent, ...]:
        """Events with an id above `after`; waits up to `wait` seconds for the first."""

        def look() -> tuple[PhoneEvent, ...]:
            with self._parts.store.read() as cx:
                return self._parts.phone.events(cx, after=after)

        return await self._watch(look, wait)

    async def answer(self, event: int, text: str) -> None:
        """Replies to an SMS, or keys digits during a call."""
        await self._write(lambda given: self._checks.answer_phone(event, given), text)

    # ── Threads ─────────────────────────────────────────────────────────────────────────────────────────────

    async def _write(self, work: Callable[[R], T], request: R) -> T:
        """The work in a thread, with secrets of its own, which are wiped whatever becomes of the caller."""
        owned = own(request)

        def done(_: object) -> None:
            wipe(owned)
            self._bell.ring()

        future = self._submit(lambda: work(owned))
        future.add_done_callback(done)
        return await asyncio.wrap_future(future)

    async def _read(self, work: Callable[[], T]) -> T:
        return await asyncio.wrap_future(self._submit(work))

    def _submit(self, work: Callable[[], T]) -> Future[T]:
        if self._closed:
            raise ServiceError(Reason.UNREACHABLE)
        return self._threads.submit(_guarded, work)

    async def _watch(self, look: Callable[[], T], wait: float) -> T:
        """Looks, and again at each ring, until there is something or the time is over."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait
        with self._bell.listening() as heard:
            while True:
                heard.clear()
                found = await self._read(look)
                left = deadline - loop.time()
                if found or left <= 0:
                    return found
                with suppress(TimeoutError):
                    await asyncio.wait_for(heard.wait(), left)


def _guarded(work: Callable[[], T]) -> T:
    try:
        return work()
    except ServiceError:
        raise
    except Exception as error:
        # The kind alone: a message or a traceback may quote what somebody typed.
        _log.error("internal error: %s", type(error).__name__)
        raise ServiceError(Reason.INTERNAL) from error
