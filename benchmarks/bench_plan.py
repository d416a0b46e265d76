"""Cost and memory of ``plan`` on features larger than memory, against forming the two Gram matrices.

    python benchmarks/bench_plan.py [--rows 1000000] [--columns 512] [--threads 1] [--dir DIR]

Writes two float32 matrices to disk, then times in turn: both Gram matrices by chunks (the yardstick), and the whole
plan. Seconds are those of the processor, which other work on the machine changes least. Peak memory is that of the
process, pages of the mapped files that the system may drop left out.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from w2s_sym import plan

CHUNK = 8192


def make(path: Path, rows: int, columns: int, seed: int) -> None:
    """Write features, shape (rows, columns), with a spectrum that decays slowly, so that many directions are kept.

    Half of the columns are shared by all files, the others belong to the seed.
    """
    out = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(rows, columns))
    scale = np.arange(1, columns + 1, dtype=np.float32) ** -0.25
    for start in range(0, rows, CHUNK):
        stop = min(start + CHUNK, rows)
        shared = np.random.default_rng([0, start]).standard_normal((stop - start, columns // 2), dtype=np.float32)
        own = np.random.default_rng([seed, start]).standard_normal(
            (stop - start, columns - columns // 2), dtype=np.float32
        )
        out[start:stop] = np.hstack([shared, own]) * scale
    out.flush()


def grams(weak: np.ndarray, strong: np.ndarray) -> None:
    """Form both Gram matrices in double precision, by chunks of rows."""
    for matrix in (weak, strong):
        total = np.zeros((matrix.shape[1],) * 2)
        for start in range(0, len(matrix), CHUNK):
            block = np.asarray(matrix[start : start + CHUNK], dtype=float)
            total += block.T @ block


def anonymous() -> float:
    """Memory of this process that is not mapped from a file, in GiB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / 2**20
    return float("nan")


def watched(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the processor and the peak of :func:`anonymous`, looked at every 20 ms."""
    peak, done = [anonymous()], threading.Event()

    def look() -> None:
        while not done.wait(0.02):
            peak.append(anonymous())

    watcher = threading.Thread(target=look)
    watcher.start()
    start = time.process_time()
    work()
    seconds = time.process_time() - start
    done.set()
    watcher.join()
    return seconds, max(peak)


def main() -> None:
    """Print seconds, their ratio to the yardstick, and peak memory of each job."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10**6)
    parser.add_argument("--columns", type=int, default=512)
    parser.add_argument("--threads", type=int, default=1, help="of the yardstick; a plan has one")
    parser.add_argument("--dir", default=None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.dir) as folder, threadpool_limits(options.threads):
        paths = [Path(folder) / name for name in ("weak.npy", "strong.npy")]
        for seed, path in enumerate(paths, 1):
            make(path, options.rows, options.columns, seed)
        weak, strong = (np.load(p, mmap_mode="r") for p in paths)
        labels = np.asarray(strong[:5000, 0] + np.random.default_rng(9).standard_normal(min(5000, options.rows)))
        jobs: dict[str, Callable[[], object]] = {
            "two Gram matrices": lambda: grams(weak, strong),
            "plan by ridge, 5000 labels": lambda: plan(weak, strong, labels, n=2000, N=10**5),
            "without labels": lambda: plan(weak, strong, N=10**5),
            "least squares": lambda: plan(weak, strong, labels, method="least squares", n=2000, N=10**5),
        }
        base = 0.0
        print(f"{options.rows} rows, {options.columns} columns each, float32 on disk, {options.threads} threads")
        for name, work in jobs.items():
            seconds, peak = watched(work)
            base = base or seconds
            print(f"{name:26} {seconds:7.1f} s  {seconds / base:5.2f} x  peak {peak:5.2f} GiB")


if __name__ == "__main__":
    main()
