"""What a certificate's folder is called: NPKI/<CA>/USER/<DN>, as every Korean program looks for it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import PurePosixPath
from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID

#: The CAs' folders as they are written, found without regard to case.
CAS: Final = ("yessign", "KICA", "SignKorea", "CrossCert", "TradeSign", "NCASign", "INIPASS")
UNKNOWN_CA: Final = "unknown"

#: The longest name of a file on every system, in bytes of UTF-8.
MOST_BYTES: Final = 255

_SHORT: Final = {
    NameOID.COMMON_NAME: "cn",
    NameOID.ORGANIZATIONAL_UNIT_NAME: "ou",
    NameOID.ORGANIZATION_NAME: "o",
    NameOID.COUNTRY_NAME: "c",
    NameOID.LOCALITY_NAME: "l",
    NameOID.STATE_OR_PROVINCE_NAME: "st",
    NameOID.STREET_ADDRESS: "street",
    NameOID.SERIAL_NUMBER: "serialnumber",
    NameOID.EMAIL_ADDRESS: "e",
    NameOID.TITLE: "title",
    NameOID.SURNAME: "sn",
    NameOID.GIVEN_NAME: "givenname",
    NameOID.DOMAIN_COMPONENT: "dc",
    NameOID.USER_ID: "uid",
}
#: What Windows refuses in a name, what ends one on any system, and what turns the direction of writing.
_HOSTILE: Final = re.compile('[/\\\\:*?"<>|\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]')
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_MARK: Final = "~"


def dn_folder(subject: x509.Name) -> str:
    """`cn=…,ou=…,o=yessign,c=kr`: the reverse of DER's order, lowercase attribute names, no spaces between.

    A name that no file can have is changed and gets `~` with 8 digits of its hash, so that two never become one.
    """
    rdns = (
        "+".join(f"{_SHORT.get(one.oid, one.oid.dotted_string)}={_text(one)}" for one in rdn)
        for rdn in reversed(subject.rdns)
    )
    return file_name(",".join(rdns)) or "cn="


def ca_folder(certificate: x509.Certificate) -> str:
    """By the issuer's O; what is none of the seven gets a folder of its own name."""
    names = certificate.issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    name = _text(names[0]).strip() if names else ""
    known = next((ca for ca in CAS if ca.casefold() == name.casefold()), None)
    return known or file_name(name) or UNKNOWN_CA


def user_path(certificate: x509.Certificate) -> PurePosixPath:
    """NPKI/<CA>/USER/<DN>, to be put under a medium's root. ValueError for a subject that cannot be read."""
    return PurePosixPath("NPKI", ca_folder(certificate), "USER", dn_folder(certificate.subject))


def file_name(wanted: str) -> str:
    """A name that every system takes and that leads nowhere else: `wanted` in NFC where it can stay as it is."""
    composed = unicodedata.normalize("NFC", wanted)
    name = _HOSTILE.sub("_", composed)
    if name.endswith((".", " ")):
        name = name[:-1] + "_"
    if name.startswith(" ") or _RESERVED.fullmatch(name):
        name = "_" + name
    if name == composed and len(name.encode()) <= MOST_BYTES:
        return name
    suffix = _MARK + hashlib.sha256(composed.encode()).hexdigest()[:8]
    return _cut(name, MOST_BYTES - len(suffix)) + suffix


def _cut(name: str, most: int) -> str:
    """At most so many bytes of UTF-8, between two characters."""
    return name.encode()[:most].decode(errors="ignore")


def _text(attribute: x509.NameAttribute[str | bytes]) -> str:
    value = attribute.value
    return value if isinstance(value, str) else value.hex()
