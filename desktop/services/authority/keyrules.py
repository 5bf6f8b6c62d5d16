"""The PIN that is to open a new key: of the right form, and not easily guessed."""

from __future__ import annotations

from desktop.pin_rules import broken_rule
from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError
from desktop.services.authority.bank import Customer
from desktop.services.authority.inputs import digits


def new_pin(pin: Secret | None, customer: Customer, *, pin_digits: int) -> None:
    """Returns when it may open a new key. Raises BAD_REQUEST, or WEAK_PIN with the rule that it breaks."""
    given = digits(pin, "pin", pin_digits)
    with given.view() as view, customer.rrn.view() as rrn, customer.account.view() as account:
        rule = broken_rule(
            view,
            rrn=rrn,
            birth_date=customer.birth_date.encode(),
            phone=customer.phone.encode(),
            account=account,
        )
    if rule:
        raise ServiceError(Reason.WEAK_PIN, field="pin", detail=rule)
