"""`changgu kiosk-pin`: makes the hash of the staff's PIN, so that no file ever holds the PIN itself."""

from __future__ import annotations

from getpass import getpass

from desktop.kiosk.staff import WeakStaffPinError, hash_pin
from desktop.secret import Secret
from desktop.text import Text

DONE, FAILED = 0, 1


def run_kiosk_pin(text: Text) -> int:
    """Asks for the PIN twice and prints the line for kiosk.toml."""
    first, second = (Secret.of(getpass(text(f"kiosk.pin.{part}"))) for part in ("prompt", "again"))
    try:
        if first != second:
            print(text("kiosk.pin.different"))
            return FAILED
        hashed = hash_pin(first)
    except WeakStaffPinError:
        print(text("kiosk.pin.weak"))
        return FAILED
    finally:
        first.wipe()
        second.wipe()
    print(text("kiosk.pin.copy"))
    print(f'staff_pin = "{hashed}"')
    return DONE
