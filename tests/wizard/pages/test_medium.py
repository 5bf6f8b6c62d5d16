"""The two places of the card, or the number of the token, and never more."""

from __future__ import annotations

from desktop.widgets.pictures import OtpPicture, SecurityCardPicture
from tests.wizard.conftest import Desk
from tests.wizard.pages.seeing import button, words
from tests.wizard.views import VIEWS


def test_the_two_places_are_lit_and_named(desk: Desk) -> None:
    page = desk.draw(VIEWS["medium-card"])
    picture = page.findChild(SecurityCardPicture)
    assert picture is not None
    assert "보안카드 8번 앞 두 자리, 35번 뒤 두 자리" == picture.accessibleName()
    assert "8번의 앞 두 자리" == page.editors["card_first"].input.accessibleName()
    assert "35번의 뒤 두 자리" == page.editors["card_second"].input.accessibleName()


def test_that_the_whole_card_is_never_asked_for_is_said(desk: Desk) -> None:
    for name in ("medium-card", "medium-otp"):
        assert "보안카드 전체 번호는 절대 묻지 않습니다." in words(desk.draw(VIEWS[name]))


def test_a_token_asks_for_its_number_alone(desk: Desk) -> None:
    page = desk.draw(VIEWS["medium-otp"])
    assert page.findChild(OtpPicture) is not None
    assert ["otp"] == list(page.editors)


def test_card_and_token_can_be_exchanged(desk: Desk) -> None:
    button(desk.draw(VIEWS["medium-card"]), "OTP로 하기").click()
    button(desk.draw(VIEWS["medium-otp"]), "보안카드로 하기").click()
    assert ["use_otp", "use_card"] == desk.asked.moves


def test_a_wrong_code_tells_the_tries_left(desk: Desk) -> None:
    page = desk.draw(VIEWS["medium-card-wrong"])
    assert "앞으로 3번 더 시도할 수 있습니다." in page.editors["card_first"].input.accessibleDescription()
