"""Functions of users, called so that a copy of this process that they make does not go on with its work."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator


@contextlib.contextmanager
def in_this_process() -> Iterator[None]:
    """End, without a word, a process in which the code of this block returns or raises and that did not enter it.

    A function that calls ``os.fork()`` returns twice: here, and in a copy of this process. A copy would do all work
    that is left again, and call the function again: their number would double with each call.
    """
    entered = os.getpid()
    try:
        yield
    finally:
        if os.getpid() != entered:
            os._exit(0)
