"""What is freed is overwritten at once: Qt and Python leave copies of plain texts behind, which glibc can wipe."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

#: glibc fills what is freed with a byte, and keeps no small blocks back from that; Python takes its own from there too.
TUNABLES = "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0"
WANTED: Mapping[str, str] = {"GLIBC_TUNABLES": TUNABLES, "PYTHONMALLOC": "malloc"}


def overwrite_what_is_freed(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> None:
    """On Linux the program starts itself again with an allocator that does so; elsewhere it goes on as it is."""
    if platform != "linux" or all(environ.get(name) == value for name, value in WANTED.items()):
        return
    os.execve(sys.executable, sys.orig_argv, {**environ, **WANTED})  # noqa: S606 - this very program, as it was called
