"""signPri.key: an encrypted private key (EncryptedPrivateKeyInfo) in every form Korean programs write."""

from __future__ import annotations

from typing import Final

from cryptography.hazmat import asn1

from desktop.secret import Secret
from desktop.services.api import Reason, ServiceError
from desktop.services.npki import der, kdf, pbe
from desktop.services.npki.ciphers import PaddingError, wipe
from desktop.services.npki.pbe import Form

__all__ = ["MOST_BYTES", "ROUNDS", "Form", "Wrapped", "form_of", "open_key", "rounds_of", "seal_key"]

#: The largest key file looked at, in bytes. A wrapped key of 16,384 bits has under 10,000.
MOST_BYTES: Final = 64 * 1024
ROUNDS: Final = 2048


@asn1.sequence
class Wrapped:
    """EncryptedPrivateKeyInfo."""

    algorithm: pbe.Algorithm
    data: bytes


def form_of(data: bytes, *, where: str = "") -> Form:
    """Without a password. Raises ServiceError FILE_TOO_BIG, FILE_BROKEN, FORM_UNKNOWN or TOO_MANY_ROUNDS."""
    return _read(data, where)[0].form


def rounds_of(data: bytes, *, where: str = "") -> int:
    """How often the password is hashed. Raises as `form_of`."""
    return _read(data, where)[0].rounds


def open_key(data: bytes, password: Secret, *, where: str = "") -> Secret:
    """The plaintext PKCS#8 with its R, byte for byte as it was wrapped, for the caller to wipe.

    Bytes that stray after the file's outer SEQUENCE are not looked at. Raises ServiceError as `form_of`, and
    WRONG_PASSWORD; no form has a checksum, so a file with bytes changed inside may look like a wrong password too.
    """
    recipe, wrapped = _read(data, where)
    key, iv = recipe.derive(password)
    try:
        plain = recipe.cipher.decrypt(key, iv, wrapped)
    except PaddingError as error:
        raise ServiceError(Reason.WRONG_PASSWORD, where=where) from error
    except ValueError as error:
        raise ServiceError(Reason.FILE_BROKEN, where=where) from error
    finally:
        wipe(key)
    try:
        if not _is_private_key(plain):
            raise ServiceError(Reason.WRONG_PASSWORD, where=where)
        return Secret(plain)
    finally:
        wipe(plain)


def seal_key(
    plain: Secret,
    password: Secret,
    *,
    form: Form = Form.KISA,
    rounds: int = ROUNDS,
    salt: bytes | None = None,
    iv: bytes | None = None,
) -> bytes:
    """signPri.key of these very bytes, so that R stays; the same salt (and IV, for PBES2) gives the same file."""
    recipe = pbe.choose(form, rounds, salt=salt, iv=iv)
    key, used = recipe.derive(password)
    try:
        with plain.view() as view:
            data = recipe.cipher.encrypt(key, used, view)
    finally:
        wipe(key)
    return asn1.encode_der(Wrapped(algorithm=recipe.written(), data=data))


def _read(data: bytes, where: str) -> tuple[pbe.Recipe, bytes]:
    if len(data) > MOST_BYTES:
        raise ServiceError(Reason.FILE_TOO_BIG, where=where)
    try:
        wrapped = asn1.decode_der(Wrapped, der.outer(data))
        recipe = pbe.read(wrapped.algorithm)
    except pbe.FormUnknownError as error:
        raise ServiceError(Reason.FORM_UNKNOWN, where=where) from error
    except ValueError as error:
        raise ServiceError(Reason.FILE_BROKEN, where=where) from error
    if recipe.rounds > kdf.MOST_ROUNDS:
        raise ServiceError(Reason.TOO_MANY_ROUNDS, where=where)
    return recipe, wrapped.data


def _is_private_key(plain: bytearray) -> bool:
    """Whether it begins as PKCS#8 does: SEQUENCE { INTEGER, SEQUENCE, OCTET STRING … }."""
    try:
        with memoryview(plain) as view:
            outer = der.element(view)
            tags = [child.tag for child in der.children(view, outer)]
    except ValueError:
        return False
    return outer.tag == der.SEQUENCE and tags[:3] == [der.INTEGER, der.SEQUENCE, der.OCTET_STRING]
