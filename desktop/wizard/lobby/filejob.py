"""One job on certificate files as a form: what it asks, what it leads to, and how it ended."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtGui import QGuiApplication, QHideEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.certs.facts import now_utc
from desktop.certs.words import Words
from desktop.password_rules import RULES
from desktop.secret import Secret
from desktop.services.api import Place
from desktop.services.vocabulary import ServiceError
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.choice import ChoiceCards
from desktop.widgets.error_summary import ErrorSummary
from desktop.widgets.field import FieldBox
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column
from desktop.widgets.notice import Notice, NoticeKind
from desktop.widgets.progress import BusyPanel
from desktop.widgets.secret_entry import SecretEntry
from desktop.widgets.theme import Role, Type
from desktop.widgets.tokens import S
from desktop.wizard.blocks import LEFT, Bullets, section
from desktop.wizard.lobby.background import Background
from desktop.wizard.lobby.fileforms import FILES, JOBS, OPTIONAL, SECRETS, Asked, Job, Result, faults, last_copy, wiped
from desktop.wizard.lobby.leaf import Leaf
from desktop.wizard.lobby.room import Room
from desktop.wizard.lobby.telling import told
from desktop.wizard.places import place_option

_RRN = (6, 7)
#: Where a certificate may be put whose folder is chosen in a dialog.
OTHER = "other"


class FileJobPage(Leaf):
    """About `<job> <folder>`, or `<job>` alone for one that begins with a file."""

    NAME = "file_job"

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self.background = Background(self)
        self.entries: dict[str, QWidget] = {}
        self.boxes: dict[str, FieldBox] = {}
        self._name, self._folder = "", ""
        self._busy = False
        self._result: Result | None = None
        self._places: tuple[Place, ...] | None = None

    @property
    def job(self) -> Job:
        return JOBS[self._name]

    def show_about(self, what: str) -> None:
        """One that is under way is shown until it has ended, whatever else is asked for meanwhile."""
        if not self._busy:
            self.background.forget()
            self._name, _, self._folder = what.partition(" ")
            self._result = self._places = None
        super().show_about(what)

    def title(self) -> str:
        return self.room.text(f"lobby.file_job.{self._name}.title")

    def about(self) -> str:
        return self.room.text(f"lobby.file_job.{self._name}.about")

    def build(self) -> None:
        """The fields in the order they are needed. Secrets typed so far go when the page is drawn anew."""
        self.wipe()
        theme, text = self.room.theme, self.room.text
        self.entries, self.boxes = {}, {}
        if self._result is not None:
            kind = NoticeKind.SUCCESS if self._result.good else NoticeKind.WARNING
            first, *rest = self._result.said
            self.body.add(Notice(theme, kind, first, "\n".join(rest)))
            return
        self.summary = ErrorSummary(theme)
        self.summary.chosen.connect(lambda name: self.boxes[name].setFocus())
        self.body.add(self.summary)
        if "place" in self.job.asks and self._places is None:
            self.body.add(Label(theme, text("busy.list_places"), Type.BODY, Role.MUTED))
            self.background.run(self._asked({}, {}).places, self._know_places, self._failed)
            return
        for name in self.job.asks:
            entry = self._entry(name)
            self.entries[name] = entry
            box = FieldBox(theme, self._label(name), self._hint(name), entry)
            self.boxes[name] = box
            self.body.add(box)
        if "new_password" in self.job.asks:
            rules = [text(f"pages.password.{rule}") for rule in RULES]
            self.body.add(section(theme, text("pages.password.rules"), Bullets(theme, rules, Role.MUTED)))
        if self.job.danger and not self._busy:
            self._warning = Notice(theme, NoticeKind.WARNING, text("lobby.file_job.looking"))
            self.body.add(self._warning)
            asked = self._asked({}, {})
            words = Words(text, now_utc())
            self.background.run(lambda: last_copy(asked, words, now_utc()), self._warn, self._failed)
        self.busy = BusyPanel(theme)
        self.body.add(self.busy)
        if self._busy:
            self._wait()

    def primary_text(self) -> str:
        if self._busy or not (self.entries or self.job.danger or self._result):
            return ""
        return self.room.text("lobby.file_job.back" if self._result else f"lobby.file_job.{self._name}.do")

    def primary_kind(self) -> ButtonKind:
        return ButtonKind.DANGER if self.job.danger and self._result is None else ButtonKind.PRIMARY

    def back_text(self) -> str:
        return "" if self._result or self._busy else self.room.text("ui.back")

    def step_out(self) -> None:
        if self._busy:
            return
        self.wipe()
        gone = self._result is not None and self.job.danger
        self.opened.emit(*(("file", self._folder) if self._folder and not gone else ("files", "")))

    def press_primary(self) -> None:
        if self._busy:
            return
        if self._result is not None:
            self.step_out()
            return
        QGuiApplication.inputMethod().commit()
        asked = self._asked(*self._given())
        wrong = faults(self._name, asked.plain, asked.secrets)
        if not wrong:
            self._run(asked)
            return
        with wiped(asked):
            said = {code: self._sentence(code) for code in wrong.values()}
            self._say([(name, said[wrong[name]]) for name in self.entries if name in wrong])

    def stop(self) -> None:
        self.background.stop()

    def focus_first(self) -> bool:
        first = next(iter(self.entries.values()), None)
        if first is None or self._busy:
            return False
        first.setFocus()
        return True

    def wipe(self) -> None:
        for entry in self.entries.values():
            if isinstance(entry, SecretEntry):
                entry.clear()

    def hideEvent(self, event: QHideEvent) -> None:
        """What was typed and not used does not wait for whoever comes next; a window put aside is no end."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.wipe()

    # ── What is asked ─────────────────────────────────────────────────────────────────────────────────────

    def _entry(self, name: str) -> QWidget:
        theme = self.room.theme
        if name == "rrn":
            return SecretEntry(theme, _RRN)
        if name in SECRETS:
            return SecretEntry(theme, digits=False, max_length=SECRETS[name])
        if name == "place":
            text = self.room.text
            options = [place_option(text, place) for place in self._places or () if not place.trouble]
            return ChoiceCards(theme, [*options, (OTHER, text("lobby.field.other"), "", "document")])
        return FileEntry(self.room, name)

    def _hint(self, name: str) -> str:
        key = f"lobby.field.{self._name}_{name}_hint"
        return self.room.text(key) if self.room.text.has(key) else ""

    def _given(self) -> tuple[dict[str, str], dict[str, Secret]]:
        plain: dict[str, str] = {}
        secrets: dict[str, Secret] = {}
        for name, entry in self.entries.items():
            match entry:
                case SecretEntry():
                    if entry.length():
                        secrets[name] = entry.take()
                case FileEntry():
                    plain[name] = entry.path
                case ChoiceCards():
                    plain[name] = self._place(entry.value())
        return plain, secrets

    def _place(self, value: str) -> str:
        if value == OTHER:
            return QFileDialog.getExistingDirectory(self, self.room.text("lobby.field.place"))
        return next((p.path for p in self._places or () if p.id == value), "")

    def _asked(self, plain: dict[str, str], secrets: dict[str, Secret]) -> Asked:
        data = self.room.data if self.room.practice else None
        return Asked(Path(self._folder) if self._folder else None, plain, secrets, data)

    def _know_places(self, places: tuple[Place, ...]) -> None:
        """The practice folder and the person's own are both on this PC: they must be told apart."""
        practice = self.room.text("lobby.field.practice")
        self._places = tuple(
            replace(place, label=practice) if place.path == str(self.room.data) else place for place in places
        )
        self.retext()

    # ── What comes of it ──────────────────────────────────────────────────────────────────────────────────

    def _run(self, asked: Asked) -> None:
        job, words = self.job, Words(self.room.text, now_utc())

        def work() -> Result:
            with wiped(asked):
                return job.do(asked, words)

        self._busy = True
        self._wait()
        self.changed.emit()
        self.background.run(work, self._ended, self._failed)

    def _wait(self) -> None:
        self.summary.dismiss()
        for box in self.boxes.values():
            box.setEnabled(False)
        self.busy.show(self.room.text("lobby.file_job.busy"))

    def _ended(self, result: Result) -> None:
        self._busy, self._result = False, result
        self.retext()

    def _failed(self, error: ServiceError) -> None:
        self._busy = False
        self.busy.hide()
        for box in self.boxes.values():
            box.setEnabled(True)
        cause, remedy = told(self.room.text, error)
        field = error.field if error.field in self.boxes else ""
        self._say([(field or "", f"{cause} {remedy}")])
        self.changed.emit()

    def _label(self, name: str) -> str:
        optional = "_optional" if (self._name, name) in OPTIONAL else ""
        return self.room.text(f"lobby.field.{name}{optional}")

    def _sentence(self, code: str) -> str:
        return f"{self.room.text(f'problem.{code}.cause')} {self.room.text(f'problem.{code}.remedy')}"

    def _say(self, problems: list[tuple[str, str]]) -> None:
        for name, box in self.boxes.items():
            box.set_problem(next((sentence for field, sentence in problems if field == name), None))
        # A link that says which field, as on the pages of a journey: several may have the same fault.
        named = [(name, f"{self._label(name)}: {sentence}" if name else sentence) for name, sentence in problems]
        self.summary.show(self.room.text("ui.problem.title"), named)

    def _warn(self, said: list[str]) -> None:
        self._warning.set_content(NoticeKind.WARNING, said[0], "\n".join(said[1:]))


class FileEntry(QWidget):
    """A file chosen in the system's own dialog; `path` is empty until one is."""

    def __init__(self, room: Room, name: str) -> None:
        super().__init__()
        self._room, self._name, self.path = room, name, ""
        self._shown = Label(room.theme, room.text("lobby.field.no_file"), Type.BODY, Role.MUTED)
        self.choose = Button(room.theme, room.text("lobby.field.choose"), ButtonKind.QUIET, "document")
        self.choose.clicked.connect(self._ask)
        column = Column(room.theme, gap=S)
        column.addWidget(self._shown)
        column.addWidget(self.choose, 0, LEFT)
        self.setLayout(column)
        self.setFocusProxy(self.choose)

    def set_path(self, path: str) -> None:
        self.path = path
        self._shown.set_text(path or self._room.text("lobby.field.no_file"))
        self._shown.set_role(Role.TEXT if path else Role.MUTED)

    def _ask(self) -> None:
        writing, ending = FILES[self._name]
        title = self._room.text(f"lobby.field.{self._name}")
        kinds = f"*.{ending} *.{'p12' if ending == 'pfx' else ending}" if ending else "*"
        if writing:
            path, _ = QFileDialog.getSaveFileName(self, title, f"changgu.{ending}", kinds)
        else:
            path, _ = QFileDialog.getOpenFileName(self, title, "", kinds)
        if path:
            self.set_path(path)
