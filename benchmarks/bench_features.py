"""How fast rows are read and summed, and how much memory a worker needs: the sizing table of docs/guide/cluster.md.

    python benchmarks/bench_features.py [--rows 200000] [--widths 64 256 1024] [--dir DIR]     # rows/s, one core
    python benchmarks/bench_features.py --peak 10000000 --widths 256 [--workers 2]             # memory of each worker

The first form writes float32 features of each width, twice, in each format, and times the sums over them in one process
and thread, in user and system time. The second makes its rows as they are asked for, so that it needs no disk, and
prints the peak resident memory of this process and of its workers.
"""

from __future__ import annotations

import argparse
import functools
import importlib.util
import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from w2s_sym import FeatureRows
from w2s_sym.claims.run import NoMemory
from w2s_sym.forecast.gathering import Readers, read_pair
from w2s_sym.forecast.reading import as_rows
from w2s_sym.forecast.ridge_plan import ridge_plan

STEP = 8192


@dataclass(frozen=True)
class MadeRows(FeatureRows):
    """Float32 features that are made and not read: rows of a stored block, each step of them scaled by its number."""

    count: int
    columns: int
    seed: int

    @property
    def name(self) -> str:
        return f"made, seed {self.seed}"

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.count, self.columns)

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(np.float32)

    def pieces(self, start: int, stop: int) -> Iterator[np.ndarray]:
        block = stored_block(self.seed, self.columns)
        for low in range(start // STEP * STEP, stop, STEP):
            scale = np.random.default_rng([self.seed, low]).uniform(0.5, 1.5, self.columns).astype(np.float32)
            yield block[max(start - low, 0) : stop - low] * scale

    def take(self, index: np.ndarray) -> np.ndarray:
        found = np.empty((len(index), self.columns), np.float32)
        for k, row in enumerate(index):
            found[k] = next(self.pieces(int(row), int(row) + 1))[0]
        return found


@functools.lru_cache
def stored_block(seed: int, columns: int) -> np.ndarray:
    """A block of numbers that steps are made of."""
    return np.random.default_rng(seed).standard_normal((STEP, columns), dtype=np.float32)


def write(array: np.ndarray, folder: Path, name: str) -> dict[str, str]:
    """The array in each format that can be written here; the paths."""
    paths = {".npy": folder / f"{name}.npy"}
    np.save(paths[".npy"], array)
    if importlib.util.find_spec("zarr"):
        import zarr

        paths["Zarr"] = folder / f"{name}.zarr"
        zarr.create_array(str(paths["Zarr"]), shape=array.shape, chunks=(STEP, array.shape[1]), dtype="f4")[:] = array
    if importlib.util.find_spec("pyarrow"):
        import pyarrow as pa
        import pyarrow.parquet as pq

        lists = pa.FixedSizeListArray.from_arrays(array.ravel(), array.shape[1])
        columns = pa.table({f"c{k}": array[:, k] for k in range(array.shape[1])})
        for kind, table in (("Parquet, lists", pa.table({"x": lists})), ("Parquet, columns", columns)):
            paths[kind] = folder / f"{name}_{len(paths)}.parquet"
            pq.write_table(table, paths[kind], row_group_size=10 * STEP)
    return {kind: str(path) for kind, path in paths.items()}


def seconds() -> float:
    """User and system time of this process and of those that ended below it."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def throughput(rows: int, widths: list[int], where: str | None) -> None:
    """Print rows per second for each width and format."""
    print(f"{rows} rows, float32, two files of so many columns each; one core")
    for width in widths:
        with tempfile.TemporaryDirectory(dir=where) as folder:
            rng = np.random.default_rng(0)
            weak, strong = (rng.standard_normal((rows, width), dtype=np.float32) for _ in range(2))
            files = [write(a, Path(folder), name) for a, name in ((weak, "weak"), (strong, "strong"))]
            for kind in files[0]:
                pair = [as_rows(f[kind], kind) for f in files]
                before = seconds()
                read_pair(*pair, np.arange(10), centred=True, readers=Readers(memory=NoMemory()))
                spent = seconds() - before
                print(f"{width:6} + {width:<6} {kind:18} {rows / spent:12,.0f} rows/s  {spent:7.2f} s")


def peak(rows: int, width: int, workers: int) -> None:
    """Print the time of a plan on rows that are made, and the peak memory of this process and of the largest worker."""
    pair = MadeRows(rows, width, 1), MadeRows(rows, width, 2)
    labels = np.random.default_rng(3).standard_normal(5000)
    start, before = time.perf_counter(), seconds()
    plan = ridge_plan(*pair, labels, n=2000, N=10**5, readers=Readers(workers, memory=NoMemory(), tell=print))
    print(next(str(note.text) for note in plan.notes if note.name == "rows"))
    print(f"{time.perf_counter() - start:.1f} s by the clock, {seconds() - before:.1f} s of processor time")
    for who, name in ((resource.RUSAGE_SELF, "this process"), (resource.RUSAGE_CHILDREN, "the largest worker")):
        print(f"{name}: peak {resource.getrusage(who).ru_maxrss / 2**20:.2f} GiB")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--widths", type=int, nargs="+", default=[64, 256, 1024])
    parser.add_argument("--peak", type=int, metavar="ROWS")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--dir", default=None)
    options = parser.parse_args()
    if options.peak is None:
        throughput(options.rows, options.widths, options.dir)
    else:
        peak(options.peak, options.widths[0], options.workers)


if __name__ == "__main__":
    main()
