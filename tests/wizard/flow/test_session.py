import pytest

from desktop.secret import Secret
from desktop.wizard.flow.session import Session, SessionClosedError


def test_a_session_takes_the_bytes_over() -> None:
    session, typed = Session(), Secret.of("1234")
    session.put("pin", typed)
    assert 0 == len(typed)
    assert frozenset({"pin"}) == session.held
    assert "1234" == session.need("pin").reveal()


def test_an_empty_secret_keeps_the_one_that_is_held() -> None:
    session = Session()
    session.put("pin", Secret.of("1234"))
    session.put("pin", Secret())
    assert "1234" == session.need("pin").reveal()


def test_replaced_dropped_and_left_secrets_are_overwritten() -> None:
    session = Session()
    kept: list[Secret] = []
    for field in ("a", "b", "c"):
        session.put(field, Secret.of("1234"))
        kept.append(session.need(field))
    session.put("a", Secret.of("5"))
    session.drop(["b", "unknown"])
    session.keep_only(["a"])
    session.close()
    session.close()
    assert [0, 0, 0] == [len(secret) for secret in kept]
    assert frozenset() == session.held


def test_nothing_can_be_put_into_a_closed_session_and_it_is_wiped() -> None:
    session, late = Session(), Secret.of("1234")
    session.close()
    with pytest.raises(SessionClosedError):
        session.put("pin", late)
    assert 0 == len(late)


def test_what_is_lent_is_a_copy_of_what_is_held() -> None:
    session = Session()
    session.put("pin", Secret.of("1234"))
    lent = session.lend(["pin", "otp"])
    lent["pin"].wipe()
    assert ["pin"] == list(lent)
    assert "1234" == session.need("pin").reveal()


def test_a_session_never_shows_what_it_holds() -> None:
    session = Session()
    session.put("pin", Secret.of("1234"))
    assert "<session holding 1 secrets>" == repr(session)
    assert session.get("otp") is None
