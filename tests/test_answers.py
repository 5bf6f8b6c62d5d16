from dataclasses import replace
from pathlib import Path

import pytest

from desktop.answers import Answerer, Answers, AnswersError, Card, Otp, Phone, read_answers
from desktop.services.api import (
    Channel,
    CloudCodeSent,
    CodeSent,
    Device,
    DeviceList,
    HandOff,
    Holdings,
    KeyFile,
    Medium,
    MediumChallenge,
    PhoneEvent,
    Task,
)
from desktop.wizard.flow.drawing import draw
from desktop.wizard.flow.facts import Facts
from desktop.wizard.flow.journey import Journey
from desktop.wizard.flow.view import ActionView, Entry, FieldView, Given, Problem, View
from tests.fakes import epost_plan, holding, right_answers

#: RFC 6238, appendix B, in Base32: at 59 s the SHA-1 token shows 94287082.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
CODES = tuple(f"{n:02}{99 - n:02}" for n in range(1, 36))


class FakePhone:
    """Gives what it was told to give, once."""

    def __init__(self, *events: PhoneEvent) -> None:
        self._events = events
        self.answered: list[tuple[int, str]] = []

    async def events(self, *, after: int, wait: float) -> tuple[PhoneEvent, ...]:
        return tuple(e for e in self._events if e.id > after)

    async def answer(self, event: int, text: str) -> None:
        self.answered.append((event, text))

    async def events_of(self, journey: str, *, after: int, wait: float) -> tuple[PhoneEvent, ...]:
        return await self.events(after=after, wait=wait)

    async def files(self, journey: str) -> tuple[KeyFile, ...]:
        return ()


def sms(number: int, code: str, channel: Channel = Channel.SMS) -> PhoneEvent:
    return PhoneEvent(number, channel, "01000123456", "1588-0000", "sms", {}, code, "type", 0.0, False)


def view(*fields: FieldView, facts: Facts | None = None) -> View:
    return replace(draw(Journey.begin(epost_plan()), practice=True), fields=fields, facts=facts or Facts())


def secret(name: str, **more: object) -> FieldView:
    return replace(FieldView(name, Entry.CODE, secret=True), **more)  # type: ignore[arg-type]  # fields by name


def texts(given: Given) -> dict[str, str]:
    return {**given.plain, **{name: value.reveal() for name, value in given.secrets.items()}}


def refused(prompt: str) -> str:
    raise AssertionError(f"asked for {prompt}")


def answerer(answers: Answers, *events: PhoneEvent) -> Answerer:
    return Answerer(answers, FakePhone(*events), ask=refused, ask_secretly=refused, clock=lambda: 59.0)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_a_challenge_of_the_card_is_answered_from_the_whole_card() -> None:
    challenge = MediumChallenge(Medium.CARD, (8, 35), 4)
    page = view(secret("card_serial"), secret("card_first"), secret("card_second"), facts=Facts().plus(challenge, 0))
    given = await answerer(Answers({}, card=Card("12345678", CODES))).give(page)
    assert {"card_serial": "5678", "card_first": "08", "card_second": "64"} == texts(given)


async def test_a_token_shows_the_number_of_the_moment() -> None:
    page = view(secret("otp"), facts=Facts().plus(MediumChallenge(Medium.OTP, otp_digits=8), 0))
    given = await answerer(Answers({}, otp=Otp(RFC_SECRET))).give(page)
    assert {"otp": "94287082"} == texts(given)


async def test_the_newest_code_of_the_right_kind_is_taken_from_the_phone() -> None:
    sent = CodeSent(Channel.SMS, "", "", 6, None, False, 180, 30)
    cloud = CloudCodeSent("", "", 2, 180, 30)
    facts = Facts().plus(sent, 0).plus(cloud, 0)
    filler = answerer(
        Answers({}, phone=Phone("auto")),
        sms(1, "111111"),
        sms(2, "222222"),
        sms(3, "47"),
        sms(4, "333333", Channel.ARS),
    )
    assert {"code": "222222"} == texts(await filler.give(view(secret("code"), facts=facts)))


async def test_the_number_read_out_in_a_call_is_typed_where_nothing_can_be_keyed() -> None:
    facts = Facts().plus(CodeSent(Channel.ARS, "", "", 6, "47", True, 180, 30), 0)
    call = replace(sms(1, "47", Channel.ARS), expects="key", data={"code": "182736"})
    filler = answerer(Answers({}, phone=Phone("auto")), call)
    assert {"code": "182736"} == texts(await filler.give(view(secret("code"), facts=facts)))


async def test_a_code_that_never_comes_is_asked_for() -> None:
    asked: list[str] = []

    def typed(prompt: str) -> str:
        asked.append(prompt)
        return "123456"

    filler = Answerer(Answers({}, phone=Phone("auto")), FakePhone(sms(1, "9")), ask=refused, ask_secretly=typed)
    page = view(secret("code"), facts=Facts().plus(CodeSent(Channel.SMS, "", "", 6, None, False, 180, 30), 0))
    assert {"code": "123456"} == texts(await filler.give(page))
    assert ["code: "] == asked
    assert filler.can_mend(replace(page, fields=(secret("code", problem=Problem("wrong_code", "code")),)))


async def test_what_the_file_said_wrong_is_not_said_again() -> None:
    filler = answerer(Answers({"pin": "111111"}))
    page = view(secret("pin", problem=Problem("pin_repeated", "pin")))
    assert {"pin": "111111"} == texts(await filler.give(page))
    assert not filler.can_mend(page)


async def test_held_and_settled_fields_are_left_alone_and_prefilled_ones_kept() -> None:
    page = view(
        secret("rrn", mask="900315-*******"),
        secret("account", enabled=False),
        FieldView("birth_date", Entry.DATE, value="18900315"),
    )
    assert {"birth_date": "18900315"} == texts(await answerer(Answers({})).give(page))


async def test_all_terms_and_the_same_pin_twice() -> None:
    page = view(FieldView("terms", Entry.AGREEMENTS, options=("a", "b")), secret("pin"), secret("pin_again"))
    given = await answerer(Answers({"terms": "all", "pin": "284957"})).give(page)
    assert {"terms": "a b", "pin": "284957", "pin_again": "284957"} == texts(given)
    assert right_answers(page).plain["terms"] == given.plain["terms"]


async def test_the_same_password_twice() -> None:
    page = view(secret("password"), secret("password_again"))
    given = await answerer(Answers({"password": "new+Word=91"})).give(page)
    assert {"password": "new+Word=91", "password_again": "new+Word=91"} == texts(given)


async def test_a_certificate_is_the_only_one_or_named_by_its_serial() -> None:
    one, two = (replace(holding(name, Task.REVOKE), serial=serial) for name, serial in (("one", "17"), ("two", "42")))
    facts = Facts().plus(Holdings((one, two), ()), 0)
    both = FieldView("certificate", Entry.CHOICE, options=("one", "two"))
    assert {"certificate": "two"} == texts(await answerer(Answers({"certificate": "42"})).give(view(both, facts=facts)))
    only = view(replace(both, options=("one",)), facts=facts)
    assert {"certificate": "one"} == texts(await answerer(Answers({"certificate": "only"})).give(only))


async def test_devices_are_all_of_them_or_this_one() -> None:
    devices = (Device("a", "노트북", 0.0, True, False), Device("b", "이 PC", 0.0, True, True))
    page = view(
        FieldView("devices", Entry.AGREEMENTS, options=("a", "b")), facts=Facts().plus(DeviceList(devices, False), 0)
    )
    assert {"devices": "a b"} == texts(await answerer(Answers({"devices": "all"})).give(page))
    assert {"devices": "b"} == texts(await answerer(Answers({"devices": "here"})).give(page))
    assert {"devices": "a"} == texts(await answerer(Answers({"devices": "a"})).give(page))


def test_an_action_is_taken_once_and_only_where_it_is_offered() -> None:
    filler = answerer(Answers({}, take=("forgot_password",)))
    page = replace(view(secret("current_password")), actions=(ActionView("forgot_password"),))
    assert filler.action(replace(page, actions=())) is None
    assert "forgot_password" == filler.action(page)
    assert filler.action(page) is None


async def test_what_is_chosen_is_known_before_the_rest_is_asked() -> None:
    page = view(FieldView("document", Entry.CHOICE, options=("resident", "driver")), FieldView("name", Entry.TEXT))
    assert {"document": "driver"} == await answerer(Answers({"document": "driver"})).choices(page)


async def test_what_the_app_asks_on_the_phone_is_pressed() -> None:
    phone = FakePhone(sms(1, "47"), replace(sms(2, ""), expects="press"))
    filler = Answerer(Answers({}, phone=Phone("auto")), phone, ask=refused, ask_secretly=refused)
    assert not await filler.press(view())
    assert await filler.press(view(facts=Facts().plus(HandOff("https://example.kr", 300), 0)))
    assert [(2, "")] == phone.answered


async def test_a_text_that_is_missing_is_asked_in_the_open() -> None:
    filler = Answerer(Answers({}), None, ask=lambda prompt: "김가온", ask_secretly=refused)
    assert {"name": "김가온"} == texts(await filler.give(view(FieldView("name", Entry.TEXT))))


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b'[answers]\nrrn = "8503149111640', "document"),
        (b"[answers]\nrrn = 8503149111640", "$.answers[...]"),
        (b'[antworten]\nrrn = "1"', "antworten"),
        (b"\xff", "UnicodeDecodeError"),
    ],
)
def test_a_broken_file_is_refused_with_the_place_and_without_what_stands_there(
    tmp_path: Path, content: bytes, place: str
) -> None:
    path = tmp_path / "answers.toml"
    path.write_bytes(content)
    with pytest.raises(AnswersError) as caught:
        read_answers(path)
    assert place in caught.value.detail
    assert "8503149" not in str(caught.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(AnswersError, match="FileNotFoundError"):
        read_answers(tmp_path / "nowhere.toml")
