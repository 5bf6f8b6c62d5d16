"""The machines at which a cloud account was used, and the limit of a certificate to chosen ones (EP-17)."""

from __future__ import annotations

from collections.abc import Callable

from desktop.services.api import Device, DeviceList, Reason, ServiceError
from desktop.services.authority.connection import Connection, Row
from desktop.services.authority.vault import Vault

SCHEMA = """
CREATE TABLE IF NOT EXISTS device (
    account INTEGER NOT NULL REFERENCES cloud_accounts (id), id TEXT NOT NULL, name BLOB NOT NULL,
    last_used REAL NOT NULL, PRIMARY KEY (account, id)
);
CREATE TABLE IF NOT EXISTS device_allowed (
    credential TEXT NOT NULL REFERENCES cloud_credentials (id), device TEXT NOT NULL, PRIMARY KEY (credential, device)
);
"""
#: What a machine is called that told only its id; `Device.here` tells which one it is.
UNNAMED = "PC"
_CONTEXT = "device"


class Devices:
    """A device is a random id that an installation keeps; its name may be telling, and is sealed."""

    def __init__(self, vault: Vault, clock: Callable[[], float]) -> None:
        self._vault, self._clock = vault, clock

    def used(self, cx: Connection, account: int, device: str, *, name: str = UNNAMED, ago: float = 0.0) -> None:
        """Notes that the account was used there; `ago` seconds, for practice. Nothing where no device was told."""
        if device:
            cx.execute(
                "INSERT INTO device VALUES (?, ?, ?, ?) ON CONFLICT (account, id)"
                " DO UPDATE SET last_used = excluded.last_used WHERE device.last_used < excluded.last_used",
                (account, device, self._vault.seal(name.encode(), _CONTEXT), self._clock() - ago),
            )

    def list(self, cx: Connection, account: int, credential: str, *, here: str) -> DeviceList:
        """Those known of the account, the last used first."""
        limited, allowed = self._limit(cx, credential)
        rows = cx.execute("SELECT * FROM device WHERE account = ? ORDER BY last_used DESC, id", (account,))
        found = tuple(self._device(row, not limited or row["id"] in allowed, here) for row in rows)
        return DeviceList(found, limited)

    def limit(self, cx: Connection, account: int, credential: str, devices: tuple[str, ...] | None) -> int | None:
        """To these, None for all; how many that are. Raises BAD_REQUEST for none, or for one that is not known."""
        known = {row["id"] for row in cx.execute("SELECT id FROM device WHERE account = ?", (account,))}
        if devices is not None and (not devices or not known.issuperset(devices)):
            raise ServiceError(Reason.BAD_REQUEST, field="devices")
        cx.execute("DELETE FROM device_allowed WHERE credential = ?", (credential,))
        rows = [(credential, device) for device in sorted(set(devices or ()))]
        cx.executemany("INSERT INTO device_allowed VALUES (?, ?)", rows)
        cx.execute("UPDATE cloud_credentials SET limited = ? WHERE id = ?", (devices is not None, credential))
        return None if devices is None else len(rows)

    def check(self, cx: Connection, credential: str, device: str) -> None:
        """Raises DEVICE_NOT_ALLOWED."""
        limited, allowed = self._limit(cx, credential)
        if limited and device not in allowed:
            raise ServiceError(Reason.DEVICE_NOT_ALLOWED)

    def inherit(self, cx: Connection, account: int, old: str, new: str, *, here: str) -> None:
        """A limit outlives the certificate it was set for; who just proved everything here may use the new one here."""
        limited, allowed = self._limit(cx, old)
        if limited:
            self.limit(cx, account, new, tuple({*allowed, here} - {""}))

    def _device(self, row: Row, allowed: bool, here: str) -> Device:
        name = self._vault.unseal(row["name"], _CONTEXT).decode()
        return Device(row["id"], name, row["last_used"], allowed, row["id"] == here)

    def _limit(self, cx: Connection, credential: str) -> tuple[bool, frozenset[str]]:
        row = cx.execute("SELECT limited FROM cloud_credentials WHERE id = ?", (credential,)).fetchone()
        rows = cx.execute("SELECT device FROM device_allowed WHERE credential = ?", (credential,))
        return bool(row and row["limited"]), frozenset(found["device"] for found in rows)
