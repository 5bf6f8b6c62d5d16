from datetime import date
from types import MappingProxyType

import pytest

from desktop.services.api import Channel, CloudCodeSent, CodeSent, Medium, MediumChallenge
from desktop.wizard.flow.facts import Facts
from desktop.wizard.flow.fields import FIELDS, Context, birth_date, normalise
from desktop.wizard.flow.view import Entry

TODAY = date(2026, 11, 22)


def judge(
    field: str, value: str, *, secrets: dict[str, str] | None = None, facts: Facts | None = None
) -> tuple[str | None, str | None]:
    views = {name: memoryview(text.encode()) for name, text in (secrets or {}).items()}
    context = Context(TODAY, facts or Facts(), {"phone": "01000123456"}, MappingProxyType(views), ("service",))
    return FIELDS[field].judge(memoryview(value.encode()), context)


@pytest.mark.parametrize("field", FIELDS)
def test_an_empty_field_is_required(field: str) -> None:
    assert ("required", None) == judge(field, "")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("9003159123451", (None, None)),
        ("9003159123452", (None, "rrn_check_digit")),
        ("900315912345", ("rrn_length", None)),
        ("9002309123453", ("rrn_impossible_date", None)),
        ("0000009123453", ("rrn_impossible_date", None)),
        ("261231" + "3123453", ("rrn_future_date", None)),
        ("000229" + "3000001", (None, None)),
        ("0002299000003", ("rrn_impossible_date", None)),
    ],
)
def test_a_resident_number_is_judged_by_length_date_and_softly_by_its_check_digit(
    value: str, expected: tuple[str | None, str | None]
) -> None:
    assert expected == judge("rrn", value)


@pytest.mark.parametrize(
    ("digit", "century"), [("9", "18"), ("0", "18"), ("1", "19"), ("6", "19"), ("3", "20"), ("8", "20")]
)
def test_the_seventh_digit_tells_the_century(digit: str, century: str) -> None:
    assert f"{century}900315" == birth_date(memoryview(f"900315{digit}123451".encode()))


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("account", "123", "wrong_length"),
        ("account", "70012301234567", None),
        ("account_password", "40715", "wrong_length"),
        ("birth_date", "18900230", "date_impossible"),
        ("birth_date", "20270101", "date_future"),
        ("birth_date", "18900315", None),
        ("phone", "0212345678", "phone_prefix"),
        ("phone", "0101234", "phone_length"),
        ("phone", "0111234567", None),
        ("name", "가", "name_characters"),
        ("name", "김ㄱ온", "name_characters"),
        ("name", "김가온2", "name_characters"),
        ("name", "O'Hara Kim-Lee", None),
        ("terms", "privacy", "terms_required"),
        ("terms", "privacy service", None),
        ("channel", "pigeon", "required"),
        ("channel", "ars", None),
        ("pin", "111111", "pin_repeated"),
        ("pin", "001234", "pin_from_phone"),
        ("pin", "284957", None),
    ],
)
def test_each_field_says_what_is_wrong(field: str, value: str, code: str | None) -> None:
    assert (code, None) == judge(field, value)


def test_a_pin_is_compared_with_the_numbers_the_session_holds() -> None:
    assert "pin_from_account" == judge("pin", "284957", secrets={"account": "11284957"})[0]


def test_the_second_pin_must_match_the_first() -> None:
    assert "pin_mismatch" == judge("pin_again", "284957", secrets={"pin": "284958"})[0]
    assert judge("pin_again", "284957", secrets={"pin": "284957"})[0] is None


def test_a_code_is_as_long_as_the_service_said() -> None:
    sent = CodeSent(Channel.ARS, "", "", 4, None, False, 1, 1)
    cloud = CloudCodeSent("", "", 3, 1, 1)
    challenge = MediumChallenge(Medium.OTP, (), 0, 8)
    facts = Facts().plus(sent, 0).plus(cloud, 0).plus(challenge, 0)
    assert (None, None) == judge("code", "1234", facts=facts)
    assert ("wrong_length", None) == judge("code", "123456", facts=facts)
    assert ("wrong_length", None) == judge("cloud_code", "47", facts=facts)
    assert (None, None) == judge("otp", "12345678", facts=facts)


def test_without_an_answer_from_the_service_the_usual_lengths_hold() -> None:
    for name in ("code", "cloud_code", "otp", "card_serial"):
        assert FIELDS[name].lengths == FIELDS[name].length_range(Facts())


def test_the_medium_decides_what_is_asked() -> None:
    card = Facts().plus(MediumChallenge(Medium.CARD, (8, 35), 4), 0)
    plain = Facts().plus(MediumChallenge(Medium.CARD, (8, 35)), 0)
    otp = Facts().plus(MediumChallenge(Medium.OTP, (), 0, 6), 0)

    def asked(facts: Facts) -> set[str]:
        return {n for n in ("card_serial", "card_first", "card_second", "otp") if FIELDS[n].applies(facts, {})}

    assert {"card_serial", "card_first", "card_second"} == asked(card)
    assert {"card_first", "card_second"} == asked(plain)
    assert {"otp"} == asked(otp)
    assert set() == asked(Facts())


def test_text_is_trimmed_and_digits_made_plain() -> None:
    assert (bytearray("김가온".encode()), None) == normalise(FIELDS["name"], memoryview(" 김가온 ".encode()))
    assert (bytearray(b"01000123456"), None) == normalise(FIELDS["phone"], memoryview(b"010-0012-3456"))


def test_every_secret_field_has_a_mask_that_hides_it() -> None:
    for field in FIELDS.values():
        if field.secret:
            shown = field.mask(memoryview(b"9003159123451"[: field.lengths[1]]))
            assert "•" in shown or "*" in shown
    assert Entry.AGREEMENTS == FIELDS["terms"].entry


def test_facts_are_kept_by_type_with_their_time() -> None:
    facts = Facts().plus(MediumChallenge(Medium.OTP), 5.0)
    assert MediumChallenge in facts
    assert 5.0 == facts.at(MediumChallenge)
    assert 0.0 == facts.at(CodeSent)
    assert facts.get(CodeSent) is None
    assert MediumChallenge not in facts.minus(frozenset({MediumChallenge}))
