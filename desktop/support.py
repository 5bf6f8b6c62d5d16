"""What may be sent to whoever helps: how this machine stands and what went wrong last, and nothing of a person."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from desktop import __version__
from desktop.doctor import Finding
from desktop.log import ALLOWED, FILE_NAME, line_of

#: What of a finding tells nothing about a person. A path does, and so may the name of a file or a server.
_TOLD = frozenset({"version", "platform", "free", "family", "now"})
#: How many of the last events.
LAST = 20


def support_text(findings: Iterable[Finding], data: Path) -> str:
    """Codes, for people who know them. `data` is the folder with the log."""
    head = f"changgu {__version__} · Python {platform.python_version()} · {platform.system()} {platform.machine()}"
    return "\n".join((head, "", *map(_line, findings), "", *_events(data / FILE_NAME))).rstrip() + "\n"


def _line(finding: Finding) -> str:
    told = (f"{name}={value}" for name, value in finding.data.items() if name in _TOLD)
    return " ".join((f"[{finding.state}]", finding.code, *told))


def _events(path: Path) -> Iterator[str]:
    """Through the log's own sieve once more: a file can be changed by others."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST:]
    except OSError:
        return
    for line in lines:
        try:
            row = json.loads(line)
            at, name = datetime.fromisoformat(row.pop("at")), row.pop("event")
        except (ValueError, TypeError, KeyError, AttributeError):
            continue  # cut off by a full disk, or nothing of ours
        yield line_of(str(name), {key: value for key, value in row.items() if key in ALLOWED}, at)
