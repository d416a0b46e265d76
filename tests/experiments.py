"""Experiments that the tests of sampling and simulation share, with their literal readings and known answers.

Every expected value here was derived by hand; none is read off the code under test.
"""

from __future__ import annotations

import numpy as np
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.run import Run
from w2s_sym.claims.source import Source
from w2s_sym.claims.statement import Compare
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.letters import N, d_s, d_sw, d_w, n, sigma2
from w2s_sym.formula.notation import symbol
from w2s_sym.matrices.experiment import Quantity, Sample, Setting
from w2s_sym.matrices.samplers import cross_covariance
from w2s_sym.matrices.traces import tr
from w2s_sym.matrices.words import fixed, gaussian, identity, pinv, power, projector

TOY = Source("toy", "Ann Author", "A toy paper", 2025)
d = symbol("d", "a number of columns", integer=True, positive=True)

# -- the student's variance -----------------------------------------------------------------------------------

Ps, Pw = gaussian("Psi_s", N, d_s), gaussian("Psi_w", N, d_w)
Xw, z = gaussian("X_w", n, d_w), gaussian("z", n, 1)
C = fixed("C", d_s, d_w)
FRESH = Sample.of(N, [Ps, Pw], {(Ps, Pw): C})
LABELLED = Sample.of(n, [Xw, z], {(z, z): sigma2 * identity(sp.Integer(1))})


def overlap(point, rng):
    count = min(point["d_s"], point["d_w"])
    wanted = point.get("d_sw", count * rng.uniform(0.2, 0.8))
    return {
        "C": cross_covariance(point["d_s"], point["d_w"], wanted, rng),
        "sigma2": point.get("sigma2", rng.uniform(0.5, 1.5)),
    }


W2S = Setting((LABELLED, FRESH), ((d_sw, tr(C.T @ C)),), overlap)


def _fit(x, y):
    return np.linalg.lstsq(x, y, rcond=None)[0]


def literal_population(a, _):
    return float((_fit(a["Psi_s"], a["Psi_w"] @ _fit(a["X_w"], a["z"])) ** 2).sum())


def literal_in_sample(a, _):
    student = a["Psi_s"] @ _fit(a["Psi_s"], a["Psi_w"] @ _fit(a["X_w"], a["z"]))
    return float((student**2).mean())


_student = pinv(Ps) @ Pw @ pinv(Xw) @ z
_fitted = projector(Ps) @ Pw @ pinv(Xw) @ z
POPULATION = Quantity(sp.Symbol("V"), "", tr(_student.T @ _student), W2S, literal_population)
IN_SAMPLE = Quantity(sp.Symbol("V_in"), "", tr(_fitted.T @ _fitted) * (1 / N), W2S, literal_in_sample)

population = sigma2 * (d_sw + d_s / (N - d_s - 1) * (d_w - d_sw)) / (n - d_w - 1)
in_sample = sigma2 * (d_sw + d_s / N * (d_w - d_sw)) / (n - d_w - 1)

W2S_DOMAIN = Domain(
    (d_s, d_w, d_sw, N, n, sigma2),
    (
        Condition(d_sw, "<=", d_s, "the correlation dimension is at most min(d_s, d_w)"),
        Condition(d_sw, "<=", d_w, "the correlation dimension is at most min(d_s, d_w)"),
        Condition(N, ">", d_s + 1, "take more pseudo-labels"),
        Condition(n, ">", d_w + 1, "take more labels"),
    ),
)

# -- smaller ones ---------------------------------------------------------------------------------------------

X = gaussian("X", n, d)
TALL = Setting((Sample.of(n, [X]),))
# E |X|_F^2 = n d; the mean of d chi-squares of n degrees of freedom.
LENGTH = Quantity(sp.Symbol("L"), "", tr(X.T @ X), TALL, lambda a, _: float((a["X"] ** 2).sum()))
LENGTH_DOMAIN = Domain((n, d))
# The trace of an orthogonal projector: d for every draw, as the words know.
RANK = Quantity(sp.Symbol("R"), "", tr(projector(X)), TALL)
# n d again, for every draw, but the words do not know: an entrywise power 0 is the matrix of ones.
COUNT = Quantity(sp.Symbol("K"), "", tr(power(X, 0).T @ power(X, 0)), TALL)
# E tr (X'X)^-1 = d/(n - d - 1).
INVERSE = Quantity(sp.Symbol("I_1"), "", tr(pinv(X) @ pinv(X).T), TALL)
INVERSE_DOMAIN = Domain((d, n), (Condition(n, ">", d + 1, "take more rows"),))


def claim(statement, domain, *evidence, name="toy", **more):
    return Claim(name, "A toy claim.", statement, domain, TOY, evidence, **more)


def find(quantity, formula, domain, evidence, relation="=", effort="quick", seed=0, memory=None, **more):
    """The finding of one piece of evidence on ``quantity relation formula``."""
    made = claim(Compare(quantity, relation, formula), domain, evidence, **more)
    options = {} if memory is None else {"memory": memory}
    return evidence.check(made, Run(effort=effort, seed=seed, **options).under(made.id, 0))


class Book(dict):
    """A memory that is a dict, and counts what is asked of it."""

    def __init__(self, *args, fail_after=None):
        super().__init__(*args)
        self.puts, self.fail_after = 0, fail_after

    def put(self, key, value):
        if self.fail_after is not None and self.puts >= self.fail_after:
            raise KeyboardInterrupt
        self.puts += 1
        self[key] = value


__all__ = [
    "COUNT",
    "FRESH",
    "INVERSE",
    "INVERSE_DOMAIN",
    "IN_SAMPLE",
    "LABELLED",
    "LENGTH",
    "LENGTH_DOMAIN",
    "POPULATION",
    "RANK",
    "TALL",
    "TOY",
    "W2S",
    "W2S_DOMAIN",
    "Book",
    "C",
    "Ps",
    "Pw",
    "X",
    "Xw",
    "claim",
    "d",
    "find",
    "in_sample",
    "overlap",
    "population",
    "power",
    "z",
]
