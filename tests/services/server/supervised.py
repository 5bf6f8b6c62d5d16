"""A supervisor as a program of its own: `python -m tests.services.server.supervised <what its workers do>`."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress

from desktop.services.server.access import AccessLog, to_stream
from desktop.services.server.notify import Notifier
from desktop.services.server.supervisor import Post, Supervisor


class _EndedError(Exception):
    pass


def stays(post: Post) -> int:
    """Until it is asked to end, or nobody watches."""

    def end(*_: object) -> None:
        raise _EndedError

    with suppress(_EndedError):
        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGHUP, lambda *_: _say(f"hangup {post.number}"))
        _say(f"worker {post.number} {os.getpid()}")
        post.started()
        os.read(post.life, 1)
    return 0


def stubborn(post: Post) -> int:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    post.started()
    os.read(post.life, 1)
    return 0


def never_begins(post: Post) -> int:
    return 7 if post.number == 2 else stays(post)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    works = {work.__name__: work for work in (stays, stubborn, never_begins)}
    return Supervisor(
        works[sys.argv[1]],
        2,
        patience=0.5 if sys.argv[1] == "stubborn" else 20.0,
        ready=lambda: _say("ready"),
        log=AccessLog(to_stream(sys.stderr)),
        notifier=Notifier(os.environ, os.getpid()),
    ).run()


if __name__ == "__main__":
    sys.exit(main())
