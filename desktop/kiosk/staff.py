"""The PIN of the staff: kept as an Argon2id hash alone, and guessed at only a few times."""

from __future__ import annotations

import os
from collections.abc import Callable

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from desktop.secret import Secret

#: Digits that a PIN of the staff has.
FEWEST, MOST = 6, 12
#: Cost of one guess: RFC 9106's second choice, 64 MiB.
PASSES, LANES, MEMORY_KIB = 3, 4, 64 * 1024
#: Wrong ones in a row before nobody can try for a while (seconds), twice as long each time.
TRIES, PAUSE = 5, 600.0


class WeakStaffPinError(ValueError):
    """Not digits, too few or too many of them, or all the same."""


def hash_pin(pin: Secret) -> str:
    """As kiosk.toml keeps it (PHC). Raises WeakStaffPinError. Takes a good part of a second."""
    view = pin.view()
    digits = all(0x30 <= byte <= 0x39 for byte in view)
    if not digits or not FEWEST <= len(view) <= MOST or len(set(view)) == 1:
        view.release()
        raise WeakStaffPinError
    kdf = Argon2id(salt=os.urandom(16), length=32, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB)
    try:
        return kdf.derive_phc_encoded(view)  # type: ignore[arg-type]  # any buffer will do, and this one is wiped
    finally:
        view.release()


class StaffDoor:
    """Who knows the PIN may leave. `clock` gives seconds that never go back."""

    def __init__(self, hashed: str, clock: Callable[[], float]) -> None:
        self._hashed, self._clock = hashed, clock
        self._wrong, self._shut_until, self._pause = 0, 0.0, PAUSE

    @property
    def tries_left(self) -> int:
        return TRIES - self._wrong

    def shut_for(self) -> float:
        """Seconds until it can be tried again; 0 when it can."""
        return max(0.0, self._shut_until - self._clock())

    def opens(self, pin: Secret) -> bool:
        """Whether this is it. While the door is shut nothing is. The PIN is wiped. Blocks for a part of a second."""
        view = pin.view()
        try:
            if self.shut_for():
                return False
            Argon2id.verify_phc_encoded(view, self._hashed)  # type: ignore[arg-type]  # as above
        except InvalidKey:
            self._count()
            return False
        else:
            self._wrong, self._pause = 0, PAUSE
            return True
        finally:
            view.release()
            pin.wipe()

    def _count(self) -> None:
        self._wrong += 1
        if self._wrong >= TRIES:
            self._shut_until = self._clock() + self._pause
            self._wrong, self._pause = 0, self._pause * 2
