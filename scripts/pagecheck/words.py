"""What is written: in the right language, from the tables, and with letters that some face has."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache

from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QLineEdit

from desktop.shipped import shipped
from scripts.pagecheck.drawn import Part, whole
from scripts.pagecheck.findings import Fault, fault

HANGUL = re.compile(r"[\uac00-\ud7a3\u3131-\u318e]")
_ENGLISH = re.compile(r"[A-Za-z][a-z]{2,}(?: [a-z]{2,})+")
#: What is Korean in an English sentence because it is so called: a name with its meaning behind it or after its English
#: one, a masked name, who a message is from, the folder of a certificate, which bears its owner's, and what is listed.
_KOREAN_NAMES = (
    re.compile(r"인증서 창구(?= \(Changgu\))|가온우체국"),
    re.compile(r"[가-힣/]+(?: [가-힣/]+)? ?\([A-Za-z ]+\)"),
    re.compile(r"(?<=[A-Za-z0-9] )\([^()]*[가-힣][^()]*\)"),
    re.compile(r"[가-힣]\*+[가-힣]"),
    re.compile(r"[가-힣]+ \d{4}-\d{4}"),
    re.compile(r"\S*/NPKI/.*", re.DOTALL),
    re.compile(r"formerly 공인인증서|한국어|가온 (?:스틱|토큰)|잠긴 스틱|창구 PC|휴대폰|홍길동|타행 인증서 등록"),
)
#: What is English in Korean: the switch to it, names of things, what is written where there is no Korean face, and the
#: report for whoever helps.
_ENGLISH_NAMES = re.compile(r"Caps Lock|App Store|Google Play|English|Copy the line|changgu \d.*", re.DOTALL)


def strange(parts: list[Part], language: str) -> Iterator[Fault]:
    """A text in the other language, or the name of a text in place of it. What was typed is nobody's language."""
    for part in parts:
        said = part.said
        if key := _keys().search(said):
            yield fault("missing", part.widget, f"the name of a text: {key[0]!r}")
        if isinstance(part.widget, QLineEdit):
            continue
        said = whole(part)
        if language == "ko":
            if not HANGUL.search(said) and (found := _ENGLISH.search(_ENGLISH_NAMES.sub("", said))):
                yield fault("language", part.widget, f"English in Korean: {found[0]!r}")
        elif HANGUL.search(left := _without_names(said)):
            yield fault("language", part.widget, f"Korean in English: {left!r}")


def boxes(parts: list[Part]) -> Iterator[Fault]:
    """Letters that no face at hand can draw, seen as empty boxes."""
    for part in parts:
        metrics = QFontMetricsF(part.widget.font())
        lacking = {letter for word in part.words for letter in word.text if not metrics.inFontUcs4(ord(letter))}
        if lacking:
            yield fault("tofu", part.widget, f"no face has {''.join(sorted(lacking))!r}")


def _without_names(said: str) -> str:
    for name in (*_KOREAN_NAMES, _people()):
        said = name.sub("", said)
    return said


@cache
def _keys() -> re.Pattern[str]:
    """`step.identity.title` and the like."""
    tables = "|".join(sorted(path.stem for path in shipped("text", "en").glob("*.toml")))
    return re.compile(rf"(?<![\w./-])(?:{tables})(?:\.[a-z_]+)+(?![\w/-])")


@cache
def _people() -> re.Pattern[str]:
    """The made-up customers, who are called in Korean as their passbooks have them."""
    answers = (tomllib.loads(path.read_text(encoding="utf-8")) for path in shipped("practice").glob("*-*-*.toml"))
    names = {name for one in answers for field, name in one["answers"].items() if field == "name"}
    return re.compile("|".join(sorted(names)))
