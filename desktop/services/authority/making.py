"""A certificate made and kept after its bank's profile: in a journey, by renewal, or of old in practice."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography import x509

from desktop.banks import Bank, Product
from desktop.services.api import Kind
from desktop.services.authority.bank import Customer
from desktop.services.authority.ca import CertificateAuthority, CertificateRequest, IssuedCertificate, Naming
from desktop.services.authority.cloud import Cloud, PreparedKey, Purpose
from desktop.services.authority.connection import Connection
from desktop.services.authority.keys import PublicKey


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be made. `random` is the owner's R, the rest as in CertificateRequest."""

    bank: Bank
    kind: Kind
    usage: str
    public_key: PublicKey
    random: bytes = field(repr=False)
    until: float | None = None
    at: float | None = None
    naming: Naming | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a certificate was entered: the row id of its owner's account, and the credential's id."""

    account: int
    credential: str


class Maker:
    """Runs in the caller's transaction."""

    def __init__(self, authority: CertificateAuthority, cloud: Cloud) -> None:
        self._ca, self._cloud = authority, cloud

    def subject(self, person: Customer, bank: Bank, naming: Naming) -> x509.Name:
        """What the certificate so named will be called. Raises ServiceError BAD_REQUEST."""
        return self._ca.subject(naming, name=person.name, bank_unit=bank.unit, bank_code=bank.code)

    def make(self, cx: Connection, person: Customer, wish: Wish) -> IssuedCertificate:
        """Raises ServiceError BAD_REQUEST for what the profile cannot hold."""
        bank, product = wish.bank, wish.bank.product(wish.kind)
        return self._ca.issue(
            cx,
            CertificateRequest(
                bank_unit=bank.unit,
                bank_code=bank.code,
                name=person.name,
                public_key=wish.public_key,
                idn=person.rrn,
                random=wish.random,
                policy=policy_of(product, wish.usage),
                years=product.years,
                until=wish.until,
                at=wish.at,
                naming=wish.naming,
            ),
        )

    def keep(
        self,
        cx: Connection,
        customer: int,
        key: PreparedKey,
        issued: IssuedCertificate,
        *,
        bank: Bank,
        kind: Kind,
        usage: str,
    ) -> Kept:
        """Among the certificates of this customer, with its key where that is kept here."""
        account = self._cloud.open_account(cx, str(customer)).id
        purpose = Purpose(bank.id, kind, usage, bank.product(kind).renewal)
        return Kept(account, self._cloud.store_credential(cx, account, key, issued, purpose))


def policy_of(product: Product, usage: str) -> str:
    """The policy OID of this use, or the product's own where there is no such use."""
    return next((u.policy for u in product.usages if u.id == usage), product.policy)


def usage_of(product: Product, *wanted: str) -> str:
    """The first of `wanted` that the product has, else its first use; empty where it has none."""
    offered = [usage.id for usage in product.usages]
    return next((usage for usage in (*wanted, *offered) if usage in offered), "")
