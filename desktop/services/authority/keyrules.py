"""The PIN or password that is to open a new key: of the right form, and not easily guessed."""

from __future__ import annotations

from desktop.password_rules import broken_password_rule
from desktop.pin_rules import broken_rule
from desktop.secret import Secret
from desktop.services.api import Kind, Reason, ServiceError
from desktop.services.authority.bank import Customer
from desktop.services.authority.inputs import digits

#: The field, in the wizard's ids, of what opens the key of each kind.
OPENED_BY = {Kind.FINANCIAL: "pin", Kind.JOINT: "password"}
#: More than any rule allows, so that it is the rule that refuses.
_PASSWORD_BYTES = 256


def well_formed(kind: Kind, secret: Secret | None, field: str, *, pin_digits: int) -> Secret:
    """The secret itself, if one of this kind can look so. Raises BAD_REQUEST with the field."""
    if kind != Kind.JOINT:
        return digits(secret, field, pin_digits)
    if secret is None or not 1 <= len(secret) <= _PASSWORD_BYTES:
        raise ServiceError(Reason.BAD_REQUEST, field=field)
    return secret


def new_secret(kind: Kind, secret: Secret | None, customer: Customer, *, pin_digits: int) -> Secret:
    """The secret itself, if it may open a new key. Raises BAD_REQUEST, WEAK_PIN or WEAK_PASSWORD with the rule."""
    field = OPENED_BY[kind]
    given = well_formed(kind, secret, field, pin_digits=pin_digits)
    rule = _password_rule(given) if kind == Kind.JOINT else _pin_rule(given, customer)
    if rule:
        reason = Reason.WEAK_PASSWORD if kind == Kind.JOINT else Reason.WEAK_PIN
        raise ServiceError(reason, field=field, detail=rule)
    return given


def _password_rule(password: Secret) -> str | None:
    with password.view() as view:
        return broken_password_rule(view)


def _pin_rule(pin: Secret, customer: Customer) -> str | None:
    with pin.view() as view, customer.rrn.view() as rrn, customer.account.view() as account:
        return broken_rule(
            view,
            rrn=rrn,
            birth_date=customer.birth_date.encode(),
            phone=customer.phone.encode(),
            account=account,
        )
