"""What a person takes home from a journey, in words: the receipt, and what it means and what to do next."""

from __future__ import annotations

from dataclasses import dataclass

Row = tuple[str, str]
#: A heading and what stands under it, line by line.
Section = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Paper:
    """`file` is a name without a suffix, `mark` what must be said first (that it is practice), or empty."""

    file: str
    title: str
    mark: str
    rows: tuple[Row, ...]
    sections: tuple[Section, ...] = ()

    def as_text(self, *, whole: bool = True) -> str:
        """Lines of `name: value`; `whole` with the sections, which a receipt roll or a QR code has no room for."""
        mark = (self.mark, "") if self.mark else ()
        lines = [self.title, "", *mark, *(f"{name}: {value}" for name, value in self.rows)]
        for heading, said in self.sections if whole else ():
            lines += ["", heading, *(f"- {line}" for line in said)]
        return "\n".join(lines) + "\n"
