"""The real window with `--backend`: every journey at a `changgu serve` of another process, over TLS."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from cryptography import x509
from PySide6.QtCore import QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.app import Front, make_counter, make_front, run_in_loop
from desktop.config import Settings
from desktop.demo import Demo
from desktop.services.api import Task
from desktop.wizard.flow.view import End
from desktop.wizard.hands import Keyboard
from desktop.wizard.offers import Offer
from tests.services.contract.serving import Serving, Tls, make_tls, serving
from tests.services.contract.test_every_task_over_tls import INTENDED
from tests.services.postgres import NEEDED
from tests.wizard.test_every_journey import Walk


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return make_tls(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=NEEDED)])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tls: Tls
) -> Iterator[Callable[[Task], Serving]]:
    """The one for a task: what is revoked at the first would be missing for what comes after."""
    with ExitStack() as stack:

        @functools.cache
        def started(name: str) -> Serving:
            words = ("--database", request.getfixturevalue("postgres").create()) if request.param == "postgres" else ()
            data = tmp_path_factory.mktemp(name) / "data"
            return stack.enter_context(serving(data, "--practice", *words, tls=tls))

        yield lambda task: started("second" if task is Task.REVOKE else "first")


def opened(qapp: QApplication, settings: Settings) -> Iterator[Front]:
    front = make_front(qapp, settings, animations=False)
    front.window.show()
    assert QTest.qWaitForWindowActive(front.window)
    yield front
    front.window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.mark.parametrize("offer", [Offer(*offered) for offered in INTENDED], ids=lambda offer: offer.id)
def test_every_journey_of_every_bank_by_keyboard(
    qapp: QApplication, server: Callable[[Task], Serving], tls: Tls, tmp_path: Path, offer: Offer
) -> None:
    url = server(offer.task).url
    settings = Settings(data=tmp_path / "data", language="ko", mode="light", backend=url, backend_ca=tls.roots)
    for front in opened(qapp, settings):
        assert not front.window.home.practice
        walk = Walk(front, make_counter(front, settings), Keyboard(front.window), tmp_path, offer)
        assert End.DONE is run_in_loop(front.application, walk.run())
        assert front.window.home.practice, "the server has said so"
    pem = (tmp_path / "certificate.pem").read_bytes()
    names = x509.load_pem_x509_certificate(pem).issuer.rfc4514_string()
    assert "changgu-practice" in names


def test_a_server_that_cannot_be_trusted_is_said_on_the_first_page(
    qapp: QApplication, server: Callable[[Task], Serving], tmp_path: Path
) -> None:
    roots, url = make_tls(tmp_path / "other").roots, server(Task.ISSUE).url
    settings = Settings(data=tmp_path / "data", language="ko", mode="light", backend=url, backend_ca=roots)
    for front in opened(qapp, settings):
        demo = Demo(front, make_counter(front, settings), Keyboard(front.window), tmp_path)
        assert None is run_in_loop(front.application, demo.run())
        assert not front.window.home.practice
