"""Who asks, where a proxy stands between: its X-Forwarded-For is believed of named addresses and of nobody else."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope

_NOBODY: Final = "-"


class Proxies:
    """`trusted` are addresses and networks, "10.0.0.7" or "10.0.0.0/24". Raises ValueError for what is neither."""

    def __init__(self, trusted: Iterable[str] = ()) -> None:
        self._trusted = tuple(ip_network(each) for each in trusted)

    def trusts(self, address: str) -> bool:
        known = _address(address)
        return known is not None and any(known in network for network in self._trusted)

    def client_of(self, scope: Scope) -> str:
        """The address nearest to us that no trusted proxy has; what stands before it anybody may have written."""
        peer = scope["client"][0] if scope["client"] else _NOBODY
        if not self._trusted or not self.trusts(peer):
            return peer
        told = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))
        for hop in reversed([part.strip() for part in told.split(",") if part.strip()]):
            known = _address(hop)
            if known is None:
                return peer
            peer = str(known)
            if not self.trusts(peer):
                return peer
        return peer


def _address(written: str) -> IPv4Address | IPv6Address | None:
    """Without a port; an IPv4 address within IPv6, as a socket for both tells it, is that IPv4 address."""
    try:
        known = ip_address(written)
    except ValueError:
        return None
    return known.ipv4_mapped or known if isinstance(known, IPv6Address) else known
