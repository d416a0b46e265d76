"""How often a simulation is wrong: true means and means that are 1 per cent off, at many seeds.

``python benchmarks/seeds.py [SEEDS] [PROCESSES]`` prints, for each law of ``tests/soundness/drawn_cases.py``, how often
each verdict was given at quick effort. A true mean must never be REFUTED. A mean that is 1 per cent off must never
AGREE. A law for which no z-test is fit must be INCONCLUSIVE, whatever is claimed of it.
"""

from __future__ import annotations

import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

import sympy as sp

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from soundness.drawn_cases import LIGHT, MATRIX, UNFIT, a, averaged, c, stated

from w2s_sym import Claim, Run, Verdict

OFF = sp.Rational(101, 100)


def claim_of(kind: str, name: str, factor: sp.Expr) -> Claim:
    """The claim that the mean of a law is ``factor`` times what it is."""
    if kind == "matrix":
        return averaged(name, factor)
    laws, symbols, more = (LIGHT, (a, c), {}) if kind == "light" else (UNFIT, (a,), {"batch": 256})
    _, draw, mean = next(law for law in laws if law[0] == name)
    return stated(name, sp.expand(factor * mean), draw, symbols, **more)


def verdicts(task: tuple[str, str, bool, int]) -> Counter[Verdict]:
    """How often each verdict is given of one claim, true or off, at seeds from 0 up."""
    kind, name, true, seeds = task
    claim = claim_of(kind, name, sp.Integer(1) if true else OFF)
    return Counter(claim.evidence[0].check(claim, Run(seed=seed)).verdict for seed in range(seeds))


def main(seeds: int = 500, processes: int = 2) -> int:
    """Print the counts of all laws; returns the number of wrong verdicts."""
    laws = [*(("light", n) for n, *_ in LIGHT), *(("matrix", n) for n in MATRIX), *(("unfit", n) for n, *_ in UNFIT)]
    tasks = [(kind, name, true, seeds) for (kind, name), true in product(laws, (True, False))]
    wrong = 0
    with ProcessPoolExecutor(processes) as pool:
        for (kind, name, true, _), found in zip(tasks, pool.map(verdicts, tasks), strict=True):
            said = {Verdict.REFUTED} if true else {Verdict.AGREES}
            bad = set(found) - {Verdict.INCONCLUSIVE} if kind == "unfit" else set(found) & said
            wrong += sum(found[v] for v in bad)
            counts = ", ".join(f"{v} {k}" for v, k in sorted(found.items()))
            print(f"{kind:<7} {name:<13} {'true' if true else '1 % off':<8} {counts}", flush=True)
    print(f"{wrong} wrong verdicts of {len(tasks) * seeds}")
    return wrong


if __name__ == "__main__":
    sys.exit(bool(main(*map(int, sys.argv[1:]))))
