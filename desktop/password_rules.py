"""Which passwords a joint certificate may have: the rules of the Korean certificate programs, told one by one."""

from __future__ import annotations

#: The rules in the order they are checked and shown.
RULES = (
    "password_length",
    "password_forbidden",
    "password_letters",
    "password_digits",
    "password_marks",
    "password_repeated",
    "password_sequence",
)
FEWEST, MOST = 10, 56
#: Marks that other programs cannot read: ' " \ (₩ on Korean keyboards) and |.
FORBIDDEN = frozenset(b"'\"\\|")


def broken_password_rules(password: memoryview) -> tuple[str, ...]:
    """Every rule of RULES that these UTF-8 bytes break, in that order; only ASCII can be typed everywhere."""
    found = {
        "password_length": not FEWEST <= len(password) <= MOST,
        "password_forbidden": any(byte in FORBIDDEN or not 0x21 <= byte <= 0x7E for byte in password),
        "password_letters": not any(_is_letter(byte) for byte in password),
        "password_digits": not any(_is_digit(byte) for byte in password),
        "password_marks": not any(0x21 <= b <= 0x7E and not _is_letter(b) and not _is_digit(b) for b in password),
        "password_repeated": _has_run(password, 0),
        "password_sequence": _has_run(password, 1) or _has_run(password, -1),
    }
    return tuple(rule for rule in RULES if found[rule])


def broken_password_rule(password: memoryview) -> str | None:
    """The first broken rule, or None."""
    return next(iter(broken_password_rules(password)), None)


def _is_letter(byte: int) -> bool:
    return 0x41 <= byte <= 0x5A or 0x61 <= byte <= 0x7A


def _is_digit(byte: int) -> bool:
    return 0x30 <= byte <= 0x39


def _has_run(password: memoryview, step: int) -> bool:
    """Three in a row of the same (`aaa`) or of a sequence (`abc`, `cba`, `123`); case makes no difference to a run."""
    same = [byte | 0x20 if _is_letter(byte) else byte for byte in password]
    return any(
        b - a == step == c - b and (step == 0 or (_is_letter(a) == _is_letter(c) and (_is_letter(a) or _is_digit(a))))
        for a, b, c in zip(same, same[1:], same[2:], strict=False)
    )
