"""Cost of certified effective ridges, beside what they replace; medians of processor time.

    python benchmarks/bench_solve.py [--rounds 7] [--rival-rounds 3]

1. In floats at p = 10^6: one sum of lam/(lam + t), the certified solve, and brentq to full precision in log tau, from
   the bracket that the least and largest eigenvalue prove, and from one unit to each side of the root.
2. 50 digits at p = 5000, lam_i = i^-2: the certified solve of the power law, that of its floats term by term, and
   mpmath.findroot (anderson) in log tau to the same digits, from the bracket that the least and largest eigenvalue
   prove, and from one unit to each side of the root, which nobody has. All start from the eigenvalues.
3. Infinitely many eigenvalues, n up to 10^12, for the record.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import mpmath
import numpy as np
from scipy.optimize import brentq

from w2s_sym import Spectrum, solve


def median(run: Callable[[], object], rounds: int) -> float:
    """Median seconds of processor time of a call: one thread each, and others may be at work on the machine."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return statistics.median(times)


def line(what: str, seconds: float, note: str = "") -> None:
    print(f"  {what:<58} {1e3 * seconds:10.2f} ms  {note}")


def floats(name: str, lam: np.ndarray, n: int, rounds: int) -> None:
    spectrum = Spectrum.explicit(lam)
    found = solve(spectrum, n)
    tau, s = found.tau, float(np.log(found.tau))
    one = median(lambda: np.sum(lam / (lam + tau)), 3 * rounds)
    ours = median(lambda: solve(spectrum, n), rounds)

    def residual(x: float) -> float:
        return float(np.sum(lam / (lam + np.exp(x)))) - n

    share = float(np.log((len(lam) - n) / n))
    wide = (float(np.log(lam[-1])) + share - 1e-9, float(np.log(lam[0])) + share + 1e-9)
    brackets = {"proven bracket": wide, "one unit to each side": (s - 1, s + 1.01)}
    rivals = {
        k: median(lambda b=b: brentq(residual, *b, xtol=1e-15, rtol=4 * 2.3e-16), rounds) for k, b in brackets.items()
    }
    print(f"floats, {name}, p = {len(lam)}, n = {n}; radius {float(found.t.radius / found.t.middle):.1e} of tau")
    line("one np.sum(lam/(lam + tau))", one)
    line("certified solve", ours, f"{ours / one:.1f} sums")
    for k, rival in rivals.items():
        line(f"brentq to full precision, {k}", rival, f"{rival / ours:.1f} times the solve")


def fifty(rounds: int, rival_rounds: int) -> None:
    lam, n = np.arange(1, 5001.0) ** -2, 2000
    tau = solve(Spectrum.explicit(lam), n).tau
    by_terms = median(lambda: solve(Spectrum.explicit(lam), n, digits=50), rounds)
    by_law = median(lambda: solve(Spectrum.power_law(2, len(lam)), n, digits=50), rounds)
    found = solve(Spectrum.explicit(lam), n, digits=50)

    def rival(low: float, high: float) -> mpmath.mpf:
        with mpmath.workdps(50):
            values = [mpmath.mpf(x) for x in lam.tolist()]

            def residual(s: mpmath.mpf) -> mpmath.mpf:
                t = mpmath.exp(s)
                return mpmath.fsum(x / (x + t) for x in values) - n

            # findroot stops at |f|^2 < tol, so that 50 digits of s need the square.
            s = mpmath.findroot(residual, (low, high), solver="anderson", tol=1e-88, maxsteps=1000, verify=False)
            return mpmath.exp(s)

    s, share = float(np.log(tau)), float(np.log((len(lam) - n) / n))
    wide = (float(np.log(lam[-1])) + share, float(np.log(lam[0])) + share)
    with mpmath.workdps(60):
        middle = mpmath.mpf(found.t.middle.numerator) / found.t.middle.denominator
        gap = mpmath.nstr(abs(rival(*wide) / middle - 1), 2)
    print(f"50 digits, p = {len(lam)}, n = {n}; the two differ by {gap}, relatively")
    line("certified solve, power law", by_law)
    line("certified solve, term by term", by_terms)
    for name, bracket in (("proven bracket", wide), ("one unit to each side", (s - 1, s + 1.01))):
        theirs = median(lambda b=bracket: rival(*b), rival_rounds)
        line(
            f"mpmath.findroot, anderson, in log tau, {name}",
            theirs,
            f"{theirs / by_law:.0f} and {theirs / by_terms:.0f} times",
        )


def endless(rounds: int) -> None:
    spectrum = Spectrum.power_law("1.5")
    print("lam_i = i^-1.5, i >= 1")
    for n in (10**3, 10**6, 10**12):
        for digits in (15, 50, 500):
            line(f"n = {n}, {digits} digits", median(lambda n=n, d=digits: solve(spectrum, n, digits=d), rounds))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--rival-rounds", type=int, default=3)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    p = 10**6
    floats("lam_i = i^-2", np.arange(1, p + 1.0) ** -2, 400_000, options.rounds)
    floats("lam_i = i^-1.5", np.arange(1, p + 1.0) ** -1.5, 1000, options.rounds)
    floats("log-normal", np.sort(np.exp(2 * rng.standard_normal(p)))[::-1].copy(), 300_000, options.rounds)
    fifty(options.rounds, options.rival_rounds)
    endless(options.rounds)


if __name__ == "__main__":
    main()
