"""One certificate on its medium: in plain words, with the technical view behind them, and what can be done with it."""

from __future__ import annotations

from pathlib import Path

from desktop.certs.facts import now_utc
from desktop.certs.found import Found, all_places, look
from desktop.certs.words import Words
from desktop.services.vocabulary import ServiceError
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.label import Label
from desktop.widgets.notice import Notice, NoticeKind
from desktop.widgets.theme import Role, Type
from desktop.wizard.blocks import LEFT, Group, Table, section
from desktop.wizard.lobby.background import Background
from desktop.wizard.lobby.files import state_line
from desktop.wizard.lobby.leaf import Leaf
from desktop.wizard.lobby.room import Room
from desktop.wizard.lobby.telling import told
from desktop.wizard.lobby.wrapped import Wrapped

#: What can be done, with its icon; those of KEYED need the private key beside the certificate.
JOBS = {
    "verify": "key",
    "owner": "user",
    "passwd": "lock",
    "copy": "usb",
    "export": "download",
    "sign": "edit",
    "delete": "close",
}
KEYED = frozenset({"verify", "owner", "passwd", "export", "sign"})


class FilePage(Leaf):
    """About a folder that holds signCert.der."""

    NAME = "file"

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self.background = Background(self)
        self.jobs: dict[str, Button] = {}
        self.found: Found | None = None

    def show_about(self, what: str) -> None:
        self.background.forget()
        self.found = None
        super().show_about(what)

    def title(self) -> str:
        words = Words(self.room.text, now_utc())
        facts = self.found.facts if self.found else None
        if facts is None:
            return super().title()
        return words("show.title", owner=facts.owner, kind=words(f"kind.{facts.kind}"))

    def build(self) -> None:
        self.jobs = {}
        if self.found is not None:
            self._draw(self.found)
            return
        folder, data = Path(self.about_what), self.room.data if self.room.practice else None
        self.background.run(
            lambda: look(folder, all_places(data=data), now_utc(), broken=True), self._arrived, self._refused
        )

    def back_text(self) -> str:
        return self.room.text("lobby.files.place")

    def step_out(self) -> None:
        self.opened.emit("files", "")

    def stop(self) -> None:
        self.background.stop()

    def focus_first(self) -> bool:
        first = next(iter(self.jobs.values()), None)
        if first is not None:
            first.setFocus()
        return first is not None

    def _arrived(self, found: Found) -> None:
        self.found = found
        self.retext()

    def _refused(self, error: ServiceError) -> None:
        self.body.add(Notice(self.room.theme, NoticeKind.DANGER, *told(self.room.text, error)))

    def _draw(self, found: Found) -> None:
        theme, text = self.room.theme, self.room.text
        words = Words(text, now_utc())
        self.body.add(state_line(self.room, found, words))
        if found.reason:
            self.body.add(Notice(theme, NoticeKind.WARNING, words.amiss(found)))
        table = Table(theme)
        for name, value in self._rows(found, words):
            table.add(text(f"lobby.file.{name}"), value)
        self.body.add(table)
        ways = Wrapped(theme)
        for job, icon in JOBS.items():
            if found.facts is None or (job in KEYED and not found.entry.has_key):
                continue
            way = Button(theme, text(f"lobby.file_job.{job}.name"), ButtonKind.LINK, icon)
            way.clicked.connect(lambda _on=False, job=job: self.opened.emit("file_job", f"{job} {self.about_what}"))
            self.jobs[job] = way
            ways.add(way)
        self.body.add(section(theme, text("lobby.file.ways"), ways))
        self._technical = Group(theme, *self._lines(found, words), gap=Group.TIGHT)
        self._technical.hide()
        self.unfold = Button(theme, text("lobby.file.technical"), ButtonKind.LINK, "chevron-down")
        self.unfold.clicked.connect(lambda: self._technical.setVisible(self._technical.isHidden()))
        self.body.add(self.unfold, align=LEFT)
        self.body.add(self._technical)

    def _rows(self, found: Found, words: Words) -> list[tuple[str, str]]:
        facts = found.facts
        rows = [("kept", words.place(found.place)), ("folder", str(found.entry.folder))]
        if facts is None:
            return rows
        units = ", ".join(facts.units)
        issuer = f"{facts.organization} ({units})" if units else facts.organization
        key = words.text("lobby.file.key_here" if found.entry.has_key else "lobby.file.key_missing")
        return [("use", words(f"use.{facts.use}")), ("issuer", issuer), ("key", key), *rows]

    def _lines(self, found: Found, words: Words) -> list[Label]:
        return [Label(self.room.theme, line, Type.SMALL, Role.MUTED) for line in words.technical(found)]
