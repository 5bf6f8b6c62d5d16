"""What every action of `changgu certs` has at hand: the options, the secrets, the media, and how to answer."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from desktop.certs.facts import now_utc
from desktop.certs.found import Found, all_places, find, find_on_tokens, folder_place, look, settle
from desktop.certs.words import Words
from desktop.certs_cli.given import GivenSecrets
from desktop.config import ConfigError, Settings
from desktop.secret import Secret
from desktop.services.api import Place
from desktop.services.npki.vid import IDN_DIGITS
from desktop.services.tokens import open_tokens
from desktop.services.vocabulary import ServiceError
from desktop.text import Text

DONE, FAILED = 0, 1


class Desk:
    def __init__(self, given: Namespace, settings: Settings, text: Text, secrets: GivenSecrets | None) -> None:
        self.given, self.settings, self.words = given, settings, Words(text, now_utc())
        self._secrets = secrets or GivenSecrets(
            lambda path: self.note("said.secret_open", path=path), lambda name: f"{self.words(f'ask.{name}')}: "
        )

    # ── What was given ───────────────────────────────────────────────────────────────────────────────────────

    def places(self) -> tuple[Place, ...]:
        """Those named with --in, or all there are; in practice its own folder too."""
        if named := getattr(self.given, "in", None):
            return tuple(map(folder_place, named))
        return all_places(data=self.settings.data if self.settings.practice else None)

    def listed(self) -> Iterator[Found]:
        """Every certificate on those places, and on tokens too where no place was named. A token that fails is told."""
        yield from find(self.places(), now_utc())
        if getattr(self.given, "in", None):
            return
        try:
            tokens = open_tokens(self.settings.token_module)
            if tokens is not None:
                yield from find_on_tokens(tokens, now_utc())
        except ServiceError as error:
            self.note("said.token_failed", cause=self.words.text(f"problem.{error.reason}.cause"))

    def settle(self) -> None:
        """What a pulled stick or a loss of power left half done is brought to an end first, and told."""
        places = self.places() if self.given.action == "list" else self.all_places()
        for place, finding in settle(places):
            print(self.words.settled(place, finding), file=sys.stderr)

    def all_places(self) -> tuple[Place, ...]:
        return all_places(data=self.settings.data if self.settings.practice else None)

    def found(self, *, broken: bool = False) -> Found:
        """The certificate that the action is about. Raises as `look`."""
        return look(self.given.path, self.all_places(), now_utc(), broken=broken)

    @contextmanager
    def secret(self, name: str, *, new: bool = False) -> Iterator[Secret]:
        """Wiped when the block ends. `new`: typed twice where it is typed. Raises ConfigError."""
        found = self._secrets.secret(name, getattr(self.given, f"{name}_file"), twice=new)
        try:
            yield found
        finally:
            found.wipe()

    @contextmanager
    def rrn(self) -> Iterator[Secret | None]:
        """The digits alone, where a file holds them. Raises ConfigError `rrn_form`."""
        file: Path | None = self.given.rrn_file
        if file is None:
            yield None
            return
        written = self._secrets.secret("rrn", file)
        with written.view() as view:
            digits = Secret(bytearray(byte for byte in view if chr(byte) not in "- "))
        written.wipe()
        try:
            with digits.view() as view:
                if len(view) not in IDN_DIGITS or not all(0x30 <= byte <= 0x39 for byte in view):
                    raise ConfigError("rrn_form", path=str(file))
            yield digits
        finally:
            digits.wipe()

    # ── How to answer ────────────────────────────────────────────────────────────────────────────────────────

    def done(self, key: str, **data: object) -> int:
        """One sentence for a person, or the data with `outcome` for a program."""
        if self.given.json:
            self.tell({"outcome": "done"} | data)
        else:
            print(self.words(f"said.{key}", **data))
        return DONE

    def tell(self, told: Mapping[str, object]) -> None:
        print(json.dumps(told, ensure_ascii=False, default=str))

    def say(self, line: str) -> None:
        print(line, flush=True)

    def note(self, key: str, **data: object) -> None:
        """Beside the answer, for people."""
        print(self.words(key, **data), file=sys.stderr)
