"""Knows the JSON of the CSC API v2 (remote signing), and the names of v1 that clients in the wild still send."""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec
from cryptography import x509

from desktop.secret import Secret
from desktop.services.api import (
    Authorize,
    Authorized,
    CredentialInfo,
    CredentialsList,
    Reason,
    ServiceError,
    Signatures,
    SignHash,
    Status,
)
from desktop.services.wire.forms import AnswerForm, Arguments, Open, RequestForm, Seal
from desktop.services.wire.seal import PREFIX

SHA256: Final = "2.16.840.1.101.3.4.2.1"
RSA: Final = "1.2.840.113549.1.1.1"
RSA_SHA256: Final = "1.2.840.113549.1.1.11"
V1, V2 = "1.0.4.0", "2.0.0.2"
_TIME: Final = "%Y%m%d%H%M%SZ"
_CERT_STATUS: Final = {Status.GOOD: "valid"}
_STATUS: Final = {"valid": Status.GOOD}
Hashes = tuple[bytes, ...]


class _Request(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What every CSC request may carry besides its own: a language, and a caller's own note."""

    lang: str = ""
    clientData: str = ""


class InfoRequest(_Request):
    """CSC API v2, 11.1."""


class CredentialsListRequest(_Request):
    """CSC API v2, 11.4. `credentialInfo` is refused: ask credentials/info. `pageToken` is v1's; there is one page."""

    userID: str = ""
    pageToken: str = ""
    credentialInfo: bool = False
    certificates: Literal["none", "single", "chain"] = "single"
    certInfo: bool = False
    authInfo: bool = False
    onlyValid: bool = False
    maxResults: int = 0


class CredentialsInfoRequest(_Request):
    """CSC API v2, 11.5. The whole chain, and what the certificate says, are always told."""

    credentialID: str
    certificates: Literal["none", "single", "chain"] = "single"
    certInfo: bool = False
    authInfo: bool = False


class AuthData(msgspec.Struct, omit_defaults=True):
    id: str
    value: str


class AuthorizeRequest(_Request):
    """CSC API v2, 11.6. `hash` and `PIN` are v1's. The PIN is sealed as elsewhere, or as it is where the caller is a
    CSC client that knows no sealing: under TLS alone."""

    credentialID: str
    numSignatures: int = 1
    hashes: Hashes = ()
    hash: Hashes = ()
    hashAlgorithmOID: str = ""
    hashAlgo: str = ""
    authData: tuple[AuthData, ...] = ()
    PIN: str = ""
    OTP: Literal[""] = ""
    description: str = ""


class SignHashRequest(_Request):
    """CSC API v2, 11.10. `hash` and `hashAlgo` are v1's. RSA as in PKCS#1 v1.5 has no parameters."""

    credentialID: str
    SAD: str
    signAlgo: str
    hashes: Hashes = ()
    hash: Hashes = ()
    hashAlgorithmOID: str = ""
    hashAlgo: str = ""
    operationMode: Literal["", "S"] = ""
    signAlgoParams: Literal[""] = ""


class ListAnswer(msgspec.Struct):
    credentialIDs: tuple[str, ...]


class Key(msgspec.Struct):
    status: Literal["enabled", "disabled"]
    algo: tuple[str, ...]
    len: int


class Cert(msgspec.Struct, omit_defaults=True):
    """`serialNumber` in hexadecimal, times as in a GeneralizedTime: 20260102030405Z."""

    status: Literal["valid", "suspended", "revoked", "expired"]
    certificates: tuple[bytes, ...]
    issuerDN: str = ""
    serialNumber: str = ""
    subjectDN: str = ""
    validFrom: str = ""
    validTo: str = ""

    @classmethod
    def of(cls, status: str, certificates: tuple[bytes, ...]) -> Cert:
        leaf = x509.load_der_x509_certificate(certificates[0])
        return cls(
            status,  # type: ignore[arg-type]  # the same words
            certificates,
            leaf.issuer.rfc4514_string(),
            f"{leaf.serial_number:x}",
            leaf.subject.rfc4514_string(),
            leaf.not_valid_before_utc.strftime(_TIME),
            leaf.not_valid_after_utc.strftime(_TIME),
        )


class AuthObject(msgspec.Struct):
    id: str
    type: str = "Password"
    format: str = "N"
    label: str = "PIN"


class Presence(msgspec.Struct):
    """How v1 says that a PIN is asked for: six digits or so (`N`)."""

    presence: str = "true"
    format: str = "N"
    label: str = "PIN"


class Auth(msgspec.Struct):
    mode: str
    expression: str = ""
    objects: tuple[AuthObject, ...] = ()


class InfoAnswer(msgspec.Struct, omit_defaults=True):
    """`triesLeft` is ours: how many PINs may still be wrong. `authMode` and `PIN` are v1's."""

    key: Key
    cert: Cert
    auth: Auth
    SCAL: str = "1"
    multisign: int = 1
    triesLeft: int | None = None
    credentialID: str = ""
    authMode: str = ""
    PIN: Presence | None = None


class SignAlgorithms(msgspec.Struct, frozen=True):
    algos: tuple[str, ...] = (RSA, RSA_SHA256)


class ServiceInfo(msgspec.Struct):
    """CSC API v2, 11.1. `external`: who opened a journey and proved to be its owner has the bearer token."""

    specs: str = V2
    name: str = "Changgu"
    logo: str = "about:blank"
    region: str = "KR"
    lang: str = "ko-KR"
    description: str = "Remote signing by the certificates in the cloud"
    authType: tuple[str, ...] = ("external",)
    methods: tuple[str, ...] = (
        "info",
        "credentials/list",
        "credentials/info",
        "credentials/authorize",
        "signatures/signHash",
    )
    signAlgorithms: SignAlgorithms = SignAlgorithms()
    asynchronousOperationMode: bool = False


class AuthorizeAnswer(msgspec.Struct):
    """The SAD is as good as the PIN for these hashes: it travels under TLS only."""

    SAD: str
    expiresIn: float = 3600.0


class SignHashAnswer(msgspec.Struct):
    signatures: tuple[bytes, ...]


def _same(new: Any, old: Any, field: str) -> Any:
    """The v2 value, or v1's where that alone was sent; both, and different, are no request."""
    if new and old and new != old:
        raise ServiceError(Reason.BAD_REQUEST, field=field)
    return new or old


def _read_list(told: CredentialsListRequest, _: Open) -> Arguments:
    if told.credentialInfo:
        raise ServiceError(Reason.BAD_REQUEST, field="credentialInfo", detail="not_offered")
    return {}


def _write_authorize(arguments: Arguments, seal: Seal) -> AuthorizeRequest:
    asked: Authorize = arguments["request"]
    return AuthorizeRequest(
        credentialID=asked.credential_id,
        numSignatures=len(asked.hashes),
        hashes=asked.hashes,
        hashAlgorithmOID=asked.hash_algorithm_oid,
        authData=(AuthData("PIN", seal(asked.pin, "pin")),),
    )


def _read_authorize(told: AuthorizeRequest, unseal: Open) -> Arguments:
    hashes = _same(told.hashes, told.hash, "hashes")
    algorithm = _same(told.hashAlgorithmOID, told.hashAlgo, "hashAlgorithmOID") or SHA256
    if told.numSignatures != len(hashes):
        raise ServiceError(Reason.BAD_REQUEST, field="numSignatures")
    given = [entry.value for entry in told.authData if entry.id == "PIN"]
    if len(given) > 1 or len(given) != len(told.authData):
        raise ServiceError(Reason.BAD_REQUEST, field="authData")
    pin = _same("".join(given), told.PIN, "PIN")
    if not pin:
        raise ServiceError(Reason.BAD_REQUEST, field="pin")
    opened = unseal(pin, "pin") if pin.startswith(PREFIX) else Secret.of(pin)
    return {"request": Authorize(told.credentialID, hashes, algorithm, opened)}


def _write_sign(arguments: Arguments, _: Seal) -> SignHashRequest:
    asked: SignHash = arguments["request"]
    return SignHashRequest(
        credentialID=asked.credential_id,
        SAD=asked.sad,
        hashes=asked.hashes,
        hashAlgorithmOID=asked.hash_algorithm_oid,
        signAlgo=asked.sign_algo,
    )


def _read_sign(told: SignHashRequest, _: Open) -> Arguments:
    hashes = _same(told.hashes, told.hash, "hashes")
    algorithm = _same(told.hashAlgorithmOID, told.hashAlgo, "hashAlgorithmOID") or SHA256
    return {"request": SignHash(told.credentialID, told.SAD, hashes, algorithm, told.signAlgo)}


def _write_info(answer: CredentialInfo) -> InfoAnswer:
    return InfoAnswer(
        key=Key(answer.key_status, answer.key_algo, answer.key_len),  # type: ignore[arg-type]  # checked on the way in
        cert=Cert.of(_CERT_STATUS.get(answer.cert_status, answer.cert_status.value), answer.certificates),
        auth=Auth(answer.auth_mode, " AND ".join(answer.auth_objects), tuple(map(AuthObject, answer.auth_objects))),
        SCAL=answer.scal,
        triesLeft=answer.tries_left,
        credentialID=answer.credential_id,
        authMode=answer.auth_mode,
        PIN=Presence(),
    )


def _read_info(told: InfoAnswer) -> CredentialInfo:
    return CredentialInfo(
        credential_id=told.credentialID,
        key_status=told.key.status,
        key_algo=told.key.algo,
        key_len=told.key.len,
        cert_status=_STATUS.get(told.cert.status) or Status(told.cert.status),
        certificates=told.cert.certificates,
        auth_mode=told.auth.mode,
        auth_objects=tuple(entry.id for entry in told.auth.objects),
        scal=told.SCAL,
        tries_left=told.triesLeft,
    )


SERVICE = RequestForm(InfoRequest, lambda _, __: InfoRequest(), lambda _, __: {})
LIST = RequestForm(CredentialsListRequest, lambda _, __: CredentialsListRequest(), _read_list)
INFO = RequestForm(
    CredentialsInfoRequest,
    lambda arguments, _: CredentialsInfoRequest(credentialID=arguments["credential_id"], certificates="chain"),
    lambda told, _: {"credential_id": told.credentialID},
)
AUTHORIZE = RequestForm(AuthorizeRequest, _write_authorize, _read_authorize, ("pin",))
SIGN = RequestForm(SignHashRequest, _write_sign, _read_sign)
LIST_ANSWER = AnswerForm(
    ListAnswer, lambda answer: ListAnswer(answer.credential_ids), lambda told: CredentialsList(told.credentialIDs)
)
INFO_ANSWER = AnswerForm(InfoAnswer, _write_info, _read_info)
AUTHORIZE_ANSWER = AnswerForm(
    AuthorizeAnswer,
    lambda answer: AuthorizeAnswer(answer.sad, answer.expires_in),
    lambda told: Authorized(told.SAD, told.expiresIn),
)
SIGN_ANSWER = AnswerForm(
    SignHashAnswer, lambda answer: SignHashAnswer(answer.signatures), lambda told: Signatures(told.signatures)
)
