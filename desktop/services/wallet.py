"""The person's own certificates, for journeys: found on media and tokens, made there, and used there."""

from __future__ import annotations

import asyncio
import functools
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from desktop.secret import Secret
from desktop.services.api import Enrolment, Place, PlaceKind, Places, Reason, ServiceError, Signed
from desktop.services.cmp import client
from desktop.services.folder import Folder, keep_rules, unlock
from desktop.services.media.disk import Disk
from desktop.services.media.places import find_places
from desktop.services.media.recover import recover
from desktop.services.npki import capubs
from desktop.services.npki.container import seal_key
from desktop.services.npki.key import new_key
from desktop.services.npki.tree import Entry, files_of, scan
from desktop.services.npki.vid import RANDOM_BYTES
from desktop.services.tokens import Tokens, TokenSession
from desktop.services.worker import in_worker

Send = Callable[[bytes], Awaitable[bytes]]
Store = Callable[[bytes, tuple[bytes, ...]], Awaitable[None]]


#: Why nothing can be written among files; it is said before anybody is asked for a certificate.
_TROUBLE = {"read_only": Reason.MEDIUM_READ_ONLY, "permission": Reason.MEDIUM_READ_ONLY, "full": Reason.MEDIUM_FULL}
#: Stands for tokens that cannot be asked. The ids of all of them begin like its own.
_NO_TOKEN = Place("token:", PlaceKind.TOKEN, trouble="failed")


class LocalWallet:
    """Implements the Wallet protocol on this machine. `pc` holds (or will hold) NPKI; `folders` are offered first.

    `find` tells this PC and the drives that are plugged in; `tokens` opens the library of tokens when first needed: it
    is slow, and few people have one. Files are read and written in worker threads, so that no slow stick stops the
    window; what was begun there comes to its end, or is undone, also when the call is cancelled.
    """

    def __init__(
        self,
        *,
        pc: Path | None = None,
        folders: Sequence[Path] = (),
        tokens: Callable[[], Tokens | None] = lambda: None,
        clock: Callable[[], float] = time.time,
        find: Callable[[], tuple[Place, ...]] | None = None,
        disk: Disk | None = None,
    ) -> None:
        self._clock, self._open_tokens, self._disk = clock, tokens, disk
        self._find = find or functools.partial(find_places, pc=pc)
        self._folders = tuple(
            Place(f"folder:{folder}", PlaceKind.FOLDER, folder.name, str(folder)) for folder in folders
        )
        self._labels: dict[str, str] = {}  # of the places told so far: what is gone is still called by its name
        self._last = ""  # where something was put last: what is asked next is most likely there

    async def places(self) -> Places:
        return await asyncio.to_thread(self._places)

    async def enrol(self, place: str, enrolment: Enrolment, secret: Secret, send: Send) -> Place:
        """See `Wallet.enrol`. The key is made, wrapped and proven in a worker; only the wrapped one is written."""
        own = Secret(secret.view())
        try:
            found = await in_worker(lambda: self._ready(place))
            if found.kind is PlaceKind.TOKEN:
                await self._enrol_on_token(found, enrolment, own, send)
            else:
                await self._enrol_in_files(found, enrolment, own, send)
        finally:
            own.wipe()
        self._last = found.id
        return found

    async def sign(self, serial: str, secret: Secret, document: bytes) -> Signed:
        password = Secret(secret.view())
        try:
            return await in_worker(lambda: self._sign(int(serial), password, document))
        finally:
            password.wipe()

    async def _enrol_on_token(self, place: Place, enrolment: Enrolment, pin: Secret, send: Send) -> None:
        """Logged in all the while, in a thread of its own that the exchange is carried on beside."""
        async with self._unlocked(place, pin) as session:
            key = await in_worker(lambda: session.new_key(enrolment.key_bits), session.discard)
            r, kept = os.urandom(RANDOM_BYTES), False

            async def store(certificate: bytes, chain: tuple[bytes, ...]) -> None:
                nonlocal kept
                await in_worker(lambda: session.keep(key, certificate, r))
                kept = True

            try:
                await self._fetch(send, enrolment, key, r, store)
            finally:
                if not kept:  # once it is, the confirmation may have arrived, whatever came back
                    with suppress(ServiceError):  # a token that is gone keeps a key that nothing stands for
                        await in_worker(lambda: session.discard(key))

    @asynccontextmanager
    async def _unlocked(self, place: Place, pin: Secret) -> AsyncIterator[TokenSession]:
        assert self._tokens is not None, "only they offer a token as a place"
        unlocked = self._tokens.unlocked(place.id, pin)

        def lock() -> None:
            unlocked.__exit__(None, None, None)

        session = await in_worker(unlocked.__enter__, lambda _: lock())
        try:
            yield session
        finally:
            with suppress(ServiceError):  # pulled out: there is nothing left to log out of
                await in_worker(lock)

    async def _enrol_in_files(self, place: Place, enrolment: Enrolment, password: Secret, send: Send) -> None:
        keep_rules(password)
        key, plain, r = await in_worker(lambda: new_key(enrolment.key_bits), lambda made: made[1].wipe())
        try:
            sealed = await in_worker(lambda: seal_key(plain, password))
        finally:
            plain.wipe()

        async def store(certificate: bytes, chain: tuple[bytes, ...]) -> None:
            files = files_of(certificate, sealed) | {capubs.NAME: capubs.write_capubs(chain)}
            kept = Folder(place, x509.load_der_x509_certificate(certificate), password, self._disk)
            await in_worker(lambda: kept.store(files), lambda _: kept.remove())

        await self._fetch(send, enrolment, key, r, store)

    async def _fetch(self, send: Send, enrolment: Enrolment, key: RSAPrivateKey, r: bytes, store: Store) -> None:
        code = Secret.of(enrolment.code)
        try:
            await client.enrol(
                send,
                reference=enrolment.reference,
                code=code,
                subject=enrolment.subject,
                key=key,
                random=r,
                chain=enrolment.chain,
                replaces=enrolment.replaces,
                store=store,
                now=self._clock,
            )
        finally:
            code.wipe()

    @functools.cached_property
    def _tokens(self) -> Tokens | None:
        return self._open_tokens()

    def _places(self) -> Places:
        places = Places((*self._with_files(), *self._with_tokens()))
        self._labels |= {place.id: place.label for place in places.places}
        return places

    def _with_files(self) -> tuple[Place, ...]:
        return (*self._folders, *self._find())

    def _with_tokens(self) -> tuple[Place, ...]:
        """A library of tokens that does not work is said there, and keeps nobody from using files."""
        try:
            return self._tokens.places() if self._tokens else ()
        except ServiceError:
            return (_NO_TOKEN,)

    def _ready(self, name: str) -> Place:
        """The place, as it is now, with what an earlier write left half done brought to an end.

        Raises MEDIUM_…, TOKEN_… where it is gone or nothing can be written to it.
        """
        token = name.startswith(_NO_TOKEN.id)
        places = self._with_tokens() if token else self._with_files()
        found = next((place for place in places if place.id == name), None)
        if found is None:
            raise ServiceError(Reason.TOKEN_GONE if token else Reason.MEDIUM_GONE, where=self._labels.get(name))
        if token and found.trouble:
            reason = Reason.TOKEN_LOCKED if found.trouble == "locked" else Reason.TOKEN_FAILED
            raise ServiceError(reason, where=found.label)
        if found.trouble:
            raise ServiceError(_TROUBLE.get(found.trouble, Reason.MEDIUM_FAILED), where=found.label or found.path)
        if not token:
            recover(Path(found.path))
        return found

    def _sign(self, serial: int, password: Secret, document: bytes) -> Signed:
        """Each copy is tried, since each may have a password of its own."""
        refused: ServiceError | None = None
        for entry, certificate in self._copies(serial):
            try:
                key = unlock(entry, certificate, password)
            except ServiceError as error:
                # That a password is wrong says more than that another copy cannot be read.
                if refused is None or error.reason is Reason.WRONG_PASSWORD:
                    refused = error
                continue
            assert entry.certificate is not None
            return Signed(entry.certificate, key.sign(document, PKCS1v15(), SHA256()))
        # A token is asked only with what must be its PIN: three that are none lock it.
        if (refused is None or refused.reason is Reason.KEY_MISSING) and self._tokens is not None:
            signed = self._tokens.sign(serial, password, document)
            if signed is not None:
                return signed
        raise refused or ServiceError(Reason.CERTIFICATE_NOT_HERE)

    def _copies(self, serial: int) -> Iterator[tuple[Entry, x509.Certificate]]:
        places = sorted(self._with_files(), key=lambda place: place.id != self._last)
        for place in places:
            for entry in scan(Path(place.path)) if place.path else ():
                if entry.certificate is None:
                    continue
                certificate = x509.load_der_x509_certificate(entry.certificate)
                if certificate.serial_number == serial:
                    yield entry, certificate
