"""Everything given, once more, before the certificate is made; each row may still be changed."""

from __future__ import annotations

from datetime import datetime, timedelta

from desktop.services.api import Holding, Task
from desktop.widgets.notice import Notice, NoticeKind
from desktop.wizard.blocks import Table
from desktop.wizard.flow.view import Row, View
from desktop.wizard.holdings import device_names, held, name_of
from desktop.wizard.page import Page
from desktop.wizard.places import place_name, place_of
from desktop.wizard.receipt import KST, day


class ReviewPage(Page):
    def shape(self, view: View) -> tuple[object, ...]:
        return (view.rows, view.certificate)

    def build(self, view: View) -> None:
        self.body.add(self.table(view))
        text, language = self.kit.text, self.kit.text.language
        consequence = self.kit.journey.consequence
        said = [consequence[language]] if consequence else []
        said += [text(f"pages.review.{key}", **data) for key, data in self._consequences(view)]
        if said:
            title = text.first(f"pages.review.title_{view.task}", "ui.review.consequence")
            self.body.add(Notice(self.kit.theme, NoticeKind.WARNING, text(title), "\n".join(said)))

    def table(self, view: View) -> Table:
        """The certificate it is about, then what was given."""
        text, table = self.kit.text, Table(self.kit.theme)
        holding = held(view, view.certificate)
        if holding is not None:
            chosen = any(item.step == "certificate" and item.reachable for item in view.rail)
            change = text("ui.review.change") if chosen else ""
            label = text("field.certificate.label")
            table.add(label, name_of(self.kit, holding), change=change, change_to="certificate")
            table.add(text("ui.receipt.owner"), holding.owner)
            table.add(text("ui.receipt.not_after"), day(holding.not_after))
        said: set[tuple[str, str]] = set()
        for row in view.rows:
            name, value = text(f"field.{row.field}.label"), self._value(row)
            if (name, value) in said and not row.change:
                continue  # asked in two steps and given once
            said.add((name, value))
            table.add(
                name,
                value,
                change=text("ui.review.change") if row.change else "",
                change_to=row.step,
            )
        table.change_asked.connect(self.go_to)
        return table

    def _consequences(self, view: View) -> list[tuple[str, dict[str, str]]]:
        """What follows from this person's own certificates, beyond what the profile says of everybody's."""
        found: list[tuple[str, dict[str, str]]] = []
        holding = held(view, view.certificate)
        if view.task is Task.REISSUE and holding is not None:
            found.append(("reissue", {"day": day(holding.not_after)}))
        if view.task is Task.RENEW and holding is not None:
            found.append(("renew", {"day": self._renewed(holding)}))
        new = any((row.field, row.text) == ("existing", "new") for row in view.rows)
        if new and self.kit.bank.policies.replaces_elsewhere:
            found.append(("replaces", {}))
        return found

    def _renewed(self, holding: Holding) -> str:
        """A renewed certificate ends the years of its kind later, on the last day of a shorter month."""
        last = datetime.fromtimestamp(holding.not_after, KST)
        year = last.year + self.kit.product.years
        for shorter in range(4):
            try:
                return f"{(last - timedelta(days=shorter)).replace(year=year):%Y.%m.%d}"
            except ValueError:
                continue
        return f"{year}"

    def _value(self, row: Row) -> str:
        text = self.kit.text
        if row.field == "usage":
            usages = {usage.id: usage.name[text.language] for usage in self.kit.product.usages}
            return usages.get(row.text, row.text)
        if row.field == "devices" and self.view is not None:
            return ", ".join(device_names(self.view, row.text))
        if row.field == "place" and self.view is not None:
            place = place_of(self.view, row.text)
            return place_name(text, place) if place else row.text
        option = f"field.{row.field}.option.{row.text}"
        if text.has(option):
            return text(option)
        if row.field == "terms":
            return text("ui.review.terms", count=len(row.text.split()))
        return row.text
