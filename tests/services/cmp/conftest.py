"""A desk for each test."""

from __future__ import annotations

import pytest

from tests.services.cmp.desk import Desk, new_desk


@pytest.fixture
def desk() -> Desk:
    return new_desk()
