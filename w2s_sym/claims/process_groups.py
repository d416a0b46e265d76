"""A worker and the processes that its jobs start, as one group: they end with the worker."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time


def lead_group(parent: int) -> None:
    """Make this process the leader of a group of its own, which ends when the process ``parent`` is gone.

    What its jobs start belongs to the group, unless it makes a group of its own. A thread looks for the parent.
    """
    os.setsid()
    threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def end_group(leader: int) -> None:
    """End all processes of the group of this leader, be it alive or not. Does nothing where there is none."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS does not permit it for what has ended
        os.killpg(leader, signal.SIGKILL)


def _follow(parent: int) -> None:
    """End this process and its group when its parent is gone, however it went."""
    while os.getppid() == parent:
        time.sleep(0.2)
    end_group(os.getpid())
    os._exit(1)
