"""What a change left: that the authority itself confirms it, how the certificate stands now, and what to do next."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.services.api import Changed, Status, Task
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.certificate_card import CertificateCard
from desktop.wizard.blocks import LEFT, Bullets, Group, Table, section
from desktop.wizard.change_receipt import change_receipt
from desktop.wizard.flow.masks import mask_serial
from desktop.wizard.flow.steps import Confirmed
from desktop.wizard.flow.view import View
from desktop.wizard.pages.result import ResultPage
from desktop.wizard.paper import Paper
from desktop.wizard.receipt import day, moment

#: What a person mostly wants after a change.
NEXT = {Task.LOSS: Task.REISSUE, Task.REVOKE: Task.ISSUE}


class ChangedPage(ResultPage):
    def shape(self, view: View) -> tuple[object, ...]:
        return (view.facts.get(Changed), view.facts.get(Confirmed))

    def build(self, view: View) -> None:
        changed, confirmed = view.facts.get(Changed), view.facts.get(Confirmed)
        if changed is None:
            return
        theme, text = self.kit.theme, self.kit.text
        whole = Group(theme, self._subject(changed, confirmed), gap=Group.USUAL)
        self.body.add(whole)
        said = ""
        if confirmed is not None:
            at = moment(confirmed.confirmed_at)
            said = text("pages.changed.confirmed", status=self._status(changed), at=at)
        whole.add(self.keeping(said, text("pages.changed.save")))
        data = {"until": day(changed.held_until) if changed.held_until else "", "centre": self.kit.bank.centre.phone}
        steps = [step.format_map(data) for step in text.items(f"pages.changed.next.{changed.task}")]
        after = section(theme, text("ui.done.next"), Bullets(theme, steps))
        follows = NEXT.get(changed.task)
        if follows is not None and self.kit.offered(follows):
            go_on = Button(theme, text(f"pages.changed.go_on.{follows}"), ButtonKind.SECONDARY)
            go_on.clicked.connect(lambda: self.next_task.emit(follows))
            after.add(go_on, align=LEFT)
        whole.add(after)

    def _subject(self, changed: Changed, confirmed: Confirmed | None) -> QWidget:
        """A certificate that can be used is a card; one that cannot is a line in a table."""
        theme, text = self.kit.theme, self.kit.text
        bank, kind = self.kit.bank_name(changed.bank), self.kit.kind_name(changed.bank, changed.kind)
        status = self._status(changed)
        if changed.status is Status.GOOD:
            card = CertificateCard(theme)
            proven = text("pages.changed.proven") if confirmed else None
            card.set_content(bank, kind, changed.owner, mask_serial(changed.serial), day(changed.not_after), proven)
            return card
        table = Table(theme)
        rows = [
            (text("field.certificate.label"), f"{bank} {kind}"),
            (text("ui.receipt.owner"), changed.owner),
            (text("ui.receipt.serial"), mask_serial(changed.serial)),
            (text("pages.changed.state"), status),
        ]
        if changed.held_until is not None and changed.task is not Task.LOSS:
            rows.append((text("pages.changed.held_until"), day(changed.held_until)))
        for name, value in rows:
            table.add(name, value)
        return table

    def _status(self, changed: Changed) -> str:
        """A certificate on hold after a report cannot be had back, as one can that was suspended."""
        blocked = changed.task is Task.LOSS and changed.status is Status.SUSPENDED
        return self.kit.text(f"pages.changed.status.{'blocked' if blocked else changed.status}")

    def receipt(self, view: View) -> Paper | None:
        changed, confirmed = view.facts.get(Changed), view.facts.get(Confirmed)
        if changed is None:
            return None
        return change_receipt(self.kit, changed, confirmed, practice=view.practice)
