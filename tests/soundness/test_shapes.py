"""Claims that fail, or hold, in a corner, a bell, a crest or at one number of levels: no false one holds."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from flint import arb
from soundness import shape_cases
from soundness.adversary import Outcome, measure, outcome
from soundness.tie_cases import SOURCE, S, compared, lam, n, p, q

from w2s_sym import (
    Certificate,
    Claim,
    ClaimError,
    Compare,
    Curve,
    Domain,
    Extrapolation,
    Verdict,
    symbol,
    total,
    verify,
)
from w2s_sym.evidence.precision import crossings, meeting, precision

r = symbol("r", "a number", positive=True)
REFUTED = (
    compared(sp.Max(p - 2, 0) * sp.Max(sp.Rational(2000001, 10**6) - p, 0), "<=", sp.S.Zero),
    compared(sp.Max(p - q, 0) * sp.Max(q + sp.Rational(1, 10**5) - p, 0), "<=", sp.S.Zero),
    compared(sp.Max(sp.Rational(1, 10) - sp.Abs(p - 1234567), 0), "<=", sp.S.Zero),
    compared(sp.exp(-(10**6) * (p - 123) ** 2 - 10**6 * (q - 17) ** 2), "<", sp.Rational(1, 2)),
    compared(p / (1 + 10**8 * (p - q**2) ** 2 + 10**8 * (q - 321) ** 2), "<", sp.Integer(10**4)),
    compared(sp.sin(p**2), "<", 1 - sp.Rational(1, 10**20)),
    compared(sp.Abs(sp.sin(p**2)), ">", sp.S.Zero),
    compared((total(1, S) - 1017) ** 2, ">", sp.S.Zero),
    compared((total(1, S) - 5000) * (total(1, S) - 5002), ">=", sp.S.Zero),
    compared((total(lam, S) - 17) ** 2 + (total(1, S) - 37) ** 2, ">", sp.S.Zero),
    compared(total(lam**2, S) * total(1, S), ">=", total(lam, S) ** 2 + sp.Max(1 - sp.Abs(total(1, S) - 4445), 0)),
)


@pytest.mark.parametrize("claim", REFUTED, ids=lambda c: str(c.statement)[:60])
def test_examples_are_refuted(claim: Claim) -> None:
    (finding,) = verify(claim).findings
    assert finding.verdict is Verdict.REFUTED, finding.summary


NOT_SUPPORTED = (
    compared((sp.sin(p**2) - sp.Rational(1, 3)) ** 2, ">", sp.S.Zero),
    compared(p * sp.cos(p**2), "<", p),
    compared(sp.cos(p**3 + p), ">", sp.S.NegativeOne),
    compared(sp.Abs(p - sp.log(1 + p) - sp.Rational(1, 10**8)), "=", p - sp.log(1 + p) - sp.Rational(1, 10**8)),
)


@pytest.mark.parametrize("claim", NOT_SUPPORTED, ids=lambda c: str(c.statement)[:60])
def test_what_ties_at_a_number_without_a_plain_name_does_not_hold(claim: Claim) -> None:
    assert not verify(claim).holds


TRUE = (
    compared(sp.Abs(p - sp.log(1 + p)), "=", p - sp.log(1 + p)),
    compared(sp.Abs(p + q - sp.log(1 + p + q)), "=", p + q - sp.log(1 + p + q)),
    compared(sp.Max(p, sp.log(1 + p)), "=", p),
    compared(sp.Abs(p * sp.log(p) - p + 1), "=", p * sp.log(p) - p + 1),
    compared(sp.Abs((p + q) / 2 - sp.sqrt(p * q)), "=", (p + q) / 2 - sp.sqrt(p * q)),
    compared(sp.Abs((1 + p) ** n - 1 - n * p), "=", (1 + p) ** n - 1 - n * p),
    compared(sp.Abs(sp.log(1 + p) - 2 * p / (2 + p)), "=", sp.log(1 + p) - 2 * p / (2 + p)),
    compared(total(sp.Abs(lam - sp.log(1 + lam)), S), "=", total(lam, S) - total(sp.log(1 + lam), S)),
    compared(sp.Max(p - 2, 0) * sp.Max(2 - p, 0) * q, "<=", sp.S.Zero),
    compared(sp.Max(sp.Rational(1, 10) - sp.Abs(p - 1234567), 0), "<=", sp.Rational(1, 10)),
    compared((total(1, S) - 50) * (total(1, S) - 51), ">=", sp.S.Zero),
    compared(p * sp.cos(p**2), "<", p * sp.Rational(11, 10)),
)


@pytest.mark.parametrize("claim", TRUE, ids=lambda c: str(c.statement)[:60])
def test_true_neighbours_hold(claim: Claim) -> None:
    result = verify(claim)
    assert result.holds, result.why()


@pytest.mark.parametrize("error", [lambda size: arb(size % 10 != 0), lambda size: arb(size % 2)])
def test_a_curve_with_another_limit_along_other_sizes_does_not_agree(error: object) -> None:
    assert callable(error)

    def value(point: object, size: int, digits: int) -> arb:
        return 3 * arb(size) / (size + 1) + error(size)

    curve = Curve(symbol("L", "the limit", real=True), "L", n, value)
    proof = Extrapolation(({},), (sp.Integer(1),))
    stated = Claim("limit", "A.", Compare(curve, "=", sp.Integer(3)), Domain(()), SOURCE, (proof,))
    (finding,) = verify(stated).findings
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "which sizes are taken" in finding.summary


def test_a_number_that_python_does_not_write_is_refused_in_one_line() -> None:
    with pytest.raises(ClaimError, match="more than 4300 digits"):
        Compare(sp.exp(-p), ">", sp.Rational(1, 10**5000))


def test_a_certificate_that_meets_infinity_in_an_extreme_says_so() -> None:
    stated = Compare(sp.Max(r, 1 / r), ">", sp.S.One)
    (finding,) = verify(Claim("extreme", "A.", stated, Domain((r,)), SOURCE, (Certificate(),))).findings
    assert finding.verdict is not Verdict.PROVED


@pytest.mark.parametrize("seed", [41])
def test_no_false_case_holds_and_the_true_ones_hold(seed: int) -> None:
    found = measure(shape_cases.cases, seed, 60)
    assert found.wrong == []
    assert not any(true and became is Outcome.REFUTED for _, true, became in found.counts)
    tried = sum(k for (_, true, _), k in found.counts.items() if true)
    assert sum(k for (_, true, o), k in found.counts.items() if true and o is Outcome.HOLDS) >= 0.9 * tried


def test_the_generator_has_teeth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meeting, "landmarks", lambda *_: None)
    monkeypatch.setattr(meeting, "MANY", ())
    monkeypatch.setattr(precision, "cells", lambda *_: iter(()))
    monkeypatch.setattr(crossings, "weak_sign", lambda *_: 1)
    stream = np.random.Generator(np.random.PCG64(5))
    for maker in shape_cases.MAKERS:
        false = [case for case in (maker(stream) for _ in range(24)) if not case.true]
        assert any(outcome(case) is Outcome.HOLDS for case in false), maker.__name__
