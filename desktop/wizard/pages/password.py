"""The password of a joint certificate, twice, with every rule ticking and its strength told while it is typed."""

from __future__ import annotations

from desktop.password_rules import RULES, broken_password_rules
from desktop.password_strength import strength
from desktop.widgets.label import Label
from desktop.widgets.secret_entry import SecretEntry
from desktop.widgets.strength_bar import StrengthBar
from desktop.widgets.theme import Role, Type
from desktop.wizard.blocks import section
from desktop.wizard.flow.view import View
from desktop.wizard.kit import Kit
from desktop.wizard.page import Page
from desktop.wizard.pages.pin import Rule, Rules

#: Broken as soon as they are, where the others are only not kept yet.
AT_ONCE = frozenset({"password_forbidden", "password_repeated", "password_sequence"})
SAME = "password_same"
_MISMATCH = "password_mismatch"


class PasswordPage(Page):
    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self.rules: dict[str, Rule] = {}
        self.bar: StrengthBar | None = None
        self.changed.connect(self._tick)

    def hint(self, field: str) -> str:
        """The rules below say it all."""
        return ""

    def build(self, view: View) -> None:
        super().build(view)
        text, theme = self.kit.text, self.kit.theme
        self.rules = {name: Rule(self.kit, name, "pages.password") for name in (*RULES, SAME)}
        self.bar = StrengthBar(theme)
        self.body.add(section(theme, text("pages.strength.title"), self.bar))
        self.body.add(section(theme, text("pages.password.rules"), Rules(theme, list(self.rules.values()))))
        self.body.add(Label(theme, text("pages.password.advice"), Type.SMALL, Role.MUTED))

    def refresh(self, view: View) -> None:
        self._tick()

    def _tick(self) -> None:
        password, again = (self._entry(name) for name in ("password", "password_again"))
        if password is None or again is None or self.view is None:
            return
        held = any(field.id == "password" and field.mask for field in self.view.fields)
        for name, kept in self._judge(password, again, held=held).items():
            self.rules[name].set_kept(kept)
        self._measure(password)

    def _measure(self, password: SecretEntry) -> None:
        """Beside the rules, never instead of them: a password may keep them all and still be easy to guess."""
        if self.bar is None:
            return
        if not password.length():
            self.bar.set_strength(None)
            return
        found, text = password.judged(strength), self.kit.text
        said = text(f"pages.strength.score_{found.score}")
        self.bar.set_strength(found.score, f"{said} {text(f'pages.strength.hint.{found.hint}')}")

    def _judge(self, password: SecretEntry, again: SecretEntry, *, held: bool) -> dict[str, bool | None]:
        if not password.length() and not again.length():
            said = {field.problem.code for field in self.view.fields if field.problem} if self.view else set()
            kept: dict[str, bool | None] = dict.fromkeys(self.rules, True if held else None)
            known = {SAME if code == _MISMATCH else code for code in said} & set(self.rules)
            return kept | dict.fromkeys(known, False)
        broken = password.judged(broken_password_rules)
        kept = {name: (name not in broken) or (False if name in AT_ONCE else None) for name in RULES}
        kept[SAME] = self._same(password, again)
        return kept

    def _same(self, password: SecretEntry, again: SecretEntry) -> bool | None:
        """Not known before as much is typed the second time as the first."""
        if not again.length() or again.length() < password.length():
            return None
        return password.judged(lambda first: again.judged(lambda second: first == second))

    def _entry(self, name: str) -> SecretEntry | None:
        editor = self.editors.get(name)
        return editor.input if editor and isinstance(editor.input, SecretEntry) else None
