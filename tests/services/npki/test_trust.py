"""A certificate is believed for its chain, at a moment, as far as a CRL tells; every doubt has its name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from desktop.services.npki.trust import Doubt, Revocation, Trust, judge
from tests.made import gildong, office, open_office

NOW = datetime.now(UTC)


def judged(
    *, at: datetime = NOW, with_issuer: bool = True, crls: tuple[object, ...] = (), anchor_is_root: bool = True
) -> Trust:
    issuer, root = office().chain
    return judge(
        gildong().certificate,
        at=at,
        anchors=[root] if anchor_is_root else [],
        others=[issuer] if with_issuer else [],
        crls=crls,  # type: ignore[arg-type]  # made by the office
    )


def test_a_chain_to_an_anchor_is_found_whatever_order_the_others_come_in() -> None:
    found = judged()
    assert (gildong().certificate, *office().chain) == found.chain
    assert () == found.doubts
    assert Revocation.UNCHECKED is found.revocation


def test_the_issuing_ca_alone_may_be_the_anchor() -> None:
    issuer = office().chain[0]
    found = judge(gildong().certificate, at=NOW, anchors=[issuer])
    assert (gildong().certificate, issuer) == found.chain


@pytest.mark.parametrize(("with_issuer", "anchor_is_root"), [(False, True), (True, False)])
def test_without_a_way_to_an_anchor_the_issuer_is_unknown(with_issuer: bool, anchor_is_root: bool) -> None:
    found = judged(with_issuer=with_issuer, anchor_is_root=anchor_is_root)
    assert (Doubt.UNKNOWN_ISSUER,) == found.doubts
    assert (gildong().certificate,) == found.chain


def test_an_issuer_of_the_same_name_with_another_key_proves_nothing() -> None:
    issuer, root = open_office().chain
    found = judge(gildong().certificate, at=NOW, anchors=[root], others=[issuer])
    assert (Doubt.UNKNOWN_ISSUER,) == found.doubts


def test_a_person_is_no_ca() -> None:
    found = judge(gildong().certificate, at=NOW, anchors=[gildong().certificate])
    assert () == found.doubts
    other = judge(office().chain[0], at=NOW, anchors=[gildong().certificate])
    assert Doubt.UNKNOWN_ISSUER in other.doubts
    assert Doubt.NOT_FOR_SIGNING in other.doubts


def test_the_moment_counts() -> None:
    assert Doubt.EXPIRED in judged(at=NOW + timedelta(days=400)).doubts
    assert Doubt.NOT_YET_VALID in judged(at=NOW - timedelta(days=30)).doubts


def test_a_crl_of_the_issuer_tells() -> None:
    gone, crl = gildong().certificate, office().crl
    assert (Revocation.CLEAR, ()) == _said(judged(crls=(crl(),)))
    assert (Revocation.OUTDATED, ()) == _said(judged(crls=(crl(days=-1),)))
    assert (Revocation.CLEAR, ()) == _said(judged(crls=(crl(days=-1), crl())))
    assert (Revocation.FOUND, (Doubt.REVOKED,)) == _said(judged(crls=(crl(gone),)))
    assert (Revocation.FOUND, (Doubt.SUSPENDED,)) == _said(judged(crls=(crl(gone, hold=True),)))


def test_a_crl_of_somebody_else_tells_nothing() -> None:
    assert (Revocation.UNCHECKED, ()) == _said(judged(crls=(open_office().crl(gildong().certificate),)))


def _said(found: Trust) -> tuple[Revocation, tuple[Doubt, ...]]:
    return found.revocation, found.doubts
