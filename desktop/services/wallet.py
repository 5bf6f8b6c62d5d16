"""The person's own certificates, for journeys: found on media and tokens, made there, and used there."""

from __future__ import annotations

import asyncio
import functools
import os
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from desktop.secret import Secret
from desktop.services.api import Enrolment, Place, PlaceKind, Places, Reason, ServiceError, Signed
from desktop.services.cmp import client
from desktop.services.media.places import find_places
from desktop.services.media.recover import recover
from desktop.services.media.write import put
from desktop.services.npki import capubs
from desktop.services.npki.container import MOST_BYTES, open_key, seal_key
from desktop.services.npki.key import load_key, new_key
from desktop.services.npki.names import user_path
from desktop.services.npki.tree import KEY, Entry, files_of, read_file, scan
from desktop.services.npki.vid import RANDOM_BYTES
from desktop.services.tokens import Tokens

Send = Callable[[bytes], Awaitable[bytes]]
Store = Callable[[bytes, tuple[bytes, ...]], Awaitable[None]]


class LocalWallet:
    """Implements the Wallet protocol on this machine. `pc` holds (or will hold) NPKI; `folders` are offered first.

    `tokens` opens the library of tokens when first needed: it is slow, and few people have one.

    Files are read and written in worker threads, so that no slow stick stops the window.
    """

    def __init__(
        self,
        *,
        pc: Path | None = None,
        folders: Sequence[Path] = (),
        tokens: Callable[[], Tokens | None] = lambda: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._clock = clock
        self._pc, self._open_tokens = pc, tokens
        self._folders = tuple(
            Place(f"folder:{folder}", PlaceKind.FOLDER, folder.name, str(folder)) for folder in folders
        )
        self._last = ""  # where something was put last: what is asked next is most likely there

    async def places(self) -> Places:
        return await asyncio.to_thread(self._places)

    async def enrol(self, place: str, enrolment: Enrolment, secret: Secret, send: Send) -> Place:
        """See `Wallet.enrol`. The key is made, wrapped and proven in a worker; only the wrapped one is written."""
        own = Secret(secret.view())
        try:
            found = await asyncio.to_thread(self._ready, place)
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
            return await asyncio.to_thread(self._sign, int(serial), password, document)
        finally:
            password.wipe()

    async def _enrol_on_token(self, place: Place, enrolment: Enrolment, pin: Secret, send: Send) -> None:
        """Logged in all the while, in a thread of its own that the exchange is carried on beside."""
        assert self._tokens is not None, "only they offer a token as a place"
        unlocked = self._tokens.unlocked(place.id, pin)
        session = await asyncio.to_thread(unlocked.__enter__)
        try:
            key = await asyncio.to_thread(session.new_key, enrolment.key_bits)
            r, kept = os.urandom(RANDOM_BYTES), False

            async def store(certificate: bytes, chain: tuple[bytes, ...]) -> None:
                nonlocal kept
                await asyncio.to_thread(session.keep, key, certificate, r)
                kept = True

            try:
                await self._fetch(send, enrolment, key, r, store)
            finally:
                if not kept:  # once it is, the confirmation may have arrived, whatever came back
                    await asyncio.to_thread(session.discard, key)
        finally:
            await asyncio.to_thread(unlocked.__exit__, None, None, None)

    async def _enrol_in_files(self, place: Place, enrolment: Enrolment, password: Secret, send: Send) -> None:
        key, plain, r = await asyncio.to_thread(new_key, enrolment.key_bits)
        try:
            sealed = await asyncio.to_thread(seal_key, plain, password)
        finally:
            plain.wipe()

        async def store(certificate: bytes, chain: tuple[bytes, ...]) -> None:
            await asyncio.to_thread(_store, place, certificate, chain, sealed, password)

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
        tokens = self._tokens.places() if self._tokens else ()
        return Places((*self._folders, *find_places(pc=self._pc), *tokens))

    def _ready(self, name: str) -> Place:
        """The place, as it is now, with what an earlier write left half done brought to an end."""
        found = next((place for place in self._places().places if place.id == name), None)
        if found is None:
            raise ServiceError(Reason.MEDIUM_GONE)
        if found.path:
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
        if refused is None and self._tokens is not None:
            signed = self._tokens.sign(serial, password, document)
            if signed is not None:
                return signed
        raise refused or ServiceError(Reason.CERTIFICATE_NOT_HERE)

    def _copies(self, serial: int) -> Iterator[tuple[Entry, x509.Certificate]]:
        places = sorted(self._places().places, key=lambda place: place.id != self._last)
        for place in places:
            for entry in scan(Path(place.path)) if place.path else ():
                if entry.certificate is None:
                    continue
                certificate = x509.load_der_x509_certificate(entry.certificate)
                if certificate.serial_number == serial:
                    yield entry, certificate


def unlock(entry: Entry, certificate: x509.Certificate, password: Secret) -> RSAPrivateKey:
    """The key of a folder's certificate. Raises ServiceError KEY_MISSING, KEY_MISMATCH, WRONG_PASSWORD, FILE_…."""
    if entry.fault is not None or entry.key is None:
        raise ServiceError(entry.fault or Reason.KEY_MISSING, where=entry.where)
    where = str(entry.key)
    plain = open_key(read_file(entry.key, most=MOST_BYTES), password, where=where)
    try:
        return load_key(plain, certificate, where=where)
    finally:
        plain.wipe()


def _store(place: Place, certificate: bytes, chain: tuple[bytes, ...], sealed: bytes, password: Secret) -> None:
    """Writes both, and proves what was read back before it takes its place."""
    parsed = x509.load_der_x509_certificate(certificate)
    files = files_of(certificate, sealed) | {capubs.NAME: capubs.write_capubs(chain)}

    def check(back: Mapping[str, bytes]) -> None:
        plain = open_key(back[KEY], password, where=place.label or place.path)
        try:
            load_key(plain, parsed, where=place.label or place.path)
        finally:
            plain.wipe()

    root = Path(place.path)
    if place.kind is not PlaceKind.REMOVABLE:
        root.mkdir(parents=True, exist_ok=True)
    put(root, user_path(parsed), files, label=place.label, check=check)
