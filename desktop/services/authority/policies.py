"""The certificate policy of the Korean profile: an OID, a notice to the reader, and where the practice statement is."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier
from cryptography.x509.oid import CertificatePoliciesOID, ExtensionOID

_BMP_STRING = 0x1E
_SHORT = 127  # the longest content whose length fits one byte


@asn1.sequence
class _UserNotice:
    text: asn1.TLV


@asn1.sequence
class _NoticeQualifier:
    id: ObjectIdentifier
    notice: _UserNotice


@asn1.sequence
class _CpsQualifier:
    id: ObjectIdentifier
    uri: asn1.IA5String


@asn1.sequence
class _Qualifiers:
    notice: _NoticeQualifier
    cps: _CpsQualifier


@asn1.sequence
class _Policy:
    id: ObjectIdentifier
    qualifiers: _Qualifiers


@asn1.sequence
class _Policies:
    only: _Policy


def policies(policy: str, *, notice: str, cps_uri: str) -> x509.UnrecognizedExtension:
    """`policy` is a dotted OID. ValueError for a notice that is too long.

    Written here because `cryptography` writes the notice as UTF8String only, and the profile has a BMPString.
    """
    text = notice.encode("utf-16-be")
    if len(text) != 2 * len(notice) or len(text) > _SHORT:
        raise ValueError(f"a notice has at most {_SHORT // 2} characters, all in the basic plane")
    said = _UserNotice(text=asn1.decode_der(asn1.TLV, bytes((_BMP_STRING, len(text))) + text))
    qualifiers = _Qualifiers(
        notice=_NoticeQualifier(id=CertificatePoliciesOID.CPS_USER_NOTICE, notice=said),
        cps=_CpsQualifier(id=CertificatePoliciesOID.CPS_QUALIFIER, uri=asn1.IA5String(cps_uri)),
    )
    written = _Policies(only=_Policy(id=ObjectIdentifier(policy), qualifiers=qualifiers))
    return x509.UnrecognizedExtension(ExtensionOID.CERTIFICATE_POLICIES, asn1.encode_der(written))
