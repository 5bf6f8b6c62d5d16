"""보안토큰 over PKCS#11 (OASIS v2.40): keys are made on the token, sign there, and never leave it.

Needs the extra `token` (python-pkcs11) and the token's own library; without either there are simply no tokens.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from desktop.secret import Secret
from desktop.services.api import Place, PlaceKind, Reason, ServiceError, Signed
from desktop.services.staying_key import StayingRsaKey

if TYPE_CHECKING:
    import pkcs11
    from pkcs11._pkcs11 import lib as Library  # noqa: N812 - a class with a small letter

#: Where systems keep the library that speaks for every token known to them.
MODULES: Final = (
    "/usr/lib/x86_64-linux-gnu/p11-kit-proxy.so",
    "/usr/lib/aarch64-linux-gnu/p11-kit-proxy.so",
    "/usr/lib64/p11-kit-proxy.so",
    "/usr/local/lib/p11-kit-proxy.dylib",
    "/opt/homebrew/lib/p11-kit-proxy.dylib",
)
#: Names the objects that belong together (KCAC.TS.HSMU keeps R beside the key as well).
RANDOM_LABEL: Final = "changgu random"
_ID_BYTES: Final = 20


def open_tokens(module: Path | None = None) -> Tokens | None:
    """The tokens that `module` (a PKCS#11 library, or the system's) speaks for; None where there is nothing to ask.

    Raises ServiceError TOKEN_FAILED for a library that was named and does not work.
    """
    found = module or next((Path(path) for path in MODULES if Path(path).exists()), None)
    try:
        import pkcs11  # noqa: PLC0415 - an extra, and a library of C that only who has a token needs
    except ImportError:
        return None
    if found is None:
        return None
    try:
        return Tokens(pkcs11.lib(str(found)))
    except (pkcs11.PKCS11Error, OSError, RuntimeError) as error:
        if module is None:
            return None
        raise ServiceError(Reason.TOKEN_FAILED, where=str(module)) from error


class Tokens:
    """Every call blocks, for seconds on a slow token, and holds a lock: the libraries of tokens bear no crowd."""

    def __init__(self, library: Library) -> None:
        self._library, self._lock = library, threading.Lock()

    def places(self) -> tuple[Place, ...]:
        """Each token that is plugged in and set up, named by its label."""
        from pkcs11 import TokenFlag  # noqa: PLC0415 - as above

        found = []
        with self._lock, told(""):
            self._library.reinitialize()  # else some libraries never see what was plugged in later
            for token in self._library.get_tokens():
                if TokenFlag.USER_PIN_INITIALIZED not in token.flags:
                    continue
                troubles = {TokenFlag.USER_PIN_LOCKED: "locked", TokenFlag.WRITE_PROTECTED: "read_only"}
                trouble = next((name for flag, name in troubles.items() if flag in token.flags), "")
                found.append(Place(_name(token), PlaceKind.TOKEN, token.label.strip(), trouble=trouble))
        return tuple(found)

    @contextmanager
    def unlocked(self, place: str, pin: Secret) -> Iterator[TokenSession]:
        """Logged in until the block ends. Raises TOKEN_GONE, WRONG_TOKEN_PIN, TOKEN_LOCKED, TOKEN_FAILED."""
        with self._lock:
            label = ""
            with told(place):
                token = next((t for t in self._library.get_tokens() if _name(t) == place), None)
                if token is None:
                    raise ServiceError(Reason.TOKEN_GONE)
                label = token.label.strip()
            with told(label):
                # The binding wants a str of the PIN, which nobody can wipe; it lives for this call alone.
                session = token.open(rw=True, user_pin=pin.reveal())
            try:
                yield TokenSession(session, label)
            finally:
                with told(label):
                    session.close()

    def sign(self, serial: int, pin: Secret, document: bytes) -> Signed | None:
        """By the first token that has the certificate with this serial number; None where none has.

        The PIN is given to no other: three wrong ones lock a token.
        """
        for place in self.places():
            if not any(certificate.serial_number == serial for certificate in self.certificates(place.id)):
                continue
            with self.unlocked(place.id, pin) as session:
                return session.sign(serial, document)
        return None

    def certificates(self, place: str) -> tuple[x509.Certificate, ...]:
        """What the token shows to anybody, without its PIN. Raises TOKEN_GONE, TOKEN_FAILED."""
        with self._lock, told(place):
            token = next((t for t in self._library.get_tokens() if _name(t) == place), None)
            if token is None:
                raise ServiceError(Reason.TOKEN_GONE)
            with token.open() as session:
                return tuple(certificate for _, certificate in _certificates(session))


class TokenSession:
    """A token that is open. What it raises is ServiceError TOKEN_… with the token's label."""

    def __init__(self, session: pkcs11.Session, label: str) -> None:
        self._session, self._label = session, label

    def new_key(self, bits: int) -> TokenKey:
        """An RSA key made on the token: sensitive, not extractable, for signing alone."""
        from pkcs11 import Attribute, KeyType, MechanismFlag  # noqa: PLC0415 - as above

        name = os.urandom(_ID_BYTES)
        with told(self._label):
            public, private = self._session.generate_keypair(
                KeyType.RSA,
                bits,
                id=name,
                label="changgu",
                store=True,
                capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY,
                private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False, Attribute.PRIVATE: True},
            )
            numbers = rsa.RSAPublicNumbers(
                int.from_bytes(public[Attribute.PUBLIC_EXPONENT], "big"),
                int.from_bytes(public[Attribute.MODULUS], "big"),
            )
        return TokenKey(private, numbers.public_key(), name, self._label)

    def keep(self, key: TokenKey, certificate: bytes, r: bytes) -> None:
        """Puts the certificate (DER) and R beside the key, and signs once so that all three are known to fit."""
        from pkcs11 import Attribute, CertificateType, ObjectClass  # noqa: PLC0415 - as above

        parsed = x509.load_der_x509_certificate(certificate)
        public = parsed.public_key()
        if not isinstance(public, rsa.RSAPublicKey) or public.public_numbers() != key.public_key().public_numbers():
            raise ServiceError(Reason.KEY_MISMATCH, where=self._label)
        with told(self._label):
            self._session.create_object(
                {
                    Attribute.CLASS: ObjectClass.CERTIFICATE,
                    Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
                    Attribute.TOKEN: True,
                    Attribute.LABEL: "changgu",
                    Attribute.ID: key.name,
                    Attribute.SUBJECT: parsed.subject.public_bytes(),
                    Attribute.VALUE: certificate,
                }
            )
            self._session.create_object(
                {
                    Attribute.CLASS: ObjectClass.DATA,
                    Attribute.TOKEN: True,
                    Attribute.PRIVATE: True,
                    Attribute.LABEL: RANDOM_LABEL,
                    Attribute.OBJECT_ID: key.name,
                    Attribute.VALUE: r,
                }
            )

    def discard(self, key: TokenKey) -> None:
        """Takes a key whose certificate did not come off the token, and all that stands beside it."""
        from pkcs11 import Attribute, ObjectClass  # noqa: PLC0415 - as above

        with told(self._label):
            for wanted in (
                {Attribute.ID: key.name},
                {Attribute.OBJECT_ID: key.name, Attribute.CLASS: ObjectClass.DATA},
            ):
                for found in list(self._session.get_objects(wanted)):
                    found.destroy()

    def sign(self, serial: int, document: bytes) -> Signed:
        """PKCS#1 v1.5, SHA-256. Raises CERTIFICATE_NOT_HERE, KEY_MISSING."""
        from pkcs11 import Attribute, ObjectClass  # noqa: PLC0415 - as above

        with told(self._label):
            for name, certificate in _certificates(self._session):
                if certificate.serial_number != serial:
                    continue
                wanted = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.ID: name}
                key = _first(self._session, wanted)
                if key is None:
                    raise ServiceError(Reason.KEY_MISSING, where=self._label)
                return Signed(certificate.public_bytes(Encoding.DER), _signed(key, document))
        raise ServiceError(Reason.CERTIFICATE_NOT_HERE, where=self._label)

    def random_of(self, name: bytes) -> bytes | None:
        """R of the key with this id, None where the token holds none."""
        from pkcs11 import Attribute, ObjectClass  # noqa: PLC0415 - as above

        with told(self._label):
            wanted = {Attribute.CLASS: ObjectClass.DATA, Attribute.OBJECT_ID: name}
            found = _first(self._session, wanted)
            return bytes(found[Attribute.VALUE]) if found is not None else None


class TokenKey(StayingRsaKey):
    """Good while its session is open. `name` is its id on the token."""

    def __init__(self, key: pkcs11.PrivateKey, public: rsa.RSAPublicKey, name: bytes, label: str) -> None:
        def signed(data: bytes) -> bytes:
            with told(label):
                return _signed(key, data)

        super().__init__(public, signed)
        self.name = name


def _signed(key: pkcs11.Object, data: bytes) -> bytes:
    from pkcs11 import Mechanism  # noqa: PLC0415 - as above

    assert hasattr(key, "sign"), "a private key for signing is asked for"
    signature: bytes = key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS)
    return signature


def _name(token: pkcs11.Token) -> str:
    """Serial numbers are unique by maker only, so both are in it."""
    return f"token:{token.manufacturer_id.strip()}:{token.serial.decode(errors='replace').strip()}"


def _first(session: pkcs11.Session, wanted: dict[pkcs11.Attribute, object]) -> pkcs11.Object | None:
    """A search is read to its end: a session has one at a time, and one broken off stays open."""
    return next(iter(list(session.get_objects(wanted))), None)


def _certificates(session: pkcs11.Session) -> list[tuple[bytes, x509.Certificate]]:
    """Ids and certificates; what cannot be read as one is none of ours."""
    from pkcs11 import Attribute, ObjectClass  # noqa: PLC0415 - as above

    read = []
    for found in list(session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})):
        with suppress(ValueError):
            read.append((bytes(found[Attribute.ID]), x509.load_der_x509_certificate(bytes(found[Attribute.VALUE]))))
    return read


@contextmanager
def told(label: str) -> Iterator[None]:
    """What the library raises, said as the person's situation."""
    import pkcs11  # noqa: PLC0415 - as above

    try:
        yield
    except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange) as error:
        raise ServiceError(Reason.WRONG_TOKEN_PIN, where=label) from error
    except pkcs11.PinLocked as error:
        raise ServiceError(Reason.TOKEN_LOCKED, where=label) from error
    except (pkcs11.TokenNotPresent, pkcs11.DeviceRemoved, pkcs11.SessionHandleInvalid, pkcs11.SessionClosed) as error:
        raise ServiceError(Reason.TOKEN_GONE, where=label) from error
    except pkcs11.PKCS11Error as error:
        raise ServiceError(Reason.TOKEN_FAILED, where=label) from error
