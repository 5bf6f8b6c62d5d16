"""The tables of an authority, and what brings those of an older program up to date."""

from __future__ import annotations

from typing import Final

from desktop.services.authority import (
    asked_media,
    audit,
    bank,
    ca,
    card,
    cloud,
    codes,
    devices,
    documents,
    doorkey,
    enrolments,
    estate,
    exchanges,
    founding,
    idempotency,
    journeys,
    losses,
    orders,
    otp,
    outbox,
    phone,
    portfolio,
    purpose,
    signing,
    terms,
)

_KEY_CHECK: Final = "CREATE TABLE IF NOT EXISTS key_check (mark BLOB NOT NULL)"
#: Each after those that its tables refer to.
_MODULES: Final = (
    bank,
    ca,
    cloud,
    journeys,
    asked_media,
    audit,
    card,
    codes,
    devices,
    documents,
    doorkey,
    enrolments,
    estate,
    exchanges,
    founding,
    idempotency,
    losses,
    orders,
    otp,
    outbox,
    phone,
    portfolio,
    purpose,
    signing,
    terms,
)
SCHEMAS: Final = (_KEY_CHECK, *(module.SCHEMA for module in _MODULES))
#: From the schema of a version to the next, for files that exist.
UPGRADES: Final = {
    1: (
        "ALTER TABLE membership ADD COLUMN user_id BLOB",
        "ALTER TABLE ca_certificates ADD COLUMN held_until INTEGER",
        "ALTER TABLE journey ADD COLUMN changed BLOB",
        "ALTER TABLE journey ADD COLUMN document_tries INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE journey ADD COLUMN password_tries INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE journey ADD COLUMN opened TEXT",
        "ALTER TABLE journey ADD COLUMN device TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE cloud_credentials ADD COLUMN bank TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE cloud_credentials ADD COLUMN kind TEXT NOT NULL DEFAULT 'financial'",
        "ALTER TABLE cloud_credentials ADD COLUMN usage TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE cloud_credentials ADD COLUMN renewal TEXT NOT NULL DEFAULT 'check'",
        "ALTER TABLE cloud_credentials ADD COLUMN limited INTEGER NOT NULL DEFAULT 0",
        # Every certificate of that version was issued in a journey of its owner's.
        "UPDATE cloud_credentials SET bank = coalesce((SELECT journey.bank FROM journey"
        " JOIN cloud_accounts ON cloud_accounts.customer = CAST(journey.customer AS TEXT)"
        " WHERE cloud_accounts.id = cloud_credentials.account AND journey.issued IS NOT NULL LIMIT 1), '')",
    ),
    2: (
        estate.SCHEMA,
        "ALTER TABLE journey DROP COLUMN password_tries",
        # The keys of joint certificates of that version lay in the cloud, and no file of them exists. They are
        # revoked; practice people get theirs anew, as files, when they next show up.
        "UPDATE ca_certificates SET status = 'revoked', reason = 'cessation_of_operation', held_until = NULL,"
        " changed_at = CAST(strftime('%s', 'now') AS INTEGER)"
        " WHERE status <> 'revoked' AND serial IN (SELECT serial FROM cloud_credentials WHERE kind = 'joint')",
        "UPDATE ca_crl SET stale = 1",
        "UPDATE cloud_credentials SET wrapped_key = x'', salt = x'', sealed_random = x'' WHERE kind = 'joint'",
        "DELETE FROM estate WHERE customer IN (SELECT CAST(customer AS INTEGER) FROM cloud_accounts"
        " JOIN cloud_credentials ON account = cloud_accounts.id WHERE kind = 'joint')",
    ),
    # What is sealed from here on has marks of a Shelf in it, which an older program would not know.
    3: (),
}
