"""Everything given, once more, before the certificate is made; each row may still be changed."""

from __future__ import annotations

from desktop.widgets.notice import Notice, NoticeKind
from desktop.wizard.blocks import Table
from desktop.wizard.flow.view import Row, View
from desktop.wizard.page import Page


class ReviewPage(Page):
    def shape(self, view: View) -> tuple[object, ...]:
        return (view.rows,)

    def build(self, view: View) -> None:
        text = self.kit.text
        table = Table(self.kit.theme)
        for row in view.rows:
            table.add(
                text(f"field.{row.field}.label"),
                self._value(row),
                change=text("ui.review.change") if row.change else "",
                change_to=row.step,
            )
        table.change_asked.connect(self.go_to)
        self.body.add(table)
        consequence = self.kit.journey.consequence
        if consequence is not None:
            self.body.add(
                Notice(self.kit.theme, NoticeKind.WARNING, text("ui.review.consequence"), consequence[text.language])
            )

    def _value(self, row: Row) -> str:
        text = self.kit.text
        option = f"field.{row.field}.option.{row.text}"
        if text.has(option):
            return text(option)
        if row.field == "terms":
            return text("ui.review.terms", count=len(row.text.split()))
        return row.text
