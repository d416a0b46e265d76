"""How long it takes to know the student's variance: ``python benchmarks/bench_simulation.py``.

1. At N = 10^6, n = 10^5, d_s = d_w = 100, d_sw = 0 to half a per cent, by the fast sampler, with the label noise
   sampled and with it averaged exactly; and the same with the student's own noise dropped, which must be refuted.
2. Draws a second of the fast sampler against full rows, as the number of rows grows.
3. What the noise average saves: draws to one per cent.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from unittest import mock

import numpy as np
from threadpoolctl import threadpool_limits

from derivations import dong2025
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Finding
from w2s_sym.claims.run import Run
from w2s_sym.evidence.simulation import sampling
from w2s_sym.evidence.simulation.simulation import Simulation
from w2s_sym.matrices import samplers
from w2s_sym.matrices.experiment import Quantity

HUGE = {"N": 10**6, "n": 10**5, "d_s": 100, "d_w": 100, "d_sw": 0, "sigma2": 1}


def population_variance() -> tuple[Claim, Quantity]:
    name = "population_variance_has_the_inverse_wishart_factor"
    claim = next(c for c in dong2025.CLAIMS if c.name == name)
    quantity = claim.statement.lhs
    assert isinstance(quantity, Quantity)
    return claim, quantity


def timed(work: Callable[[], Finding]) -> tuple[Finding, float]:
    start = time.perf_counter()
    return work(), time.perf_counter() - start


def without_residual(rng: np.random.Generator, draws: int, rows: int, size: int) -> np.ndarray:
    factor = TRUE(rng, draws, rows, size)
    if size > 101:  # the fresh sample: what its weak features have beside the strong ones
        factor[:, :, 100:] = 0
    return factor


TRUE = samplers.bartlett


def at_the_huge_point() -> None:
    claim, _ = population_variance()
    print("N = 10^6, n = 10^5, d_s = d_w = 100, d_sw = 0, to 0.5 %")
    noise = claim.evidence[-1].average  # type: ignore[attr-defined]
    for title, average in (("nothing averaged", ()), ("noise averaged", noise)):
        evidence = Simulation(at=(HUGE,), average=average)
        for fault in (False, True):
            with mock.patch.object(samplers, "bartlett", without_residual if fault else TRUE):
                finding, seconds = timed(lambda e=evidence: e.check(claim, Run(effort="standard")))  # type: ignore[misc]
            row = finding.detail["points"][0]
            name = f"{title}, student's noise dropped" if fault else title
            print(
                f"  {name:42} {seconds:6.1f} s  {row['draws']:6d} draws  z = {row['z']:+.1f}  "
                f"error {row['relative_error']:.2%}  {finding.verdict}"
            )


def draws_a_second() -> None:
    _, quantity = population_variance()
    print("\nmicroseconds a draw, d_s = 10, d_w = 8")
    print(f"  {'N = n':>10} {'fast':>10} {'full rows':>10}")
    for rows in (20, 100, 1000, 10**6):
        point = {"N": rows, "n": rows, "d_s": 10, "d_w": 8, "d_sw": 3, "sigma2": 1}
        cells = []
        for full in (False, True):
            draws = 4096 if not full else max(8, 400_000 // rows)
            if rows > 10**4 and full:
                cells.append("-")
                continue
            rng = np.random.Generator(np.random.PCG64(0))
            start = time.perf_counter()
            sampling.sample(quantity, point, rng, draws, full_rows=full)
            cells.append(f"{(time.perf_counter() - start) / draws * 1e6:.1f}")
        print(f"  {rows:>10} {cells[0]:>10} {cells[1]:>10}")


def what_averaging_saves() -> None:
    claim, quantity = population_variance()
    average = claim.evidence[-1].average  # type: ignore[attr-defined]
    print("\ndraws to one per cent, noise sampled and averaged")
    for point in (
        {"N": 20, "n": 20, "d_s": 4, "d_w": 4, "d_sw": 2, "sigma2": 1},
        {"N": 400, "n": 2000, "d_s": 40, "d_w": 40, "d_sw": 4, "sigma2": 1},
        HUGE,
    ):
        needed = []
        for names in ((), average):
            rng = np.random.Generator(np.random.PCG64(1))
            values = sampling.sample(quantity, point, rng, 256, average=names)
            needed.append((values.std() / values.mean() / 0.01) ** 2)
        shown = ", ".join(f"{k}={v}" for k, v in point.items())
        print(f"  {shown:58} {needed[0]:8.0f} {needed[1]:8.1f}   x {needed[0] / needed[1]:.0f}")


if __name__ == "__main__":
    with threadpool_limits(1, user_api="blas"):
        at_the_huge_point()
        draws_a_second()
        what_averaging_saves()
