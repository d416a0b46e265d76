"""Equivalents of matrices that commute as sums over a spectrum: their values, and as statements of claims."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from reference import p, plain_ridge, two_stages, weak_to_strong

from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Precision, Source, total, verify
from w2s_sym.equivalents import (
    EngineError,
    Equivalent,
    covariance,
    design,
    designs,
    excess_risk,
    fixed_matrix,
    identity,
    least_squares,
    mean_trace,
    noise,
    ridge,
    sizes,
    truth,
)
from w2s_sym.formula.totals import LevelTable

ROWS = [(2, 3, 1, 2), (3, 1, 2, -1), (5, sp.Rational(1, 4), 1, 1)]


@pytest.mark.parametrize("make", [plain_ridge, two_stages, weak_to_strong])
def test_sums_have_the_values_of_joint_eigenvalues(make: object) -> None:
    """Levels with multiplicities put into the sums, equations solved by plain iteration."""
    risk: Equivalent = make()  # type: ignore[operator]
    sums = risk.sums()
    names = [str(s) for s in sums.spectrum.symbols]
    rng = np.random.default_rng(1)
    levels = [[2, *map(sp.Rational, rng.integers(1, 9, len(names)), [4] * len(names))] for _ in range(4)]
    numbers = {"n": 3, "m": 4, "N": 5, "lam": 0.5, "lam_s": 0.25, "s2": 0.5, "v1": 0.25, "v2": 0.75}
    numbers = {k: v for k, v in numbers.items() if k in risk.names}
    given = {k: np.repeat([float(row[1 + j]) for row in levels], 2) for j, k in enumerate(names)}
    wanted = risk.on(**given, **numbers).parts
    at = {s: numbers[s.name] for e in sums.equations for s in e.free_symbols if s.name in numbers}
    at |= {s: numbers[s.name] for v in sums.values.values() for s in v.free_symbols if s.name in numbers}
    at[sums.spectrum] = LevelTable(sums.spectrum.symbols, levels)
    unknown = [e.unknown for e in sums.equations]
    residuals = sp.lambdify([unknown], [e.residual.subs(at).doit() for e in sums.equations])
    x = np.ones(len(unknown))
    # Pivots have the residual m c - 1, traces total/t - 1, gains g - value.
    kinds = np.array([s.name[0] for s in unknown])
    for _ in range(3000):
        r = np.array(residuals(x), dtype=float)
        x = (x + np.select([kinds == "m", kinds == "t"], [x / (r + 1), x * (r + 1)], x - r)) / 2
    assert np.abs(r).max() < 1e-12
    assert (x[kinds != "g"] > 0).all()
    root = dict(zip(unknown, map(sp.Float, x), strict=True))
    found = {k: v.subs(at).doit().subs(root) for k, v in sums.values.items()}
    assert {k: float(v) for k, v in found.items()} == pytest.approx(wanted, rel=1e-9)


def test_a_claim_states_what_was_derived() -> None:
    """The bias of ridge is lam^2 sum lam_i b_i^2/(m lam_i + lam)^2 over 1 - m^2 sum (lam_i/(m lam_i + lam))^2/n."""
    (rows,) = sizes("n")
    X, beta, Sigma = design("X", rows, covariance("Sigma", p)), truth("beta", p), covariance("Sigma", p)
    sums = excess_risk(ridge(X, X @ beta, "lam"), beta, under=Sigma).sums()
    m, rest = (e.unknown for e in sums.equations)
    lam, n = sums.numbers["lam"], sums.numbers["n"]
    S, eigenvalue, b = sums.spectrum, sums.letters["Sigma"], sums.letters["beta"]
    wanted = rest * lam**2 * total(eigenvalue * b**2 / (m * eigenvalue + lam) ** 2, S)

    def claim(formula: sp.Expr) -> Claim:
        return Claim(
            "the_bias_of_ridge",
            "The bias of ridge is a sum over the spectrum.",
            Compare(sums.values["beta"], "=", formula),
            Domain(
                (S, m, rest, lam, n), (Condition(m**2 * total((eigenvalue / (m * eigenvalue + lam)) ** 2, S), "<", n),)
            ),
            Source(key="toy", authors="nobody", title="toy", year=2026, venue="none"),
            (Precision(), Derivation(sums.values["beta"]).rewrite(formula)),
            given=sums.equations,
            rivals=(2 * formula,),
        )

    result = verify(claim(wanted))
    assert result.holds, result
    assert not verify(claim(wanted * lam)).holds


def test_what_has_no_sums_over_one_spectrum() -> None:
    d_w, d_s = sp.symbols("d_w d_s", integer=True, positive=True)
    (n,) = sizes("n")
    own = {("a", "a"): identity(d_w), ("b", "b"): identity(d_s), ("a", "b"): fixed_matrix("C", d_w, d_s)}
    W, V = designs(("a", "b"), n, own)
    fit = least_squares(V, W @ truth("beta", d_w) + noise("s2", n))
    ((_, K), *_) = fit.of.items()
    with pytest.raises(EngineError, match="matrices have the sizes"):
        mean_trace(fixed_matrix("D", d_w, d_s), K).sums()
    with pytest.raises(EngineError, match="'n' is no new name for the spectrum"):
        plain_ridge().sums("n")
