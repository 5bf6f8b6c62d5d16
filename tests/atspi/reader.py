"""A person who cannot see: hears the tree and what is announced, types by hand and presses by the screen reader."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop.answers import Answers
from desktop.text import Text
from tests.atspi.bus import CHECKED, ENABLED, FOCUSED, SHOWING, Bus, GoneError, Node, until

_ENTRIES = frozenset({"text", "password text", "entry"})
#: How long after an act something is to be heard (seconds).
PATIENCE = 20.0
#: A moment in which nothing more was announced (seconds).
QUIET = 0.1
_CODE = re.compile(r"인증번호 \[(\d{6})\]")
_TWO = re.compile(r"\[(\d{2})\]")
_POSITION = re.compile(r"(\d+)번의 (앞|뒤) 두 자리")


@dataclass(slots=True)
class Reader:
    bus: Bus
    text: Text
    answers: Answers
    entries_read: list[str] = field(default_factory=list)  # what the entries told once they were filled in

    # ── What is heard ──

    def shown(self) -> list[Node]:
        return [node for node in self.bus.tree() if node.has(SHOWING)]

    def find(self, name: str, *roles: str) -> Node | None:
        named = (node for node in self.shown() if node.name == name and (not roles or node.role in roles))
        return next(named, None)

    def focused(self) -> Node | None:
        self.bus.drain(QUIET)
        return self.bus.focused()

    def told(self) -> str:
        """The step that was announced last, such as "3/10 단계 · 약관 동의"."""
        self.bus.drain(QUIET)
        return next((said for said in reversed(self.bus.spoken) if "단계 ·" in said), "")

    # ── What is done ──

    def press(self, name: str) -> None:
        """What the screen reader presses, by its name."""
        until(lambda: self._pressed(name), PATIENCE)

    def _pressed(self, name: str) -> bool:
        """A page that is made anew in this moment has it again in the next."""
        node = self.find(name, "push button", "check box", "radio button")
        try:
            if node is not None:
                self.bus.act(node)
        except GoneError:
            return False
        return node is not None

    def go_to_the_window(self, name: str) -> None:
        """What a window manager does when the program starts; there is none in this display."""
        find = ["xdotool", "search", "--onlyvisible", "--name", name, "windowfocus"]
        until(lambda: subprocess.run(find, env=dict(self.bus.environ), check=False).returncode == 0, PATIENCE)
        until(self.focused, PATIENCE)

    def key(self, *keys: str) -> None:
        subprocess.run(["xdotool", "key", *keys], env=dict(self.bus.environ), check=True)

    def type(self, node: Node, words: str) -> None:
        """Goes to the entry, waits to be told that it is there, and types."""
        self.bus.focus(node)
        until(lambda: self.bus.state(node) >> FOCUSED & 1, PATIENCE)
        self.key("ctrl+a")  # over what was wrong there
        subprocess.run(["xdotool", "type", "--delay", "12", words], env=dict(self.bus.environ), check=True)
        self.entries_read.append(self.bus.content(node))

    def go_on(self) -> None:
        """Enter, and then wherever the focus comes to lie: another question, or what is wrong with this one."""
        before, steps = self.focused(), self._steps()
        self.key("Return")
        until(lambda: self._arrived(before, steps), PATIENCE)

    def fill(self) -> None:
        """Everything on the page that can be filled in, by the names that are read out."""
        page, known = self.shown(), self._known()
        for node in page:
            if node.role == "check box" and node.name == self.text("ui.terms.all") and not node.has(CHECKED):
                self.bus.act(node)
            if node.role in _ENTRIES and node.has(ENABLED):
                answer = known.get(node.name) or self._asked_for(node)
                if answer is not None:
                    self.type(node, answer)

    def _known(self) -> Mapping[str, str]:
        """What the person knows by heart or reads from paper, by the label of the entry."""
        given = {**self.answers.answers, "pin_again": self.answers.answers.get("pin", "")}
        keys = {f"field.{name}.label": answer for name, answer in given.items()}
        return {self.text(key): answer for key, answer in keys.items() if self.text.has(key)}

    def _asked_for(self, node: Node) -> str | None:
        """A code that the phone told, or the cells of the card that the name asks for."""
        asked = _POSITION.search(node.name)
        if asked and self.answers.card:
            code = self.answers.card.codes[int(asked[1]) - 1]
            return code[:2] if asked[2] == "앞" else code[2:]
        if node.name == self.text("field.code.label"):
            return str(until(lambda: self._read_out(_CODE), PATIENCE))
        if node.name == self.text("field.cloud_code.label"):
            return str(until(lambda: self._read_out(_TWO), PATIENCE))
        return None

    def _read_out(self, wanted: re.Pattern[str]) -> str | None:
        """From the newest message on the practice phone."""
        found = [match[1] for node in self.shown() for match in wanted.finditer(node.name)]
        return found[-1] if found else None

    def _arrived(self, before: Node | None, steps: int) -> bool:
        """Another step was announced or the focus has moved; during a call it lies on the frame itself."""
        now = self.focused()
        if now is None or (now.role == "filler" and not now.name.startswith(self.text("ui.problem.title"))):
            return False
        return self._steps() > steps or before is None or now.path != before.path

    def _steps(self) -> int:
        return sum("단계 ·" in said for said in self.bus.spoken)
