"""Which checks a journey has: all, those after a loss, and the one that stands in for a forgotten password."""

from desktop.services.api import Check, Kind, Task
from tests.services.authority.offered import kbank, woori


def test_a_check_for_the_hardened_is_left_out_for_others() -> None:
    usual, hardened = (woori().checks(Kind.JOINT, Task.REISSUE, hardened=is_hard) for is_hard in (False, True))
    assert ((Check.IDENTITY, Check.PHONE), (Check.IDENTITY, Check.PHONE, Check.DOCUMENT)) == (usual, hardened)


def test_a_stand_in_is_no_check_of_its_own() -> None:
    checks = kbank().checks(Kind.JOINT, Task.REISSUE, hardened=True)
    assert (Check.IDENTITY, Check.PHONE, Check.PASSWORD, Check.TERMS) == checks
    assert Check.DOCUMENT is kbank().stand_in(Kind.JOINT, Task.REISSUE)


def test_a_journey_without_conditions_is_the_same_for_everybody() -> None:
    bank = kbank()
    assert bank.checks(Kind.JOINT, Task.RENEW) == bank.checks(Kind.JOINT, Task.RENEW, hardened=True)
    assert None is bank.stand_in(Kind.JOINT, Task.RENEW)
    assert () == bank.checks(Kind.FINANCIAL, Task.RENEW)
    assert None is bank.stand_in(Kind.FINANCIAL, Task.RENEW)
