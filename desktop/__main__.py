"""`python -m desktop` is the command `changgu`."""

from __future__ import annotations

from desktop.cli import main

raise SystemExit(main())
