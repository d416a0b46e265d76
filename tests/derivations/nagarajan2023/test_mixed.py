"""Labels mixed with predictions: formulas against the filters of the package, and a search against the theorem."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sympy as sp

from derivations.nagarajan2023 import mixed
from w2s_sym import Claim, Condition, Domain, Verdict, verify
from w2s_sym.spectra import filters

# Progresses are rounded by less than 1e-12, relatively; what is smaller than this decides nothing.
RESOLVED = 1e-9


def at(expression: sp.Expr, **values: float) -> float:
    named = {s.name: s for s in expression.free_symbols}
    return float(expression.xreplace({named[k]: v for k, v in values.items()}))


def lag(ratio: np.ndarray, share: np.ndarray, teacher: np.ndarray, matched: np.ndarray) -> np.ndarray:
    """The relative lag on direction 2 of the student by flow on a mix, behind the flow on labels matched to it."""

    def other(progress: np.ndarray) -> np.ndarray:
        return -np.expm1(ratio * np.log1p(-progress))

    student = matched / (1 - share + share * teacher)
    return 1 - other(student) * (1 - share + share * other(teacher)) / other(matched)


def draws(seed: int, cases: int) -> tuple[np.random.Generator, np.ndarray, np.ndarray, np.ndarray]:
    """A stream, ratios of eigenvalues, shares of the teacher and its progresses."""
    rng = np.random.Generator(np.random.PCG64(seed))
    return rng, rng.uniform(0.01, 0.99, cases), *rng.uniform(0.02, 0.98, (2, cases))


def test_the_student_is_the_packages_filter_on_a_mix() -> None:
    lam_2, share, teacher, student = 0.3, 0.4, filters.flow(1.5), filters.flow(0.8)
    method = student.on_mix(share, teacher)
    p, m = (float(f.gain(1).evalf()) for f in (teacher, method))
    place = {"r": lam_2, "p": p, "m": m, "omega": share}
    assert at(mixed.MIXED_LAGS.statement.lhs, **place) == pytest.approx(float(method.gain(lam_2).evalf()), rel=1e-12)
    assert m < p
    one = (np.array([v]) for v in (lam_2, share, p, m))
    found = 1 - at(mixed.MIXED_LAGS.statement.lhs, **place) / at(mixed.MIXED_LAGS.statement.rhs, r=lam_2, m=m)
    assert lag(*one) == pytest.approx([found], rel=1e-9)


def test_a_search_finds_no_student_that_does_not_lag_when_matched_by_its_teacher() -> None:
    rng, ratio, share, teacher = draws(20230711, 100_000)
    for matched in (teacher * rng.uniform(0.01, 1, len(teacher)), teacher):
        assert lag(ratio, share, teacher, matched).min() > RESOLVED


def test_the_same_search_beyond_the_teacher_finds_students_that_lead_and_others_that_lag() -> None:
    rng, ratio, share, teacher = draws(20230712, 10_000)
    most = 1 - share + share * teacher  # at this progress the student interpolates its labels
    matched = teacher + (most - teacher) * rng.uniform(0, 0.999, len(teacher))
    found = lag(ratio, share, teacher, matched)
    assert (found < -RESOLVED).mean() > 0.2
    assert (found > RESOLVED).mean() > 0.2


@pytest.mark.parametrize("claim", [mixed.MIXED_LAGS, mixed.CHORD], ids=lambda c: c.name)
def test_without_the_bound_by_the_teachers_progress_the_derivation_stops(claim: Claim) -> None:
    kept = tuple(c for c in claim.domain.conditions if c.free_symbols != {mixed.m, mixed.p})
    own = Condition(mixed.m, "<", mixed.seen(mixed.p), "let the student's own progress be below 1")
    wide = replace(claim, domain=Domain(claim.domain.symbols, (*kept, own)))
    assert len(wide.domain.conditions) == len(claim.domain.conditions)
    derivation, precision = verify(wide).findings
    assert derivation.verdict is not Verdict.PROVED
    if claim is mixed.MIXED_LAGS:
        assert precision.verdict is Verdict.REFUTED


def test_at_the_teacher_the_theorem_is_the_limit_of_the_one_before_it() -> None:
    before, just = mixed.MIXED_LAGS.statement, mixed.MIXED_LAGS_AT.statement
    assert (before.lhs.xreplace({mixed.m: mixed.p}), before.rhs.xreplace({mixed.m: mixed.p})) == (just.lhs, just.rhs)
