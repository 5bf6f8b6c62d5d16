"""Terms: all that are required, in the version in force."""

from desktop.services.api import AcceptTerms, Check, Reason
from tests.services.authority.desk import Desk, refused


def accept(desk: Desk, journey: str, *terms: tuple[str, str]) -> float:
    return desk.checks.accept_terms(journey, AcceptTerms(terms), desk.key()).at


def test_all_required_terms_are_accepted_and_kept_with_their_version(desk: Desk) -> None:
    journey = desk.open()
    assert desk.terms(journey).at == desk.clock()
    with desk.store.read() as cx:
        kept = {(r["term"], r["version"]) for r in cx.execute("SELECT * FROM agreement")}
    assert {(term.id, term.version) for term in desk.banks["epost"].terms} == kept


def test_a_missing_or_outdated_term_is_missing(desk: Desk) -> None:
    journey = desk.open()
    first, *rest = ((term.id, term.version) for term in desk.banks["epost"].terms)
    with refused(Reason.TERMS_MISSING, field="terms"):
        accept(desk, journey, *rest)
    with refused(Reason.TERMS_MISSING, field="terms"):
        accept(desk, journey, (first[0], "1999-01"), *rest)
    accept(desk, journey, first, *rest)


def test_a_term_that_nobody_put_forward_is_a_bad_request(desk: Desk) -> None:
    with refused(Reason.BAD_REQUEST, field="terms"):
        accept(desk, desk.open(), ("soul", "1"))


def test_terms_are_accepted_once(desk: Desk) -> None:
    journey = desk.at(Check.IDENTITY)
    with refused(Reason.OUT_OF_ORDER):
        desk.terms(journey)
