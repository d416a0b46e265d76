"""Cost of equivalents beside what they cannot do without: derivations, curves of risks, points with whole matrices.

    python benchmarks/bench_engine.py [--rounds 5] [--eigenvalues 100000] [--rows 500]

1. Seconds to derive each reference risk of ``tests/equivalents/reference.py``, and rounds on one sample.
2. A curve of 200 sizes on joint eigenvalues, beside 200 sums over these: the least that any way without compression
   needs at each step of a solver.
3. One point, and a point of a curve, with whole matrices that do not commute, beside one eigendecomposition.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "equivalents"))
from reference import plain_ridge, random_features, targets, two_stages, weak_to_strong
from test_large_derivations import rounds as rounds_on_one_sample

POINTS = 200


def median(run: Callable[[], object], rounds: int) -> float:
    """Median seconds of processor time of a call: others may be at work on the machine."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return statistics.median(times)


def line(what: str, seconds: float, note: str = "") -> None:
    print(f"  {what:<58} {1e3 * seconds:10.1f} ms  {note}")


def derivations(rounds: int) -> None:
    print("derivations, from the estimator to its equations")
    for target in targets():
        line(target.name, median(target.make, rounds))
    for count in (3, 5):
        line(f"{count} rounds of ridge on one sample", median(lambda c=count: rounds_on_one_sample(c), 1))


def curves(p: int, rounds: int) -> None:
    i = np.arange(1, p + 1.0)
    sizes = np.geomspace(p / 1000, p / 2, POINTS)
    lam, other = i**-1.2, i**-1.7
    one = median(lambda: [float(np.sum(lam / (lam + t))) for t in 1 / sizes], rounds)
    print(f"a curve of {POINTS} sizes at p = {p}")
    line(f"{POINTS} sums of lam/(lam + t)", one)
    shared = {"Sigma": lam, "beta": i**-0.4}
    cases: dict[str, tuple[Any, dict[str, Any]]] = {
        "ridge": (plain_ridge(), {"Sigma_x": lam, "n": sizes, "lam": 1e-3, "s2": 0.5}),
        "two stages, min-norm": (two_stages(), {"Sigma2": other, "n": sizes, "m": sizes, "v1": 0.1, "v2": 0.2}),
        "ridge on a ridge teacher": (
            weak_to_strong(),
            {"Sigma2": other, "Sigma_x": lam, "n": sizes, "N": 2 * sizes, "lam": 1e-3, "lam_s": 1e-2, "s2": 0.5},
        ),
        "random features": (random_features(), {"Sigma_x": lam, "n": sizes, "k": 3 * sizes, "lam": 1e-3, "s2": 0.5}),
    }
    for name, (risk, values) in cases.items():
        taken = median(lambda r=risk, v=values: r.on(**shared, **v), rounds)
        line(name, taken, f"{taken / one:.1f} times the sums")


def whole(p: int, rounds: int) -> None:
    rng = np.random.default_rng(0)
    matrices: dict[str, Any] = {"beta": rng.standard_normal(p) / np.sqrt(p)}
    for name in ("Sigma", "Sigma2", "Sigma_x"):
        basis = np.linalg.qr(rng.standard_normal((p, p)))[0]
        made = (basis * np.arange(1, p + 1.0) ** -1.0) @ basis.T
        matrices[name] = (made + made.T) / 2
    one = median(lambda: np.linalg.eigh(matrices["Sigma"]), rounds)
    risk, numbers = weak_to_strong(), {"N": 0.8 * p, "lam": 0.05, "lam_s": 0.2, "s2": 0.5}
    print(f"ridge on a ridge teacher, three covariances of {p} rows that do not commute")
    line("one eigendecomposition", one)
    point = median(lambda: risk.at(**matrices, **numbers, n=0.6 * p), rounds)
    line("one point", point, f"{point / one:.1f} eigendecompositions")
    curve = median(lambda: risk.at(**matrices, **numbers, n=np.linspace(0.2 * p, 0.8 * p, 20)), 1) / 20
    line("a point of a curve of 20", curve, f"{curve / one:.1f} eigendecompositions")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--eigenvalues", type=int, default=10**5)
    parser.add_argument("--rows", type=int, default=500)
    options = parser.parse_args()
    derivations(options.rounds)
    curves(options.eigenvalues, options.rounds)
    whole(options.rows, options.rounds)


if __name__ == "__main__":
    main()
