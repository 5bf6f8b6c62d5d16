"""All that a bank has brought; what is missing, practice has and a real server goes without."""

from __future__ import annotations

from dataclasses import dataclass, field

from desktop.secret import Secret
from desktop.services.hooks.directory import Directory
from desktop.services.hooks.gateway import Gateway
from desktop.services.hooks.issuer import Issuer, KeySource
from desktop.services.hooks.media import MediaServer


@dataclass(frozen=True, slots=True)
class Hooks:
    """`reply_secret`: with it a gateway shows itself when it brings what somebody replied; None: none may."""

    directory: Directory | None = None
    gateway: Gateway | None = None
    media: MediaServer | None = None
    issuer: Issuer | None = None
    keys: KeySource | None = None
    reply_secret: Secret | None = field(default=None, repr=False)

    def close(self) -> None:
        for each in (self.directory, self.gateway, self.media, self.issuer):
            if each is not None:
                each.close()
