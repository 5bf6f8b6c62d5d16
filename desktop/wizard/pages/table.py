"""The pages of a journey: one file each, found here by the name of their step."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.wizard.page import Page
from desktop.wizard.pages.account import AccountPage
from desktop.wizard.pages.certificate import CertificatePage
from desktop.wizard.pages.changed import ChangedPage
from desktop.wizard.pages.checklist import ChecklistPage
from desktop.wizard.pages.cloud import CloudPage
from desktop.wizard.pages.confirm import ConfirmPage
from desktop.wizard.pages.delivered import DeliveredPage
from desktop.wizard.pages.devices import DevicesPage
from desktop.wizard.pages.document import DocumentPage
from desktop.wizard.pages.done import DonePage
from desktop.wizard.pages.existing import ExistingPage
from desktop.wizard.pages.guidance import GuidancePage
from desktop.wizard.pages.handoff import HandOffPage
from desktop.wizard.pages.identity import IdentityPage
from desktop.wizard.pages.medium import MediumPage
from desktop.wizard.pages.password import PasswordPage
from desktop.wizard.pages.password_check import PasswordCheckPage
from desktop.wizard.pages.phone import PhonePage
from desktop.wizard.pages.pin import PinPage
from desktop.wizard.pages.place import PlacePage
from desktop.wizard.pages.review import ReviewPage
from desktop.wizard.pages.terms import TermsPage
from desktop.wizard.pages.type import TypePage

PAGES: Mapping[str, type[Page]] = {
    "checklist": ChecklistPage,
    "guidance": GuidancePage,
    "terms": TermsPage,
    "identity": IdentityPage,
    "phone": PhonePage,
    "medium": MediumPage,
    "cloud": CloudPage,
    "pin": PinPage,
    "review": ReviewPage,
    "done": DonePage,
    "account": AccountPage,
    "certificate": CertificatePage,
    "changed": ChangedPage,
    "confirm": ConfirmPage,
    "delivered": DeliveredPage,
    "devices": DevicesPage,
    "document": DocumentPage,
    "existing": ExistingPage,
    "handoff": HandOffPage,
    "password": PasswordPage,
    "place": PlacePage,
    "password_check": PasswordCheckPage,
    "type": TypePage,
}
