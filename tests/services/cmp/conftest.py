"""A desk whose register knows one person by reference number and code."""

from __future__ import annotations

import time

import pytest

from desktop.services.cmp.responder import Responder
from tests.services.cmp.desk import CODE, REFERENCE, Clock, Desk
from tests.services.cmp.pki import pki
from tests.services.cmp.register import Register


@pytest.fixture
def desk() -> Desk:
    register = Register(pki(), {REFERENCE: CODE})
    clock = Clock(time.time())
    responder = Responder(register, register.pki.speaker, decryption=register.pki.reader, now=clock)
    return Desk(register, responder, clock)
