"""What is known before beginning."""

from __future__ import annotations

from desktop.services.api import Task
from tests.wizard.conftest import Desk
from tests.wizard.pages.seeing import words
from tests.wizard.views import VIEWS


def test_cost_validity_and_where_it_is_kept_are_said_before_the_issue(desk: Desk) -> None:
    seen = words(desk.draw(VIEWS["guidance"]))
    assert "무료" in seen
    assert "3년" in seen
    assert "클라우드" in seen
    assert all(text["ko"] in seen for text in desk.kit.journey.guidance)


def test_who_revokes_is_told_what_that_does_and_not_what_a_certificate_costs(desk: Desk) -> None:
    desk.kit.task = Task.REVOKE
    seen = words(desk.draw(VIEWS["guidance"]))
    assert all(text["ko"] in seen for text in desk.kit.journey.guidance)
    assert "되살릴 수 없습니다" in seen
    assert "무료" not in seen
