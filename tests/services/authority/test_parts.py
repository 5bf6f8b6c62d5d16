"""An authority whose key file was lost or swapped says so, and does not go on with another."""

import secrets

from desktop.services.api import Reason
from desktop.services.authority.vault import KEY_NAME
from tests.services.authority.desk import Desk, refused


def test_a_lost_key_file_is_noticed(desk: Desk) -> None:
    (desk.folder / KEY_NAME).unlink()
    with refused(Reason.STORE_CORRUPT, detail="server_key"):
        desk.restart()
    desk.close()


def test_another_key_file_is_noticed(desk: Desk) -> None:
    (desk.folder / KEY_NAME).write_bytes(secrets.token_bytes(32))
    with refused(Reason.STORE_CORRUPT, detail="server_key"):
        desk.restart()
    desk.close()


def test_a_restart_keeps_the_same_issuer(desk: Desk) -> None:
    before = desk.parts.ca.chain()
    desk.restart()
    assert desk.parts.ca.chain() == before
