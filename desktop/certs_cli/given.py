"""Secrets that a command was given: in a file, in the environment, or typed without echo; never on the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from getpass import getpass
from pathlib import Path

from desktop.config import ConfigError, private_enough
from desktop.secret import Secret

#: More than any password has.
_MOST_BYTES = 4096
_LINE_ENDS = (b"\r\n", b"\n")
_MARK = b"\xef\xbb\xbf"  # which Windows puts before UTF-8


class GivenSecrets:
    """Each by its name: `password` is --password-file, CHANGGU_PASSWORD, or a prompt."""

    def __init__(
        self,
        warn: Callable[[str], None],
        ask: Callable[[str], str],
        *,
        environ: Mapping[str, str] = os.environ,
        typed: Callable[[str], str] = getpass,
        at_a_terminal: Callable[[], bool] | None = None,
    ) -> None:
        """`warn` is told of a file that others can read; `ask` words the prompt of a name."""
        self._warn, self._ask, self._environ = warn, ask, environ
        self._typed, self._at_a_terminal = typed, at_a_terminal or sys.stdin.isatty

    def secret(self, name: str, file: Path | None, *, twice: bool = False) -> Secret:
        """The caller's to wipe. A prompt and the environment leave strings that nobody can wipe; a file does not.

        `twice`: a new one is typed again. Raises ConfigError `secret_missing`, `secret_empty`, `secret_unlike`, or
        `secret_unasked` where nobody is there to be asked.
        """
        if file is not None:
            return self._from_file(file)
        if given := self._environ.get(f"CHANGGU_{name.upper()}"):
            return Secret.of(given)
        if not self._at_a_terminal():
            raise ConfigError("secret_unasked", name=name.replace("_", "-"), variable=f"CHANGGU_{name.upper()}")
        found = Secret.of(self._typed(self._ask(name)))
        if twice and found != Secret.of(self._typed(self._ask(f"{name}_again"))):
            raise ConfigError("secret_unlike")
        if not len(found):
            raise ConfigError("secret_empty", name=name.replace("_", "-"))
        return found

    def _from_file(self, file: Path) -> Secret:
        """Its first line. Others who can read it is warned of, not refused: the file may be gone in a moment, and
        whoever runs a script has the password already."""
        try:
            if not private_enough(file):
                self._warn(str(file))
            with file.open("rb", buffering=0) as opened:
                read = bytearray(_MOST_BYTES)
                size = opened.readinto(read) or 0
        except OSError as error:
            raise ConfigError("secret_missing", path=str(file)) from error
        end = min((at for line_end in _LINE_ENDS if (at := read.find(line_end, 0, size)) >= 0), default=size)
        begin = len(_MARK) if read.startswith(_MARK) else 0
        found = Secret(memoryview(read)[begin:end])
        read[:] = bytes(len(read))
        if not len(found):
            raise ConfigError("secret_empty", name=str(file))
        return found
