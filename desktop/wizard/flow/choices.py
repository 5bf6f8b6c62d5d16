"""What a person can choose from on a page, what is chosen until they do, and when a choice is no question at all."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from desktop.services.api import DeviceList, Holdings, IdentityVerified, Places
from desktop.wizard.flow.facts import Facts
from desktop.wizard.flow.fields import FIELDS
from desktop.wizard.flow.plan import Plan
from desktop.wizard.flow.steps import Stage

#: Choices that begin with what the bank puts first; others wait for the person.
_FIRST_IS_USUAL = ("channel", "medium", "usage", "place")


def choices(name: str, plan: Plan, facts: Facts) -> tuple[str, ...]:
    """The values of a field, in the bank's order; empty where they do not depend on the person."""
    found: tuple[str, ...] = ()
    match name:
        case "channel" if identity := facts.get(IdentityVerified):
            found = identity.channels
        case "medium" if identity := facts.get(IdentityVerified):
            found = identity.media
        case "usage":
            found = tuple(usage.id for usage in plan.bank.product(plan.data.kind).usages)
        case "certificate" if holdings := facts.get(Holdings):
            held = (*holdings.certificates, *holdings.elsewhere)
            found = tuple(h.credential_id for h in held if plan.data.task in h.tasks and h.kind == plan.data.kind)
        case "place" if places := facts.get(Places):
            found = tuple(place.id for place in places.places if not place.trouble)
        case "devices" if devices := facts.get(DeviceList):
            found = tuple(device.id for device in devices.devices)
    return found


def with_defaults(answers: Mapping[str, str], plan: Plan, facts: Facts) -> Mapping[str, str]:
    """A choice not made yet falls to what the bank puts first, or to the only one there is."""
    chosen = dict(answers)
    for name in (*_FIRST_IS_USUAL, "certificate"):
        found = choices(name, plan, facts)
        if found and chosen.get(name) not in found and (name in _FIRST_IS_USUAL or len(found) == 1):
            chosen[name] = found[0]
    return MappingProxyType(chosen)


def asks_nothing(stage: Stage | None, plan: Plan, facts: Facts, answers: Mapping[str, str]) -> bool:
    """A stage that only asks, and none of whose fields is a question for this person."""
    if stage is None or stage.effect or not stage.asks:
        return False
    return not any(_is_question(name, plan, facts, answers) for name in stage.asks)


def _is_question(name: str, plan: Plan, facts: Facts, answers: Mapping[str, str]) -> bool:
    if name == "certificate":
        return len(choices(name, plan, facts)) != 1
    return FIELDS[name].applies(facts, answers)
