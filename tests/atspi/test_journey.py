"""A blind person, a real accessibility bus, the real window on X11: from the first page to a proven certificate."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktop.answers import read_answers
from desktop.demo import answers_for
from desktop.services.api import Kind, Task
from desktop.text import Text
from desktop.wizard.offers import Offer
from tests.atspi.bus import SHOWING, Bus, missing, session, until
from tests.atspi.reader import PATIENCE, Reader

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="AT-SPI is of Linux"),
    pytest.mark.skipif(sys.platform == "linux" and bool(missing()), reason=f"install {' '.join(missing())}"),
]
OFFER = Offer("epost", Kind.FINANCIAL, Task.ISSUE)
#: More than any journey has questions; more means that one is not left.
MOST_QUESTIONS = 20


@contextmanager
def window(bus: Bus, data: Path) -> Iterator[None]:
    words = [sys.executable, "-m", "desktop", "--data", str(data), "--lang", "ko"]
    process = subprocess.Popen(words, env=dict(bus.environ), stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def step_numbers(spoken: list[str]) -> list[int]:
    return [int(found[1]) for said in spoken if (found := re.match(r"(\d+)/10 단계 ·", said))]


@pytest.mark.timeout(240)
def test_a_certificate_is_issued_by_who_hears_the_window_and_never_sees_it(tmp_path: Path) -> None:
    text, answers = Text("ko"), read_answers(answers_for(OFFER))
    with session() as bus, window(bus, tmp_path):
        reader = Reader(bus, text, answers)
        until(lambda: reader.find("우체국", "radio button"), PATIENCE)
        reader.go_to_the_window(text("ui.app.name"))
        reader.press("우체국")
        reader.press(text("lobby.front.go_on"))
        reader.press("발급")
        reader.press(text("ui.home.start"))
        until(reader.told, PATIENCE)
        for _ in range(MOST_QUESTIONS):
            reader.fill()
            reader.go_on()
            if reader.told().startswith("10/10"):
                break
        until(lambda: any("서명까지 확인했습니다" in node.name for node in reader.shown()), PATIENCE)
        assert list(range(1, 11)) == sorted(set(step_numbers(bus.spoken))) == step_numbers(bus.spoken)
        card = next(node.name for node in reader.shown() if "서명까지 확인했습니다" in node.name)
        assert card.startswith("우체국 금융인증서, 소유자 김*체")
        heard = "\n".join((*reader.entries_read, *bus.spoken))
        for secret in ("9111640", "470382", "5071"):
            assert secret not in heard
        assert any("850314-" in entry for entry in reader.entries_read)  # what it looks into is not empty


@pytest.mark.timeout(120)
def test_what_is_wrong_is_spoken_with_the_field_and_takes_the_focus(tmp_path: Path) -> None:
    text = Text("ko")
    with session() as bus, window(bus, tmp_path):
        reader = Reader(bus, text, read_answers(answers_for(OFFER)))
        until(lambda: reader.find("우체국", "radio button"), PATIENCE)
        reader.go_to_the_window(text("ui.app.name"))
        reader.press("우체국")
        reader.press(text("lobby.front.go_on"))
        reader.press("발급")
        reader.press(text("ui.home.start"))
        until(reader.told, PATIENCE)
        while not reader.told().startswith("4/10"):
            reader.fill()
            reader.go_on()
        reader.go_on()  # nothing filled in
        focused = reader.focused()
        assert focused is not None
        assert text("ui.problem.title") == focused.name
        for field in ("rrn", "account", "account_password"):
            assert text(f"field.{field}.label") in bus.spoken[-1]
        assert all(not node.has(SHOWING) or node.name for node in reader.shown() if node.role == "push button")
