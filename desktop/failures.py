"""Every failure a person can see: one stable number each, how bad it is, whether to try again, and what comes next.

A number is never used again for something else; `tests/frozen_codes.txt` holds those given out. The first digit tells
where it happened: 1 what was typed, 2 who one is, 3 codes and media, 4 certificates, 5 the journey, 6 the way to the
bank, 7 this computer, 8 commands and settings, 9 ourselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    NOTE = "note"  # one can go on as it is
    FAULT = "fault"  # to be mended on the spot
    STOP = "stop"  # this way leads no further
    DANGER = "danger"  # do not trust it


class Retry(StrEnum):
    """Whether the same again is safe."""

    SAFE = "safe"  # it costs nothing, and nothing happens twice
    COUNTED = "counted"  # each wrong answer counts towards a lock
    USELESS = "useless"  # the same again fails the same way


class Next(StrEnum):
    """What the person does next."""

    CONTINUE = "continue"
    CORRECT = "correct"
    RETRY = "retry"
    WAIT = "wait"
    NEW_CODE = "new_code"
    OTHER_WAY = "other_way"
    BACK = "back"
    RESTART = "restart"
    OTHER_TASK = "other_task"
    REISSUE = "reissue"
    CENTRE = "centre"
    BRANCH = "branch"
    THIS_PC = "this_pc"  # mend the computer, or have it mended


@dataclass(frozen=True, slots=True)
class Failure:
    """`name` is the code of the wording in its `domain`: problem, code, or a table of the command line."""

    number: int
    domain: str
    name: str
    severity: Severity
    retry: Retry
    next: Next

    @property
    def code(self) -> str:
        return f"CG-{self.number}"

    @property
    def cause(self) -> str:
        """The key of the words that say what happened."""
        return {"problem": f"problem.{self.name}.cause", "code": f"code.failure.{self.name}.cause"}.get(
            self.domain, f"cli.{self.domain}.{self.name}"
        )

    @property
    def remedy(self) -> str:
        """The key of the words that say what to do; a general advice where one sentence says both."""
        if self.domain == "problem":
            return f"problem.{self.name}.remedy"
        if self.domain == "code":
            return f"code.failure.{self.name}.remedy"
        return f"cli.doctor.{self.name}_remedy" if self.domain == "doctor" else f"code.next.{self.next}"


def failure(name: str, domain: str = "problem") -> Failure:
    """The failure of a Problem's code, a Reason or a finding. Raises KeyError for what is no failure of ours."""
    return _BY_NAME[domain, name]


def by_code(code: str) -> Failure | None:
    """From what a person reads out: CG-3104, cg3104 or 3104."""
    digits = "".join(c for c in code if c.isdecimal())
    return _BY_NUMBER.get(int(digits)) if digits and len(digits) <= 4 else None


_NOTE, _FAULT, _STOP, _DANGER = Severity
_SAFE, _COUNTED, _USELESS = Retry
_Lines = tuple[tuple[int, str, Severity, Retry, Next], ...]

_TYPED: _Lines = (
    (1001, "required", _FAULT, _SAFE, Next.CORRECT),
    (1002, "wrong_length", _FAULT, _SAFE, Next.CORRECT),
    (1003, "not_digits", _FAULT, _SAFE, Next.CORRECT),
    (1004, "hangul_typed", _FAULT, _SAFE, Next.CORRECT),
    (1005, "name_characters", _FAULT, _SAFE, Next.CORRECT),
    (1006, "terms_required", _FAULT, _SAFE, Next.CORRECT),
    (1007, "phone_prefix", _FAULT, _SAFE, Next.CORRECT),
    (1008, "phone_length", _FAULT, _SAFE, Next.CORRECT),
    (1009, "email_form", _FAULT, _SAFE, Next.CORRECT),
    (1010, "date_impossible", _FAULT, _SAFE, Next.CORRECT),
    (1011, "date_future", _FAULT, _SAFE, Next.CORRECT),
    (1012, "devices_none", _FAULT, _SAFE, Next.CORRECT),
    (1101, "rrn_length", _FAULT, _SAFE, Next.CORRECT),
    (1102, "rrn_impossible_date", _FAULT, _SAFE, Next.CORRECT),
    (1103, "rrn_future_date", _FAULT, _SAFE, Next.CORRECT),
    (1104, "rrn_century", _FAULT, _SAFE, Next.CORRECT),
    (1105, "rrn_check_digit", _NOTE, _SAFE, Next.CONTINUE),
    (1201, "pin_mismatch", _FAULT, _SAFE, Next.CORRECT),
    (1202, "pin_repeated", _FAULT, _SAFE, Next.CORRECT),
    (1203, "pin_ascending", _FAULT, _SAFE, Next.CORRECT),
    (1204, "pin_descending", _FAULT, _SAFE, Next.CORRECT),
    (1205, "pin_from_rrn", _FAULT, _SAFE, Next.CORRECT),
    (1206, "pin_from_birth_date", _FAULT, _SAFE, Next.CORRECT),
    (1207, "pin_from_phone", _FAULT, _SAFE, Next.CORRECT),
    (1208, "pin_from_account", _FAULT, _SAFE, Next.CORRECT),
    (1209, "weak_pin", _FAULT, _SAFE, Next.CORRECT),
    (1301, "password_mismatch", _FAULT, _SAFE, Next.CORRECT),
    (1302, "password_length", _FAULT, _SAFE, Next.CORRECT),
    (1303, "password_forbidden", _FAULT, _SAFE, Next.CORRECT),
    (1304, "password_letters", _FAULT, _SAFE, Next.CORRECT),
    (1305, "password_digits", _FAULT, _SAFE, Next.CORRECT),
    (1306, "password_marks", _FAULT, _SAFE, Next.CORRECT),
    (1307, "password_repeated", _FAULT, _SAFE, Next.CORRECT),
    (1308, "password_sequence", _FAULT, _SAFE, Next.CORRECT),
    (1309, "weak_password", _FAULT, _SAFE, Next.CORRECT),
)
_SERVED: _Lines = (
    (2101, "identity_mismatch", _FAULT, _COUNTED, Next.CORRECT),
    (2102, "identity_locked", _STOP, _USELESS, Next.CENTRE),
    (2103, "wrong_account_password", _FAULT, _COUNTED, Next.CORRECT),
    (2104, "account_locked", _STOP, _USELESS, Next.BRANCH),
    (2105, "not_joined", _STOP, _USELESS, Next.BRANCH),
    (2106, "no_medium", _STOP, _USELESS, Next.BRANCH),
    (2107, "document_mismatch", _FAULT, _COUNTED, Next.CORRECT),
    (2108, "document_locked", _STOP, _USELESS, Next.BRANCH),
    (2109, "terms_missing", _FAULT, _SAFE, Next.BACK),
    (2110, "loss_reported", _STOP, _USELESS, Next.REISSUE),
    (3101, "wrong_code", _FAULT, _COUNTED, Next.CORRECT),
    (3102, "code_expired", _FAULT, _USELESS, Next.NEW_CODE),
    (3103, "code_locked", _FAULT, _USELESS, Next.NEW_CODE),
    (3104, "code_not_sent", _FAULT, _SAFE, Next.OTHER_WAY),
    (3105, "resend_too_soon", _NOTE, _SAFE, Next.WAIT),
    (3106, "too_many_codes", _STOP, _USELESS, Next.RESTART),
    (3107, "call_not_answered", _FAULT, _SAFE, Next.OTHER_WAY),
    (3201, "wrong_card", _FAULT, _COUNTED, Next.CORRECT),
    (3202, "card_locked", _STOP, _USELESS, Next.BRANCH),
    (3203, "wrong_otp", _FAULT, _COUNTED, Next.CORRECT),
    (3204, "otp_replayed", _FAULT, _USELESS, Next.WAIT),
    (3205, "otp_locked", _STOP, _USELESS, Next.BRANCH),
    (3301, "cloud_mismatch", _FAULT, _COUNTED, Next.CORRECT),
    (3302, "wrong_cloud_code", _FAULT, _COUNTED, Next.CORRECT),
    (3303, "cloud_code_expired", _FAULT, _USELESS, Next.NEW_CODE),
    (3304, "cloud_locked", _STOP, _USELESS, Next.RESTART),
    (3401, "handoff_waiting", _NOTE, _SAFE, Next.WAIT),
    (3402, "handoff_expired", _FAULT, _USELESS, Next.NEW_CODE),
    (3501, "token_gone", _FAULT, _SAFE, Next.RETRY),
    (3502, "token_failed", _FAULT, _SAFE, Next.OTHER_WAY),
    (3503, "wrong_token_pin", _FAULT, _COUNTED, Next.CORRECT),
    (3504, "token_locked", _STOP, _USELESS, Next.CENTRE),
    (4101, "wrong_pin", _FAULT, _COUNTED, Next.CORRECT),
    (4102, "pin_locked", _STOP, _USELESS, Next.REISSUE),
    (4103, "wrong_password", _FAULT, _SAFE, Next.CORRECT),
    (4201, "already_issued", _STOP, _USELESS, Next.OTHER_TASK),
    (4202, "no_certificate", _STOP, _USELESS, Next.OTHER_TASK),
    (4203, "certificate_revoked", _STOP, _USELESS, Next.REISSUE),
    (4204, "certificate_expired", _STOP, _USELESS, Next.REISSUE),
    (4205, "certificate_suspended", _STOP, _USELESS, Next.OTHER_TASK),
    (4206, "not_suspended", _STOP, _USELESS, Next.OTHER_TASK),
    (4207, "renewal_too_early", _STOP, _USELESS, Next.WAIT),
    (4208, "issued_elsewhere", _STOP, _USELESS, Next.OTHER_TASK),
    (4209, "already_registered", _STOP, _USELESS, Next.OTHER_TASK),
    (4210, "device_not_allowed", _STOP, _USELESS, Next.OTHER_TASK),
    (4301, "proof_failed", _DANGER, _SAFE, Next.CENTRE),
    (4302, "signature_broken", _DANGER, _USELESS, Next.OTHER_WAY),
    (4303, "enrolment_refused", _STOP, _USELESS, Next.RESTART),
    (4304, "enrolment_broken", _FAULT, _SAFE, Next.RETRY),
    (4305, "signature_unreadable", _FAULT, _USELESS, Next.CORRECT),
    (4401, "file_broken", _STOP, _USELESS, Next.REISSUE),
    (4402, "file_missing", _FAULT, _SAFE, Next.CORRECT),
    (4403, "file_too_big", _STOP, _USELESS, Next.CORRECT),
    (4404, "form_unknown", _STOP, _USELESS, Next.OTHER_WAY),
    (4405, "too_many_rounds", _DANGER, _USELESS, Next.OTHER_WAY),
    (4406, "key_missing", _STOP, _SAFE, Next.OTHER_WAY),
    (4407, "key_mismatch", _STOP, _USELESS, Next.OTHER_WAY),
    (4408, "no_owner_mark", _STOP, _USELESS, Next.REISSUE),
    (4409, "certificate_not_here", _FAULT, _SAFE, Next.OTHER_WAY),
    (4410, "already_there", _FAULT, _SAFE, Next.OTHER_WAY),
    (5101, "out_of_order", _STOP, _USELESS, Next.RESTART),
    (5102, "journey_unknown", _STOP, _USELESS, Next.RESTART),
    (5103, "session_expired", _STOP, _USELESS, Next.RESTART),
    (5104, "journey_closed", _STOP, _USELESS, Next.RESTART),
    (5105, "key_reused", _STOP, _USELESS, Next.RESTART),
    (5106, "key_in_flight", _FAULT, _SAFE, Next.WAIT),
    (5107, "not_offered", _STOP, _USELESS, Next.OTHER_TASK),
    (5108, "bad_request", _STOP, _USELESS, Next.CENTRE),
    (5109, "cancelled", _NOTE, _SAFE, Next.RETRY),
    (6101, "unreachable", _FAULT, _SAFE, Next.RETRY),
    (6102, "timed_out", _FAULT, _SAFE, Next.RETRY),
    (6103, "outcome_unknown", _FAULT, _SAFE, Next.RETRY),
    (6104, "nonsense", _FAULT, _SAFE, Next.RETRY),
    (7101, "store_busy", _FAULT, _SAFE, Next.RETRY),
    (7102, "store_full", _FAULT, _SAFE, Next.THIS_PC),
    (7103, "store_read_only", _FAULT, _SAFE, Next.THIS_PC),
    (7104, "store_corrupt", _DANGER, _USELESS, Next.CENTRE),
    (7105, "data_folder_in_use", _STOP, _SAFE, Next.THIS_PC),
    (7106, "other_purpose", _STOP, _USELESS, Next.THIS_PC),
    (7401, "medium_gone", _FAULT, _SAFE, Next.RETRY),
    (7402, "medium_full", _FAULT, _SAFE, Next.OTHER_WAY),
    (7403, "medium_read_only", _FAULT, _SAFE, Next.OTHER_WAY),
    (7404, "medium_failed", _FAULT, _SAFE, Next.RETRY),
    (9101, "internal", _STOP, _SAFE, Next.CENTRE),
)
_DOCTOR: _Lines = (
    (7201, "python_other", _NOTE, _SAFE, Next.THIS_PC),
    (7202, "qt_broken", _STOP, _SAFE, Next.THIS_PC),
    (7203, "no_display", _NOTE, _SAFE, Next.THIS_PC),
    (7204, "no_korean_font", _STOP, _SAFE, Next.THIS_PC),
    (7205, "folder_refuses", _STOP, _SAFE, Next.THIS_PC),
    (7206, "folder_full", _STOP, _SAFE, Next.THIS_PC),
    (7207, "folder_in_use", _NOTE, _SAFE, Next.THIS_PC),
    (7208, "database_broken", _DANGER, _SAFE, Next.THIS_PC),
    (7209, "backend_unreachable", _STOP, _SAFE, Next.RETRY),
    (7210, "backend_certificate", _DANGER, _USELESS, Next.CENTRE),
    (7211, "clock_wrong", _STOP, _SAFE, Next.THIS_PC),
)
_CONFIG: _Lines = (
    (8101, "choice", _FAULT, _SAFE, Next.CORRECT),
    (8102, "scale", _FAULT, _SAFE, Next.CORRECT),
    (8103, "backend", _FAULT, _SAFE, Next.CORRECT),
    (8104, "answers_missing", _FAULT, _SAFE, Next.CORRECT),
    (8105, "answers_open", _DANGER, _SAFE, Next.CORRECT),
    (8106, "answers_practice", _FAULT, _SAFE, Next.CORRECT),
    (8107, "token_module", _FAULT, _SAFE, Next.CORRECT),
    (8108, "backend_ca", _FAULT, _SAFE, Next.CORRECT),
    (8109, "backend_pin", _FAULT, _SAFE, Next.CORRECT),
    (8111, "secret_missing", _FAULT, _SAFE, Next.CORRECT),
    (8112, "secret_empty", _FAULT, _SAFE, Next.CORRECT),
    (8113, "secret_unasked", _FAULT, _SAFE, Next.CORRECT),
    (8114, "secret_unlike", _FAULT, _SAFE, Next.CORRECT),
    (8115, "rrn_form", _FAULT, _SAFE, Next.CORRECT),
    (8116, "unconfirmed", _FAULT, _SAFE, Next.CORRECT),
)
_ERROR: _Lines = (
    (8201, "usage", _FAULT, _SAFE, Next.CORRECT),
    (8202, "required", _FAULT, _SAFE, Next.CORRECT),
    (8203, "unrecognized", _FAULT, _SAFE, Next.CORRECT),
    (8204, "expected", _FAULT, _SAFE, Next.CORRECT),
    (8205, "choice", _FAULT, _SAFE, Next.CORRECT),
    (8209, "number", _FAULT, _SAFE, Next.CORRECT),
    (8210, "together", _FAULT, _SAFE, Next.CORRECT),
    (8211, "port", _FAULT, _SAFE, Next.CORRECT),
    (8206, "interrupted", _NOTE, _SAFE, Next.RETRY),
    (8207, "no_display", _STOP, _SAFE, Next.THIS_PC),
    (8208, "no_qt", _STOP, _SAFE, Next.THIS_PC),
)
_ISSUE: _Lines = (
    (8301, "other_interrupted", _STOP, _SAFE, Next.OTHER_TASK),
    (8302, "answers_broken", _FAULT, _SAFE, Next.CORRECT),
    (8303, "out_refused", _FAULT, _SAFE, Next.RETRY),
    (8304, "practice_answers", _FAULT, _SAFE, Next.CORRECT),
    (8305, "switched", _NOTE, _SAFE, Next.OTHER_TASK),
)
_DEMO: _Lines = (
    (8401, "failed", _STOP, _SAFE, Next.RETRY),
    (8402, "missing", _FAULT, _SAFE, Next.CORRECT),
)
_REMIND: _Lines = (
    (8501, "unsupported", _STOP, _USELESS, Next.THIS_PC),
    (8502, "refused", _FAULT, _SAFE, Next.THIS_PC),
    (8503, "not_started", _NOTE, _SAFE, Next.THIS_PC),
    (8504, "calendar_refused", _FAULT, _SAFE, Next.CORRECT),
)
_OURS: _Lines = (
    (7301, "list_damaged", _NOTE, _SAFE, Next.CONTINUE),
    (9201, "profile", _STOP, _USELESS, Next.THIS_PC),
    (9202, "plan", _STOP, _USELESS, Next.THIS_PC),
    (9203, "text", _STOP, _USELESS, Next.THIS_PC),
)

FAILURES: tuple[Failure, ...] = tuple(
    sorted(
        (
            Failure(number, domain, name, severity, retry, then)
            for domain, lines in (
                ("problem", _TYPED + _SERVED),
                ("doctor", _DOCTOR),
                ("config", _CONFIG),
                ("error", _ERROR),
                ("issue", _ISSUE),
                ("demo", _DEMO),
                ("remind", _REMIND),
                ("code", _OURS),
            )
            for number, name, severity, retry, then in lines
        ),
        key=lambda failure: failure.number,
    )
)
_BY_NAME = {(failure.domain, failure.name): failure for failure in FAILURES}
_BY_NUMBER = {failure.number: failure for failure in FAILURES}
