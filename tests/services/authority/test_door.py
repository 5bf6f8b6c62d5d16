"""The CMP door by its messages: our own client against a whole authority, and what comes twice, late or wrong."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.x509 import ReasonFlags

from desktop.secret import Secret
from desktop.services.api import Enrolment, Kind, Reason, ServiceError, Status, Task
from desktop.services.cmp.client import Client
from desktop.services.cmp.registrar import Asked
from desktop.services.cmp.talk import Held, Patience, Shared
from desktop.services.npki.vid import verify_owner
from tests.services.authority.desk import WHO, Clock, Desk, refused
from tests.services.authority.purse import obtained
from tests.services.authority.test_enrolling import good, holdings, serials

URI, JO, CHU = WHO["kim_uri"], WHO["jo_gaengsin"], WHO["chu_haneul"]
JOINT = Kind.JOINT
T = TypeVar("T")


class Wire:
    """Between the person's side and the door. `lost`: how many answers do not come back. `again`: ask all twice."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.lost, self.again = desk, 0, False
        self.asked: list[bytes] = []
        self.answered: list[bytes] = []

    async def __call__(self, message: bytes) -> bytes:
        answer = self.desk.enrolling.pkix(message)
        if self.again:
            self.desk.restart()
            assert answer == self.desk.enrolling.pkix(message)
        self.asked.append(message)
        self.answered.append(answer)
        if self.lost:
            self.lost -= 1
            raise ServiceError(Reason.UNREACHABLE)
        return answer

    def patience(self) -> Patience:
        async def pause(seconds: float) -> None:
            self.desk.clock.advance(seconds)

        return Patience(self.desk.clock, pause)

    def obtain(self, enrolment: Enrolment, **given: Any) -> bytes:
        given = {"pause": self.patience().pause, **given}
        return asyncio.run(obtained(self, enrolment, self.desk.clock, **given))

    def by_key(self, certificate: bytes, key: RSAPrivateKey) -> Client:
        held = Held(x509.load_der_x509_certificate(certificate), key)
        return Client(self, held, self.desk.parts.ca.chain(), patience=self.patience())

    def by_code(self, enrolment: Enrolment) -> Client:
        shared = Shared(enrolment.reference, Secret.of(enrolment.code))
        return Client(self, shared, self.desk.parts.ca.chain(), patience=self.patience())


@pytest.fixture
def wire(desk: Desk) -> Wire:
    return Wire(desk)


@pytest.fixture
def journey(desk: Desk) -> str:
    return desk.at(None, URI, kind=JOINT)


def store(work: Callable[[], None] = lambda: None) -> Callable[[bytes, tuple[bytes, ...]], Awaitable[None]]:
    async def keep(certificate: bytes, chain: tuple[bytes, ...]) -> None:
        work()

    return keep


def test_our_client_fetches_a_certificate_with_a_vid_of_its_own_r(desk: Desk, wire: Wire, journey: str) -> None:
    random = secrets.token_bytes(20)
    der = wire.obtain(desk.enrol(journey), random=random)
    issued = desk.enrolling.issued(journey)
    assert issued is not None
    assert der == issued.certificate
    verify_owner(x509.load_der_x509_certificate(der), Secret.of(URI.rrn), random)
    assert not any(random in message for message in wire.asked)


def test_the_old_one_is_good_while_the_new_one_is_being_stored(desk: Desk, wire: Wire) -> None:
    journey = desk.at(None, JO, Task.RENEW, kind=JOINT)
    (old,) = desk.changing.holdings(journey).certificates
    seen: list[str] = []
    der = wire.obtain(desk.enrol(journey), store=store(lambda: seen.extend(good(desk))))
    assert [old.serial] == seen
    assert [str(x509.load_der_x509_certificate(der).serial_number)] == good(desk)


def test_what_cannot_be_stored_is_revoked_at_once(desk: Desk, wire: Wire, journey: str) -> None:
    def full() -> None:
        raise ServiceError(Reason.MEDIUM_FULL)

    with refused(Reason.MEDIUM_FULL):
        wire.obtain(desk.enrol(journey), store=store(full))
    (serial,) = serials(desk)
    assert (Status.REVOKED, None) == (desk.status_of(serial), desk.enrolling.issued(journey))
    wire.obtain(desk.enrol(journey))
    assert 1 == len(good(desk))


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_answers_that_get_lost_are_given_again(desk: Desk, wire: Wire, journey: str, lost: int) -> None:
    enrolment = desk.enrol(journey)
    wire.lost = lost
    wire.obtain(enrolment, store=store(lambda: setattr(wire, "lost", lost)))
    assert 1 == len(serials(desk)) == len(good(desk))


def test_every_message_that_comes_again_is_answered_by_the_same_bytes_even_after_a_restart(
    desk: Desk, wire: Wire, journey: str
) -> None:
    wire.again = True
    wire.obtain(desk.enrol(journey))
    events = audited(desk)
    desk.restart()
    assert wire.answered[-1] == desk.enrolling.pkix(wire.asked[-1])
    assert wire.answered[1] != desk.enrolling.pkix(wire.asked[1])  # is over, and refused
    assert (events, 1) == (audited(desk), len(serials(desk)))


def test_an_answer_kept_for_a_day_is_forgotten(desk: Desk, wire: Wire, clock: Clock, journey: str) -> None:
    wire.obtain(desk.enrol(journey))
    clock.advance(86_401)
    desk.restart()
    with desk.store.read() as cx:
        assert 0 == cx.execute("SELECT count(*) FROM cmp_exchange").fetchone()[0]
    assert wire.answered[-1] != desk.enrolling.pkix(wire.asked[-1])
    assert 1 == len(good(desk))


def test_a_wrong_code_gets_nothing_and_the_fifth_ends_the_leave(desk: Desk, wire: Wire, journey: str) -> None:
    enrolment = desk.enrol(journey)
    for _ in range(5):
        with refused(Reason.ENROLMENT_REFUSED, detail="bad_message_check"):
            wire.obtain(enrolment, code=Secret.of("X" * 20))
    with refused(Reason.ENROLMENT_REFUSED, detail="bad_message_check"):
        wire.obtain(enrolment)
    with refused(Reason.ENROLMENT_REFUSED, detail="bad_message_check"):
        wire.obtain(enrolment, reference="00000000")
    assert [] == serials(desk)
    wire.obtain(desk.enrol(journey))


def test_a_leave_used_twice_is_refused_the_second_time(desk: Desk, wire: Wire, journey: str) -> None:
    enrolment = desk.enrol(journey)
    wire.obtain(enrolment)
    with refused(Reason.ENROLMENT_REFUSED, detail="duplicate_cert_req"):
        wire.obtain(enrolment)
    assert 1 == len(serials(desk))


def test_without_r_nothing_is_made(desk: Desk, wire: Wire, journey: str) -> None:
    with refused(Reason.ENROLMENT_REFUSED, detail="bad_request"):
        wire.obtain(desk.enrol(journey), random=None)
    assert [] == serials(desk)


def test_the_key_in_the_old_file_signs_its_own_renewal(desk: Desk, wire: Wire) -> None:
    journey = desk.at(None, JO, Task.RENEW, kind=JOINT)
    old = desk.certificate(JO)
    client = wire.by_key(old, desk.purse.key_of(old, JO.certificates[0].password))
    key, random = generate_private_key(65537, 2048), secrets.token_bytes(20)

    def renew(subject: bytes) -> bytes:
        return asyncio.run(client.obtain(Asked.KUR, subject, key, store(), random=random))

    with refused(Reason.ENROLMENT_REFUSED, detail="not_authorized"):
        renew(x509.Name([]).public_bytes())
    der = renew(desk.enrol(journey).subject)
    issued = desk.enrolling.issued(journey)
    assert issued is not None
    assert (der, Task.RENEW) == (issued.certificate, issued.task)
    with refused(Reason.ENROLMENT_REFUSED, detail="cert_revoked"):
        asyncio.run(client.ca_certificates())


def test_who_has_the_key_revokes(desk: Desk, wire: Wire, journey: str) -> None:
    key = generate_private_key(65537, 2048)
    der = wire.obtain(desk.enrol(journey), key=key)
    certificate = x509.load_der_x509_certificate(der)
    asyncio.run(wire.by_key(der, key).revoke(certificate, ReasonFlags.key_compromise))
    assert [(str(certificate.serial_number), Status.REVOKED)] == holdings(desk, journey)
    with refused(Reason.ENROLMENT_REFUSED, detail="cert_revoked"):
        asyncio.run(wire.by_key(der, key).revoke(certificate, ReasonFlags.key_compromise))


def test_a_code_revokes_nothing(desk: Desk, wire: Wire) -> None:
    journey = desk.at(None, CHU, Task.REISSUE, kind=JOINT)
    client = wire.by_code(desk.enrol(journey))
    with refused(Reason.ENROLMENT_REFUSED, detail="wrong_integrity"):
        asyncio.run(client.revoke(x509.load_der_x509_certificate(desk.certificate(CHU)), ReasonFlags.superseded))
    assert 1 == len(good(desk))


def test_the_door_tells_its_chain_and_its_list(desk: Desk, wire: Wire, journey: str) -> None:
    client = wire.by_code(desk.enrol(journey))
    assert set(desk.parts.ca.chain()) == set(asyncio.run(client.ca_certificates()))
    crl = asyncio.run(client.crl())
    assert desk.issuing.crl() == crl


@pytest.mark.parametrize("message", [b"", b"0", b"nonsense", bytes(100_000), secrets.token_bytes(500)])
def test_nonsense_is_answered_and_changes_nothing(desk: Desk, message: bytes) -> None:
    assert desk.enrolling.pkix(message).startswith(b"\x30")
    assert [] == serials(desk)


def test_a_store_that_is_in_trouble_is_no_answer(desk: Desk, wire: Wire, journey: str) -> None:
    enrolment = desk.enrol(journey)
    with desk.store.transaction() as cx:
        cx.execute("PRAGMA max_page_count = 1")
    with refused(Reason.STORE_FULL):
        wire.obtain(enrolment)
    with desk.store.transaction() as cx:
        cx.execute("PRAGMA max_page_count = 1000000")
    wire.obtain(enrolment)
    assert 1 == len(good(desk))


def test_the_doors_own_key_is_changed_in_time(desk: Desk, wire: Wire, clock: Clock) -> None:
    first = desk.enrolling.responder()
    assert first is desk.enrolling.responder()
    clock.advance(4 * 86_400)
    assert first is not desk.enrolling.responder()
    wire.obtain(desk.enrol(desk.at(None, URI, kind=JOINT)))


def audited(desk: Desk) -> int:
    with desk.store.read() as cx:
        return desk.parts.audit.verify_chain(cx)
