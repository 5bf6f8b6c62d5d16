"""What people read: the key `step.identity.title` is `[identity] title` of `resources/text/<language>/step.toml`."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path

from desktop.shipped import shipped
from desktop.tables import shipped_table

LANGUAGES = ("ko", "en")

Entry = str | tuple[str, ...]


class MissingText(LookupError):  # noqa: N818 - the name says what is wrong
    """A text that the tables lack, or that wants data it was not given. Tests keep people from ever meeting it."""

    def __init__(self, language: str, key: str, problem: str) -> None:
        super().__init__(f"{language}:{key}: {problem}")
        self.language, self.key = language, key


class Text:
    """The words of one language. A namespace (one small file) is read when first asked for."""

    def __init__(self, language: str, folder: Path | None = None) -> None:
        """`folder` holds one folder a language; the shipped one unless given. Raises MissingText for an unknown one."""
        self.language = language
        self._shipped = folder is None
        self._folder = (folder or shipped("text")) / language
        self._namespaces: dict[str, Mapping[str, Entry]] = {}
        if not self._folder.is_dir():
            raise MissingText(language, "*", f"no folder {language!r}")

    def __call__(self, key: str, /, **data: object) -> str:
        """The text with its `{placeholders}` filled. Raises MissingText."""
        entry = self._entry(key)
        if not isinstance(entry, str):
            raise MissingText(self.language, key, "is a list; use item() or items()")
        try:
            return entry.format_map(data)
        except (KeyError, IndexError, ValueError) as error:
            raise MissingText(self.language, key, f"cannot be filled in: {error!r}") from error

    def items(self, key: str) -> tuple[str, ...]:
        """Every text of a list, such as the paragraphs of a help. Raises MissingText."""
        entry = self._entry(key)
        if isinstance(entry, str):
            raise MissingText(self.language, key, "is one text, not a list")
        return entry

    def item(self, key: str, n: int) -> str:
        """The `n`th text of a list, counted from 0; the last one when the list is shorter. Raises MissingText."""
        entries = self.items(key)
        return entries[min(n, len(entries) - 1)]

    def has(self, key: str) -> bool:
        """Whether the tables hold the key, as a text or as a list."""
        namespace, _, _ = key.partition(".")
        return key in self._namespace(namespace)

    def first(self, *keys: str) -> str:
        """The first of the keys that the tables hold, for words that differ in some cases; the last one otherwise."""
        return next((key for key in keys if self.has(key)), keys[-1])

    def read_ahead(self) -> None:
        """Reads every namespace, in any thread, so that no page has to wait for its words."""
        for path in self._folder.glob("*.toml"):
            self._namespace(path.stem)

    def _entry(self, key: str) -> Entry:
        namespace, _, _ = key.partition(".")
        entry = self._namespace(namespace).get(key)
        if entry is None:
            raise MissingText(self.language, key, "is not in the tables")
        return entry

    def _namespace(self, name: str) -> Mapping[str, Entry]:
        if name not in self._namespaces:
            self._namespaces[name] = self._read(name)
        return self._namespaces[name]

    def _read(self, name: str) -> Mapping[str, Entry]:
        path = self._folder / f"{name}.toml"
        try:
            return _shipped(path) if self._shipped else read_table(path)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError) as error:
            raise MissingText(self.language, name, f"{path.name} cannot be read: {error}") from error


@functools.cache
def _shipped(path: Path) -> Mapping[str, Entry]:
    """Once for all that speak this language."""
    return _flattened(path, shipped_table(path))


def read_table(path: Path) -> dict[str, Entry]:
    """Every text of one namespace by its whole key. Raises OSError, ValueError (no TOML) or TypeError (no texts)."""
    import tomllib  # noqa: PLC0415 - the shipped words are read without it

    return _flattened(path, tomllib.loads(path.read_text(encoding="utf-8")))


def _flattened(path: Path, table: Mapping[str, object]) -> dict[str, Entry]:
    return dict(_flat(path.stem, table))


def _flat(prefix: str, table: Mapping[str, object]) -> Iterator[tuple[str, Entry]]:
    """Nested tables as dotted keys. Raises TypeError for what is neither a text nor a list of texts."""
    for name, value in table.items():
        key = f"{prefix}.{name}"
        if isinstance(value, dict):
            yield from _flat(key, value)
        elif isinstance(value, str):
            yield key, value
        elif isinstance(value, list) and value and all(isinstance(text, str) for text in value):
            yield key, tuple(value)
        else:
            raise TypeError(f"{key} is neither a text nor a list of texts")
