"""The authority in process: the Services Protocol and the practice phone, each call in a worker thread."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from cryptography import x509

from desktop.banks import Bank, load_bank
from desktop.services.api import (
    AcceptTerms,
    AccountVerified,
    AnswerMedium,
    Authorize,
    Authorized,
    ChallengeMedium,
    Change,
    Changed,
    CloudCodeSent,
    CloudVerified,
    CodeSent,
    ConfirmCloud,
    ConfirmCode,
    CredentialInfo,
    CredentialsList,
    DeviceList,
    DocumentVerified,
    Enrol,
    Enrolment,
    HandOff,
    Holdings,
    IdentityVerified,
    Issue,
    Issued,
    JourneyOpened,
    JourneyStatus,
    KeyFile,
    MediumChallenge,
    MediumVerified,
    OpenCloud,
    OpenJourney,
    PasswordVerified,
    PhoneEvent,
    PhoneVerified,
    SendCode,
    Signatures,
    SignHash,
    TermsAccepted,
    VerifyAccount,
    VerifyDocument,
    VerifyIdentity,
    VerifyPassword,
)
from desktop.services.authority.answering import Answering
from desktop.services.authority.changing import Changing
from desktop.services.authority.checks import Checks
from desktop.services.authority.courier import Courier
from desktop.services.authority.crowd import crowd as members
from desktop.services.authority.custody import Custody
from desktop.services.authority.enrolling import Enrolling
from desktop.services.authority.handoff import HandOffs
from desktop.services.authority.idempotency import Call
from desktop.services.authority.issuing import Issuing
from desktop.services.authority.keys import KeyKind
from desktop.services.authority.opened import open_store
from desktop.services.authority.parts import Parts, assemble
from desktop.services.authority.practice import People, Registry, load_people, seed
from desktop.services.authority.profile import Names
from desktop.services.authority.proofs import Proofs
from desktop.services.authority.upkeep import tidy
from desktop.services.authority.vault import Vault
from desktop.services.authority.workers import THREADS, Workers
from desktop.services.authority.wrapping import Hardness
from desktop.services.hooks.brought import Hooks
from desktop.services.standing import Standing
from desktop.shipped import shipped

T = TypeVar("T")
#: Threads where a bank's own services are asked: most of them only wait.
_WAITING = 64
DATABASE_NAME = "authority.db"
#: People a commit, when thousands are made up.
_TOGETHER = 1000


class LocalAuthority:
    """Implements Services and PracticePhone. Many tasks, and tasks of several loops, may call at once.

    A call that is cancelled goes on in its thread: ask it again under the same key for what became of it.
    """

    def __init__(self, parts: Parts, *, require_random: bool = True, implicit: bool = False) -> None:
        self._parts, self._workers = parts, Workers(parts.store.tell, _WAITING if parts.hooks.directory else THREADS)
        parts.store.listen(self._workers.ring)
        self._checks, self._proofs = Checks(parts), Proofs(parts)
        self._issuing, self._changing = Issuing(parts), Changing(parts)
        self._answering = Answering(parts)
        self._handoffs = HandOffs(parts, self._issuing)
        self._courier = Courier(parts)
        self._courier.start()
        self._enrolling = Enrolling(parts, require_random=require_random, implicit=implicit)

    @classmethod
    def open(
        cls,
        folder: Path | None,
        banks: Mapping[str, Bank],
        *,
        clock: Callable[[], float] = time.time,
        practice: bool = True,
        hardness: Hardness | None = None,
        home: Path | None = None,
        require_random: bool = True,
        implicit: bool = False,
        names: Names | None = None,
        ca_keys: KeyKind = "rsa",
        crowd: int = 0,
        custody: Custody | None = None,
        hooks: Hooks | None = None,
        database: str | None = None,
    ) -> LocalAuthority:
        """On the data folder, which is made when missing; None keeps all in memory. Blocks for a quarter of a second.

        `database`: the address of a PostgreSQL database, which other programs with the same key may share; the folder
        then holds the key, and in practice people's files. None keeps all in the folder.

        A practice authority has the made-up customers of `resources/practice/people.toml`. Their certificate files
        are put into `home`/NPKI, that is the data folder's own where none is given; nowhere without either.
        `names`: what new certificates say of their issuer and of where its list and responder are; None for practice.
        `crowd`: how many people are made up beside those of the file, in practice.
        `ca_keys`: of which kind a CA's keys are that is founded now; one that exists keeps its own. `custody`: what
        of the authority's own keys lies on a token. `hooks`: what the bank has brought, closed with this.
        `require_random`: whether the CMP door turns away who sends no R, as a standard CMP client does;
        `implicit`: whether it lets a client that wishes to leave out the confirmation.
        Raises ServiceError DATA_FOLDER_IN_USE, UNREACHABLE (no database) or STORE_*.
        """
        store = open_store(folder / DATABASE_NAME if folder else None, database)
        try:
            with store.transaction():  # one at a time, so that of two new programs only one makes a key
                vault = Vault.open(folder, custody.vault if custody else None) if folder else Vault.fresh()
            people = load_people(shipped("practice", "people.toml"))
            parts = assemble(
                store,
                vault,
                clock,
                banks,
                people,
                practice=practice,
                hardness=hardness,
                bank_of=_bank_of(banks),
                home=home or folder,
                names=names,
                ca_keys=ca_keys,
                custody=custody,
                hooks=hooks,
            )
            with store.transaction() as cx:
                tidy(cx, parts, banks)
            if practice:
                _populate(parts, people, banks, crowd)
        except BaseException:
            store.close()
            raise
        return cls(parts, require_random=require_random, implicit=implicit)

    async def aclose(self) -> None:
        """Waits for the calls under way, then lets the data folder go."""
        if await self._workers.aclose():
            await asyncio.to_thread(self._courier.close)
            self._parts.hooks.close()
            self._parts.store.close()

    def sealing_seed(self) -> bytes:
        """32 bytes, the same for every program on this store: what `OpeningKeys.derived` makes its keys of."""
        return self._parts.vault.derive("sealing")

    async def standing(self) -> Standing:
        """For whoever runs it. Raises ServiceError STORE_*."""
        ends = x509.load_der_x509_certificate(self._parts.ca.chain()[0]).not_valid_after_utc

        def look() -> Standing:
            with self._parts.store.read() as cx:
                return Standing(ends.timestamp(), self._parts.outbox.count(cx))

        return await self._workers.read(look)

    # ── Journeys ────────────────────────────────────────────────────────────────────────────────────────────

    async def open_journey(self, request: OpenJourney, *, key: str) -> JourneyOpened:
        call = Call(key, "", "open_journey", request, JourneyOpened)
        journeys = self._parts.journeys
        return await self._workers.read(lambda: self._parts.calls.once(call, lambda cx: journeys.open(cx, request)))

    async def journey_status(self, journey: str) -> JourneyStatus:
        def look() -> JourneyStatus:
            with self._parts.store.transaction() as cx:
                return self._parts.journeys.status(cx, journey)

        return await self._workers.read(look)

    async def close_journey(self, journey: str, *, key: str) -> None:
        call = Call(key, journey, "close_journey", None, type(None))
        await self._workers.read(
            lambda: self._parts.calls.once(call, lambda cx: self._parts.journeys.close(cx, journey))
        )

    # ── Checks ──────────────────────────────────────────────────────────────────────────────────────────────

    async def accept_terms(self, journey: str, request: AcceptTerms, *, key: str) -> TermsAccepted:
        return await self._workers.write(lambda r: self._checks.accept_terms(journey, r, key), request)

    async def verify_identity(self, journey: str, request: VerifyIdentity, *, key: str) -> IdentityVerified:
        return await self._workers.write(lambda r: self._checks.verify_identity(journey, r, key), request)

    async def send_code(self, journey: str, request: SendCode, *, key: str) -> CodeSent:
        return await self._workers.write(lambda r: self._posting(self._checks.send_code(journey, r, key)), request)

    async def confirm_code(self, journey: str, request: ConfirmCode, *, key: str) -> PhoneVerified:
        return await self._workers.write(lambda r: self._checks.confirm_code(journey, r, key), request)

    async def challenge_medium(self, journey: str, request: ChallengeMedium, *, key: str) -> MediumChallenge:
        return await self._workers.write(lambda r: self._checks.challenge_medium(journey, r, key), request)

    async def answer_medium(self, journey: str, request: AnswerMedium, *, key: str) -> MediumVerified:
        return await self._workers.write(lambda r: self._checks.answer_medium(journey, r, key), request)

    async def open_cloud(self, journey: str, request: OpenCloud, *, key: str) -> CloudCodeSent:
        return await self._workers.write(lambda r: self._posting(self._checks.open_cloud(journey, r, key)), request)

    async def confirm_cloud(self, journey: str, request: ConfirmCloud, *, key: str) -> CloudVerified:
        return await self._workers.write(lambda r: self._checks.confirm_cloud(journey, r, key), request)

    async def verify_document(self, journey: str, request: VerifyDocument, *, key: str) -> DocumentVerified:
        return await self._workers.write(lambda r: self._proofs.verify_document(journey, r, key), request)

    async def verify_account(self, journey: str, request: VerifyAccount, *, key: str) -> AccountVerified:
        return await self._workers.write(lambda r: self._proofs.verify_account(journey, r, key), request)

    async def verify_password(self, journey: str, request: VerifyPassword, *, key: str) -> PasswordVerified:
        return await self._workers.write(lambda r: self._proofs.verify_password(journey, r, key), request)

    async def await_reply(self, journey: str, *, wait: float) -> PhoneVerified | CloudVerified | Issued | None:
        """Waits up to `wait` seconds for an answer on the phone; None when there was none yet."""

        def look() -> PhoneVerified | CloudVerified | Issued | None:
            return self._handoffs.reply(journey) or self._answering.reply(journey)

        return await self._workers.watch(look, wait)

    async def take_reply(self, message: str, text: str, *, reply: str) -> None:
        """What a gateway brings back: `message` is the key of what it was given to send, `reply` its own id."""
        await self._workers.write(lambda r: self._answering.take_reply(message, r, reply), text)

    def _posting(self, sent: T) -> T:
        self._courier.call()
        return sent

    # ── The certificate ─────────────────────────────────────────────────────────────────────────────────────

    async def holdings(self, journey: str) -> Holdings:
        """What the person has, once the identity is proven in this journey."""
        return await self._workers.read(lambda: self._changing.holdings(journey))

    async def devices(self, journey: str, credential_id: str) -> DeviceList:
        return await self._workers.read(lambda: self._changing.devices(journey, credential_id))

    async def change(self, journey: str, request: Change, *, key: str) -> Changed:
        return await self._workers.write(lambda r: self._changing.change(journey, r, key), request)

    async def hand_off(self, journey: str, *, key: str) -> HandOff:
        """Hands the journey to the bank's app on the phone; `await_reply` tells when it is done there."""
        return await self._workers.write(lambda _: self._handoffs.hand_off(journey, key), None)

    async def issue(self, journey: str, request: Issue, *, key: str) -> Issued:
        return await self._workers.write(lambda r: self._issuing.issue(journey, r, key), request)

    async def enrol(self, journey: str, request: Enrol, *, key: str) -> Enrolment:
        """Allows one certificate to be fetched at the CMP door. A new call ends what an earlier one allowed."""
        return await self._workers.write(lambda r: self._enrolling.enrol(journey, r, key), request)

    async def issued(self, journey: str) -> Issued | None:
        """The certificate of this journey once it exists and, where it was enrolled for, is confirmed."""
        return await self._workers.read(lambda: self._enrolling.issued(journey))

    async def pkix(self, message: bytes) -> bytes:
        """The CA's CMP door: a PKIMessage, DER, answered by one (RFC 9810, RFC 9811)."""
        return await self._workers.read(lambda: self._enrolling.pkix(message))

    def pkix_together(self, messages: Sequence[tuple[bytes, bytes]]) -> list[bytes | Exception]:
        """As `pkix`, many, each with what a `Witness` has proven of it, in this thread; what came of each."""
        return self._workers.each(self._enrolling.pkix_together, messages)

    async def credentials_list(self, journey: str) -> CredentialsList:
        return await self._workers.read(lambda: self._issuing.credentials_list(journey))

    async def credentials_info(self, journey: str, credential_id: str) -> CredentialInfo:
        return await self._workers.read(lambda: self._issuing.credentials_info(journey, credential_id))

    async def credentials_authorize(self, journey: str, request: Authorize, *, key: str) -> Authorized:
        return await self._workers.write(lambda r: self._issuing.authorize(journey, r, key), request)

    async def sign_hash(self, journey: str, request: SignHash, *, key: str) -> Signatures:
        return await self._workers.write(lambda r: self._issuing.sign_hash(journey, r, key), request)

    async def crl(self) -> bytes:
        """The issuing CA's current CRL, DER (RFC 5280)."""
        return await self._workers.read(self._issuing.crl)

    async def ocsp(self, request: bytes) -> bytes:
        """An OCSPResponse, DER, to an OCSPRequest, DER (RFC 6960)."""
        return await self._workers.read(lambda: self._issuing.ocsp(request))

    async def ca_certificate(self) -> bytes:
        """The issuing CA's certificate, DER."""
        return self._parts.ca.chain()[0]

    # ── The practice phone ──────────────────────────────────────────────────────────────────────────────────

    async def events(self, *, after: int, wait: float) -> tuple[PhoneEvent, ...]:
        """Events with an id above `after`; waits up to `wait` seconds for the first."""

        def look() -> tuple[PhoneEvent, ...]:
            with self._parts.store.read() as cx:
                return self._parts.phone.events(cx, after=after)

        return await self._workers.watch(look, wait)

    async def events_of(self, journey: str, *, after: int, wait: float) -> tuple[PhoneEvent, ...]:
        """As `events`, of what came for one journey. Raises JOURNEY_UNKNOWN."""

        def look() -> tuple[PhoneEvent, ...]:
            with self._parts.store.read() as cx:
                number = self._parts.journeys.number(cx, journey)
                return self._parts.phone.events(cx, after=after, journey=number)

        return await self._workers.watch(look, wait)

    async def answer(self, event: int, text: str) -> None:
        """Replies to an SMS, keys digits during a call, or presses a notice of the app."""

        def answer(given: str) -> None:
            if not self._handoffs.press(event):
                self._answering.answer_phone(event, given)

        await self._workers.write(answer, text)

    async def files(self, journey: str) -> tuple[KeyFile, ...]:
        """What the person of this journey, once identified, has on their own machine."""

        def look() -> tuple[KeyFile, ...]:
            with self._parts.store.read() as cx:
                owner = self._parts.journeys.enter(cx, journey, touch=False).owner()
                return self._parts.estates.files(cx, owner) if self._parts.estates else ()

        return await self._workers.read(look)


def _populate(parts: Parts, people: People, banks: Mapping[str, Bank], crowd: int) -> None:
    """With a commit for each thousand, since nobody is served before."""
    registry = Registry(parts.customers, parts.cards, parts.tokens, parts.documents)
    with parts.store.transaction() as cx:
        seed(cx, registry, people, banks)
    for first in range(0, crowd, _TOGETHER):
        some = People(tuple(members(min(_TOGETHER, crowd - first), first=first)))
        with parts.store.transaction() as cx:
            seed(cx, registry, some, banks)


def _bank_of(banks: Mapping[str, Bank]) -> Callable[[str], Bank | None]:
    """A run may know one bank alone, but its people have certificates of others: those come with the program."""

    @functools.cache
    def find(bank: str) -> Bank | None:
        path = shipped("banks", f"{bank}.toml")
        return banks.get(bank) or (load_bank(path) if path.exists() else None)

    return find
