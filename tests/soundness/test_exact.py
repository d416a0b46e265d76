"""No claim holds by a float, by the sizes of its author's choice, or by a lemma about another experiment."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np
import pytest
import sympy as sp
from soundness import exact_cases
from soundness.adversary import Case, Outcome, measure, outcome
from soundness.exact_cases import SOURCE, R, V, a, c, claim, d, lam, n, rewritten

from w2s_sym import (
    Asymptotic,
    Claim,
    ClaimError,
    Compare,
    Condition,
    Derivation,
    Domain,
    Iff,
    Precision,
    Quantity,
    Sample,
    Setting,
    Simulation,
    any_spectrum,
    fixed,
    gaussian,
    identity,
    symbol,
    total,
    tr,
    verify,
)
from w2s_sym.claims import names, statement
from w2s_sym.evidence.simulation import limits
from w2s_sym.formula.statable import MOST_DEPTH, unstatable
from w2s_sym.matrices import experiment, gaussian_rules
from w2s_sym.matrices.words import TraceError

BOTH = Domain((a, c))
TINY = sp.Float("1e-20")


# -- floats ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda: Compare(a + TINY * a, "=", a),
        lambda: Compare(a, "=", a + TINY * a),
        lambda: Iff(Compare(a + TINY * a, "<=", 1), Compare(a, "<=", 1)),
        lambda: Asymptotic((1 + TINY) * n / (n + 1), sp.Integer(1), n),
        lambda: claim(Compare(c, "<=", a), Domain((a, c), (Condition(a + TINY * a, ">=", c),)), Precision()),
        lambda: claim(Compare(a, "<", a + c), BOTH, Precision(), rivals=(TINY * a,)),
        lambda: claim(Compare(total(lam, T_FLOAT), "<", total(1, T_FLOAT)), Domain((T_FLOAT,)), Precision()),
    ],
)
def test_a_float_is_refused_wherever_it_stands(make: Any) -> None:
    with pytest.raises(ClaimError, match="contains the float"):
        make()


T_FLOAT = any_spectrum("T", "below a float", lam, conditions=(Condition(lam, "<", sp.Float(0.5)),))


@pytest.mark.parametrize("place", ["value", "covariance", "size", "name"])
def test_a_float_in_an_experiment_is_refused(place: str) -> None:
    rows = sp.Float(2) * n if place == "size" else n
    X = gaussian("X", rows, d)
    law = Sample.of(rows, (X,), {(X, X): (1 + TINY) * identity(d)} if place == "covariance" else {})
    A = fixed("A", d, d, symmetric=True)
    scalars = ((symbol("t", "a trace", real=True), (1 + TINY) * tr(A)),) if place == "name" else ()
    value = tr(X.T @ X) * (1 + TINY) if place == "value" else tr(X.T @ X)
    with pytest.raises(TraceError, match=r"V: .* contains the float"):
        Quantity(V, "a mean", value, Setting((law,), scalars))


def test_exact_numbers_of_the_same_size_are_taken() -> None:
    small = sp.Rational(1, 10**20)
    assert verify(rewritten((1 + small) * a * (a + c), sp.expand((1 + small) * a * (a + c)), BOTH)).holds
    assert not verify(rewritten(a + small * a, a, BOTH)).holds


# -- what is not written down ---------------------------------------------------------------------------------


@pytest.mark.parametrize("left", [7 ** (10**6) * a, a / sp.Integer(10) ** 5000, a + sp.Rational(1, 10**4400)])
def test_numbers_of_thousands_of_digits_are_refused_on_the_left_too(left: sp.Expr) -> None:
    with pytest.raises(ClaimError, match="a number of more than 4300 digits; write it as a symbol"):
        Compare(left, "=", a)


def test_numbers_that_grow_long_in_a_proof_are_told_of() -> None:
    left = (sp.Integer(10) ** 2000 * a + 1) ** 3
    (finding,) = verify(rewritten(left, c, BOTH)).findings
    assert finding.verdict == "REFUTED"
    assert finding.summary.startswith("step 1 (rewrite): (~1.00000E+2000*a + 1)**3 is not c: at a=")
    assert len(finding.summary) < 300


def test_deep_nesting_is_refused_in_one_line() -> None:
    def nested(levels: int) -> sp.Expr:
        return reduce(lambda inner, _: sp.log(1 + inner), range(levels), a)

    assert unstatable(nested(MOST_DEPTH // 2 - 1)) is None
    with pytest.raises(ClaimError, match=f"nested more than {MOST_DEPTH} levels deep; name a part of it"):
        Compare(nested(MOST_DEPTH), "=", a)


@pytest.mark.parametrize("left", [sp.Limit(n * a / (n + 1), n, sp.oo), a + sp.O(a**2)])
def test_limits_and_orders_are_statements_of_their_own(left: sp.Expr) -> None:
    with pytest.raises(ClaimError, match=r"has no value in a claim; state a limit with Asymptotic"):
        Compare(left, "=", a)


@pytest.mark.parametrize("left", [sp.Derivative(n**2, n), sp.Derivative(a * n, a, n), a + sp.Derivative(2**n, (n, 2))])
def test_an_integer_has_no_derivative(left: sp.Expr) -> None:
    """The slope of sin(pi n) is pi cos(pi n) between the integers and 0 on them."""
    with pytest.raises(ClaimError, match="has no value: n runs over the integers; let it be a real symbol"):
        Compare(left, "=", a)
    Compare(sp.Derivative(a**2 * n, a), "=", 2 * a * n)


@pytest.mark.parametrize("bound", [(n, 0, 1), (n, 0, a)])
def test_an_integer_has_no_integral(bound: tuple[sp.Expr, ...]) -> None:
    with pytest.raises(ClaimError, match="has no value: n runs over the integers; let it be a real symbol"):
        Compare(sp.Integral(n, bound), "=", a)


# -- words and sizes ------------------------------------------------------------------------------------------


def of_size(rows: sp.Expr, *evidence: Any, times: int = 1) -> Claim:
    X = gaussian("X", rows, d)
    word = reduce(lambda w, _: w @ X.T @ X, range(times - 1), X.T @ X)
    mean = Quantity(V, "a mean", tr(word), Setting((Sample.of(rows, (X,)),)))
    listed = tuple(sorted(rows.free_symbols | {d}, key=str))
    made = evidence or (Derivation(mean).expect(X).in_names(),)
    return Claim("size", "A.", Compare(mean, "=", rows * d), Domain(listed), SOURCE, made)


@pytest.mark.parametrize("times", [30, 500])
def test_a_long_word_is_refused_before_work_starts_on_it(times: int) -> None:
    with pytest.raises(ClaimError, match=f"a product with {2 * times} such letters is a sum over pairings"):
        verify(of_size(n, times=times))


def test_a_long_product_with_few_pairings_is_worked_out() -> None:
    """The k-th moment of a chi-square number with m degrees of freedom is m (m + 2) ... (m + 2 k - 2)."""
    X, k = gaussian("X", n, d), 10
    mean = Quantity(V, "a mean", reduce(lambda u, _: u * tr(X.T @ X), range(k - 1), tr(X.T @ X)), SETTING)
    right = sp.Mul(*(n * d + 2 * i for i in range(k)))
    assert verify(claim(Compare(mean, "=", right), Domain((n, d)), Derivation(mean).expect(X).in_names())).holds


SETTING = Setting((Sample.of(n, (gaussian("X", n, d),)),))


def test_the_estimate_of_pairings_is_near_their_number() -> None:
    """k letters, each pair with a matrix of its own between, have (k - 1)!! pairings that are all different."""
    X = gaussian("X", n, d)
    parts = [X.T @ X @ fixed(f"A_{i}", d, d) for i in range(5)]
    ((monomial, _),) = tr(reduce(lambda u, v: u @ v, parts)).terms
    assert gaussian_rules._pairings(monomial, SETTING.samples[0], ("X",)) == pytest.approx(9 * 7 * 5 * 3, rel=0.5)


@pytest.mark.parametrize("size", [-n, sp.Rational(1, 2) + 0 * n, sp.factorial(50) + 0 * n, sp.Integer(10) ** 400])
def test_what_is_no_size_is_refused_with_what_is_needed(size: sp.Expr) -> None:
    with pytest.raises(ClaimError, match=r"no whole number from 0 to 2\^53; declare sizes integer=True"):
        verify(of_size(size, Simulation()))


def test_a_size_is_not_rounded_to_a_whole_one() -> None:
    s = symbol("s", "a number", positive=True)
    result = verify(of_size(s, Simulation()))
    assert not result.holds
    assert verify(of_size(n**30, Simulation())).findings[0].verdict == "AGREES"
    assert verify(of_size(2 ** (2**n), Simulation())).findings[0].verdict == "AGREES"


@pytest.mark.parametrize("kind", [int, object])
def test_a_setting_may_make_integers_of_any_kind(kind: type) -> None:
    X, A, t = gaussian("X", n, d), fixed("A", d, d, symmetric=True), symbol("t", "the trace of A", positive=True)

    def realise(point: Any, rng: np.random.Generator) -> dict[str, Any]:
        made = np.diag(rng.integers(1, 4, int(point["d"]))).astype(kind)
        return {"A": made, "t": int(np.trace(made))}

    setting = Setting((Sample.of(n, (X,)),), ((t, tr(A)),), realise)
    mean = Quantity(V, "a mean", tr(X.T @ X @ A), setting)
    assert verify(claim(Compare(mean, "=", n * t), Domain((n, d, t)), Precision())).holds


# -- limits at other sizes ------------------------------------------------------------------------------------


def test_a_shape_that_takes_few_sizes_is_looked_at_where_it_takes_them() -> None:
    """Only multiples of three are made; the course is another one at those that are odd."""

    def course(odd: float) -> Claim:
        def draws(rng: np.random.Generator, point: Any, size: int, many: int) -> np.ndarray:
            if size % 3:
                raise ValueError("no such size")
            return float(point["a"]) * (1 + (odd if size % 2 else 0) + 1 / size) + 0.01 * rng.standard_normal(many)

        evidence = Simulation(draws, sizes=(6, 12, 24))
        return claim(Compare(R, "=", a), Domain((a,)), evidence, kind="equivalent", rivals=(2 * a,))

    assert verify(course(0.0)).holds
    found = verify(course(1.0))
    assert not found.holds
    assert "at size 27: other sizes have another course" in found.why()


# -- the generator --------------------------------------------------------------------------------------------


def test_no_false_case_holds_and_the_true_ones_do() -> None:
    found = measure(exact_cases.cases, 11, 120)
    assert found.wrong == []
    true = sum(k for (_, is_true, _), k in found.counts.items() if is_true)
    held = sum(k for (_, is_true, became), k in found.counts.items() if is_true and became is Outcome.HOLDS)
    assert true >= 30
    assert held >= 0.9 * true


@pytest.mark.parametrize("family", ["floats", "sizes"])
def test_without_its_guard_a_family_finds_false_claims_that_hold(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for home in (names, statement, experiment):
        monkeypatch.setattr(home, "unstatable", lambda _: None)
    monkeypatch.setattr(limits, "_elsewhere", lambda *_: None)
    stream = np.random.Generator(np.random.PCG64(3))
    made: list[Case] = [getattr(exact_cases, family)(stream) for _ in range(12)]
    assert any(outcome(case) is Outcome.HOLDS for case in made if not case.true)
