"""The words that banks, wizard and services share: kinds, tasks, checks, and why a call can fail."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """Of certificate: 금융인증서, 공동인증서, 모바일인증서."""

    FINANCIAL = "financial"
    JOINT = "joint"
    MOBILE = "mobile"


class Task(StrEnum):
    ISSUE = "issue"
    REISSUE = "reissue"
    RENEW = "renew"
    REVOKE = "revoke"
    SUSPEND = "suspend"
    RESUME = "resume"
    REGISTER = "register"
    DEVICES = "devices"
    PIN = "pin"
    LOSS = "loss"


class Check(StrEnum):
    """What an authority wants proven in a journey, each once, in the order of the bank's profile."""

    TERMS = "terms"
    IDENTITY = "identity"
    PASSWORD = "password_check"
    DOCUMENT = "document"
    ACCOUNT = "account"
    PHONE = "phone"
    MEDIUM = "medium"
    CLOUD = "cloud"


class Channel(StrEnum):
    """How something reaches the phone. Codes come by SMS or call; `app` is a notice of the bank's app."""

    SMS = "sms"
    ARS = "ars"
    APP = "app"


class Medium(StrEnum):
    """보안매체: security card or one-time password token."""

    CARD = "card"
    OTP = "otp"


class PlaceKind(StrEnum):
    """저장매체: where a certificate and its key are kept on the person's own side."""

    PC = "pc"
    REMOVABLE = "removable"
    FOLDER = "folder"
    TOKEN = "token"


class Document(StrEnum):
    """신분증: resident card or driving licence."""

    RESIDENT = "resident"
    DRIVER = "driver"


class Renewal(StrEnum):
    """How a certificate is renewed: by itself, after a short check, or by the person's own hand."""

    AUTOMATIC = "automatic"
    CHECK = "check"
    BY_HAND = "by_hand"


class Status(StrEnum):
    GOOD = "good"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Reason(StrEnum):
    """Why a call failed, as the person's situation. The wording is in resources/text/*/problem.toml."""

    # The person's data
    IDENTITY_MISMATCH = "identity_mismatch"
    WRONG_ACCOUNT_PASSWORD = "wrong_account_password"
    ACCOUNT_LOCKED = "account_locked"
    NOT_JOINED = "not_joined"
    NO_MEDIUM = "no_medium"
    IDENTITY_LOCKED = "identity_locked"
    TERMS_MISSING = "terms_missing"
    DOCUMENT_MISMATCH = "document_mismatch"
    DOCUMENT_LOCKED = "document_locked"
    WRONG_PASSWORD = "wrong_password"
    LOSS_REPORTED = "loss_reported"
    # Factors
    WRONG_CODE = "wrong_code"
    CODE_EXPIRED = "code_expired"
    CODE_LOCKED = "code_locked"
    CODE_NOT_SENT = "code_not_sent"
    RESEND_TOO_SOON = "resend_too_soon"
    TOO_MANY_CODES = "too_many_codes"
    CALL_NOT_ANSWERED = "call_not_answered"
    WRONG_CARD = "wrong_card"
    CARD_LOCKED = "card_locked"
    WRONG_OTP = "wrong_otp"
    OTP_REPLAYED = "otp_replayed"
    OTP_LOCKED = "otp_locked"
    # Cloud, PIN, certificate
    CLOUD_MISMATCH = "cloud_mismatch"
    WRONG_CLOUD_CODE = "wrong_cloud_code"
    CLOUD_CODE_EXPIRED = "cloud_code_expired"
    CLOUD_LOCKED = "cloud_locked"
    WEAK_PIN = "weak_pin"
    WRONG_PIN = "wrong_pin"
    PIN_LOCKED = "pin_locked"
    ALREADY_ISSUED = "already_issued"
    NO_CERTIFICATE = "no_certificate"
    CERTIFICATE_REVOKED = "certificate_revoked"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_SUSPENDED = "certificate_suspended"
    NOT_SUSPENDED = "not_suspended"
    RENEWAL_TOO_EARLY = "renewal_too_early"
    ISSUED_ELSEWHERE = "issued_elsewhere"
    ALREADY_REGISTERED = "already_registered"
    DEVICE_NOT_ALLOWED = "device_not_allowed"
    WEAK_PASSWORD = "weak_password"
    HANDOFF_WAITING = "handoff_waiting"
    HANDOFF_EXPIRED = "handoff_expired"
    PROOF_FAILED = "proof_failed"
    # Certificate files, media and tokens (`where` names the file or the medium)
    FILE_BROKEN = "file_broken"
    FILE_MISSING = "file_missing"
    FILE_TOO_BIG = "file_too_big"
    FORM_UNKNOWN = "form_unknown"
    TOO_MANY_ROUNDS = "too_many_rounds"
    KEY_MISSING = "key_missing"
    KEY_MISMATCH = "key_mismatch"
    NO_OWNER_MARK = "no_owner_mark"
    CERTIFICATE_NOT_HERE = "certificate_not_here"
    ALREADY_THERE = "already_there"
    MEDIUM_GONE = "medium_gone"
    MEDIUM_FULL = "medium_full"
    MEDIUM_READ_ONLY = "medium_read_only"
    MEDIUM_FAILED = "medium_failed"
    TOKEN_GONE = "token_gone"
    TOKEN_FAILED = "token_failed"
    WRONG_TOKEN_PIN = "wrong_token_pin"
    TOKEN_LOCKED = "token_locked"
    SIGNATURE_BROKEN = "signature_broken"
    SIGNATURE_UNREADABLE = "signature_unreadable"
    # Enrolment over CMP
    ENROLMENT_REFUSED = "enrolment_refused"
    ENROLMENT_BROKEN = "enrolment_broken"
    # The journey
    OUT_OF_ORDER = "out_of_order"
    JOURNEY_UNKNOWN = "journey_unknown"
    SESSION_EXPIRED = "session_expired"
    JOURNEY_CLOSED = "journey_closed"
    KEY_REUSED = "key_reused"
    KEY_IN_FLIGHT = "key_in_flight"
    NOT_OFFERED = "not_offered"
    BAD_REQUEST = "bad_request"
    # The way there
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    OUTCOME_UNKNOWN = "outcome_unknown"
    NONSENSE = "nonsense"
    CANCELLED = "cancelled"
    # The machine
    STORE_BUSY = "store_busy"
    STORE_FULL = "store_full"
    STORE_READ_ONLY = "store_read_only"
    STORE_CORRUPT = "store_corrupt"
    DATA_FOLDER_IN_USE = "data_folder_in_use"
    OTHER_PURPOSE = "other_purpose"
    INTERNAL = "internal"


#: After these the effect may have happened: the same call is asked again under the same key.
UNCERTAIN = frozenset({Reason.UNREACHABLE, Reason.TIMED_OUT, Reason.NONSENSE, Reason.KEY_IN_FLIGHT, Reason.STORE_BUSY})


class ServiceError(Exception):
    """A call that failed. `field` names the input at fault, in the wizard's field ids."""

    def __init__(
        self,
        reason: Reason,
        *,
        field: str | None = None,
        tries_left: int | None = None,
        retry_after: float | None = None,
        detail: str | None = None,
        where: str | None = None,
    ) -> None:
        """`retry_after` in seconds. `detail` is a code for the wording, such as the PIN rule broken; never personal.

        `where`: the file or medium at fault. It may hold a name, so it is shown to the person and never logged.
        """
        super().__init__(reason.value)
        self.reason = reason
        self.field = field
        self.tries_left = tries_left
        self.retry_after = retry_after
        self.detail = detail
        self.where = where
