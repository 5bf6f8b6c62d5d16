"""What the lists of this PC's memory do alike: they say what the disk refuses, and are drawn anew when they change."""

from __future__ import annotations

from collections.abc import Callable

from desktop.services.vocabulary import ServiceError
from desktop.widgets.notice import Notice, NoticeKind
from desktop.wizard.lobby.leaf import Leaf


class KeptPage(Leaf):
    def build(self) -> None:
        try:
            self.list_kept()
        except ServiceError as error:
            self._refuse(error)

    def list_kept(self) -> None:
        """Puts the body together. Raises ServiceError for what cannot be read."""

    def write(self, change: Callable[[], None]) -> None:
        """Takes something off the list; the page stays as it is when that fails."""
        try:
            change()
        except ServiceError as error:
            self._refuse(error)
            return
        self.retext()
        self.focus_first()

    def _refuse(self, error: ServiceError) -> None:
        said = (self.room.text(f"problem.{error.reason}.{part}") for part in ("cause", "remedy"))
        self.body.add(Notice(self.room.theme, NoticeKind.DANGER, *said))
