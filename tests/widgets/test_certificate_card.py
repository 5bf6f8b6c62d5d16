from PySide6.QtGui import QFontMetricsF

from desktop.widgets.certificate_card import CertificateCard
from desktop.widgets.theme import Theme


def test_a_long_kind_takes_two_lines_beside_the_shield(theme: Theme) -> None:
    card = CertificateCard(theme)
    card.set_content("Woori Bank", "Joint certificate (formerly 공인인증서)", "김*리", "********1977", "2027.11.21")
    room = card.sizeHint().width() - theme.px(52)
    lines = card._fit(card.sizeHint().width()).titles
    metrics = QFontMetricsF(theme.sized(24, 700))
    assert 2 == len(lines)
    assert max(metrics.horizontalAdvance(line) for line in lines) <= room - theme.px(36)


def test_a_card_with_less_room_is_higher_and_says_the_same(theme: Theme) -> None:
    card = CertificateCard(theme)
    card.set_content("우체국", "금융인증서", "김*체", "********0123", "2029.11.21", "서명까지 확인했습니다")
    usual = card.sizeHint()
    narrow = card.heightForWidth(usual.width() // 2)
    assert (theme.px(420), theme.px(252)) == (usual.width(), usual.height())
    assert narrow > usual.height()
