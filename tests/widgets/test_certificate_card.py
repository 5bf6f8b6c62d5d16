from PySide6.QtGui import QFontMetricsF

from desktop.widgets.certificate_card import CertificateCard
from desktop.widgets.theme import Theme


def test_a_long_kind_takes_two_lines_beside_the_shield(theme: Theme) -> None:
    card = CertificateCard(theme)
    card.set_content("Woori Bank", "Joint certificate (formerly 공인인증서)", "김*리", "********1977", "2027.11.21")
    room = card.sizeHint().width() - theme.px(52)
    lines = card._title(room)
    metrics = QFontMetricsF(theme.sized(24, 700))
    assert 2 == len(lines)
    assert max(metrics.horizontalAdvance(line) for line in lines) <= room - theme.px(36)
