"""A worker's copy of a request's secrets lives and dies on its own."""

from desktop.secret import Secret
from desktop.services.api import AnswerMedium, Channel, SendCode, VerifyIdentity
from desktop.services.authority.owning import own, wipe


def test_wiping_the_callers_secrets_leaves_the_copy() -> None:
    given = VerifyIdentity({"rrn": Secret.of("1"), "account": Secret.of("2")})
    owned = own(given)
    wipe(given)
    assert [len(secret) for secret in given.fields.values()] == [0, 0]
    assert [secret.reveal() for secret in owned.fields.values()] == ["1", "2"]
    wipe(owned)
    assert [len(secret) for secret in owned.fields.values()] == [0, 0]


def test_secrets_that_are_not_there_stay_so() -> None:
    owned = own(AnswerMedium(otp=Secret.of("123456")))
    assert owned.serial is None
    assert owned.otp is not None
    wipe(owned)
    assert len(owned.otp) == 0


def test_what_holds_no_secrets_is_equal_or_the_same() -> None:
    request = SendCode(Channel.SMS)
    assert own(request) == request
    assert own("text") == "text"
    wipe("text")
