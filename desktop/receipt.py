"""What a person may keep and show of an issued certificate: never a resident number, an account or a PIN."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from desktop.banks import Bank
from desktop.services.api import Changed, Issued, Kind, Task
from desktop.wizard.flow.masks import mask_serial
from desktop.wizard.receipt import KST, RENEWAL_DAYS


@dataclass(frozen=True, slots=True)
class Receipt:
    """Bank, kind, masked owner and serial, the days of validity in Korea, and whom to call (GN-06)."""

    bank: str
    kind: Kind
    task: Task
    owner: str
    serial: str
    first_day: date
    last_day: date
    renew_from: date
    centre: str

    def as_json(self) -> dict[str, str]:
        return {name: str(getattr(self, name)) for name in self.__slots__}


def make_receipt(bank: Bank, task: Task, subject: Issued | Changed) -> Receipt:
    last = datetime.fromtimestamp(subject.not_after, KST).date()
    return Receipt(
        bank=bank.id,
        kind=subject.kind,
        task=task,
        owner=subject.owner,
        serial=mask_serial(subject.serial),
        first_day=datetime.fromtimestamp(subject.not_before, KST).date(),
        last_day=last,
        renew_from=last - timedelta(days=RENEWAL_DAYS),
        centre=bank.centre.phone,
    )
