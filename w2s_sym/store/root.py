"""Where findings and pages are kept."""

from __future__ import annotations

import os
from pathlib import Path


def chosen_bucket() -> str | None:
    """The address of object storage that ``$W2S_SYM_STORE`` names, such as ``s3://bucket/w2s``; None for a path."""
    chosen = os.environ.get("W2S_SYM_STORE", "")
    return chosen if "://" in chosen else None


def store_root() -> Path:
    """Where findings are kept: ``$W2S_SYM_STORE``, else ``$XDG_CACHE_HOME/w2s-sym``, else ``~/.cache/w2s-sym``.

    A ``~`` in the first is the home directory; where it is the address of a bucket, the others count. Raises
    ``RuntimeError`` when none of the three names a place (no home directory).
    """
    chosen = os.environ.get("W2S_SYM_STORE", "")
    if chosen and chosen_bucket() is None:
        return Path(chosen).expanduser()
    cache = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(cache) if os.path.isabs(cache) else Path.home() / ".cache"
    return base / "w2s-sym"
