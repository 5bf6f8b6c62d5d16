"""The few words widgets say by themselves, in Korean until the program hands over another language."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """Names for screen readers and the labels of built-in buttons. Placeholders are filled with `str.format`."""

    cancel: str = "취소"
    fold: str = "도움말 접기"
    unfold: str = "도움말 펼치기"
    step_done: str = "마침"
    step_current: str = "지금 단계"
    step_todo: str = "남은 단계"
    security_card: str = "보안카드"
    security_card_cells: str = "보안카드 {first}번 앞 두 자리, {second}번 뒤 두 자리"
    otp: str = "OTP 번호 여섯 자리가 보이는 기기"
    phone: str = "휴대전화"
    incoming_call: str = "전화가 왔습니다"
    answer: str = "보내기"
    answered: str = "보냈습니다"
    owner: str = "소유자"
    serial: str = "일련번호"
    expiry: str = "만료일"
    info: str = "안내"
    warning: str = "주의"
    danger: str = "오류"
    success: str = "완료"
