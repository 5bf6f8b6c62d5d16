"""Qt's own text to speech, which the extra `voice` brings."""

from __future__ import annotations

from PySide6.QtCore import QLocale
from PySide6.QtTextToSpeech import QTextToSpeech

_LOCALES = {"ko": QLocale(QLocale.Language.Korean), "en": QLocale(QLocale.Language.English)}


class QtSpeaker:
    """Implements Speaker."""

    def __init__(self) -> None:
        self._engine = QTextToSpeech()

    def say(self, words: str) -> None:
        self._engine.say(words)

    def stop(self) -> None:
        self._engine.stop()

    def set_volume(self, volume: float) -> None:
        self._engine.setVolume(volume)

    def set_rate(self, rate: float) -> None:
        self._engine.setRate(rate)

    def set_language(self, language: str) -> None:
        self._engine.setLocale(_LOCALES[language])
