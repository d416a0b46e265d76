"""Speed of risk curves and of simulated risks against the plain ways, side by side in one run.

    python benchmarks/bench_risk.py [--repeats 7]

BLAS runs on one thread. Every row gives medians of seconds, their ratio, and the ratio that is asked for. Repeats of
the two sides alternate, so that both see the same machine, and what is compared gives the same numbers, which is
checked. Solving alone is timed by bench_solve.py.

1. A risk curve of 200 sample sizes at p = 10^6, to a proven relative error of 1e-12, compression included, against
   brentq to full precision from a bracket of a factor e around the root, and summing, at each size (timed on 10 sizes
   and scaled).
2. The simulated risk of lam_i = i^-2, lam_i b_i^2 = i^-1.5, p = 500, n = 200, no noise, to a standard error of 0.5 %,
   against drawing X, solving and averaging: with ``lstsq``, and with the Gram matrix (seconds per draw, times the
   number of draws that 0.5 % takes).
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import brentq
from threadpoolctl import threadpool_limits

from w2s_sym.matrices.samplers import interpolator_risks
from w2s_sym.spectra.risks import SURROGATES, evaluate_risk
from w2s_sym.spectra.signals import Signal
from w2s_sym.spectra.spectrum import Spectrum

WIDTHS = (56, 12, 12, 9, 9)
STANDARD_ERROR = 0.005


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def side_by_side(repeats: int, *jobs: Callable[[], Any]) -> list[tuple[float, Any]]:
    """Median seconds and the last result of each job; repeats alternate between jobs."""
    seconds: list[list[float]] = [[] for _ in jobs]
    results: list[Any] = [None] * len(jobs)
    for _ in range(repeats):
        for k, job in enumerate(jobs):
            spent, results[k] = timed(job)
            seconds[k].append(spent)
    return [(statistics.median(s), r) for s, r in zip(seconds, results, strict=True)]


def row(*cells: str) -> None:
    print("  ".join(f"{c:<{w}}" if k == 0 else f"{c:>{w}}" for k, (c, w) in enumerate(zip(cells, WIDTHS, strict=True))))


def compare(name: str, mine: float, other: float, at_least: float) -> None:
    row(name, f"{mine:.4g}", f"{other:.4g}", f"{other / mine:.1f}", f">= {at_least:g}")


def by_brentq(lam: np.ndarray, n: float, near: float) -> float:
    """tau to full precision, from a bracket of a factor e around a number near it."""

    def gap(x: float) -> float:
        return float(np.sum(lam / (lam + np.exp(x)))) - n

    return float(np.exp(brentq(gap, np.log(near) - 0.5, np.log(near) + 0.5, xtol=4e-16, rtol=4 * 2.0**-52)))


def summed(lam: np.ndarray, energy: np.ndarray, n: float, tau: float, name: str) -> float:
    u = lam / (lam + tau)
    zeta = tau / (lam + tau)
    Omega = float(np.sum(u * u)) / n
    if name == "truth":
        return float(np.sum(energy * zeta * zeta)) / (1 - Omega)
    if name == "mask":
        return float(np.sum(energy * np.minimum(1, zeta * zeta / (1 - Omega))))
    return float(np.sum(energy * Omega * zeta * zeta / ((1 - Omega) * u * u + Omega * zeta * zeta)))


def curve(repeats: int) -> None:
    spectrum, signal = Spectrum.power_law(2, 10**6), Signal.power_law("1.5")
    lam, _ = spectrum.values()
    energy = signal.energy(spectrum)
    n = np.geomspace(100, 9e5, 200)
    some = np.arange(0, 200, 20)
    for name in SURROGATES:
        near = evaluate_risk(spectrum, signal, n, 0.0, name).tau

        def plain(name: str = name, near: np.ndarray = near) -> list[float]:
            return [summed(lam, energy, n[k], by_brentq(lam, n[k], near[k] * 1.2), name) for k in some]

        a, b = side_by_side(repeats, lambda name=name: evaluate_risk(spectrum, signal, n, 0.0, name), plain)  # type: ignore[misc]
        found = a[1]
        assert (found.radius < 1e-12 * found.value).all()
        assert np.abs(found.value[some] / b[1] - 1).max() < 1e-12
        compare(f"risk curve, 200 sizes, p = 10^6: {name}", a[0], b[0] * len(n) / len(some), 50)


def simulated(repeats: int) -> None:
    p, n = 500, 200
    i = np.arange(1, p + 1.0)
    lam, energy = i**-2, i**-1.5
    b, root = np.sqrt(energy / lam), i**-1.0

    def plain(draws: int, lstsq: bool) -> tuple[float, float]:
        """Seconds per draw; relative standard deviation."""
        rng = np.random.default_rng(1)
        values = []
        start = time.perf_counter()
        for _ in range(draws):
            X = rng.standard_normal((n, p)) * root
            y = X @ b
            fit = np.linalg.lstsq(X, y, rcond=None)[0] if lstsq else X.T @ np.linalg.solve(X @ X.T, y)
            values.append(float(lam @ (fit - b) ** 2))
        spent = time.perf_counter() - start
        return spent / draws, float(np.std(values) / np.mean(values))

    def mine() -> tuple[float, float]:
        """Seconds and relative standard error of a run that stops at 0.5 %, from 8 draws on."""
        rng = np.random.default_rng(2)
        start = time.perf_counter()
        values = list(interpolator_risks(rng, 8, n, lam, energy))
        while np.std(values, ddof=1) / len(values) ** 0.5 > STANDARD_ERROR * np.mean(values):
            values += list(interpolator_risks(rng, 4, n, lam, energy))
        return time.perf_counter() - start, float(np.mean(values))

    spread = plain(600, False)[1]
    draws = (spread / STANDARD_ERROR) ** 2
    a, b_, c = side_by_side(repeats, mine, lambda: plain(60, False), lambda: plain(30, True))
    needed = f"({draws:.0f} draws)"
    compare(f"simulated risk to 0.5 % vs lstsq loop {needed}", a[0], c[1][0] * draws, 10)
    compare(f"simulated risk to 0.5 % vs Gram loop {needed}", a[0], b_[1][0] * draws, 10)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    with threadpool_limits(1):
        row("", "this, s", "other, s", "ratio", "asked")
        curve(options.repeats)
        simulated(options.repeats)


if __name__ == "__main__":
    main()
