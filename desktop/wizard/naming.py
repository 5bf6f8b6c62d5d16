"""What a task is called, alone and with its bank."""

from __future__ import annotations

from desktop.services.vocabulary import Task
from desktop.text import Text


def task_name(text: Text, product: str, task: Task) -> str:
    """ "금융인증서 발급"."""
    return text(f"ui.task.{task}", product=product)


def journey_name(text: Text, bank: str, product: str, task: Task) -> str:
    """ "우체국 금융인증서 발급"."""
    return f"{bank} {task_name(text, product, task)}"
