"""TOML that comes with the program, kept parsed beside it as Python keeps its modules: a start reads bytecode."""

from __future__ import annotations

from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

Table = dict[str, Any]


class _TableLoader(SourceFileLoader):
    """Python's own loader with its cache: made anew when the file has another time or size, and never needed.

    As with modules, whoever can write the cache could as well write the program.
    """

    def source_to_code(  # type: ignore[override]  # the stub allows for what no loader is given, such as an AST
        self, data: ReadableBuffer, path: str, *, _optimize: int = -1
    ) -> CodeType:
        return compile(f"table = {_read(bytes(data))!r}", path, "exec", dont_inherit=True)


def shipped_table(path: Path) -> Table:
    """What a TOML file below `shipped()` holds; dates as in ISO 8601. For no other file: its bytecode is trusted.

    Raises OSError or ValueError (no TOML).
    """
    module = ModuleType(path.stem)
    _TableLoader(path.stem, str(path)).exec_module(module)
    table: Table = module.table
    return table


def _read(source: bytes) -> Any:
    import tomllib  # noqa: PLC0415 - it takes as long as a tenth of our own start; bytecode does without

    return _plain(tomllib.loads(source.decode("utf-8")))


def _plain(value: Any) -> Any:
    """Only what bytecode can hold."""
    match value:
        case dict():
            return {key: _plain(inner) for key, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case str() | int() | float():
            return value
        case _:
            return value.isoformat()
