"""How an authority stands, beyond single requests: what whoever runs it should hear of in time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """`ca_expires`: the end of the issuing CA's certificate, seconds since 1970.

    `messages_waiting`: to telephones, which no gateway has taken yet.
    """

    ca_expires: float
    messages_waiting: int
