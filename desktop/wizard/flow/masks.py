"""How personal data is shown: enough to recognise, never enough to use."""

from __future__ import annotations


def mask_name(name: str) -> str:
    """김가용 → 김*용; two syllables → 김*."""
    if len(name) <= 2:
        return name[:1] + "*" * (len(name) - 1)
    return name[0] + "*" * (len(name) - 2) + name[-1]


def mask_phone(phone: str) -> str:
    """01000005678 → 010-0000-****."""
    return f"{phone[:3]}-{phone[3:-4]}-****"


def mask_email(address: str) -> str:
    """gaon@example.kr → ga**@example.kr."""
    name, _, domain = address.partition("@")
    return f"{name[:2]}{'*' * max(len(name) - 2, 1)}@{domain}"


def mask_rrn(digits: memoryview) -> str:
    """The birth date and nothing else: 711231-*******."""
    return bytes(digits[:6]).decode() + "-*******"


def mask_account(digits: memoryview) -> str:
    """The last three digits: ***-***-789 would tell the bank's grouping, so stars run together."""
    return "*" * (len(digits) - 3) + bytes(digits[-3:]).decode()


def mask_all(secret: memoryview) -> str:
    return "•" * len(secret)


def mask_serial(serial: str) -> str:
    """A certificate's serial: its last four digits."""
    return "*" * 8 + serial[-4:]
