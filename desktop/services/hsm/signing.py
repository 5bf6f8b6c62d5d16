"""A CA's key on a token: the library that builds certificates and lists signs with it as with one of its own."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any, Final, Literal

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from desktop.services.api import Reason, ServiceError
from desktop.services.hsm.session import Hsm
from desktop.services.staying_key import StayingEcKey, StayingKey, StayingRsaKey

if TYPE_CHECKING:
    import pkcs11

Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
Public = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
#: Its id on the token, and its public half.
_Found = tuple[bytes, Public]
RSA_BITS: Final = 2048
_ID_BYTES: Final = 20


class TokenSigner:
    """The key pair of this label."""

    def __init__(self, hsm: Hsm, label: str) -> None:
        self._hsm, self._label = hsm, label

    def make(self, kind: Literal["rsa", "p256"]) -> Private:
        """The one that is there, of whatever kind, or a new one: sensitive, not extractable, for signing alone."""
        found = self._hsm.do(self._pairs)
        return self._key(found[0] if found else self._hsm.do(lambda session: self._made(session, kind)))

    def find(self, public: Public) -> Private:
        """The one to this public key. Raises ServiceError KEY_MISSING."""
        for found in self._hsm.do(self._pairs):
            if found[1] == public:
                return self._key(found)
        raise ServiceError(Reason.KEY_MISSING, where=self._hsm.label)

    def _key(self, found: _Found) -> Private:
        name, public = found
        held = _Held(name)
        if isinstance(public, rsa.RSAPublicKey):
            return StayingRsaKey(
                public, lambda data: self._hsm.do(lambda session: _rsa_signed(held.key(session), data))
            )
        return StayingEcKey(public, lambda data: self._hsm.do(lambda session: _ec_signed(held.key(session), data)))

    def _pairs(self, session: pkcs11.Session) -> list[_Found]:
        from pkcs11 import Attribute, ObjectClass  # noqa: PLC0415 - an extra, for who has a token

        wanted = {Attribute.CLASS: ObjectClass.PUBLIC_KEY, Attribute.LABEL: self._label}
        return [(bytes(found[Attribute.ID]), _public(found)) for found in list(session.get_objects(wanted))]

    def _made(self, session: pkcs11.Session, kind: Literal["rsa", "p256"]) -> _Found:
        from pkcs11 import Attribute, KeyType, MechanismFlag  # noqa: PLC0415 - as above
        from pkcs11.util.ec import encode_named_curve_parameters  # noqa: PLC0415 - as above

        name = os.urandom(_ID_BYTES)
        shared: dict[str, Any] = {
            "id": name,
            "label": self._label,
            "store": True,
            "capabilities": MechanismFlag.SIGN | MechanismFlag.VERIFY,
            "private_template": {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False, Attribute.PRIVATE: True},
        }
        if kind == "rsa":
            public, _ = session.generate_keypair(KeyType.RSA, RSA_BITS, **shared)
        else:
            curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
            public, _ = session.create_domain_parameters(KeyType.EC, curve, local=True).generate_keypair(**shared)
        return name, _public(public)


def on_token(key: object) -> bool:
    """Whether the key is one that nobody can read."""
    return isinstance(key, StayingKey)


class _Held:
    """The private key with this id, looked for once in each session."""

    def __init__(self, name: bytes) -> None:
        self._name = name
        self._session: pkcs11.Session | None = None
        self._key: Any = None

    def key(self, session: pkcs11.Session) -> Any:
        from pkcs11 import Attribute, ObjectClass  # noqa: PLC0415 - as above

        if session is not self._session:
            wanted = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.ID: self._name}
            found = list(session.get_objects(wanted))
            if not found:
                raise ServiceError(Reason.KEY_MISSING)
            self._session, self._key = session, found[0]
        return self._key


def _rsa_signed(key: Any, data: bytes) -> bytes:
    from pkcs11 import Mechanism  # noqa: PLC0415 - as above

    return bytes(key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS))


def _ec_signed(key: Any, data: bytes) -> bytes:
    """Many tokens sign digests alone, and tell r and s side by side."""
    from pkcs11 import Mechanism  # noqa: PLC0415 - as above

    raw = bytes(key.sign(hashlib.sha256(data).digest(), mechanism=Mechanism.ECDSA))
    half = len(raw) // 2
    return encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))


def _public(found: Any) -> Public:
    from pkcs11 import Attribute, KeyType  # noqa: PLC0415 - as above

    if found[Attribute.KEY_TYPE] == KeyType.RSA:
        exponent, modulus = (
            int.from_bytes(found[each], "big") for each in (Attribute.PUBLIC_EXPONENT, Attribute.MODULUS)
        )
        return rsa.RSAPublicNumbers(exponent, modulus).public_key()
    point = bytes(found[Attribute.EC_POINT])
    if point[:1] == b"\x04" and point[1] == len(point) - 2:  # within an OCTET STRING, as PKCS#11 has it
        point = point[2:]
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
