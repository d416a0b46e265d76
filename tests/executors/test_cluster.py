"""A Dask cluster gives the digits that one process gives, whoever is killed meanwhile, and makes no finding twice."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path

import pytest
from ledger_runs import check, count, findings

from w2s_sym.executors.running import ExecutorError, Given
from w2s_sym.papers.board import Event
from w2s_sym.papers.ledger import verify_all
from w2s_sym.papers.loading import resolve
from w2s_sym.store.disk import Store

TWELVE = "CLAIMS = tuple(claim(f'c{i}', Fake(), Fake('simulation', seconds=0.3)) for i in range(6))"


# -- any executor ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["processes", "joblib"])
def test_any_executor_gives_the_same_digits(claims_file: Callable[..., Path], kind: str) -> None:
    path = claims_file(TWELVE)
    one = check(path, jobs=1, fresh=True)
    if kind == "processes":
        with ProcessPoolExecutor(2) as executor:
            two = check(path, fresh=True, executor=executor)
    else:
        executors = pytest.importorskip("joblib.externals.loky")
        executor = executors.get_reusable_executor(max_workers=2)
        two = check(path, fresh=True, executor=executor)
        executor.shutdown()
    assert findings(two) == findings(one)
    assert count(path) == 24


def test_evidence_that_kills_its_process_breaks_no_executor(claims_file: Callable[..., Path]) -> None:
    die = "lambda: os.kill(os.getpid(), signal.SIGKILL)"
    path = claims_file(f"CLAIMS = (claim('a', Fake(failure={die})), claim('b'), claim('c'), claim('d'))")
    with ProcessPoolExecutor(2) as executor:
        outcome = check(path, executor=executor)
    assert [r.holds for r in outcome.results] == [False, True, True, True]
    assert "signal 9" in outcome.failures[0].message


def test_an_executor_that_is_shut_down_is_an_error_and_no_verdict(claims_file: Callable[..., Path]) -> None:
    executor = ProcessPoolExecutor(1)
    executor.shutdown()
    with pytest.raises(ExecutorError, match="what was finished is kept"):
        check(claims_file(TWELVE), executor=executor)


def test_a_worker_with_another_text_of_the_claims_is_refused(claims_file: Callable[..., Path]) -> None:
    path = claims_file(TWELVE)
    entries = resolve([str(path)])
    assert entries[0].paper.sources
    path.write_text(path.read_text() + "\nCLAIMS = CLAIMS[:2]\n")
    with ProcessPoolExecutor(1) as executor:
        outcome = verify_all(entries, memory=Store(), executor=executor)
    assert len(outcome.failures) == 12
    assert "another text" in outcome.failures[0].message
    assert count(path) == 0


def test_an_executor_is_not_closed(claims_file: Callable[..., Path]) -> None:
    with ProcessPoolExecutor(1) as executor:
        for seed in (0, 1):
            assert check(claims_file(TWELVE), executor=executor, seed=seed).ok
        assert isinstance(executor, Executor)
        assert not Given(executor).opened


# -- Dask -----------------------------------------------------------------------------------------------------

distributed = pytest.importorskip("distributed", reason="needs the extra cluster: pip install 'w2s-sym[cluster]'")


def test_a_cluster_of_three_workers_with_two_threads_gives_the_same_digits(
    claims_file: Callable[..., Path], tmp_path: Path
) -> None:
    from clusters import LoopbackCluster

    from w2s_sym.executors.cluster import Cluster

    path = claims_file(TWELVE)
    one = check(path, jobs=1, fresh=True)
    with LoopbackCluster(tmp_path, workers=3, threads=2) as cluster:
        several = check(path, fresh=True, executor=Cluster(cluster.address))
    assert findings(several) == findings(one)
    assert count(path) == 24


@pytest.mark.slow
def test_killed_workers_and_a_killed_scheduler_cost_no_finding(
    claims_file: Callable[..., Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Workers and the scheduler are killed while findings come in; what was finished is not made again."""
    from clusters import LoopbackCluster

    from w2s_sym.executors.cluster import Cluster

    path = claims_file("CLAIMS = tuple(claim(f'c{i}', Fake('simulation', seconds=1)) for i in range(16))")
    one = check(path, jobs=2, fresh=True)
    made = count(path)
    assert made == 16
    with LoopbackCluster(tmp_path, workers=2, threads=2) as cluster:
        kills: list[Callable[[], None]] = [
            lambda: cluster.kill_worker(0),
            cluster.kill_scheduler,
            lambda: cluster.kill_worker(1),
        ]
        finished: list[str] = []
        killers: list[threading.Thread] = []

        def progress(event: Event) -> None:
            if event.finding is None:
                return
            finished.append(event.claim)
            if len(finished) in (3, 6, 9):
                killers.append(threading.Thread(target=kills.pop(0)))
                killers[-1].start()

        several = check(path, fresh=True, executor=Cluster(cluster.address), progress=progress)
        for killer in killers:
            killer.join()
    assert not kills
    assert "Traceback" not in capfd.readouterr().err  # what Dask logs of it
    assert findings(several) == findings(one)
    assert sorted(finished) == sorted(r.claim.id for r in one.results)
    # Evidence that was at work when its worker died begins again: two threads each time a worker dies, and four when
    # the scheduler dies with both.
    assert 16 <= count(path) - made <= 16 + 2 + 4 + 2


def test_results_that_are_lost_on_their_way_are_asked_for_again(
    claims_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scheduler dies while it hands results over: Dask's client says so once, and its own futures never end."""
    from w2s_sym.executors.cluster import Cluster

    path = claims_file("CLAIMS = tuple(claim(f'c{i}', Fake()) for i in range(4))")
    one = check(path, jobs=1, fresh=True)
    gather, asked = distributed.Client._gather, []

    async def cut(self: object, futures: list[object], **options: object) -> list[object]:
        found: list[object] = await gather(self, futures, **options)
        asked.append(futures)
        if len(asked) in (1, 3):
            raise distributed.comm.core.CommClosedError("stream is closed")
        return found

    monkeypatch.setattr(distributed.Client, "_gather", cut)
    ended: list[str] = []
    thread = threading.Thread(
        target=lambda: ended.append(findings(check(path, fresh=True, executor=Cluster("local:1")))), daemon=True
    )
    thread.start()
    thread.join(60)
    assert ended == [findings(one)]
    assert len(asked) == 6  # four results, and two of them once more
    assert count(path) == 8  # what was made is kept: no finding was made again for that


@pytest.mark.parametrize("address", ["", "localhost", "tcp://", "tcp://host", "local:0", "local:x", "__import__('os')"])
def test_an_address_that_is_none_is_refused(
    w2s: Callable[..., object], claims_file: Callable[..., Path], address: str
) -> None:
    path = claims_file(TWELVE)
    ran = w2s("verify", path, "--cluster", address)
    assert "tcp://HOST:8786" in ran.error  # type: ignore[attr-defined]
    assert count(path) == 0


def test_a_scheduler_that_does_not_answer_is_an_error_and_no_verdict(claims_file: Callable[..., Path]) -> None:
    from clusters import free_port

    from w2s_sym.executors.cluster import Cluster

    with pytest.raises(ExecutorError, match="no scheduler answers"):
        check(claims_file(TWELVE), executor=Cluster(f"tcp://127.0.0.1:{free_port()}", patience=1))


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n" * 9, bytes(4096), b"\xff" * 99])
def test_a_server_that_is_no_scheduler_is_an_error_within_its_time(
    monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    """One that says nothing, as the near end of a dead tunnel, and some that say other things."""
    from w2s_sym.executors import cluster

    monkeypatch.setattr(cluster, "ANSWER", 1.0)
    connections: list[socket.socket] = []

    def serve(server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connections.append(server.accept()[0])
                connections[-1].sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, args=(server,), daemon=True).start()
        crew = cluster.Cluster(f"tcp://127.0.0.1:{server.getsockname()[1]}", patience=0)
        start = time.monotonic()
        with pytest.raises(ExecutorError, match="no scheduler answers at tcp://127") as problem, crew.open(1, print):
            pass
        assert time.monotonic() - start < 30
        assert "\n" not in str(problem.value)
    assert connections
    for connection in connections:
        connection.close()


def test_the_address_of_a_worker_is_told_from_that_of_a_scheduler() -> None:
    from w2s_sym.executors.cluster import Cluster

    with distributed.LocalCluster(n_workers=1, processes=False, dashboard_address=None, protocol="tcp") as cluster:
        crew = Cluster(cluster.workers[0].address, patience=0)
        with pytest.raises(ExecutorError, match="it is the address of a worker"), crew.open(1, print):
            pass
