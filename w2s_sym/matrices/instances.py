"""A statement about no experiment at all is true and worthless: show one admissible instance before a proof counts."""

from __future__ import annotations

import numpy as np
import sympy as sp

from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.relations import Relation
from w2s_sym.matrices.evaluation import covariance_matrix, evaluate_words
from w2s_sym.matrices.experiment import Quantity, Sample
from w2s_sym.matrices.words import TraceError

TRIES = 60
# Conditions are checked in floating point here: what rounding may move is not held against an instance.
FLOAT_ROUNDING = 1e-9


def missing_instance(quantity: Quantity, domain: Domain) -> str:
    """Why no instance of the experiment inside the domain could be made; empty when one was.

    Sizes and free scalars come from the domain, fixed matrices from the setting's ``realise``, and named scalars from
    their definitions. Raises :class:`TraceError` when the declared law of a sample is no law: its covariance has a
    negative eigenvalue.
    """
    setting = quantity.setting
    atoms = quantity.fixed_atoms
    if atoms and setting.realise is None:
        return f"the setting has no realise: nothing shows that {', '.join(a.name for a in atoms)} exist"
    defined = {s for s, _ in setting.names}
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(20250211)))
    rest = domain.restrict(set(domain.symbols) - defined)
    for attempt in range(TRIES):
        drawn = rest.sample(rng, 2 + attempt % 5)
        small = {s.name: int(drawn[s]) if s in drawn else int(rng.integers(1, 5)) for s in quantity.size_symbols}
        arrays, made = setting.realised(small, rng)
        numbers = {s.name: float(v) for s, v in drawn.items()}
        numbers |= {name: float(value) for name, value in made.items()} | small
        for sample in setting.samples:
            _require_law(sample, arrays, numbers)
        numbers |= {s.name: float(evaluate_words(d, arrays, numbers)) for s, d in setting.names}
        point = {s: sp.Float(numbers[s.name]) for s in domain.symbols}
        if all(_roughly(c, point) for c in (*domain.assumptions(), *domain.conditions)):
            return ""
    return f"no instance inside the domain in {TRIES} draws; widen the domain, or let realise reach it"


def _require_law(sample: Sample, arrays: dict[str, np.ndarray], numbers: dict[str, float]) -> None:
    matrix = np.asarray(covariance_matrix(sample, arrays, numbers), dtype=float)
    least = float(np.linalg.eigvalsh(matrix)[0]) if matrix.size else 0.0
    if least < -FLOAT_ROUNDING * max(1.0, float(np.abs(matrix).max(initial=0.0))):
        raise TraceError(
            f"the sample of {', '.join(sample.names())} has no law: its covariance has the eigenvalue {least:.3g}; "
            "declare variances and cross-covariances of random vectors that exist"
        )


def _roughly(condition: Condition, point: dict[sp.Symbol, sp.Expr]) -> bool:
    left, right = (float(sp.N(side.xreplace(point))) for side in (condition.lhs, condition.rhs))
    gap, slack = left - right, FLOAT_ROUNDING * max(1.0, abs(left), abs(right))
    return Relation(condition.relation).roughly(gap, slack)
