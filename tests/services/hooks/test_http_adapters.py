"""The adapters over HTTP: what they ask, what they believe, and what a failure on the way is called."""

from __future__ import annotations

import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from desktop.secret import Secret
from desktop.services.api import Channel, Document, Medium, Reason, ServiceError
from desktop.services.hooks.directory import DocumentInquiry, Inquiry
from desktop.services.hooks.gateway import Dispatch
from desktop.services.hooks.http_directory import HttpDirectory
from desktop.services.hooks.http_gateway import HttpGateway
from desktop.services.hooks.http_media import HttpMedia
from desktop.services.hooks.line import MAX_ANSWER, Reach
from desktop.services.hooks.media import Answer, Holder, Question
from tests.services.authority.desk import refused
from tests.services.bankside import identity
from tests.services.hooks.service import Service, problem, service

PERSON: dict[str, Any] = {
    "id": "C-1",
    "rrn": "8503149111640",
    "name": "김우체",
    "phone": "01000001885",
    "joined": True,
    "account": "03967402461613",
    "media": ["card"],
}
HOLDER = Holder("epost", "C-1", Medium.CARD)


def inquiry() -> Inquiry:
    return Inquiry("epost", {"rrn": Secret.of(PERSON["rrn"]), "account_password": Secret.of("5071")})


def directory(bank: Service, **more: Any) -> HttpDirectory:
    return HttpDirectory(Reach(url=f"{bank.url}/bank/", **more), Path())


def identify(bank: Service, **more: Any) -> Any:
    asked = directory(bank, **more)
    try:
        return asked.identify(inquiry(), key="mine")
    finally:
        asked.close()


def test_a_person_is_asked_for_under_the_key_and_with_the_token(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("t0ken\n")
    (tmp_path / "token").chmod(0o600)
    with service((200, {**PERSON, "branch": "Seoul"})) as bank:
        asked = HttpDirectory(Reach(url=f"{bank.url}/bank", token_file="token"), tmp_path)
        found = asked.identify(inquiry(), key="mine")
        asked.close()
    (request,) = bank.asked
    assert ("/bank/people", '"mine"', "Bearer t0ken") == (
        request.path,
        request.headers["idempotency-key"],
        request.headers["authorization"],
    )
    assert {"bank": "epost", "told": {"rrn": PERSON["rrn"], "account_password": "5071"}} == request.body
    assert ("C-1", "김우체", True, (Medium.CARD,)) == (found.id, found.name, found.joined, found.media)
    assert Secret.of(PERSON["rrn"]) == found.rrn
    assert PERSON["rrn"] not in repr(found) + repr(inquiry())


@pytest.mark.parametrize(
    ("answer", "reason", "data"),
    [
        (problem("identity_mismatch"), Reason.IDENTITY_MISMATCH, {}),
        (problem("wrong_account_password", tries_left=2), Reason.WRONG_ACCOUNT_PASSWORD, {"tries_left": 2}),
        (problem("account_locked", tries_left=0), Reason.ACCOUNT_LOCKED, {"tries_left": 0}),
        (problem("wrong_pin"), Reason.NONSENSE, {}),
        (problem("session_expired"), Reason.NONSENSE, {}),
        ((401, None), Reason.NONSENSE, {}),
        ((302, None), Reason.NONSENSE, {}),
        ((500, None), Reason.NONSENSE, {}),
        ((503, None), Reason.UNREACHABLE, {}),
        ((200, b"<html>"), Reason.NONSENSE, {}),
        ((200, None), Reason.NONSENSE, {}),
        ((200, {**PERSON, "rrn": "85031"}), Reason.NONSENSE, {}),
        ((200, {**PERSON, "media": ["stamp"]}), Reason.NONSENSE, {}),
        ((200, b" " * (MAX_ANSWER + 1)), Reason.NONSENSE, {}),
    ],
)
def test_every_answer_is_a_reason_that_makes_sense_here(answer: Any, reason: Reason, data: dict[str, Any]) -> None:
    with service(answer) as bank, refused(reason, **data):
        identify(bank)


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def dawdle(handler: BaseHTTPRequestHandler) -> None:
    handler.rfile.read(1)


@pytest.mark.parametrize(("raw", "reason"), [(hang_up, Reason.UNREACHABLE), (dawdle, Reason.TIMED_OUT)])
def test_a_failure_on_the_way_is_called_so(raw: Callable[[BaseHTTPRequestHandler], None], reason: Reason) -> None:
    with service((200, None)) as bank:
        bank.raw = raw
        with refused(reason):
            identify(bank, seconds=0.2)


def test_a_connection_that_ended_is_no_failure_under_the_same_key() -> None:
    with service((200, PERSON)) as bank:

        def once(handler: BaseHTTPRequestHandler) -> None:
            bank.raw = None
            handler.close_connection = True

        bank.raw = once
        assert "C-1" == identify(bank).id
    assert ['"mine"', '"mine"'] == [request.headers["idempotency-key"] for request in bank.asked]


def test_nobody_there_is_unreachable() -> None:
    with service((200, PERSON)) as bank:
        pass
    with refused(Reason.UNREACHABLE):
        identify(bank)


def test_a_service_is_believed_by_its_root_and_its_pin_alone(tmp_path: Path) -> None:
    own, other = identity(tmp_path), identity(tmp_path, "localhost")
    with service((200, PERSON), tls=own.context) as bank:
        assert "C-1" == identify(bank, roots=str(own.roots), pins=(own.pin,)).id
        for known in ({"roots": str(own.roots), "pins": (other.pin,)}, {"roots": str(other.roots)}):
            with refused(Reason.UNREACHABLE):
                identify(bank, **known)
    assert 1 == len(bank.asked)


@pytest.mark.parametrize("url", ["http://bank.invalid", "ftp://bank.invalid", "https://user:word@bank.invalid"])
def test_no_person_is_told_of_by_plain_http_to_another_machine(url: str) -> None:
    with pytest.raises(ValueError, match=r"plain HTTP|no address"):
        HttpDirectory(Reach(url=url), Path())


def test_a_document_is_asked_for_by_the_banks_own_id() -> None:
    with service((204, None), problem("document_mismatch")) as bank:
        asked = directory(bank)
        wanted = DocumentInquiry("epost", "C-1", Document.DRIVER, Secret.of("20200101"), Secret.of("112233445566"))
        asked.check_document(wanted, key="mine")
        with refused(Reason.DOCUMENT_MISMATCH):
            asked.check_document(wanted, key="other")
        asked.close()
    told = {"bank": "epost", "person": "C-1", "document": "driver", "issued_on": "20200101", "number": "112233445566"}
    assert ("/bank/documents", told) == (bank.asked[0].path, bank.asked[0].body)


def test_a_message_is_handed_over_with_its_key_and_may_be_refused_for_good() -> None:
    expires_at = time.time() + 180
    dispatch = Dispatch(Channel.SMS, "01000001885", "epost", "sms", "type", {"code": "123456"}, expires_at)
    with service((202, None), problem("code_not_sent"), (503, None)) as bank:
        gateway = HttpGateway(Reach(url=bank.url), Path())
        gateway.send(dispatch, key="mine")
        for reason in (Reason.CODE_NOT_SENT, Reason.UNREACHABLE):
            with refused(reason):
                gateway.send(dispatch, key="other")
        gateway.close()
    assert {
        "message": "mine",
        "channel": "sms",
        "phone": "01000001885",
        "sender": "epost",
        "says": "sms",
        "expects": "type",
        "data": {"code": "123456"},
        "expires_at": expires_at,
    } == bank.asked[0].body
    assert "123456" not in repr(dispatch)


def test_a_card_is_challenged_and_answered() -> None:
    answers = ((200, {"challenge": "7", "positions": [4, 30], "tries_left": 5}), problem("wrong_card", tries_left=4))
    with service(*answers) as bank:
        media = HttpMedia(Reach(url=bank.url), Path())
        assert Question("7", (4, 30), 5) == media.challenge(HOLDER, key="a")
        with refused(Reason.WRONG_CARD, tries_left=4):
            media.answer(HOLDER, "7", Answer(Secret.of("12"), Secret.of("34"), Secret.of("56789012")), key="b")
        media.close()
    whose = {"bank": "epost", "person": "C-1", "medium": "card"}
    assert [("/challenges", whose)] == [(bank.asked[0].path, bank.asked[0].body)]
    told = {**whose, "challenge": "7", "first": "12", "second": "34", "serial": "56789012"}
    assert [("/answers", told)] == [(bank.asked[1].path, bank.asked[1].body)]


def test_what_a_reason_of_another_hook_means_is_not_guessed() -> None:
    with service(problem("identity_mismatch")) as bank:
        media = HttpMedia(Reach(url=bank.url), Path())
        with pytest.raises(ServiceError) as raised:
            media.challenge(HOLDER, key="a")
        media.close()
    assert Reason.NONSENSE == raised.value.reason
