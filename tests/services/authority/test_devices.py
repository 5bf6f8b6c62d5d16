"""A limit to chosen devices: only known ones, kept by the authority, and outliving the certificate it was set for."""

import hashlib

import pytest

from desktop.secret import Secret
from desktop.services.api import Authorize, DeviceList, Reason, SignHash, Task
from desktop.services.authority.signing import RSA_SHA256_OID, SHA256_OID
from tests.services.authority.desk import WHO, Clock, Desk, refused

SONG = WHO["song_ujeong"]
PIN, NOTEBOOK, TABLET = SONG.certificates[0].pin, *(device.id for device in SONG.devices)
HASHES = (hashlib.sha256(b"x").digest(),)


def shown(desk: Desk, journey: str) -> tuple[str, DeviceList]:
    (held, *_) = desk.changing.holdings(journey).certificates
    return held.credential_id, desk.changing.devices(journey, held.credential_id)


def authorize(desk: Desk, journey: str, credential: str, pin: str = PIN) -> str:
    request = Authorize(credential, HASHES, SHA256_OID, Secret.of(pin))
    return desk.issuing.authorize(journey, request, desk.key()).sad


def test_devices_are_listed_the_last_used_first_and_this_one_is_marked(desk: Desk) -> None:
    _, found = shown(desk, desk.at(None, SONG, Task.DEVICES, device="here-1"))
    assert [("here-1", True), (NOTEBOOK, False), (TABLET, False)] == [(d.id, d.here) for d in found.devices]
    assert (False, {True}) == (found.limited, {d.allowed for d in found.devices})
    assert "LIVINGROOM-PC" == found.devices[1].name


def test_a_limit_stops_other_devices_before_the_pin_is_tried(desk: Desk) -> None:
    journey = desk.at(None, SONG, Task.DEVICES, device="here-1")
    credential, _ = shown(desk, journey)
    assert 1 == desk.change(journey, devices=(NOTEBOOK,)).devices
    assert [NOTEBOOK] == [d.id for d in shown(desk, journey)[1].devices if d.allowed]
    for _ in range(7):
        with refused(Reason.DEVICE_NOT_ALLOWED):
            authorize(desk, journey, credential, "111222")
    with refused(Reason.DEVICE_NOT_ALLOWED):
        authorize(desk, desk.at(None, SONG, Task.DEVICES), credential)
    assert authorize(desk, desk.at(None, SONG, Task.DEVICES, device=NOTEBOOK), credential)


def test_a_limit_set_meanwhile_stops_the_signature_too(desk: Desk) -> None:
    journey = desk.at(None, SONG, Task.DEVICES, device=TABLET)
    credential, _ = shown(desk, journey)
    sad = authorize(desk, journey, credential)
    desk.change(journey, devices=(NOTEBOOK,))
    with refused(Reason.DEVICE_NOT_ALLOWED):
        request = SignHash(credential, sad, HASHES, SHA256_OID, RSA_SHA256_OID)
        desk.issuing.sign_hash(journey, request, desk.key())


def test_a_limit_is_lifted_again(desk: Desk) -> None:
    desk.change(desk.at(None, SONG, Task.DEVICES), devices=(NOTEBOOK, TABLET))
    journey = desk.at(None, SONG, Task.DEVICES)
    assert None is desk.change(journey, devices=None).devices
    assert authorize(desk, journey, shown(desk, journey)[0])


@pytest.mark.parametrize("devices", [(), ("unknown",), (NOTEBOOK, "unknown")])
def test_only_known_devices_can_be_chosen_and_at_least_one(desk: Desk, devices: tuple[str, ...]) -> None:
    journey = desk.at(None, SONG, Task.DEVICES)
    with refused(Reason.BAD_REQUEST, field="devices"):
        desk.change(journey, devices=devices)
    assert not shown(desk, journey)[1].limited


def test_a_reissue_keeps_the_limit_and_takes_this_device_in(desk: Desk) -> None:
    desk.change(desk.at(None, SONG, Task.DEVICES), devices=(NOTEBOOK,))
    journey = desk.at(None, SONG, Task.REISSUE, device="here-1")
    new = desk.obtain(journey, pin="915036")
    assert {NOTEBOOK, "here-1"} == {
        d.id for d in desk.changing.devices(journey, new.credential_id).devices if d.allowed
    }
    assert authorize(desk, journey, new.credential_id, "915036")


def test_using_a_certificate_somewhere_makes_that_device_known(desk: Desk, clock: Clock) -> None:
    journey = desk.at(None, SONG, Task.PIN, device="office-pc")
    authorize(desk, journey, shown(desk, journey)[0])
    assert "office-pc" in {d.id for d in shown(desk, desk.at(None, SONG, Task.DEVICES))[1].devices}


@pytest.mark.parametrize("device", ["x" * 65, "집", "a\nb"])
def test_a_device_is_named_by_a_short_plain_id(desk: Desk, device: str) -> None:
    with refused(Reason.BAD_REQUEST, field="device"):
        desk.open(device=device)
