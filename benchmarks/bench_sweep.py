"""A sweep of 10,000 cells on one worker and on two: wall time and processor time, interleaved.

    OMP_NUM_THREADS=1 .venv/bin/python benchmarks/bench_sweep.py [repeats [milliseconds]]

Two columns of one estimator: its equivalent, and 10 draws of it in each cell. On a machine that others use, wall times
say little: beside them stands what processor times give, (parent + workers)/(parent + workers/2), the parent being what
is not shared out. Each run has a folder of its own, so that nothing is recalled.

With milliseconds, each cell waits for so long in the place of computing: on a machine that others use wall time then
shows what is not shared out, and how evenly the rest is.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from w2s_sym import sweep
from w2s_sym.equivalents import covariance, design, excess_risk, noise, ridge, sizes, truth

n, p = sizes("n p")
Sigma = covariance("Sigma", p)
X, beta = design("X", n, Sigma), truth("beta", p)
RISK = excess_risk(ridge(X, X @ beta + noise("sigma2", n), "lam"), beta, under=Sigma)

GRID: dict[str, Any] = {
    "axes": {
        "alpha": {"from": 1, "to": 2, "count": 10},
        "ratio": {"from": 0.1, "to": 2, "count": 20},
        "lam": {"from": 0.001, "to": 1, "count": 50, "spacing": "geometric"},
    },
    "values": {
        "n": {"times": ["ratio", 20]},
        "Sigma": {"spectrum": "power:alpha={alpha},p=20"},
        "beta": {"each": 0.3},
        "sigma2": 0.25,
    },
    "columns": {"risk": {"equivalent": RISK}, "drawn": {"simulation": RISK, "draws": 10}},
}


# A claim whose draws take time and no processor.
WAITING = """
import time
from w2s_sym import Claim, Compare, Domain, Simulation, Source, symbol

k, t = symbol("k", "a number", positive=True), symbol("t", "a mean")


def draw(rng, point, draws):
    time.sleep({seconds})
    return point["k"] + rng.standard_normal(draws)


MEAN = Claim("mean", "The mean is $k$.", Compare(t, "=", k), Domain((t, k)), Source("bench", "A", "T", 2026),
             (Simulation(draw),))
CLAIMS = (MEAN,)
"""


def waiting(folder: Path, seconds: float) -> dict[str, Any]:
    """A grid of 10,000 cells that wait."""
    (folder / "waits.py").write_text(WAITING.format(seconds=seconds), encoding="utf-8")
    cells = {"from": 1, "to": 10_000, "step": 1}
    return {"axes": {"k": cells}, "columns": {"mean": {"simulation": f"{folder}/waits.py::mean", "draws": 10}}}


def seconds(who: int) -> float:
    """Processor time so far, of this process or of its children that ended."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def measured(workers: int, grid: dict[str, Any]) -> tuple[float, float, float]:
    """Wall time, and the processor time of the parent and of the workers, of one run."""
    with tempfile.TemporaryDirectory() as folder:
        wall = time.perf_counter()
        parent, children = seconds(resource.RUSAGE_SELF), seconds(resource.RUSAGE_CHILDREN)
        found = sweep(grid, Path(folder) / "out", jobs=workers)
        assert not found.about["failures"]
        return (
            time.perf_counter() - wall,
            seconds(resource.RUSAGE_SELF) - parent,
            seconds(resource.RUSAGE_CHILDREN) - children,
        )


def main() -> None:
    """Print one line for each run, and the ratios."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as folder:
        grid = waiting(Path(folder), float(sys.argv[2]) / 1000) if len(sys.argv) > 2 else GRID
        name = next(iter(grid["axes"]))
        measured(2, {**grid, "axes": {**grid["axes"], name: [1]}})  # caches of the disk and of SymPy
        for _ in range(repeats):
            one, two = measured(1, grid), measured(2, grid)
            for workers, (wall, parent, children) in ((1, one), (2, two)):
                print(f"{workers} workers: {wall:7.1f} s wall, {parent:6.1f} s parent, {children:6.1f} s workers")
            by_cpu = (one[1] + one[2]) / (two[1] + two[2] / 2)
            load = os.getloadavg()[0]
            print(f"  speed-up {one[0] / two[0]:.2f} by wall, {by_cpu:.2f} by processor time; load {load:.1f}")


if __name__ == "__main__":
    main()
