"""Jobs on a cluster that Dask distributed runs. Dask is an extra: ``pip install 'w2s-sym[cluster]'``.

Dead workers, retries and the network are Dask's. What is added: when the scheduler itself is gone, the jobs wait for it
to come back and are handed over again, those that were finished left out. Dask's workers end with their scheduler:
whoever started them (Slurm, Kubernetes, a shell) starts them again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from typing import Any

from w2s_sym.executors.running import ExecutorError, Listener

ADDRESS = re.compile(r"(tcp|tls|ws|wss|ucx)://[^\s/]+:\d{1,5}")
LOCAL = re.compile(r"local:(\d{1,4})")
SHAPE = "tcp://HOST:8786 for a scheduler, or local:4 for 4 processes of this machine"
# How long a scheduler that was there may be away, and how long it may take to say what it is, in seconds.
WAIT, ANSWER = 300.0, 10.0


class Cluster:
    """The workers of a Dask scheduler.

    ``address`` is that of a scheduler (``tcp://HOST:8786``), or ``local:4`` for a cluster of four workers on this
    machine that lives as long as the jobs. ``told`` takes a line when the scheduler is waited for, ``patience`` is how
    many seconds its first answer may take. Raises :class:`ExecutorError` for another address, and without Dask.
    """

    def __init__(self, address: str, told: Callable[[str], None] = lambda line: None, patience: float = 30.0) -> None:
        if not ADDRESS.fullmatch(address) and not (found := LOCAL.fullmatch(address)):
            raise ExecutorError(f"{address!r:.80} is no cluster; give {SHAPE}")
        if not ADDRESS.fullmatch(address) and found is not None and not int(found[1]):
            raise ExecutorError(f"{address} has no worker; give {SHAPE}")
        self.address = address
        self.told = told
        self.patience = patience
        self._connected = False
        _dask()

    @contextlib.contextmanager
    def open(self, size: int, listener: Listener) -> Iterator[Executor]:
        """An executor whose workers are those of the cluster, however many there are by then."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(_quiet())
            client = stack.enter_context(self._client(stack))
            self._connected = True
            if not client.scheduler_info()["workers"]:
                self.told(f"the cluster at {self.address} has no worker yet; its work waits for one")
            yield _Tasks(client)

    def _client(self, stack: contextlib.ExitStack) -> Any:
        distributed = _dask()
        if local := LOCAL.fullmatch(self.address):
            options = {"n_workers": int(local[1]), "threads_per_worker": 1, "dashboard_address": None}
            return distributed.Client(stack.enter_context(distributed.LocalCluster(host="127.0.0.1", **options)))
        end = time.monotonic() + (WAIT if self._connected else self.patience)
        while True:
            try:
                _require_scheduler(distributed, self.address)
                return distributed.Client(self.address, timeout=10, set_as_default=False)
            except Exception as problem:  # whatever another server's answer makes of Dask
                if time.monotonic() > end:
                    told = " ".join(str(problem).split())[:120] or type(problem).__name__
                    raise ExecutorError(
                        f"no scheduler answers at {self.address} ({told}); start it (dask scheduler) or correct the "
                        "address; what was finished is kept"
                    ) from problem
            self.told(f"waiting for the scheduler at {self.address}")
            time.sleep(1.0)


def _require_scheduler(distributed: Any, address: str) -> None:
    """Raise what there is to raise where no scheduler answers within :data:`ANSWER` seconds.

    Dask's client waits for ever for a server that is there and says nothing: the near end of a dead tunnel, say.
    """

    async def kind() -> str:
        how = distributed.Security().get_connection_args("client")
        async with distributed.rpc(address, timeout=ANSWER, connection_args=how) as there:
            return str((await there.identity())["type"])

    async def asked() -> str:
        try:
            return await asyncio.wait_for(kind(), ANSWER)
        except TimeoutError:
            raise TimeoutError(f"nothing came within {ANSWER:.0f} s") from None

    with ThreadPoolExecutor(1) as thread:  # this thread may have a loop of its own that runs, as in a notebook
        found = thread.submit(asyncio.run, asked()).result()
    if found != "Scheduler":
        raise ValueError(f"it is the address of a {found.lower()}")


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep back what Dask's client logs, with tracebacks, of a scheduler that is gone: it is told in one line."""
    loggers = [logging.getLogger(name) for name in ("distributed.client", "distributed.utils", "tornado.application")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


class _Tasks(Executor):
    """What a client of Dask is given to do, as futures that always end.

    Those of ``Client.get_executor`` do not: where the scheduler dies while a result is on its way, they wait for ever.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand a call over. It is tried again on another worker when its own dies; jobs do not break workers."""
        ours: Future[Any] = Future()
        theirs = self._client.submit(fn, *args, **kwargs, pure=False, retries=20)
        self._client.loop.add_callback(_pass_on, self._client, theirs, ours)
        return ours


async def _pass_on(client: Any, theirs: Any, ours: Future[Any]) -> None:
    """Wait for a result of Dask and hand it on; or the reason why there will be none."""
    try:
        (value,) = await client.gather([theirs], asynchronous=True)
    except asyncio.CancelledError:  # the client closes
        ours.set_exception(CancelledError())
        raise
    except Exception as problem:
        ours.set_exception(problem)
    else:
        ours.set_result(value)


def _dask() -> Any:
    try:
        import distributed
    except ImportError as problem:
        raise ExecutorError(f"a cluster needs Dask ({problem}); pip install 'w2s-sym[cluster]'") from problem
    return distributed
