"""What the kiosk says to the world around it: the staff, the printer, the monitoring. Nothing personal in any of it."""

from __future__ import annotations

import asyncio
import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import msgspec
import pytest
from PySide6.QtWidgets import QApplication

from desktop.kiosk.call import ByCommand, ByRequest, CallError, Nobody, make_caller
from desktop.kiosk.config import Call
from desktop.kiosk.config import Health as HealthConfig
from desktop.kiosk.health import Health, tell_health
from desktop.kiosk.paper import PrintError, Roll
from tests.conftest import FakeClock
from tests.kiosk.floor import example

RECEIPT = "발급 확인서\n\n은행: 우체국\n소유자: 김*체\n일련번호: ********8838\n"


def test_the_way_to_the_staff_is_the_one_in_the_file() -> None:
    config = example()
    for call, kind in (
        (Call(), Nobody),
        (Call(command=("true",)), ByCommand),
        (Call(url="https://b.example/"), ByRequest),
    ):
        assert isinstance(make_caller(msgspec.structs.replace(config, call=call)), kind)


async def test_a_command_learns_where_it_is_wanted_and_its_failure_is_known(tmp_path: Path) -> None:
    noted = tmp_path / "noted"
    script = f"import os; open({str(noted)!r}, 'w').write(os.environ['CHANGGU_KIOSK'] + os.environ['CHANGGU_BRANCH'])"
    await ByCommand((sys.executable, "-c", script)).call("gaon-1", "가온")
    assert "gaon-1가온" == noted.read_text(encoding="utf-8")
    for broken in (ByCommand((sys.executable, "-c", "raise SystemExit(3)")), ByCommand(("/nowhere/call",)), Nobody()):
        with pytest.raises(CallError):
            await broken.call("gaon-1", "가온")


class Reception(BaseHTTPRequestHandler):
    """The branch's own system."""

    heard: list[bytes] = []  # noqa: RUF012 - one for the test that reads it
    code = 204

    def do_POST(self) -> None:
        self.heard.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.code)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - its name there
        return


async def test_a_request_holds_kiosk_and_branch_and_no_more() -> None:
    server = HTTPServer(("127.0.0.1", 0), Reception)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        caller = ByRequest(f"http://127.0.0.1:{server.server_port}/call")
        await caller.call("gaon-1", "가온")
        assert [{"kiosk": "gaon-1", "branch": "가온", "reason": "call"}] == [json.loads(b) for b in Reception.heard]
        Reception.code = 500
        with pytest.raises(CallError):
            await caller.call("gaon-1", "가온")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def test_the_file_and_the_port_tell_the_same_and_nothing_of_anybody(tmp_path: Path, unused_port: int) -> None:
    health = Health("gaon-1", FakeClock(1_800_000_000.0))
    health.state, health.visits = "in_use", 3
    file = tmp_path / "health.json"
    telling = asyncio.create_task(tell_health(health, HealthConfig(str(file), unused_port)))
    reader, writer = await _connected(unused_port)
    writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    answer = await reader.read()
    writer.close()
    async with asyncio.timeout(5):
        while not file.exists():  # noqa: ASYNC110 - a file rings no bell
            await asyncio.sleep(0)
    told = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert told == json.loads(file.read_bytes())
    names = {"kiosk", "version", "state", "at", "up_seconds", "visits", "receipts_failed", "calls_failed"}
    assert names == set(told)
    assert ("in_use", 3) == (told["state"], told["visits"])
    telling.cancel()
    await asyncio.gather(telling, return_exceptions=True)


async def test_a_folder_that_is_not_there_is_no_reason_to_stop(tmp_path: Path) -> None:
    telling = asyncio.create_task(tell_health(Health("a"), HealthConfig(str(tmp_path / "no" / "health.json")), beat=0))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not telling.done()
    telling.cancel()
    await asyncio.gather(telling, return_exceptions=True)


@pytest.fixture
def unused_port() -> int:
    import socket

    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
    return port


async def _connected(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    async with asyncio.timeout(5):
        while True:
            try:
                return await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0)


def test_a_receipt_is_set_on_a_roll_as_long_as_it_needs(qapp: QApplication, tmp_path: Path) -> None:
    short, long = tmp_path / "short.pdf", tmp_path / "long.pdf"
    for path, receipt in ((short, RECEIPT), (long, RECEIPT * 4)):
        Roll("", 80, family=qapp.font().family(), file=path).print_out(receipt)
        assert path.read_bytes().startswith(b"%PDF")
    heights = [float(path.read_bytes().partition(b"/MediaBox [")[2].split()[3].rstrip(b"]")) for path in (short, long)]
    assert heights[0] < heights[1]


def test_a_printer_that_is_not_there_is_said(qapp: QApplication) -> None:
    with pytest.raises(PrintError, match="missing"):
        Roll("no such printer", 80, family=qapp.font().family()).print_out(RECEIPT)
