"""A Dask scheduler and workers on the loopback address, whose processes can be killed and started again."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parents[2]
QUIET = {"DASK_LOGGING__DISTRIBUTED": "error", "DASK_DISTRIBUTED__WORKER__DAEMON": "true"}


def free_port() -> int:
    """A port of the loopback address that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class LoopbackCluster:
    """A scheduler and some workers, each a process group of its own."""

    def __init__(self, folder: Path, workers: int, threads: int) -> None:
        self.folder = folder
        self.threads = threads
        self.port = free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.scheduler = self._start_scheduler()
        self.workers = [self._start_worker() for _ in range(workers)]

    def kill_worker(self, which: int) -> None:
        """Kill a worker with all that it started, and start another in its place."""
        self._kill(self.workers[which])
        self.workers[which] = self._start_worker()

    def kill_scheduler(self) -> None:
        """Kill the scheduler and start another at its address. Its workers end with it; they are started again."""
        self._kill(self.scheduler)
        self.scheduler = self._start_scheduler()
        for which in range(len(self.workers)):
            self.kill_worker(which)

    def __enter__(self) -> LoopbackCluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, at: TracebackType | None
    ) -> None:
        for process in (*self.workers, self.scheduler):
            self._kill(process)

    def _start_scheduler(self) -> subprocess.Popen[bytes]:
        where = ["--host", "127.0.0.1", "--port", str(self.port), "--dashboard-address", "127.0.0.1:0", "--no-show"]
        return self._start("distributed.cli.dask_scheduler", *where)

    def _start_worker(self) -> subprocess.Popen[bytes]:
        how = ["--nthreads", str(self.threads), "--no-dashboard", "--host", "127.0.0.1"]
        place = ["--local-directory", str(self.folder), "--death-timeout", "600"]
        return self._start("distributed.cli.dask_worker", self.address, *how, *place)

    def _start(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / "cluster.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=self.folder,
                env={**os.environ, **QUIET, "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _kill(self, process: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
