"""Services that take whatever they are told for right, and remember nothing of it."""

from __future__ import annotations

from desktop.services import api
from tests.fakes import FakeServices


class Deaf(FakeServices):
    """Takes whatever it is told for right, and remembers none of it."""

    @staticmethod
    def _right(field: str, given: object, reason: api.Reason, **data: int) -> None:
        return

    async def verify_identity(self, journey: str, request: api.VerifyIdentity, *, key: str) -> api.IdentityVerified:
        return api.IdentityVerified("*", "010-****-****", self._media, (api.Channel.SMS,), (), None)

    async def open_cloud(self, journey: str, request: api.OpenCloud, *, key: str) -> api.CloudCodeSent:
        return api.CloudCodeSent("010-****-****", "1577-5500", 2, 180.0, 30.0)

    async def issue(self, journey: str, request: api.Issue, *, key: str) -> api.Issued:
        made = await super().issue(journey, request, key=key)
        self.forget()
        return made

    def forget(self) -> None:
        """What a test double notes of each call would grow with every person."""
        self.issues.clear()
        self.calls.clear()
        self.done.clear()
        self.closed.clear()
        del self.certificates_issued[:-1]
        for journey in [*self.issued_in][:-1]:
            del self.issued_in[journey]
        self._answers.clear()


class Opened:
    phone = None

    def __init__(self) -> None:
        self.services = Deaf(serial_digits=8)
        self.wallet = self.services.wallet
