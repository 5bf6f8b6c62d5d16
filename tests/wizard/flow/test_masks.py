import pytest

from desktop.wizard.flow.masks import mask_account, mask_all, mask_name, mask_phone, mask_rrn, mask_serial


@pytest.mark.parametrize(
    ("name", "shown"), [("김가온", "김*온"), ("김온", "김*"), ("남궁가온", "남**온"), ("김", "김")]
)
def test_a_name_keeps_its_ends(name: str, shown: str) -> None:
    assert shown == mask_name(name)


def test_numbers_keep_only_what_recognises_them() -> None:
    assert "010-0000-****" == mask_phone("01000005678")
    assert "010-123-****" == mask_phone("0101234567")
    assert "900315-*******" == mask_rrn(memoryview(b"9003159123451"))
    assert "***********567" == mask_account(memoryview(b"70012301234567"))
    assert "••••••" == mask_all(memoryview(b"284957"))
    assert "********4217" == mask_serial("98765432104217")
