"""Who the person is: the fields of the bank's profile, and nothing besides them."""

from __future__ import annotations

from desktop.wizard.page import Page


class IdentityPage(Page):
    pass
