"""A server's own key under one on a token: what lies in a file then opens nowhere else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from desktop.services.api import Reason, ServiceError
from desktop.services.hsm.session import Hsm

if TYPE_CHECKING:
    import pkcs11

_NONCE_BYTES: Final = 12
_TAG_BITS: Final = 128


class TokenWrapping:
    """By AES-256-GCM with the key of this label, which is made on the token when it is missing."""

    def __init__(self, hsm: Hsm, label: str) -> None:
        self._hsm, self._label = hsm, label

    def wrap(self, plain: bytes) -> bytes:
        """Nonce (12 bytes), ciphertext and tag (16 bytes)."""
        nonce = os.urandom(_NONCE_BYTES)

        def work(session: pkcs11.Session) -> bytes:
            from pkcs11 import Mechanism  # noqa: PLC0415 - an extra, for who has a token

            key = self._find(session) or self._make(session)
            sealed: bytes = key.encrypt(plain, mechanism=Mechanism.AES_GCM, mechanism_param=self._parameters(nonce))
            return sealed

        return nonce + self._hsm.do(work)

    def unwrap(self, wrapped: bytes) -> bytes:
        """Raises ServiceError KEY_MISSING, and KEY_MISMATCH where another key wrapped it."""
        nonce, sealed = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]

        def work(session: pkcs11.Session) -> bytes:
            from pkcs11 import Mechanism, PKCS11Error  # noqa: PLC0415 - as above

            key = self._find(session)
            if key is None:
                raise ServiceError(Reason.KEY_MISSING, where=self._hsm.label)
            try:
                plain: bytes = key.decrypt(sealed, mechanism=Mechanism.AES_GCM, mechanism_param=self._parameters(nonce))
            except PKCS11Error as error:
                raise ServiceError(Reason.KEY_MISMATCH, where=self._hsm.label) from error
            return plain

        return self._hsm.do(work)

    def _parameters(self, nonce: bytes) -> pkcs11.GCMParams:
        from pkcs11 import GCMParams  # noqa: PLC0415 - as above

        return GCMParams(nonce, self._label.encode(), _TAG_BITS)

    def _find(self, session: pkcs11.Session) -> Any:
        """None where there is none; what a key can do depends on the token, so the library does not type it."""
        from pkcs11 import Attribute, ObjectClass  # noqa: PLC0415 - as above

        wanted = {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.LABEL: self._label}
        return next(iter(list(session.get_objects(wanted))), None)

    def _make(self, session: pkcs11.Session) -> Any:
        from pkcs11 import Attribute, KeyType, MechanismFlag  # noqa: PLC0415 - as above

        return session.generate_key(
            KeyType.AES,
            256,
            label=self._label,
            store=True,
            capabilities=MechanismFlag.ENCRYPT | MechanismFlag.DECRYPT,
            template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False, Attribute.PRIVATE: True},
        )
