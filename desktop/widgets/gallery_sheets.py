"""The sheets of the gallery: made-up Korean content in every widget, in the states worth looking at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.widgets.agreement import AgreementList
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.certificate_card import CertificateCard
from desktop.widgets.choice import ChoiceCards
from desktop.widgets.code_cells import CodeCells
from desktop.widgets.countdown import Countdown
from desktop.widgets.entry import DigitEntry, TextEntry
from desktop.widgets.error_summary import ErrorSummary
from desktop.widgets.field import FieldBox
from desktop.widgets.help_panel import HelpPanel
from desktop.widgets.icon import IconView, folder
from desktop.widgets.label import Label
from desktop.widgets.layouts import Column, Row
from desktop.widgets.notice import Notice, NoticeKind
from desktop.widgets.phone_panel import PhonePanel
from desktop.widgets.pictures import OtpPicture, PhonePicture, SecurityCardPicture
from desktop.widgets.progress import BusyPanel
from desktop.widgets.rail import Rail, RailEntry, RailState
from desktop.widgets.secret_entry import SecretEntry
from desktop.widgets.theme import Role, Theme, Type


def _sheet(theme: Theme, width: int = 624) -> tuple[QWidget, Column]:
    sheet = QWidget()
    sheet.setProperty("sheet_width", width)
    column = Column(theme, gap=24, margins=(32, 32, 32, 32))
    sheet.setLayout(column)
    return sheet, column


def type_and_buttons(theme: Theme) -> QWidget:
    sheet, column = _sheet(theme)
    column.addWidget(Label(theme, "인증서를 발급받을 본인인지 확인합니다", Type.DISPLAY))
    column.addWidget(Label(theme, "보안카드 번호를 입력해 주세요", Type.TITLE))
    body = "본인 명의의 우체국 예금 계좌와 휴대전화가 있어야 합니다. 입력하신 정보는 확인에만 쓰고 저장하지 않습니다."
    column.addWidget(Label(theme, body, Type.BODY, Role.MUTED))
    for enabled in (True, False):
        row = Row(theme, gap=12)
        for text, kind in (
            ("다음", ButtonKind.PRIMARY),
            ("다시 받기", ButtonKind.SECONDARY),
            ("이전", ButtonKind.QUIET),
            ("고객센터", ButtonKind.LINK),
            ("발급 취소", ButtonKind.DANGER),
        ):
            button = Button(theme, text, kind, "chevron-left" if kind is ButtonKind.QUIET else None)
            button.setEnabled(enabled)
            row.addWidget(button)
        column.addLayout(row)
    grid = Row(theme, gap=12)
    column.addLayout(grid)
    for n, name in enumerate(sorted(path.stem for path in folder().glob("*.svg"))):
        if n and n % 14 == 0:
            grid.addStretch(1)
            grid = Row(theme, gap=12)
            column.addLayout(grid)
        grid.addWidget(IconView(theme, name))
    grid.addStretch(1)
    return sheet


def fields(theme: Theme) -> QWidget:
    sheet, column = _sheet(theme)
    name = TextEntry(theme)
    name.set_value("김용감")
    column.addWidget(FieldBox(theme, "이름", "", name))
    rrn = SecretEntry(theme, (6, 7))
    rrn.enter("7112319000000")
    column.addWidget(FieldBox(theme, "주민등록번호", "숫자만 입력하셔도 됩니다.", rrn))
    account = SecretEntry(theme, (6, 2, 6), readable=True)
    account.enter("012345")
    wrong = FieldBox(theme, "계좌번호", "우체국 계좌번호는 14자리입니다.", account)
    wrong.set_problem("계좌번호가 8자리 모자랍니다.", "통장 첫 장의 번호를 다시 확인해 주세요.")
    column.addWidget(wrong)
    password = SecretEntry(theme, (4,))
    password.enter("0000")
    box = FieldBox(theme, "계좌 비밀번호", "숫자 네 자리", password)
    box.set_warning("Caps Lock이 켜져 있습니다.")
    column.addWidget(box)
    phone = DigitEntry(theme)
    phone.set_value("01000001234")
    column.addWidget(FieldBox(theme, "휴대전화 번호", "하이픈 없이 입력해 주세요.", phone))
    held = SecretEntry(theme, (6, 7))
    held.set_mask("711231-•••••••")
    held.setEnabled(False)
    column.addWidget(FieldBox(theme, "주민등록번호", "앞에서 입력하셨습니다.", held))
    return sheet


def codes(theme: Theme) -> QWidget:
    sheet, column = _sheet(theme)
    code = CodeCells(theme, 6, secret=False)
    code.enter("3920")
    column.addWidget(FieldBox(theme, "문자로 받은 인증번호", "발신 번호 1588-1900", code))
    timer = Countdown(theme, lambda: 0.0)
    timer.set_until(154.0, "남은 시간 {left}")
    column.addWidget(timer)
    pin = CodeCells(theme, 6)
    pin.enter("382")
    column.addWidget(FieldBox(theme, "금융인증서 비밀번호", "숫자 여섯 자리", pin))
    bad = CodeCells(theme, 2)
    bad.enter("38")
    box = FieldBox(theme, "두 자리 번호", "", bad)
    box.set_problem("번호가 맞지 않습니다.", "두 번 더 입력할 수 있습니다.")
    column.addWidget(box)
    return sheet


def choices(theme: Theme) -> QWidget:
    sheet, column = _sheet(theme)
    cards = ChoiceCards(
        theme,
        [
            ("sms", "문자로 받기", "인증번호를 문자 메시지로 보내 드립니다.", "message"),
            ("ars", "전화로 받기", "걸려 온 전화에 화면의 두 자리 숫자를 누르면 됩니다.", "call"),
        ],
    )
    cards.set_value("sms")
    column.addWidget(cards)
    terms = AgreementList(
        theme,
        "모두 동의합니다",
        [
            ("service", "금융인증서비스 이용약관", "필수", True),
            ("privacy", "개인정보 수집 및 이용 동의", "필수", True),
            ("notice", "혜택 알림 받기", "선택", False),
        ],
        "읽기",
    )
    terms.set_accepted(["service"])
    column.addWidget(terms)
    return sheet


def notices(theme: Theme) -> QWidget:
    sheet, column = _sheet(theme)
    summary = ErrorSummary(theme)
    summary.show(
        "입력하신 내용을 확인해 주세요",
        [("account", "계좌번호가 8자리 모자랍니다."), ("rrn", "주민등록번호가 올바르지 않습니다.")],
    )
    column.addWidget(summary)
    for kind, title, body, action in (
        (NoticeKind.INFO, "연습 모드입니다", "실제 은행과 연결하지 않습니다. 모두 지어낸 정보입니다.", None),
        (NoticeKind.WARNING, "발급하면 되돌릴 수 없습니다", "기존 금융인증서는 바로 폐기됩니다.", "폐기란 무엇인가요?"),
        (
            NoticeKind.DANGER,
            "비밀번호가 잠겼습니다",
            "우체국 창구나 고객센터에서 풀 수 있습니다.",
            "고객센터 1588-1900",
        ),
        (NoticeKind.SUCCESS, "금융인증서를 발급했습니다", "", None),
    ):
        column.addWidget(Notice(theme, kind, title, body, action))
    busy = BusyPanel(theme)
    busy.show("계좌를 확인하고 있습니다", "보통 3초쯤 걸립니다.", True)
    column.addWidget(busy)
    return sheet


def pictures(theme: Theme) -> QWidget:
    sheet, column = _sheet(theme)
    card = SecurityCardPicture(theme)
    card.set_positions(8, 35)
    column.addWidget(card)
    row = Row(theme, gap=16)
    row.addWidget(OtpPicture(theme), 0, Qt.AlignmentFlag.AlignVCenter)
    row.addWidget(PhonePicture(theme))
    column.addLayout(row)
    certificate = CertificateCard(theme)
    certificate.set_content("우체국", "금융인증서", "김*용", "0F2A-91C7", "2029. 11. 22.", "서명 확인 완료")
    column.addWidget(certificate)
    return sheet


def window(theme: Theme) -> QWidget:
    sheet = QWidget()
    sheet.setProperty("sheet_width", 1080)
    sheet.setProperty("sheet_height", 720)
    row = Row(theme)
    sheet.setLayout(row)
    row.addWidget(_rail(theme))
    middle = Column(theme, gap=24, margins=(48, 48, 48, 32))
    middle.addWidget(Label(theme, "문자로 받은 번호를 입력해 주세요", Type.DISPLAY))
    middle.addWidget(Label(theme, "010-00**-1234로 인증번호를 보냈습니다.", Type.BODY, Role.MUTED))
    code = CodeCells(theme, 6, secret=False)
    code.enter("39")
    middle.addWidget(FieldBox(theme, "인증번호 여섯 자리", "", code))
    middle.addStretch(1)
    foot = Row(theme, gap=12)
    foot.addWidget(Button(theme, "이전", ButtonKind.QUIET, "chevron-left"))
    foot.addStretch(1)
    foot.addWidget(Button(theme, "다음", ButtonKind.PRIMARY))
    middle.addLayout(foot)
    row.addLayout(middle, 1)
    help_panel = HelpPanel(theme)
    help_panel.set_content(
        "인증번호가 오지 않나요?",
        ["스팸 문자함을 확인해 주세요.", "해외 로밍 중이면 전화로 받는 편이 빠릅니다."],
        [("ars", "전화로 받기"), ("centre", "고객센터에 묻기")],
    )
    row.addWidget(help_panel)
    return sheet


def _rail(theme: Theme) -> Rail:
    rail = Rail(theme)
    rail.set_heading("우체국", "금융인증서 발급")
    titles = ("준비물", "안내", "약관", "본인 확인", "휴대전화", "보안매체", "클라우드", "비밀번호", "확인", "완료")
    states = [RailState.DONE] * 4 + [RailState.CURRENT] + [RailState.TODO] * 5
    rail.set_items(
        [RailEntry(f"s{n}", t, s, s is RailState.DONE) for n, (t, s) in enumerate(zip(titles, states, strict=True))]
    )
    rail.set_time_left("2분쯤 남았습니다")
    rail.set_centre(["고객센터 1588-1900\n평일 09:00–18:00\n오후 3시 이후가 빠릅니다.", "고객센터 1588-1900"])
    return rail


def practice(theme: Theme) -> QWidget:
    sheet, column = _sheet(theme, 344)
    sheet.setProperty("sheet_height", 720)
    phone = PhonePanel(theme)
    column.addWidget(phone, 1)
    phone.add_event("1", "sms", "1588-1900", "[우체국] 인증번호 392044를 입력해 주세요.", "오후 3:02")
    phone.add_event("2", "ars", "1577-5500", "화면의 두 자리를 눌러 주세요.", "오후 3:03", "digits", "누르기")
    return sheet


SHEETS: Mapping[str, Callable[[Theme], QWidget]] = MappingProxyType(
    {
        "type": type_and_buttons,
        "fields": fields,
        "codes": codes,
        "choices": choices,
        "notices": notices,
        "pictures": pictures,
        "window": window,
        "practice": practice,
    }
)
