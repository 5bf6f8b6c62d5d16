"""The authority's blocking core with a bank's own services in the place of practice's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from desktop.services.api import Channel, Check
from desktop.services.authority.answering import Answering
from desktop.services.authority.changing import Changing
from desktop.services.authority.checks import Checks
from desktop.services.authority.enrolling import Enrolling
from desktop.services.authority.handoff import HandOffs
from desktop.services.authority.issuing import Issuing
from desktop.services.authority.local import DATABASE_NAME
from desktop.services.authority.opened import open_store
from desktop.services.authority.outbox import Post
from desktop.services.authority.outside import Clerk
from desktop.services.authority.parts import assemble
from desktop.services.authority.practice import People, Person
from desktop.services.authority.proofs import Proofs
from desktop.services.authority.upkeep import tidy
from desktop.services.authority.vault import Vault
from desktop.services.hooks.brought import Hooks
from tests.services.authority.desk import KIM, QUICK, Clock, Desk
from tests.services.hooks.banks import FakeDirectory, FakeGateway, FakeIssuer, FakeMedia
from tests.services.hooks.threads import SameThread


class BankDesk(Desk):
    """`outside`: with a CA of the bank's own; `like`: before the same bank as another desk; `brought`: other hooks.

    Nobody else's thread delivers: `post` and `clerk` are walked by hand.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        *,
        outside: bool = False,
        media: bool = True,
        like: BankDesk | None = None,
        brought: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> None:
        self.directory: FakeDirectory = like.directory if like else FakeDirectory(KIM)
        self.gateway: FakeGateway = like.gateway if like else FakeGateway()
        self.media: FakeMedia = like.media if like else FakeMedia(KIM)
        self.issuer: FakeIssuer = like.issuer if like else FakeIssuer()
        self.hooks = Hooks(
            self.directory, self.gateway, self.media if media else None, self.issuer if outside else None
        )
        self.hooks = replace(self.hooks, **(brought or {}))
        super().__init__(folder, clock, **more)

    def _start(self) -> None:
        self.store = open_store(self.folder / DATABASE_NAME, self.database)
        self.vault = Vault.open(self.folder)
        self.parts = assemble(
            self.store,
            self.vault,
            self.clock,
            self.banks,
            People(()),
            practice=False,
            hardness=QUICK,
            hooks=self.hooks,
        )
        with self.store.transaction() as cx:
            tidy(cx, self.parts, self.banks)
        self.checks, self.proofs = Checks(self.parts), Proofs(self.parts)
        self.answering = Answering(self.parts)
        self.issuing, self.changing = Issuing(self.parts), Changing(self.parts)
        self.handoffs, self.enrolling = HandOffs(self.parts, self.issuing), Enrolling(self.parts)
        self.post = Post(self.store, self.parts.phone, self.parts.outbox, self.gateway, SameThread())
        self.clerk = Clerk(self.store, self.parts.outside) if self.parts.outside else None
        for each in (self.directory, self.gateway, self.media, self.issuer):
            each.looks = self._nobody_writes

    def _nobody_writes(self) -> None:
        """A transaction here would be one within another, which the store refuses."""
        with self.store.read() as cx:
            cx.execute("SELECT 1").fetchone()

    def deliver(self) -> None:
        while self.post.round():
            continue

    def tell_ca(self) -> None:
        assert self.clerk is not None
        while self.clerk.round():
            continue

    def do(self, journey: str, check: Check, person: Person = KIM) -> None:
        if check == Check.PHONE:
            self.send(journey, Channel.SMS)
            self.deliver()
            self.confirm(journey, self.gateway.code())
        elif check == Check.CLOUD:
            self.open_cloud(journey, person)
            self.deliver()
            self.confirm_cloud(journey, self.gateway.code())
        else:
            super().do(journey, check, person)
