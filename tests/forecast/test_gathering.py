"""Sums over rows have the same bits however rows are stored, cut and shared out, and are not lost with a process."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from feature_files import FORMATS, write
from feature_pairs import draw_pair
from hypothesis import given
from hypothesis import strategies as st

from w2s_sym import plan
from w2s_sym.executors.running import ExecutorError, Local
from w2s_sym.forecast import gathering, moments
from w2s_sym.forecast.gathering import HERE, Gathered, Readers, read_pair
from w2s_sym.forecast.moments import Moments, SumRows, branch, job_rows, tree_sum
from w2s_sym.forecast.reading import FeatureError, as_rows, checked_pair
from w2s_sym.rows.rows import ArrayRows, FeatureRows

ROWS = 3000


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of 64 rows and jobs of two blocks: 24 jobs, the last of them shorter."""
    monkeypatch.setattr(moments, "BLOCK_ROWS", 64)
    monkeypatch.setattr(moments, "LEAST_BLOCKS", 2)


class Shelf:
    """A memory that counts what is in it."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    def get(self, key: str) -> Any | None:
        value = self.kept.get(key)
        return None if value is None else json.loads(value)

    def put(self, key: str, value: Any) -> None:
        self.kept[key] = None if value is None else json.dumps(value)

    @property
    def full(self) -> list[str]:
        return [key for key, value in self.kept.items() if value is not None]


def pair(rows: int = ROWS) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    strong = rng.standard_normal((rows, 6)) + np.array([0, 0, 0, 0, 100, 1e4])
    return (strong[:, :3] + rng.standard_normal((rows, 3))).astype(np.float32), strong.astype(np.float32)


def bits(found: Gathered) -> tuple[bytes, ...]:
    sums = found.moments
    arrays = (sums.sums, sums.gram, sums.varies, found.shift, found.weak.astype(float), found.strong.astype(float))
    return tuple(a.tobytes() for a in arrays)


def gather(weak: object, strong: object, readers: Readers = HERE, centred: bool = True) -> Gathered:
    rows = checked_pair(weak, strong)  # type: ignore[arg-type]
    return read_pair(*rows, np.array([0, 5, 700, 701, 2999]), centred=centred, readers=readers)


# -- the numbers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("centred", [True, False])
def test_sums_are_those_of_all_rows(centred: bool) -> None:
    """Against sums of all rows in long double precision."""
    weak, strong = pair()
    found = gather(weak, strong, centred=centred)
    x = np.hstack([weak, strong]).astype(np.longdouble) - found.shift
    assert found.moments.rows == ROWS
    scale = np.sqrt(np.outer((x**2).sum(0), (x**2).sum(0)))
    assert np.abs((found.moments.gram - x.T @ x) / scale).max() < 1e-14
    assert np.abs((found.moments.sums - x.sum(0)) / np.abs(x).sum(0)).max() < 1e-14
    assert (found.weak == weak[[0, 5, 700, 701, 2999]]).all()
    assert (found.shift == 0).all() != centred
    assert found.moments.varies.all()


def test_columns_that_never_vary_are_flagged() -> None:
    weak, strong = pair()
    weak[:, 1], strong[:, 2], strong[:, 3] = 7, 3, 2
    strong[2999, 3] = 4  # in the last row of all
    assert gather(weak, strong).moments.varies.tolist() == [True, False, True, True, True, False, True, True, True]


def by_recursion(leaves: list[Moments], low: int, high: int) -> Moments:
    if high - low == 1:
        leaf = leaves[low]
        return Moments(leaf.rows, leaf.sums.copy(), leaf.gram.copy(), leaf.varies.copy())
    middle = branch(low, high)
    return by_recursion(leaves, low, middle).add(by_recursion(leaves, middle, high))


@given(count=st.integers(1, 70), size=st.sampled_from([1, 2, 4, 8, 16]))
def test_jobs_of_any_size_are_branches_of_one_tree(count: int, size: int) -> None:
    """Floats are not associative: another order of the sums has other bits."""
    values = np.random.default_rng(count).standard_normal(count) * 10.0 ** np.arange(count)
    leaves = [Moments(1, np.array([v]), np.array([[v]]), np.array([True])) for v in values]
    whole = by_recursion(leaves, 0, count)
    jobs = [
        tree_sum(iter([by_recursion([leaf], 0, 1) for leaf in leaves[k : k + size]])) for k in range(0, count, size)
    ]
    total = by_recursion(jobs, 0, len(jobs))
    assert total.gram.tobytes() == whole.gram.tobytes()
    assert total.rows == whole.rows == count


def test_work_is_cut_by_rows_and_columns_alone() -> None:
    blocks = {columns: moments.block_rows(columns) for columns in (1, 10**3, 10**6)}
    assert blocks == {1: 64, 10**3: 64, 10**6: 64}
    for rows, columns in ((10, 5), (10**5, 5), (10**9, 512), (10**6, 4000)):
        size = job_rows(rows, columns) // moments.block_rows(columns)
        assert size & (size - 1) == 0
        assert 8 * columns**2 * (size.bit_length() + 1) <= moments.MOST_SUMS or size == 1
    assert 10**9 / job_rows(10**9, 512) <= moments.MOST_JOBS


def test_blocks_of_many_columns_are_shorter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moments, "BLOCK_ROWS", 4096)
    for columns, rows in ((1024, 4096), (2048, 4096), (2049, 2048), (16384, 512), (10**6, 64)):
        assert moments.block_rows(columns) == rows


# -- where they are stored, and who reads them ----------------------------------------------------------------


@pytest.mark.parametrize("kind", FORMATS)
def test_no_bit_depends_on_the_format_or_on_the_number_of_processes(kind: str, tmp_path: Path) -> None:
    weak, strong = pair()
    whole = bits(gather(weak, strong))
    paths = [write(a, tmp_path, name, kind) for a, name in ((weak, "weak"), (strong, "strong"))]
    assert bits(gather(*paths, Readers(memory=Shelf()))) == whole
    two = Readers(workers=2, memory=Shelf())
    if kind == "memory://":
        with pytest.raises(FeatureError, match="seen by this process alone"):
            gather(*paths, two)
    else:
        assert bits(gather(*paths, two)) == whole


@pytest.mark.parametrize("kind", ["arrays", "npy", "zarr 3"])
def test_no_bit_depends_on_the_executor(kind: str, tmp_path: Path) -> None:
    weak, strong = pair()
    whole = bits(gather(weak, strong))
    given: list[object] = [weak, strong]
    if kind != "arrays":
        given = [write(a, tmp_path, name, kind) for a, name in ((weak, "weak"), (strong, "strong"))]
    with ProcessPoolExecutor(2) as executor:
        assert bits(gather(*given, Readers(executor=executor, memory=Shelf()))) == whole
    assert bits(gather(*given, Readers(executor=Local(3, "spawn"), memory=Shelf()))) == whole


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["arrays", "npy", "parquet"])
def test_no_bit_depends_on_the_cluster(kind: str, tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="needs the extra cluster: pip install 'w2s-sym[cluster]'")
    from w2s_sym.executors.cluster import Cluster

    weak, strong = pair()
    whole = bits(gather(weak, strong))
    given: list[object] = [weak, strong]
    if kind != "arrays":
        given = [write(a, tmp_path, name, kind) for a, name in ((weak, "weak"), (strong, "strong"))]
    assert bits(gather(*given, Readers(executor=Cluster("local:2"), memory=Shelf()))) == whole


def test_arrays_that_are_too_large_to_be_sent_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "MOST_SENT", 100)
    with ProcessPoolExecutor(1) as executor, pytest.raises(FeatureError, match="give the address"):
        gather(*pair(), Readers(executor=executor))


@pytest.mark.parametrize("method", ["ridge", "least squares"])
@pytest.mark.parametrize("kind", ["npy", "zarr 2", "lists"])
def test_a_plan_from_files_is_that_from_arrays(kind: str, method: Any, tmp_path: Path, store: Path) -> None:
    weak, strong, y = draw_pair(2000, 0)
    whole = plan(weak, strong, y[:300], method=method, n=100, N=400).to_json()
    paths = [write(a, tmp_path, name, kind) for a, name in ((weak, "weak"), (strong, "strong"))]
    np.save(tmp_path / "y.npy", y[:300])
    for workers in (1, 2):
        found = plan(*paths, tmp_path / "y.npy", method=method, n=100, N=400, workers=workers)  # type: ignore[arg-type]
        assert found.to_json() == whole
    assert any(store.rglob("*.json"))  # sums are kept in the usual store


def test_a_plan_says_which_rows_train(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("w2s_sym.forecast.coordinates.HELD_ROWS", 500)
    weak, strong, y = draw_pair(2000, 0)
    (note,) = (n for n in plan(weak, strong, y[:300], n=100, N=400, seed=7).notes if n.name == "rows")
    assert "all 2000 rows; 500 of them train and measure, 250 with labels, drawn with seed 7" in note.text
    monkeypatch.setattr("w2s_sym.forecast.coordinates.FEW_ROWS", 50)  # the population stands for N = 1500 rows
    (note,) = (n for n in plan(weak, strong, y[:300], n=100, N=1500, seed=7).notes if n.name == "rows")
    assert "all 2000 rows; 300 of them train and measure, 250 with labels" in note.text


# -- bad rows -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2])
def test_the_first_bad_row_is_named_with_its_file(workers: int, tmp_path: Path) -> None:
    weak, strong = pair()
    for row in (2900, 1500, 1501):
        strong[row, 4] = np.nan
    paths = [write(a, tmp_path, name, "npy") for a, name in ((weak, "weak"), (strong, "strong"))]
    with pytest.raises(FeatureError, match=r"strong features: .*strong\.npy: nan at row 1500, column 4; needs finite"):
        gather(*paths, Readers(workers=workers, memory=Shelf()))


def test_rows_too_large_to_be_squared_are_refused() -> None:
    weak, strong = pair()
    with pytest.raises(FeatureError, match="too large to be squared"):
        gather(weak.astype(float) * 1e200, strong)


def test_a_number_of_workers_that_is_none_is_refused() -> None:
    with pytest.raises(FeatureError, match="workers=0: needs a number of processes"):
        plan(*pair(), np.arange(20.0), workers=0)


# -- processes that die, and plans that go on -----------------------------------------------------------------


@dataclass(frozen=True)
class Counted(FeatureRows):
    """Rows that note which job reads them, and do something bad at a row, ``times`` times."""

    array: np.ndarray
    folder: Path
    at: int = -1
    times: int = 0
    kill: bool = False

    @property
    def name(self) -> str:
        return "counted"

    @property
    def shape(self) -> tuple[int, ...]:
        return self.array.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.array.dtype

    @property
    def identity(self) -> str:
        return "counted"

    def pieces(self, start: int, stop: int) -> Iterator[np.ndarray]:
        (self.folder / f"{start}-{len(list(self.folder.iterdir()))}-{os.getpid()}").touch()
        if start <= self.at < stop and stop - start == 128:
            marks = [f"bad{k}" for k in range(self.times) if not (self.folder / f"bad{k}").exists()]
            if marks:
                (self.folder / marks[0]).touch()
                if self.kill:
                    os.kill(os.getpid(), signal.SIGKILL)
                raise KeyboardInterrupt
        yield self.array[start:stop]

    def take(self, index: np.ndarray) -> np.ndarray:
        return np.asarray(self.array[index])

    @property
    def reads(self) -> list[int]:
        """The first rows of all that was read."""
        return [int(p.name.split("-")[0]) for p in self.folder.iterdir() if not p.name.startswith("bad")]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_plan_that_is_interrupted_goes_on_and_reads_nothing_twice(workers: int, tmp_path: Path) -> None:
    weak, strong = pair()
    whole = bits(gather(weak, strong))
    shelf, rows = Shelf(), Counted(weak, tmp_path, at=1700 if workers == 1 else -1, times=1)
    if workers == 1:
        with pytest.raises(KeyboardInterrupt):
            gather(rows, strong_known(strong), Readers(memory=shelf))
    else:
        # What stops a worker stops its job only, which is done again: here the listener ends the plan itself.
        with pytest.raises(InterruptedError):
            gather(rows, strong_known(strong), Readers(2, memory=shelf, tell=interrupting(ROWS // 2)))
    before = rows.reads
    assert bits(gather(rows, strong_known(strong), Readers(memory=shelf))) == whole
    after = list(rows.reads)
    for start in before:
        after.remove(start)
    jobs = sorted(start for start in after if start % 128 == 0)
    if workers == 1:
        # Jobs from the one that failed on, once each; the first and the last block are looked at for the key.
        assert jobs == sorted([0, 2944, *range(1664, ROWS, 128)])
    else:
        assert len(jobs) < 24 - 8
    assert len(shelf.full) == 1  # the sums over all rows
    gather(rows, strong_known(strong), Readers(memory=shelf))
    assert len([s for s in rows.reads if s == 1664]) == len([s for s in [*before, *after] if s == 1664])


def strong_known(strong: np.ndarray) -> FeatureRows:
    @dataclass(frozen=True)
    class Known(ArrayRows):
        @property
        def identity(self) -> str:
            return "strong"

    return Known(strong)


def interrupting(rows: int) -> Callable[[str], None]:
    def tell(text: str) -> None:
        if int(text.split()[1]) > rows:
            raise InterruptedError

    return tell


def test_few_sums_are_kept_at_a_time(tmp_path: Path) -> None:
    """A complete tree of k jobs in order never has more than log2(k) + 1 branches."""
    most = 0

    class Watched(Shelf):
        def put(self, key: str, value: Any) -> None:
            nonlocal most
            super().put(key, value)
            most = max(most, len(self.full))

    weak, strong = pair()
    gather(Counted(weak, tmp_path), strong_known(strong), Readers(memory=Watched()))
    assert 2 <= most <= 1 + np.log2(32) + 1


@pytest.mark.parametrize("damage", ["3", '{"rows": 3}', '{"rows": 1, "sums": "AAA", "gram": "", "varies": []}'])
def test_sums_that_are_damaged_are_made_again(damage: str, tmp_path: Path) -> None:
    weak, strong = pair()
    shelf, rows = Shelf(), Counted(weak, tmp_path)
    whole = bits(gather(rows, strong_known(strong), Readers(memory=shelf)))
    (key,) = shelf.full
    shelf.kept[key] = damage
    assert bits(gather(rows, strong_known(strong), Readers(memory=shelf))) == whole


def test_sums_of_a_file_that_changed_are_made_again(tmp_path: Path) -> None:
    weak, strong = pair()
    shelf = Shelf()
    paths = [write(a, tmp_path, name, "npy") for a, name in ((weak, "weak"), (strong, "strong"))]
    gather(*paths, Readers(memory=shelf))
    strong[1500] += 1
    write(strong, tmp_path, "strong", "npy")
    os.utime(paths[1], ns=(10**18, 10**18))
    assert bits(gather(*paths, Readers(memory=shelf))) == bits(gather(weak, strong))


def test_a_worker_that_is_killed_costs_its_job_only(tmp_path: Path) -> None:
    weak, strong = pair()
    whole = bits(gather(weak, strong))
    rows = Counted(weak, tmp_path, at=1700, times=2, kill=True)
    assert bits(gather(rows, strong, Readers(workers=2))) == whole
    assert {p.name for p in tmp_path.iterdir() if p.name.startswith("bad")} == {"bad0", "bad1"}
    assert rows.reads.count(1664) == 3


def test_a_job_that_kills_its_worker_again_and_again_is_an_error(tmp_path: Path) -> None:
    weak, strong = pair()
    rows = Counted(weak, tmp_path, at=1700, times=9, kill=True)
    with pytest.raises(ExecutorError, match=r"signal 9.* \(3 times\); what was finished is kept"):
        gather(rows, strong, Readers(workers=2))


def test_progress_counts_rows_and_tells_the_time_left() -> None:
    told: list[str] = []
    gather(*pair(), Readers(tell=told.append))
    assert [int(line.split()[1]) for line in told] == [*range(128, ROWS, 128), ROWS]
    assert all(line.endswith(" s left") for line in told[:-1])
    assert told[-1] == "read 3000 of 3000 rows"


def test_a_job_says_what_is_wrong_and_raises_nothing() -> None:
    weak, strong = pair()
    strong[3, 1] = np.inf
    job = SumRows(as_rows(weak, "w"), as_rows(strong, "s"), 0, 64, block=64, shift=np.zeros(9), first=np.zeros(9))
    said = job.work(lambda message: None)
    assert said.bad_input  # type: ignore[union-attr]
    assert said.message.startswith("strong features: inf at row 3, column 1")  # type: ignore[union-attr]
