"""The services of a bank over HTTP: each method of the Protocol is one exchange of the wire's table.

It believes no answer it did not check, asks nothing twice that could do anything twice, and leaves asking again, under
the same key, to who called.
"""

from __future__ import annotations

import secrets
import ssl
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

import httpx

from desktop.secret import Secret
from desktop.services import api
from desktop.services.api import Reason, ServiceError
from desktop.services.in_hand import PhoneInHand
from desktop.services.line import Ask, Line
from desktop.services.wire.operation import Operation
from desktop.services.wire.operations import BY_NAME, SERVER_INFO, bank_of
from desktop.services.wire.seal import Context, SealingKey
from desktop.services.wire.told import LONGEST_POLL, ServerInfo

T = TypeVar("T")
_NO_TIMEOUTS: Final[Mapping[str, float]] = {}


class HttpServices:
    """Services and, where the server is for practice, PracticePhone.

    Raises ServiceError as the server's problems say; UNREACHABLE, TIMED_OUT and NONSENSE for the way there, which
    are never a session that has expired: that is SESSION_EXPIRED, and the server's word.
    """

    def __init__(
        self,
        url: str,
        *,
        trust: ssl.SSLContext | None = None,
        timeouts: Mapping[str, float] = _NO_TIMEOUTS,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """`trust` as `pins.trust` makes it; None: any server that the system's roots know. `timeouts` in seconds by
        an operation's name, instead of the table's. Raises ValueError for plain HTTP to another machine."""
        self._line = Line(url, trust, transport)
        self._timeouts = timeouts
        self._key: SealingKey | None = None
        self._phone = PhoneInHand(self.events_of)

    async def server(self) -> ServerInfo:
        """What the server tells of itself, asked anew. Raises NONSENSE for one of another version."""
        info: ServerInfo = await self._exchange(SERVER_INFO, "", {}, None)
        self._key = info.sealing_key()
        return info

    async def aclose(self) -> None:
        await self._line.aclose()

    # ── Journeys ──

    async def open_journey(self, request: api.OpenJourney, *, key: str) -> api.JourneyOpened:
        opened = await self._call(api.JourneyOpened, "open_journey", key=key, request=request)
        if bank_of(opened.journey) != request.bank:  # or secrets would be sealed for another bank, or for none
            raise ServiceError(Reason.NONSENSE)
        self._phone.turn_to(opened.journey)
        return opened

    async def journey_status(self, journey: str) -> api.JourneyStatus:
        return await self._call(api.JourneyStatus, "journey_status", journey)

    async def accept_terms(self, journey: str, request: api.AcceptTerms, *, key: str) -> api.TermsAccepted:
        return await self._call(api.TermsAccepted, "accept_terms", journey, key, request=request)

    async def verify_identity(self, journey: str, request: api.VerifyIdentity, *, key: str) -> api.IdentityVerified:
        return await self._call(api.IdentityVerified, "verify_identity", journey, key, request=request)

    async def send_code(self, journey: str, request: api.SendCode, *, key: str) -> api.CodeSent:
        return await self._call(api.CodeSent, "send_code", journey, key, request=request)

    async def confirm_code(self, journey: str, request: api.ConfirmCode, *, key: str) -> api.PhoneVerified:
        return await self._call(api.PhoneVerified, "confirm_code", journey, key, request=request)

    async def challenge_medium(self, journey: str, request: api.ChallengeMedium, *, key: str) -> api.MediumChallenge:
        return await self._call(api.MediumChallenge, "challenge_medium", journey, key, request=request)

    async def answer_medium(self, journey: str, request: api.AnswerMedium, *, key: str) -> api.MediumVerified:
        return await self._call(api.MediumVerified, "answer_medium", journey, key, request=request)

    async def open_cloud(self, journey: str, request: api.OpenCloud, *, key: str) -> api.CloudCodeSent:
        return await self._call(api.CloudCodeSent, "open_cloud", journey, key, request=request)

    async def confirm_cloud(self, journey: str, request: api.ConfirmCloud, *, key: str) -> api.CloudVerified:
        return await self._call(api.CloudVerified, "confirm_cloud", journey, key, request=request)

    async def verify_document(self, journey: str, request: api.VerifyDocument, *, key: str) -> api.DocumentVerified:
        return await self._call(api.DocumentVerified, "verify_document", journey, key, request=request)

    async def verify_account(self, journey: str, request: api.VerifyAccount, *, key: str) -> api.AccountVerified:
        return await self._call(api.AccountVerified, "verify_account", journey, key, request=request)

    async def verify_password(self, journey: str, request: api.VerifyPassword, *, key: str) -> api.PasswordVerified:
        return await self._call(api.PasswordVerified, "verify_password", journey, key, request=request)

    async def holdings(self, journey: str) -> api.Holdings:
        return await self._call(api.Holdings, "holdings", journey)

    async def devices(self, journey: str, credential_id: str) -> api.DeviceList:
        return await self._call(api.DeviceList, "devices", journey, credential_id=credential_id)

    async def change(self, journey: str, request: api.Change, *, key: str) -> api.Changed:
        return await self._call(api.Changed, "change", journey, key, request=request)

    async def hand_off(self, journey: str, *, key: str) -> api.HandOff:
        return await self._call(api.HandOff, "hand_off", journey, key)

    async def await_reply(
        self, journey: str, *, wait: float
    ) -> api.PhoneVerified | api.CloudVerified | api.Issued | None:
        reply = await self._maybe("await_reply", journey, wait=min(wait, LONGEST_POLL))
        return reply if isinstance(reply, api.PhoneVerified | api.CloudVerified | api.Issued) else None

    async def issue(self, journey: str, request: api.Issue, *, key: str) -> api.Issued:
        return await self._call(api.Issued, "issue", journey, key, request=request)

    async def enrol(self, journey: str, request: api.Enrol, *, key: str) -> api.Enrolment:
        return await self._call(api.Enrolment, "enrol", journey, key, request=request)

    async def issued(self, journey: str) -> api.Issued | None:
        issued = await self._maybe("issued", journey)
        return issued if isinstance(issued, api.Issued) else None

    async def pkix(self, message: bytes) -> bytes:
        return await self._call(bytes, "pkix", message=message)

    async def close_journey(self, journey: str, *, key: str) -> None:
        await self._maybe("close_journey", journey, key)

    # ── Remote signing, and what is public ──

    async def credentials_list(self, journey: str) -> api.CredentialsList:
        return await self._call(api.CredentialsList, "credentials_list", journey)

    async def credentials_info(self, journey: str, credential_id: str) -> api.CredentialInfo:
        """A CSC answer need not name the credential; it is the one that was asked for."""
        info = await self._call(api.CredentialInfo, "credentials_info", journey, credential_id=credential_id)
        return replace(info, credential_id=credential_id)

    async def credentials_authorize(self, journey: str, request: api.Authorize, *, key: str) -> api.Authorized:
        return await self._call(api.Authorized, "credentials_authorize", journey, key, request=request)

    async def sign_hash(self, journey: str, request: api.SignHash, *, key: str) -> api.Signatures:
        return await self._call(api.Signatures, "sign_hash", journey, key, request=request)

    async def crl(self) -> bytes:
        return await self._call(bytes, "crl")

    async def ocsp(self, request: bytes) -> bytes:
        return await self._call(bytes, "ocsp", request=request)

    async def ca_certificate(self) -> bytes:
        return await self._call(bytes, "ca_certificate")

    # ── The practice phone ──

    async def events(self, *, after: int, wait: float) -> tuple[api.PhoneEvent, ...]:
        return await self._phone.events(after=after, wait=wait)

    async def events_of(self, journey: str, *, after: int, wait: float) -> tuple[api.PhoneEvent, ...]:
        return await self._call(tuple, "events_of", journey, after=after, wait=min(wait, LONGEST_POLL))

    async def answer(self, event: int, text: str) -> None:
        await self._maybe("answer", key=secrets.token_hex(16), event=event, text=text)

    async def files(self, journey: str) -> tuple[api.KeyFile, ...]:
        return await self._call(tuple, "files", journey)

    # ── One exchange ──

    async def _call(self, kind: type[T], name: str, journey: str = "", key: str | None = None, **arguments: Any) -> T:
        answer = await self._maybe(name, journey, key, **arguments)
        if not isinstance(answer, kind):
            raise ServiceError(Reason.NONSENSE)
        return answer

    async def _maybe(self, name: str, journey: str = "", key: str | None = None, **arguments: Any) -> object:
        operation = BY_NAME[name]
        if journey and not operation.practice:
            self._phone.turn_to(journey)
        try:
            return await self._exchange(operation, journey, arguments, key)
        except ServiceError as error:
            # The server has changed its key since we asked for it. It could open nothing, so nothing has happened.
            if not operation.secrets or error.reason is not Reason.BAD_REQUEST or error.detail != "sealing_key":
                raise
            self._key = None
        return await self._exchange(operation, journey, arguments, key)

    async def _exchange(self, operation: Operation, journey: str, arguments: dict[str, Any], key: str | None) -> Any:
        body = await self._body(operation, journey, arguments)
        seconds = self._timeouts.get(operation.name, operation.seconds) + arguments.get("wait", 0.0)
        headers = _headers(operation, journey, key, sends=bool(body))
        said = await self._line.ask(Ask(operation, headers, body, operation.query(arguments), seconds))
        return None if said.body is None else operation.decode_answer(said.body)

    async def _body(self, operation: Operation, journey: str, arguments: dict[str, Any]) -> bytes:
        if operation.secrets and self._key is None:
            await self.server()
        sealing, context = self._key, Context(bank_of(journey), journey, operation.name)

        def seal(secret: Secret, field: str) -> str:
            assert sealing is not None
            return sealing.seal(secret, context, field)

        return b"" if operation.in_query else operation.encode(arguments, seal)


def _headers(operation: Operation, journey: str, key: str | None, *, sends: bool) -> dict[str, str]:
    """Raises ServiceError JOURNEY_UNKNOWN for what no server can have given out as a journey."""
    headers = {"Accept": f"{operation.gives}, application/problem+json"}
    if sends:
        headers["Content-Type"] = operation.takes
    if key is not None:
        headers["Idempotency-Key"] = f'"{key}"'  # a structured field's string
    if operation.journey:
        if not (journey.isascii() and journey.isprintable() and journey and " " not in journey):
            raise ServiceError(Reason.JOURNEY_UNKNOWN)
        headers["Authorization"] = f"Bearer {journey}"
    return headers
