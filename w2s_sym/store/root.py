"""Where findings and pages are kept."""

from __future__ import annotations

import os
from pathlib import Path


def store_root() -> Path:
    """Where findings are kept: ``$W2S_SYM_STORE``, else ``$XDG_CACHE_HOME/w2s-sym``, else ``~/.cache/w2s-sym``.

    A ``~`` in the first is the home directory. Raises ``RuntimeError`` when none of the three names a place (no home
    directory).
    """
    chosen = os.environ.get("W2S_SYM_STORE", "")
    if chosen:
        return Path(chosen).expanduser()
    cache = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(cache) if os.path.isabs(cache) else Path.home() / ".cache"
    return base / "w2s-sym"
