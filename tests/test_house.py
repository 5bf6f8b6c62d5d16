"""Each rule of the house is broken once on purpose, and seen."""

from __future__ import annotations

import re
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.house import RULES, broken
from tests.conftest import FakeClock, NetworkReached, still_open, ticking

ROOT = Path(__file__).parent.parent
HOME = "desktop/wizard/pages/planted.py"

#: For each rule, lines that break it, written so that this file does not.
PLANTED = {
    "wizard": ["class Window(QWiz" + "ard):"],
    "exec": ["if dialog.ex" + "ec():"],
    "instance": ["app = QApplication.inst" + "ance()", "q" + "App.quit()"],
    "sleep": ["time.sl" + "eep(1)", "qtbot.qW" + "ait(50)", "from time import monotonic, sl" + "eep"],
    "style": ["self.setStyle" + 'Sheet("")', "QCol" + "or(1, 2, 3)", "line = '#" + "c4161c'"],
    "bank": ["if bank =" + '= "epost":', "if self.bank.id !" + "= 'kb':"],
    "mock": ["from unittest.m" + "ock import patch"],
    "swallow": ["with suppress(Excep" + "tion):"],
    "unfinished": ["pass  # TO" + "DO later", "@pytest.mark.xf" + "ail"],
    "excuse": ["x = 1  # no" + "qa", "x = 1  # no" + "qa: E501", "x = 1  # type: ig" + "nore[assignment]"],
    "registry": ["index = https://py" + "pi.org/simple", "mirror: deb.deb" + "ian.org"],
    "machine": ["open('/wo" + "rk/main/x')", "see /ho" + "me/kim/notes"],
    "rrn": ["800101-1" + "234567", "rrn = '9912312" + "345678'"],
    "phone": ["010-2345-" + "6789", "0102345" + "6789"],
}
ALLOWED = [
    "rrn = '900101-9123451'",
    "phone = '010-0000-1234', masked 010-1234-****",
    "x = f()  # noqa: S603 - our own interpreter",
    "self.exec_plan()",
    "at = 1700000000000",
    'if bank.kind == "financial":',
    "docs/work/x and ./home/y",
]


def test_every_rule_is_planted_here() -> None:
    assert {rule.name for rule in RULES} == set(PLANTED)


@pytest.mark.parametrize(("name", "line"), [(name, line) for name, lines in PLANTED.items() for line in lines])
def test_a_planted_line_is_found_by_its_rule(name: str, line: str) -> None:
    assert (2, name) in [(number, rule.name) for number, rule in broken(HOME, f"first = 1\n{line}\n")]


@pytest.mark.parametrize("line", ALLOWED)
def test_a_line_that_only_looks_alike_is_left_alone(line: str) -> None:
    assert [] == [rule.name for _, rule in broken(HOME, line)]


def test_colours_are_allowed_where_the_tokens_live() -> None:
    assert [] == list(broken("desktop/widgets/tokens.py", 'TEXT = "#' + '1f2328"'))


def test_each_rule_says_why() -> None:
    assert [] == [rule.name for rule in RULES if len(rule.reason.split()) < 4]


#: What ruff knows by itself, so that no rule of ours says it again.
LINTED = {
    "T201": "print('hello')",
    "E722": "try:\n    f()\nexcept:\n    x = 1",
    "BLE001": "try:\n    f()\nexcept Exception:\n    x = 1",
    "S110": "try:\n    f()\nexcept Exception:\n    pass",
    "S602": "import subprocess\nsubprocess.run('ls', shell=True)",
    "S501": "import httpx\nhttpx.get('https://bank.example', verify=False)",
    "S311": "import random\npin = random.randint(0, 999999)",
    "S301": "import pickle\npickle.loads(b'')",
    "DTZ005": "from datetime import datetime\nnow = datetime.now()",
}


def test_ruff_finds_each_planted_line() -> None:
    command = [sys.executable, "-m", "ruff", "check", "--output-format=concise", "--stdin-filename", HOME, "-"]
    planted = "\n".join(LINTED.values())
    done = subprocess.run(command, input=planted, capture_output=True, text=True, cwd=ROOT, check=False)
    assert set() == set(LINTED) - set(re.findall(r"\b[A-Z]+\d+\b", done.stdout))


def test_no_test_leaves_the_machine() -> None:
    with socket.socket() as plug, pytest.raises(NetworkReached):
        plug.connect(("192.0.2.1", 80))
    with pytest.raises(NetworkReached):
        socket.getaddrinfo("bank.example", 443)


def test_a_timer_that_still_ticks_is_found(qapp: object) -> None:
    from PySide6.QtCore import QTimer

    timer = QTimer()
    timer.start(10_000)
    assert ["QTimer of NoneType"] == ticking()
    timer.stop()
    assert [] == ticking()


def test_a_database_left_open_is_found() -> None:
    database = sqlite3.connect(":memory:")
    assert [database] == still_open()
    database.close()
    assert [] == still_open()


def test_a_thread_left_running_fails_its_test(pytester: pytest.Pytester) -> None:
    pytester.makeconftest((ROOT / "tests/conftest.py").read_text(encoding="utf-8"))
    pytester.makepyfile(
        """
        import threading

        def test_leaves_a_thread():
            threading.Thread(target=threading.Event().wait, args=(9,), name="forgotten", daemon=True).start()
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.stdout.fnmatch_lines(["*forgotten*"])
    assert 0 != result.ret


def test_the_fake_clock_passes_when_told(clock: FakeClock) -> None:
    start = clock()
    clock.advance(30.0)
    assert start + 30.0 == clock()
