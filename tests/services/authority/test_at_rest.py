"""What a copy of the database gives away: nothing that a customer knows, has typed, or was sent."""

from desktop.services.api import Check, Kind, Task
from tests.services.authority.desk import KIM, PEOPLE, PIN, WHO, Desk, at_epost


def files(desk: Desk) -> bytes:
    """All that a thief of the authority has, its write-ahead log included; NPKI is people's own."""
    found = [path for path in desk.folder.iterdir() if path.suffix != ".lock" and path.is_file()]
    assert {"authority.db", "server.key"} <= {path.name for path in found}
    return b"".join(path.read_bytes() for path in found)


def known_to_customers() -> list[str]:
    """Long enough not to occur by chance. A name is in its certificate for all to read, so KIM's is left out."""
    words = [person.name for person in PEOPLE.people if person != KIM]
    for person in PEOPLE.people:
        held = at_epost(person)
        words += [person.licence, held.user_id, *(c.pin or c.password for c in person.certificates)]
        words += [device.name for device in person.devices]
        words += [person.rrn, person.phone, held.account, held.card_serial, held.otp_secret, "".join(held.card_codes)]
    return [word for word in words if word]


def test_no_file_holds_what_a_customer_knows_or_was_sent(desk: Desk) -> None:
    said = [PIN, *known_to_customers()]
    journey = desk.open()
    desk.terms(journey)
    desk.identity(journey)
    desk.send(journey)
    said.append(desk.code())
    desk.confirm(journey, desk.code())
    desk.do_medium(journey, KIM)
    desk.open_cloud(journey)
    desk.confirm_cloud(journey, desk.code())
    desk.issue(journey)
    said.append(journey)
    while_open = files(desk)
    desk.close()
    for content in (while_open, files(desk)):
        assert [word for word in said if word.encode() in content] == []


def test_no_file_holds_what_the_other_tasks_ask(desk: Desk) -> None:
    song, chu, gukmin = WHO["song_ujeong"], WHO["chu_haneul"], WHO["kim_gukmin"]
    owners = {song.name, chu.name, gukmin.name}
    said = [word for word in known_to_customers() if word not in owners]
    said += ["915036", "gil@example.com"]
    desk.change(desk.at(None, song, Task.PIN, device="here-1"), current_pin=song.certificates[0].pin, pin="915036")
    journey = desk.at(None, chu, Task.REISSUE, kind=Kind.JOINT)
    allowed = desk.enrol(journey)
    said.append(allowed.code)
    fetched = desk.purse.fetch(allowed)
    desk.purse.confirm(fetched)
    desk.account(desk.at(Check.ACCOUNT, gukmin), gukmin)
    journey = desk.at(None, gukmin, kind=Kind.MOBILE)
    said.append(desk.handoffs.hand_off(journey, "k").url.rpartition("=")[2])
    desk.handoffs.press(desk.last_event().id)
    content = files(desk)
    assert [word for word in said if word.encode() in content] == []


def test_four_digit_answers_are_kept_as_keyed_digests(desk: Desk) -> None:
    with desk.store.read() as cx:
        passwords = [bytes(row["password"]) for row in cx.execute("SELECT password FROM account")]
        halves = [bytes(row[half]) for row in cx.execute("SELECT * FROM card_code") for half in ("head", "tail")]
    assert {len(kept) for kept in passwords + halves} == {32}
    assert len(set(halves)) == len(halves)
