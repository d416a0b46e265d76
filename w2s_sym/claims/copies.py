"""Copies that a user's own code makes of this process end where that code does: no copy goes on with our work."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator


@contextlib.contextmanager
def without_copies() -> Iterator[None]:
    """What is called inside may fork, as libraries that work in parallel do; a copy that comes back from it ends.

    Each copy would do all that is left again, and would fork at the next call: twice as many processes each time.
    """
    here = os.getpid()
    try:
        yield
    finally:
        if os.getpid() != here:
            os._exit(0)
