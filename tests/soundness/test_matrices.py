"""No false claim about a mean of random matrices holds on the strength of what its author chose to look at."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import sympy as sp

from tests.soundness import gaussian_cases, matrix_cases
from tests.soundness.adversary import Outcome, measure, outcome
from tests.soundness.matrix_cases import MEANS, SOURCE, V, X, claim, d, n, nothing, setting, x
from w2s_sym import (
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Precision,
    Quantity,
    Sample,
    Setting,
    Simulation,
    Verdict,
    fixed,
    power,
    projector,
    symbol,
    tr,
    verify,
)
from w2s_sym.claims.statement import ClaimError
from w2s_sym.evidence.precision import precision
from w2s_sym.evidence.simulation.point_test import PointTest
from w2s_sym.formula.conditions import DomainError
from w2s_sym.matrices.words import TraceError


def test_no_false_case_holds_and_no_true_one_is_refuted() -> None:
    found = measure(matrix_cases.cases, 20261130, 60)
    assert found.wrong == []
    assert not any(true and became is Outcome.REFUTED for _, true, became in found.counts)
    # Bounds are not supported by numbers, so that no true one of M2 holds.
    tried = sum(k for (kind, true, _), k in found.counts.items() if true and kind != "M2")
    assert sum(k for (_, true, o), k in found.counts.items() if true and o is Outcome.HOLDS) >= 0.7 * tried


def test_the_means_of_the_generator_multiply_out() -> None:
    for value, blocks, mean in MEANS:
        for rows, cols in ((1, 1), (2, 1), (1, 2), (2, 2)):
            sizes = {n: rows, d: cols}
            start, entries = 0, {}
            for block in blocks:
                tall, wide = (int(size.subs(sizes)) for size in (block.rows, block.cols))
                entries[block.atom.name] = [[{(start + i * wide + j,): 1} for j in range(wide)] for i in range(tall)]
                start += tall * wide
            ((monomial, coefficient),) = value.terms
            total: gaussian_cases.Polynomial = {(): int(coefficient)}
            for word in monomial:
                letters = [
                    gaussian_cases.transposed(entries[f.atom.name]) if f.transposed else entries[f.atom.name]
                    for f in word
                ]
                total = gaussian_cases.times(total, gaussian_cases.trace(letters))
            assert gaussian_cases.mean(total) == mean.subs(sizes), (value, rows, cols)


@pytest.mark.parametrize("kind", matrix_cases.KINDS[:4], ids=lambda k: k.__name__)
def test_the_generator_has_teeth(kind: Callable[..., matrix_cases.Case], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "few_moments", lambda *_: "")
    monkeypatch.setattr("w2s_sym.evidence.precision.exact_means.generic", lambda *_, **__: None)
    monkeypatch.setattr(PointTest, "_doubted", lambda self, found, *_: found)
    monkeypatch.setattr("w2s_sym.evidence.simulation.coverage.Coverage._bound", lambda *_: [])
    stream = np.random.default_rng(7)
    false = [case for case in (kind(stream) for _ in range(40)) if not case.true]
    assert any(outcome(case) is Outcome.HOLDS for case in false[:12])


def finding(quantity: Quantity, relation: str, right: sp.Expr, domain: Domain, *evidence: object):  # type: ignore[no-untyped-def]
    return verify(claim(quantity, relation, right, domain, evidence)).findings[0]


def test_exact_means_say_where_they_looked() -> None:
    length = Quantity(V, "", tr(X.T @ X), setting(X))
    assert verify(claim(length, "=", n * d, Domain((n, d)), (Precision(),))).holds
    found = finding(length, "=", d * (n**3 - 6 * n**2 + 12 * n - 6), Domain((n, d)), Precision())
    assert found.within == ("where n is one of 1, 2, 3",)
    assert finding(length, "<=", sp.Integer(9), Domain((n, d)), Precision()).within
    assert finding(length, "<=", sp.Integer(10**4), Domain((n, d)), Simulation()).within


def test_a_bound_at_listed_points_is_supported() -> None:
    length = Quantity(V, "", tr(x.T @ x), setting(x))
    listed = Domain((n,), points=({n: 2}, {n: 3}))
    assert verify(claim(length, "<", sp.Integer(4), listed, (Simulation(),))).holds
    assert not verify(claim(length, "<", sp.Integer(3), listed, (Simulation(),))).holds


def test_matrices_that_no_other_may_stand_for_are_named() -> None:
    """The domain asks for a trace that no generic matrix has."""
    A, t = fixed("A", n, n), symbol("t", "a trace", real=True)
    made = Setting((Sample.of(n, (x,)),), ((t, tr(A)),), lambda p, r: {"A": np.eye(int(p["n"]), dtype=int)})
    quantity = Quantity(V, "", tr(x.T @ A @ A @ x), made)
    domain = Domain((n, t), (Condition(t, "=", n),))
    found = finding(quantity, "=", n, domain, Simulation())
    assert any("realise makes" in part for part in found.within), found


def test_a_covariance_that_may_be_singular_has_no_inverse() -> None:
    S, t = fixed("S", d, d, symmetric=True), symbol("t", "a trace", real=True)
    rows = Sample.of(n, (X,), {(X, X): S})
    made = Setting((rows,), ((t, tr(S)),), lambda p, r: {"S": int(r.integers(1, 4)) * np.eye(int(p["d"]))})
    quantity = Quantity(V, "", tr(projector(X)), made)
    found = finding(quantity, "=", d, Domain((n, d, t), (Condition(n, ">=", d), Condition(t, ">", 0))), Simulation())
    assert any("experiment exists" in part for part in found.within)


def test_an_experiment_beside_a_quantity_is_refused() -> None:
    def lie(rng: np.random.Generator, point: dict[str, float], draws: int) -> np.ndarray:
        return 2 * rng.chisquare(int(point["n"]), draws)

    length = Quantity(V, "", tr(x.T @ x), setting(x))
    with pytest.raises(ClaimError, match="drawn by itself"):
        claim(length, "=", 2 * n, Domain((n,)), (Simulation(lie),))


def test_what_is_too_large_is_said_in_one_line() -> None:
    with pytest.raises(TraceError, match="at most 500"):
        power(x, 3000)
    deep = X.T @ X
    for _ in range(300):
        deep = deep @ (X.T @ X)
    quantity = Quantity(V, "", tr(deep), Setting((Sample.of(n, (X,)),), realise=nothing))
    with pytest.raises(ClaimError, match="not averaged yet"):
        verify(claim(quantity, "=", n, Domain((n, d)), (Derivation(quantity).in_names(),)))
    length = Quantity(V, "", tr(x.T @ x), setting(x))
    with pytest.raises(ClaimError, match="no value in floats"):
        verify(claim(length, "=", n + sp.binomial(n, 64), Domain((n,)), (Simulation(),)))


q = sp.Symbol("q8")  # no assumption: not made by symbol(...)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (sp.sqrt(q**2), q),
        (sp.log(q**2), 2 * sp.log(q)),
        ((q**2) ** sp.Rational(3, 2), q**3),
        (sp.Abs(q), q),
        (sp.sign(q) ** 2, sp.Integer(1)),
        (sp.floor(q), q),
        ((-1) ** (2 * q), sp.Integer(1)),
        (sp.sqrt(-(q**2)), sp.I * q),
    ],
    ids=str,
)
def test_a_bare_symbol_is_a_real_number_of_either_sign(left: sp.Expr, right: sp.Expr) -> None:
    try:
        stated = Claim("bare", "A.", Compare(left, "=", right), Domain((q,)), SOURCE, (Derivation(left), Precision()))
    except ClaimError:
        return
    assert not verify(stated).holds


def test_what_is_true_of_real_numbers_is_true_of_a_bare_symbol() -> None:
    assert list(Domain((q,)).legend()) == [(q, None, "real")]
    for left, right in ((sp.sqrt(q**2), sp.Abs(q)), (sp.Abs(q) ** 2, q**2), (sp.Max(q, -q), sp.Abs(q))):
        stated = Claim("bare", "A.", Compare(left, "=", right), Domain((q,)), SOURCE, (Derivation(left), Precision()))
        assert verify(stated).holds, left


@pytest.mark.parametrize("assumed", ["complex", "imaginary", "even", "prime", "irrational", "rational", "finite"])
def test_a_symbol_of_another_kind_is_refused(assumed: str) -> None:
    with pytest.raises(DomainError, match="which no domain checks"):
        Domain((sp.Symbol("z", **{assumed: True}),))


def test_verdict_is_refuted_where_a_generic_matrix_refutes() -> None:
    A, u = fixed("A", n, n), symbol("u", "a trace", real=True)
    made = Setting((Sample.of(n, (x,)),), ((u, tr(A @ A)),), matrix_cases.made("symmetric"))
    value = tr(x.T @ A @ A.T @ x)
    for evidence in (Precision(), Simulation()):
        found = finding(Quantity(V, "", value, made), "=", u, Domain((n, u)), evidence)
        assert found.verdict is Verdict.REFUTED, found.summary


@pytest.mark.parametrize("pole", [0, 2])
def test_numbers_at_which_a_coefficient_has_no_value_are_passed_over(pole: int) -> None:
    """Generic numbers meet the pole, which the domain leaves out."""
    c = symbol("c", "a number", real=True)
    made = Setting((Sample.of(n, (x,)),), realise=lambda p, r: {"c": int(r.integers(3, 9))})
    quantity = Quantity(V, "", tr(x.T @ x) * (1 / (c - pole)), made)
    domain = Domain((n, c), (Condition(c, "!=", pole),))
    assert verify(claim(quantity, "=", n / (c - pole), domain, (Precision(),))).holds
    assert not verify(claim(quantity, "=", n / sp.Abs(c - pole), domain, (Precision(),))).holds
