"""A practice backend from afar: what its made-up people have on their own machine is brought to this one."""

from __future__ import annotations

import asyncio
from pathlib import Path

from cryptography.x509 import load_der_x509_certificate

from desktop.services.api import IdentityVerified, KeyFile, Reason, ServiceError, VerifyIdentity
from desktop.services.http import HttpServices
from desktop.services.media.write import put
from desktop.services.npki.names import user_path
from desktop.services.npki.tree import files_of


class HomecomingServices(HttpServices):
    """`home` is the folder that holds (or will hold) NPKI, set where the server is for practice."""

    home: Path | None = None

    async def verify_identity(self, journey: str, request: VerifyIdentity, *, key: str) -> IdentityVerified:
        """Also raises MEDIUM_… and NONSENSE; asked again under the same key, it brings what is missing."""
        verified = await super().verify_identity(journey, request, key=key)
        if self.home is not None:
            files = await self.files(journey)
            await asyncio.to_thread(_bring, self.home, files)
        return verified


def _bring(home: Path, files: tuple[KeyFile, ...]) -> None:
    """What is there already stays: its owner may have changed the password since."""
    if files:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file in files:
        try:
            folder = user_path(load_der_x509_certificate(file.certificate))
        except ValueError as error:
            raise ServiceError(Reason.NONSENSE) from error
        try:
            put(home, folder, files_of(file.certificate, file.key))
        except ServiceError as error:
            if error.reason != Reason.ALREADY_THERE:
                raise
