"""What a task is called, alone and with its bank; and years counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.text import Text

if TYPE_CHECKING:
    from desktop.services.vocabulary import Task


def task_name(text: Text, product: str, task: Task) -> str:
    """ "금융인증서 발급"."""
    return text(f"ui.task.{task}", product=product)


def journey_name(text: Text, bank: str, product: str, task: Task) -> str:
    """ "우체국 금융인증서 발급"."""
    return f"{bank} {task_name(text, product, task)}"


def years(text: Text, number: int) -> str:
    """How long a certificate lasts: "3년"."""
    return text("ui.guidance.year" if number == 1 else "ui.guidance.years", years=number)
