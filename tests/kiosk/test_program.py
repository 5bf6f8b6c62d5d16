"""The program itself, started as a branch starts it, killed, and started again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from desktop.kiosk.memory import WANTED
from tests.kiosk.floor import EXAMPLE

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


def started(folder: Path, config: Path) -> subprocess.Popen[str]:
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen", **(WANTED if sys.platform == "linux" else {})}
    command = [sys.executable, "-m", "desktop", "--data", str(folder), "--kiosk", str(config)]
    return subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True)


def waiting(program: subprocess.Popen[str], health: Path) -> dict[str, object]:
    """What it tells once it is there for people."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            program.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            told: dict[str, object] = json.loads(health.read_bytes()) if health.exists() else {}
            if told:
                return told
        else:
            break
    raise AssertionError(program.communicate()[1])


@pytest.mark.skipif(sys.platform == "win32", reason="it is killed by a signal")
def test_it_comes_back_clean_after_it_was_killed(tmp_path: Path) -> None:
    config, health, data = tmp_path / "kiosk.toml", tmp_path / "health.json", tmp_path / "data"
    data.mkdir()
    source = EXAMPLE.read_text(encoding="utf-8").replace("/run/changgu/health.json", str(health))
    config.write_text(source, encoding="utf-8")
    for _ in range(2):
        program = started(data, config)
        try:
            told = waiting(program, health)
            assert ("gaon-1", 0) == (told["kiosk"], told["visits"])
        finally:
            program.send_signal(signal.SIGKILL)
            program.communicate()
        health.unlink()


def test_a_fault_in_the_file_is_said_with_its_line_and_ends_it(tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text('id = "a"\n', encoding="utf-8")
    program = started(tmp_path, config)
    _, said = program.communicate(timeout=PATIENCE)
    assert 2 == program.returncode
    assert "kiosk.toml:1: Object missing required field" in said
