"""What the practice phone received is said in the person's language, and always says that it is practice."""

from __future__ import annotations

import pytest

from desktop.services.api import Channel, PhoneEvent
from desktop.text import LANGUAGES, Text
from desktop.wizard.kit import Kit
from desktop.wizard.received import sender_name, words_of

DATA = {"bank": "epost", "kind": "financial", "code": "470612", "minutes": "3"}


def event(says: str, sender: str) -> PhoneEvent:
    return PhoneEvent(1, Channel.SMS, "010-0000-****", sender, says, DATA, "470612", "type", 0.0, answered=False)


@pytest.mark.parametrize("says", ["sms", "cloud", "ars_keyed", "ars_typed", "app"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_say_that_they_are_practice(kit: Kit, language: str, says: str) -> None:
    kit.text = Text(language)
    sender = "cloud" if says == "cloud" else "epost"
    mark = kit.text("ui.practice.mark")
    assert words_of(kit, event(says, sender)).startswith(f"[{mark}] ")
    assert sender_name(kit, sender).startswith(f"{mark} ")
    assert (says == "app") == ("470612" not in words_of(kit, event(says, sender)))


def test_a_real_sender_is_called_by_its_own_number(kit: Kit) -> None:
    assert "1588-1900" == sender_name(kit, "1588-1900")


def test_a_message_of_an_older_program_is_left_unsaid(kit: Kit) -> None:
    assert "" == words_of(kit, event("", "연습 우체국"))
