"""Voice guidance as an extra: what a page says, spoken; what is private only where nobody else can hear it."""

from __future__ import annotations

from typing import Protocol

from desktop.kiosk.config import Voice as VoiceConfig
from desktop.kiosk.sheets import Choice

STEP = 0.2


class Speaker(Protocol):
    """What speaks. `volume` is 0 to 1, `rate` -1 to 1, `language` "ko" or "en"."""

    def say(self, words: str) -> None: ...

    def stop(self) -> None: ...

    def set_volume(self, volume: float) -> None: ...

    def set_rate(self, rate: float) -> None: ...

    def set_language(self, language: str) -> None: ...


class Silence:
    """Where no speech is installed."""

    def say(self, words: str) -> None:
        return

    def stop(self) -> None:
        return

    def set_volume(self, volume: float) -> None:
        return

    def set_rate(self, rate: float) -> None:
        return

    def set_language(self, language: str) -> None:
        return


class Guidance:
    """`say` for what everybody may hear, `say_privately` for what is the person's own. A PIN comes to neither."""

    def __init__(self, speaker: Speaker, config: VoiceConfig) -> None:
        self._speaker, self._earphone = speaker, config.earphone
        self._usual = config
        self.on, self.volume, self.rate = config.on, config.volume, config.speed

    @property
    def possible(self) -> bool:
        return not isinstance(self._speaker, Silence)

    def begin_anew(self, language: str) -> None:
        """For the next person: as the branch has it."""
        self._speaker.stop()
        self.on, self.volume, self.rate = self._usual.on, self._usual.volume, self._usual.speed
        self._speaker.set_language(language)

    def say(self, words: str) -> None:
        if self.on and words:
            self._speaker.stop()
            self._speaker.set_volume(self.volume)
            self._speaker.set_rate(self.rate)
            self._speaker.say(words)

    def say_privately(self, words: str) -> None:
        if self._earphone:
            self.say(words)

    def set_language(self, language: str) -> None:
        self._speaker.set_language(language)

    def choices(self) -> list[Choice]:
        """Lines for the sheet of looks and sound."""
        if not self.possible:
            return []
        return [
            Choice(lambda t: t(f"kiosk.looks.voice_{'off' if self.on else 'on'}"), self._toggle),
            Choice(lambda t: t("kiosk.looks.louder"), lambda: self._turn(volume=STEP)),
            Choice(lambda t: t("kiosk.looks.quieter"), lambda: self._turn(volume=-STEP)),
            Choice(lambda t: t("kiosk.looks.faster"), lambda: self._turn(rate=STEP)),
            Choice(lambda t: t("kiosk.looks.slower"), lambda: self._turn(rate=-STEP)),
        ]

    def _toggle(self) -> None:
        self.on = not self.on
        if not self.on:
            self._speaker.stop()

    def _turn(self, *, volume: float = 0.0, rate: float = 0.0) -> None:
        self.volume = min(1.0, max(0.0, self.volume + volume))
        self.rate = min(1.0, max(-1.0, self.rate + rate))


def system_speaker() -> Speaker:
    """Qt's speech where the extra `voice` is installed and the system has a voice; silence otherwise."""
    try:
        from desktop.kiosk.speech import QtSpeaker  # noqa: PLC0415 - the extra may be missing
    except ImportError:
        return Silence()
    return QtSpeaker()
