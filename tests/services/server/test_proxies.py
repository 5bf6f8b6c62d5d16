"""Whose request it is when a proxy stands between, and who may say so."""

from __future__ import annotations

import pytest
from starlette.types import Scope

from desktop.services.server.limits import Limits
from desktop.services.server.metrics import Metrics
from desktop.services.server.protocol import Doorman
from desktop.services.server.proxies import Proxies


def scope(peer: str, *forwarded: str) -> Scope:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return {"type": "http", "client": (peer, 4711), "headers": headers}


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", ("198.51.100.1",), "203.0.113.9"),  # nobody that we trust says so
        ("10.0.0.7", ("198.51.100.1",), "198.51.100.1"),
        ("10.0.0.7", ("192.0.2.66, 198.51.100.1",), "198.51.100.1"),  # the client wrote the first itself
        ("10.0.0.7", ("192.0.2.66", "198.51.100.1, 10.0.0.8"), "198.51.100.1"),
        ("::ffff:10.0.0.7", ("2001:db8::1",), "2001:db8::1"),
        ("10.0.0.7", (), "10.0.0.7"),
        ("10.0.0.7", ("unknown",), "10.0.0.7"),
        ("10.0.0.7", ("10.0.0.8",), "10.0.0.8"),
    ],
)
def test_only_the_nearest_address_that_no_trusted_proxy_has_is_believed(
    peer: str, forwarded: tuple[str, ...], client: str
) -> None:
    assert client == Proxies(("10.0.0.0/24",)).client_of(scope(peer, *forwarded))


def test_without_a_trusted_proxy_the_header_is_not_even_read() -> None:
    assert "10.0.0.7" == Proxies().client_of(scope("10.0.0.7", "198.51.100.1"))
    assert "-" == Proxies().client_of({"type": "http", "client": None, "headers": []})


def test_a_trusted_proxy_may_have_as_many_connections_as_there_are() -> None:
    door = Doorman(Limits(connections=3, connections_each=1), Metrics(), Proxies(("10.0.0.7",)))
    assert [True, True] == [door.enter("10.0.0.7"), door.enter("10.0.0.7")]
    assert [True, False] == [door.enter("203.0.113.9"), door.enter("203.0.113.9")]
