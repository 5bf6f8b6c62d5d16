"""What goes wrong comes back alike from wherever the services are: the reason, the field, the tries, the wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from desktop.secret import Secret
from desktop.services.api import (
    AcceptTerms,
    AnswerMedium,
    Authorize,
    ChallengeMedium,
    Change,
    Channel,
    Check,
    ConfirmCloud,
    ConfirmCode,
    Document,
    Enrol,
    Issue,
    Issued,
    Kind,
    Medium,
    OpenCloud,
    OpenJourney,
    Reason,
    SendCode,
    ServiceError,
    Services,
    SignHash,
    Task,
    VerifyAccount,
    VerifyDocument,
    VerifyIdentity,
    VerifyPassword,
)
from desktop.services.authority.signing import RSA_SHA256_OID, SHA256_OID
from tests.services.authority.desk import PIN, refused
from tests.services.contract.conftest import Opening
from tests.services.contract.offices import Customer


def some(text: str = "0000") -> Secret:
    return Secret.of(text)


Call = Callable[[Services, str, str], Awaitable[Any]]
#: Each call in a journey, with a request that is well formed.
CALLS: dict[str, Call] = {
    "accept_terms": lambda s, j, k: s.accept_terms(j, AcceptTerms((("service", "1"),)), key=k),
    "verify_identity": lambda s, j, k: s.verify_identity(j, VerifyIdentity({"rrn": some("8503149111640")}), key=k),
    "send_code": lambda s, j, k: s.send_code(j, SendCode(Channel.SMS), key=k),
    "confirm_code": lambda s, j, k: s.confirm_code(j, ConfirmCode(some("123456")), key=k),
    "challenge_medium": lambda s, j, k: s.challenge_medium(j, ChallengeMedium(Medium.CARD), key=k),
    "answer_medium": lambda s, j, k: s.answer_medium(j, AnswerMedium(otp=some("123456")), key=k),
    "open_cloud": lambda s, j, k: s.open_cloud(j, OpenCloud("김우체", "01000001885", "18850314"), key=k),
    "confirm_cloud": lambda s, j, k: s.confirm_cloud(j, ConfirmCloud(some("123456")), key=k),
    "verify_document": lambda s, j, k: s.verify_document(j, VerifyDocument(Document.RESIDENT, some("20200101")), key=k),
    "verify_account": lambda s, j, k: s.verify_account(
        j, VerifyAccount(some("1234567890"), some(), "a@practice.invalid", "01000001885"), key=k
    ),
    "verify_password": lambda s, j, k: s.verify_password(j, VerifyPassword(b"certificate", b"signature"), key=k),
    "holdings": lambda s, j, _: s.holdings(j),
    "devices": lambda s, j, _: s.devices(j, "credential"),
    "change": lambda s, j, k: s.change(j, Change("credential"), key=k),
    "hand_off": lambda s, j, k: s.hand_off(j, key=k),
    "await_reply": lambda s, j, _: s.await_reply(j, wait=0),
    "issue": lambda s, j, k: s.issue(j, Issue(some(PIN)), key=k),
    "enrol": lambda s, j, k: s.enrol(j, Enrol(), key=k),
    "credentials_list": lambda s, j, _: s.credentials_list(j),
    "credentials_info": lambda s, j, _: s.credentials_info(j, "credential"),
    "credentials_authorize": lambda s, j, k: s.credentials_authorize(
        j, Authorize("credential", (bytes(32),), SHA256_OID, some(PIN)), key=k
    ),
    "sign_hash": lambda s, j, k: s.sign_hash(
        j, SignHash("credential", "sad", (bytes(32),), SHA256_OID, RSA_SHA256_OID), key=k
    ),
}
ALL: dict[str, Call] = {
    **CALLS,
    "journey_status": lambda s, j, _: s.journey_status(j),
    "close_journey": lambda s, j, k: s.close_journey(j, key=k),
    "issued": lambda s, j, _: s.issued(j),
}


async def reason_of(call: Awaitable[object]) -> Reason | None:
    try:
        await call
    except ServiceError as error:
        return error.reason
    return None


# ── Every call ──


async def test_nobody_goes_on_with_a_journey_that_is_not_theirs(opening: Opening) -> None:
    async with opening() as office:
        for name, call in ALL.items():
            stranger = f"epost.{'0' * 32}"
            assert (name, Reason.JOURNEY_UNKNOWN) == (name, await reason_of(call(office.services, stranger, name)))


async def test_a_journey_that_is_over_takes_nothing_more(opening: Opening) -> None:
    async with opening() as office:
        customer = Customer(office, "kim_uche")
        await customer.open()
        await office.services.close_journey(customer.journey, key=customer.key())
        for name, call in CALLS.items():
            found = await reason_of(call(office.services, customer.journey, name))
            assert (name, Reason.JOURNEY_CLOSED) == (name, found)


async def test_an_expired_session_says_that_it_is_one(opening: Opening) -> None:
    async with opening() as office:
        customer = Customer(office, "kim_uche")
        await customer.open()
        office.clock.advance(601)
        for name, call in CALLS.items():
            found = await reason_of(call(office.services, customer.journey, name))
            assert (name, Reason.SESSION_EXPIRED) == (name, found)


async def test_the_order_is_the_authority_s(opening: Opening) -> None:
    async with opening() as office:
        customer = Customer(office, "kim_uche")
        await customer.open()
        for name in ("verify_identity", "send_code", "challenge_medium", "open_cloud", "holdings", "issue"):
            found = await reason_of(CALLS[name](office.services, customer.journey, name))
            assert (name, Reason.OUT_OF_ORDER) == (name, found)


# ── One by one ──


async def test_what_nobody_offers_is_not_begun(opening: Opening) -> None:
    async with opening() as office:
        for wanted in (
            OpenJourney("nobank", Kind.FINANCIAL, Task.ISSUE),
            OpenJourney("epost", Kind.MOBILE, Task.ISSUE),
        ):
            with refused(Reason.NOT_OFFERED):
                await office.services.open_journey(wanted, key=f"{wanted.bank}-{wanted.kind}")
        with refused(Reason.BAD_REQUEST, field="device"):
            await office.services.open_journey(OpenJourney("epost", Kind.FINANCIAL, Task.ISSUE, "한글"), key="d")


async def test_a_wrong_identity_names_its_field_and_the_tries_left(opening: Opening) -> None:
    async with opening() as office:
        customer = Customer(office, "kim_uche")
        await customer.at(Check.IDENTITY)
        with refused(Reason.WRONG_ACCOUNT_PASSWORD, field="account_password", tries_left=4):
            await customer.identity(account_password="9999")
        with refused(Reason.WRONG_ACCOUNT_PASSWORD, field="account_password", tries_left=3):
            await customer.identity(account_password="9998")
        with pytest.raises(ServiceError) as caught:
            await customer.identity(rrn="8503149111641")
        assert Reason.IDENTITY_MISMATCH is caught.value.reason


async def test_codes_are_counted_and_not_sent_at_will(opening: Opening) -> None:
    async with opening() as office:
        customer = Customer(office, "kim_uche")
        await customer.at(Check.PHONE)
        code = await customer.code()
        with pytest.raises(ServiceError) as caught:
            await customer.code()
        assert Reason.RESEND_TOO_SOON is caught.value.reason
        assert 0 < (caught.value.retry_after or 0) <= 60
        wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
        with refused(Reason.WRONG_CODE, field="code", tries_left=4):
            await customer.confirm(wrong)
        office.clock.advance(301)
        with refused(Reason.CODE_EXPIRED):
            await customer.confirm(code)


async def test_a_wrong_card_and_an_otp_that_was_used_are_told(opening: Opening) -> None:
    async with opening() as office:
        customer = Customer(office, "kim_uche")
        await customer.at(Check.MEDIUM)
        with pytest.raises(ServiceError) as caught:
            await customer.card(serial="00000000")
        assert Reason.WRONG_CARD is caught.value.reason
        assert None is not caught.value.tries_left
        await customer.token()
        again = Customer(office, "kim_uche")
        office.clock.advance(61)
        await again.at(Check.MEDIUM)
        office.clock.advance(-61)
        with refused(Reason.OTP_REPLAYED):
            await again.token()


async def test_the_cloud_knows_its_people(opening: Opening) -> None:
    async with opening() as office:
        customer = Customer(office, "kim_uche")
        await customer.at(Check.CLOUD)
        with refused(Reason.CLOUD_MISMATCH):
            await customer.open_cloud(name="김우편")
        code = (await customer.open_cloud()).code or ""
        wrong = ConfirmCloud(some(code[:-1] + str((int(code[-1]) + 1) % 10)))
        with pytest.raises(ServiceError) as caught:
            await office.services.confirm_cloud(customer.journey, wrong, key=customer.key())
        assert Reason.WRONG_CLOUD_CODE is caught.value.reason
        assert 0 < (caught.value.tries_left or 0)


async def test_documents_and_accounts_that_are_not_theirs(opening: Opening) -> None:
    async with opening() as office:
        mobile = Customer(office, "kim_gukmin", Kind.MOBILE)
        await mobile.at(Check.DOCUMENT)
        with refused(Reason.DOCUMENT_MISMATCH):
            await mobile.document(issued_on="19990101")
        again = Customer(office, "ko_byeolbit", task=Task.REISSUE)
        await again.at(Check.ACCOUNT)
        with refused(Reason.WRONG_ACCOUNT_PASSWORD, field="account_password"):
            await again.account(account_password="9999")


async def test_pins_that_are_weak_or_wrong(opening: Opening) -> None:
    async with opening() as office:
        customer = Customer(office, "kim_uche")
        await customer.at(None)
        with refused(Reason.WEAK_PIN, detail="pin_ascending"):
            await office.services.issue(customer.journey, Issue(some("123456")), key=customer.key())
        issued = await office.services.issue(customer.journey, Issue(some(PIN)), key=customer.key())
        with refused(Reason.WRONG_PIN, tries_left=4):
            wanted = Authorize(issued.credential_id, (bytes(32),), SHA256_OID, some("915036"))
            await office.services.credentials_authorize(customer.journey, wanted, key=customer.key())
        request = SignHash(issued.credential_id, "forged", (bytes(32),), SHA256_OID, RSA_SHA256_OID)
        assert None is not await reason_of(office.services.sign_hash(customer.journey, request, key=customer.key()))


async def test_a_second_certificate_is_not_issued(opening: Opening) -> None:
    async with opening() as office:
        customer = Customer(office, "kim_uche")
        await customer.at(None)
        await office.services.issue(customer.journey, Issue(some(PIN)), key=customer.key())
        other = Customer(office, "kim_uche")
        office.clock.advance(61)
        with refused(Reason.ALREADY_ISSUED):
            await other.at(None)


async def test_a_password_is_not_proven_by_anything_but_a_signature(opening: Opening) -> None:
    async with opening() as office:
        customer = Customer(office, "chu_haneul", Kind.JOINT, Task.REISSUE)
        await customer.at(Check.PASSWORD)
        right = await customer.proof_of_password()
        for proof in (VerifyPassword(right.certificate, bytes(256)), VerifyPassword(b"none", right.signature)):
            assert None is not await reason_of(
                office.services.verify_password(customer.journey, proof, key=customer.key())
            )


async def test_the_phone_knows_its_own_messages(opening: Opening) -> None:
    async with opening() as office:
        with refused(Reason.BAD_REQUEST, field="event"):
            await office.phone.answer(12345, "1")


async def test_garbage_at_the_door_and_at_the_responder_is_answered_in_kind(opening: Opening) -> None:
    async with opening() as office:
        assert b"\x30" == (await office.services.pkix(b"garbage"))[:1]
        assert b"0\x03\x0a\x01\x01" == await office.services.ocsp(b"garbage")


# ── Once, and only once ──


async def test_the_same_key_brings_the_same_answer_and_no_second_effect(opening: Opening) -> None:
    async with opening() as office:
        customer = Customer(office, "kim_uche")
        await customer.at(None)
        first = await office.services.issue(customer.journey, Issue(some(PIN)), key="once")
        assert first == await office.services.issue(customer.journey, Issue(some(PIN)), key="once")
        with refused(Reason.KEY_REUSED):
            await office.services.issue(customer.journey, Issue(some("915036")), key="once")
    async with opening() as office:
        assert first == await office.services.issue(customer.journey, Issue(some(PIN)), key="once")


async def test_a_refusal_is_remembered_like_an_answer_and_costs_one_try(opening: Opening) -> None:
    async with opening() as office:
        customer = Customer(office, "kim_uche")
        await customer.at(Check.IDENTITY)
        for _ in range(3):
            with refused(Reason.WRONG_ACCOUNT_PASSWORD, tries_left=4):
                await customer.identity(account_password="9999", key="wrong")


async def test_of_two_at_once_under_one_key_there_is_one_certificate(opening: Opening) -> None:
    async with opening() as office:
        customer = Customer(office, "kim_uche")
        await customer.at(None)

        async def issue() -> Issued | Reason:
            try:
                return await office.services.issue(customer.journey, Issue(some(PIN)), key="both")
            except ServiceError as error:
                return error.reason

        outcomes = set(await asyncio.gather(*(issue() for _ in range(4))))
        assert 1 == len({outcome for outcome in outcomes if isinstance(outcome, Issued)})
        assert outcomes - {Reason.KEY_IN_FLIGHT} == {await issue()}


async def test_the_secrets_of_a_request_stay_the_caller_s(opening: Opening) -> None:
    async with opening() as office:
        customer = Customer(office, "kim_uche")
        await customer.at(Check.IDENTITY)
        request = VerifyIdentity(customer.fields())
        await office.services.verify_identity(customer.journey, request, key=customer.key())
        assert customer.person.rrn == request.fields["rrn"].reveal()
