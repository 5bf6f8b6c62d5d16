import stat
from pathlib import Path

from desktop.device import device_id


def test_an_installation_keeps_its_id_and_another_has_another(tmp_path: Path) -> None:
    first = device_id(tmp_path / "one")
    assert first == device_id(tmp_path / "one")
    assert first != device_id(tmp_path / "two")
    assert 0o600 == stat.S_IMODE((tmp_path / "one" / "device.json").stat().st_mode)


def test_a_damaged_id_is_put_aside_and_made_anew(tmp_path: Path) -> None:
    first = device_id(tmp_path)
    (tmp_path / "device.json").write_text("{")
    assert first != device_id(tmp_path)
