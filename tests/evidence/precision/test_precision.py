"""Evaluation as evidence: true formulas agree, planted faults are refuted, and what cannot be decided says so."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.evidence import Evidence
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.results import verify
from w2s_sym.claims.run import Run
from w2s_sym.claims.source import Source
from w2s_sym.claims.statement import Asymptotic, ClaimError, Compare, Equation, Iff
from w2s_sym.evidence.precision.precision import (
    EXTREMES,
    POINTS_BY_EFFORT,
    Case,
    Precision,
    _moves,
    downhill,
    harder_cases,
)
from w2s_sym.evidence.precision.session import Session
from w2s_sym.formula.balls import Place
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.letters import N, d_s, d_sw, d_w, n, sigma2

SOURCE = Source("toy", "A", "T", 2024)
R = sp.Rational
x, y, z = sp.symbols("x y z", real=True)
p, q = sp.symbols("p q", positive=True)
t = sp.Symbol("t", nonnegative=True)
FULL = Domain(
    (d_s, d_w, d_sw, n, N, sigma2),
    (
        Condition(d_sw, "<=", d_s),
        Condition(d_sw, "<=", d_w),
        Condition(n, ">", d_w + 1),
        Condition(N, ">", d_s + 1),
    ),
)
K = n - d_w - 1
OVERLAP = d_sw + d_s / (N - d_s - 1) * (d_w - d_sw)
IN_SAMPLE = sigma2 * (d_sw + d_s / N * (d_w - d_sw)) / K
POPULATION = sigma2 * OVERLAP / K


@dataclass(frozen=True)
class Derived(Evidence):
    """Stands for a derivation: the line that it computed, or none, or a failure."""

    line: sp.Expr | None = None
    error: str = ""
    kind: str = "derivation"

    def derived(self, claim: Claim) -> sp.Expr | None:
        if self.error:
            raise RuntimeError(self.error)
        return self.line

    def check(self, claim: Claim, run: Run) -> Finding:
        raise AssertionError("not asked here")


@dataclass(frozen=True)
class Quantity:
    symbol: sp.Symbol = field(default_factory=lambda: sp.Symbol("V"))

    def latex(self) -> str:
        return "V"


@dataclass(frozen=True)
class Instances(Quantity):
    """A quantity that evaluates itself exactly at small instances, or cannot."""

    instance: Callable[[np.random.Generator], tuple[dict[sp.Symbol, sp.Expr], sp.Expr] | None] = lambda rng: None

    def exact(self, rng: np.random.Generator) -> tuple[dict[sp.Symbol, sp.Expr], sp.Expr] | None:
        return self.instance(rng)


def claim(lhs: Any, relation: str, rhs: Any, domain: Domain = FULL, **changes: Any) -> Claim:
    parts: dict[str, Any] = {"evidence": (Precision(),), **changes}
    return Claim("c", "A sentence.", Compare(lhs, relation, rhs), domain, SOURCE, **parts)


def check(made: Claim, effort: str = "quick", seed: int = 0, **options: Any) -> Finding:
    finding = Precision(**options).check(made, Run(effort, seed).under(made.id, 0))
    assert finding.kind == "precision"
    assert json.loads(json.dumps(finding.to_json())) == finding.to_json()
    return finding


def one(*conditions: Condition, symbols: tuple[sp.Symbol, ...] = (x,)) -> Domain:
    return Domain(symbols, conditions)


# -- settings -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {"digits": 9},
        {"digits": 50.0},
        {"digits": True},
        {"digits": None},
        {"points": 0},
        {"points": -1},
        {"points": 2.5},
    ],
    ids=str,
)
def test_bad_settings_are_refused(options: dict[str, Any]) -> None:
    (name,) = options
    least = {"digits": 10, "points": 1}[name]
    with pytest.raises(ValueError, match=rf"Precision\({name}={options[name]}\): needs an integer, {least} or more"):
        Precision(**options)


@pytest.mark.parametrize("within", [Condition(x, "<", 2), [Condition(x, "<", 2)], ("x < 2",)])
def test_parts_of_the_domain_are_conditions(within: Any) -> None:
    with pytest.raises(ValueError, match="needs a tuple of conditions"):
        Precision(within=within)


def test_a_part_of_the_domain_refutes_and_supports_nothing() -> None:
    """At late times both sides are one to thousands of digits; near zero numbers tell them apart."""
    late = Domain((p,), (Condition(p, ">", 10**6),))
    sides = (1 - sp.exp(-2 * p), "<", 1 - sp.exp(-3 * p))
    near = (Condition(p, "<", 5, "look at early times"),)
    true = claim(*sides, Domain((p,)), evidence=(Precision(within=near),), rivals=(1 - sp.exp(-p),))
    assert check(replace(true, domain=late)).verdict is Verdict.INCONCLUSIVE
    found = check(true, within=near)
    assert found.verdict is Verdict.AGREES
    assert found.summary.startswith("within p < 5: true at")
    assert found.within == ("p < 5",)
    assert next(iter(found.to_json()["detail"].items())) == ("within", ["p < 5"])
    assert found.refuted == (0,)
    # It is no support of what is claimed of all times.
    assert not verify(true).holds
    assert "nothing supports it" in verify(true).why()
    proved = replace(true, evidence=(_Proof(), *true.evidence))
    assert verify(proved).holds
    false = claim(sides[0], ">", sides[2], Domain((p,)))
    assert check(false, within=near).verdict is Verdict.REFUTED
    with pytest.raises(ClaimError, match="which the domain does not list"):
        check(true, within=(Condition(x, "<", 5),))
    with pytest.raises(ClaimError, match="omit within"):
        check(replace(true, witness={p: sp.Integer(1)}), within=near)


class _Proof(Evidence):
    """Evidence that proves whatever it is given."""

    kind = "derivation"

    def check(self, claim: Claim, run: Run) -> Finding:
        return Finding(self.kind, Verdict.PROVED, "by decree")


def test_least_settings_and_defaults() -> None:
    assert Precision(digits=10, points=1).points == 1
    assert (Precision().digits, Precision().points, Precision().kind) == (50, None, "precision")


@pytest.mark.parametrize(("effort", "count"), [("quick", 8), ("standard", 24), ("deep", 96)])
def test_points_follow_effort_unless_given(effort: str, count: int) -> None:
    made = claim(x**2 - 1, "=", (x - 1) * (x + 1), one())
    assert POINTS_BY_EFFORT[effort] == count
    assert check(made, effort).detail["points"] == count
    assert check(made, effort, points=5).detail["points"] == 5


# -- equality -------------------------------------------------------------------------------------------------


def test_a_true_formula_agrees_exactly_and_all_its_mutants_fall() -> None:
    made = claim(sp.expand(POPULATION), "=", POPULATION, rivals=(IN_SAMPLE, sigma2 * OVERLAP / n, POPULATION + 1))
    finding = check(made)
    assert finding.verdict is Verdict.AGREES
    assert finding.refuted == (0, 1, 2)
    total = finding.detail["mutants"]
    assert total >= 40
    assert finding.detail == {
        "digits": 50,
        "points": 8,
        "edges": finding.detail["edges"],
        "exact": True,
        "mutants": total,
        "refuted": total,
        "rivals": 3,
        "rivals_refuted": 3,
    }
    assert finding.summary == (
        f"equal exactly at 8 random points; 3 of 3 rivals refuted; {total} of {total} mutants refuted"
    )


WEAK = sigma2 * d_w / K
STUDENT = sigma2 * d_s / (N - d_s - 1)


@pytest.mark.parametrize("effort", ["quick", "standard"])
@pytest.mark.parametrize(
    ("truth", "wrong"),
    [
        (WEAK, 2 * WEAK),
        (WEAK, WEAK * R(1000001, 1000000)),
        (WEAK, -WEAK),
        (WEAK, sigma2 * d_w / (n - d_w)),
        (WEAK, sigma2 * d_w / (n - d_w - 2)),
        (WEAK, sigma2 * d_w / n),
        (WEAK, sigma2 * d_w / (n + d_w - 1)),
        (WEAK, d_w / K),
        (STUDENT, sigma2 * d_s / N),
        (STUDENT, sigma2 * d_s / (N - d_s)),
        (POPULATION, IN_SAMPLE),
        (POPULATION, sigma2 * (d_sw - d_s / (N - d_s - 1) * (d_w - d_sw)) / K),
        (POPULATION, sigma2 * (d_sw + d_s / (N - d_s - 1) * (d_w + d_sw)) / K),
        (POPULATION, sigma2 * (d_s + d_sw / (N - d_s - 1) * (d_w - d_sw)) / K),
        (POPULATION, sigma2 * OVERLAP / (n - d_w)),
        (POPULATION, sigma2**2 * OVERLAP / K),
    ],
    ids=str,
)
def test_planted_faults_are_refuted(truth: sp.Expr, wrong: sp.Expr, effort: str) -> None:
    finding = check(claim(sp.expand(truth), "=", wrong), effort)
    assert finding.verdict is Verdict.REFUTED
    shown = finding.detail["counterexample"]
    point = {s: sp.Rational(shown["point"][str(s)]) for s in FULL.symbols}
    assert FULL.contains(point)
    assert sp.Rational(shown["left"]) == truth.xreplace(point)
    assert sp.Rational(shown["right"]) == wrong.xreplace(point)
    assert sp.Rational(shown["left"]) != sp.Rational(shown["right"])


def test_a_counter_example_is_readable() -> None:
    finding = check(claim(x, "=", 2 * x, one(Condition(x, "=", R(2, 3)))))
    assert finding.verdict is Verdict.REFUTED
    assert finding.summary == (
        "false at x=2/3: left 2/3 (0.666667), right 4/3 (1.33333), stated left = right, ratio 0.500000"
    )
    assert finding.detail["counterexample"] == {
        "point": {"x": "2/3"},
        "left": "2/3",
        "right": "4/3",
        "ratio": "0.500000",
    }
    whole = check(claim(x, "=", x + 1, one(Condition(x, "=", 2))))
    assert whole.summary == "false at x=2: left 2, right 3, stated left = right, ratio 0.666667"
    ball = check(claim(sp.sqrt(x), "=", sp.sqrt(x) + R(1, 10**40), one(Condition(x, "=", 2))))
    assert ball.summary == ("false at x=2: left ~1.41421, right ~1.41421, stated left = right, ratio 1 + -7.07e-41")


def test_the_simplest_counter_example_is_shown() -> None:
    finding = check(claim(n * d_w, "=", n + d_w, one(symbols=(n, d_w))), points=30)
    shown = ", ".join(f"{k}={v}" for k, v in finding.detail["counterexample"]["point"].items())
    assert len(shown) == len("n=1, d_w=1")


def test_long_exact_values_are_rounded_in_words() -> None:
    finding = check(claim(x + R(1, 3**200), "=", x, one(Condition(x, "=", 1))))
    assert finding.verdict is Verdict.REFUTED
    assert finding.detail["counterexample"]["left"] == "~1.00000"
    assert finding.detail["counterexample"]["right"] == "1"


@pytest.mark.parametrize(
    ("left", "right", "wrong"),
    [
        (sp.log(p * (q + 1)), sp.log(p) + sp.log(q + 1), sp.log(p) + sp.log(q)),
        (sp.cosh(p) * sp.exp(q), (sp.exp(p + q) + sp.exp(q - p)) / 2, (sp.exp(p + q) - sp.exp(q - p)) / 2),
        (sp.gamma(p + 1) + q, p * sp.gamma(p) + q, (p + 1) * sp.gamma(p) + q),
        (sp.sqrt(p**2 + 2 * p * q + q**2 + 1), sp.sqrt((p + q) ** 2 + 1), sp.sqrt((p - q) ** 2 + 1)),
    ],
    ids=str,
)
def test_balls_agree_and_refute_all_mutants(left: sp.Expr, right: sp.Expr, wrong: sp.Expr) -> None:
    domain = one(symbols=(p, q))
    finding = check(claim(left, "=", right, domain, rivals=(wrong,)))
    assert finding.verdict is Verdict.AGREES
    assert finding.summary.startswith("equal to 50 digits at 8 random points; 1 of 1 rivals refuted; ")
    assert finding.detail["refuted"] == finding.detail["mutants"] > 5
    assert finding.detail["exact"] is False
    assert check(claim(left, "=", wrong, domain)).verdict is Verdict.REFUTED


def test_fewer_digits_still_certify_a_difference_at_the_second_precision() -> None:
    made = claim(sp.log(p), "=", sp.log(p) + R(1, 10**25), one(symbols=(p,)))
    assert check(made, digits=10).verdict is Verdict.REFUTED
    far = claim(sp.log(p) + sp.log(p + 1), "=", sp.log(p**2 + p) + R(1, 10**70), one(symbols=(p,)))
    # Ten digits cannot part the sides: as many more are taken as the term has zeros after its point.
    assert check(far, digits=10).verdict is Verdict.REFUTED
    assert check(far, digits=50).verdict is Verdict.REFUTED


def test_an_authors_rival_that_is_equal_is_not_refuted_and_named() -> None:
    finding = check(claim(x**2 - 1, "=", (x - 1) * (x + 1), one(), rivals=(x**2, x**2 - 2 * x / 2 + x - 1)))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.refuted == (0,)
    assert finding.detail["surviving"] == ["the rival x**2 - 1"]
    assert finding.detail["rivals_refuted"] == 1
    assert "do not tell the right side from the rival x**2 - 1" in finding.summary
    assert finding.detail["points"] == 24  # 8, and 16 more before giving up


def test_a_mutant_that_the_domain_cannot_tell_is_named() -> None:
    # at y = 0 always (a nonlinear equality, so no algebra shows it), x and x + y are the same
    domain = Domain((x, y), (Condition(y, ">=", 0), Condition(y, "<=", 0)))
    finding = check(claim(x, "=", x + y, domain))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "the mutant x" in finding.detail["surviving"]
    assert finding.detail["refuted"] == finding.detail["mutants"] - len(finding.detail["surviving"])
    assert "draw more points, widen the domain, or drop a rival that is equal" in finding.summary


def test_mutants_that_the_equations_of_the_domain_make_equal_are_no_rivals() -> None:
    domain = Domain((x, y), (Condition(y, "=", x + 1),))
    finding = check(claim(2 * x + 1, "=", x * (y - x) + y, domain))
    assert finding.verdict is Verdict.AGREES  # dropping the factor y - x = 1 changes nothing on the domain
    assert finding.detail["mutants"] == finding.detail["refuted"]


def test_mutants_that_given_equations_make_equal_are_no_rivals() -> None:
    given = Equation(p, p * q - 1)
    made = claim(q, "=", q * q * p, one(symbols=(p, q)), given=(given,))
    finding = check(made)
    assert finding.verdict is Verdict.AGREES
    assert finding.detail["exact"] is True


def test_a_rival_may_be_a_whole_comparison() -> None:
    made = claim(x**2 - 1, "=", (x - 1) * (x + 1), one(), rivals=(Compare(x, "=", 5), Condition(x**2, "<", -1)))
    assert check(made).refuted == (0, 1)


def test_a_rival_without_a_value_somewhere_in_the_domain_falls() -> None:
    made = claim(n + 1, "=", (n**2 + n) / n, one(symbols=(n,)), rivals=(n + 1 / (n - 1),))
    assert check(made, points=40).refuted == (0,)


def test_a_rival_that_cannot_be_evaluated_stands() -> None:
    finding = check(claim(x + 1, "=", (x**2 - 1) / (x - 1), one(Condition(x, ">", 1)), rivals=(sp.Heaviside(x),)))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.refuted == ()


def test_derivatives_are_carried_out() -> None:
    finding = check(claim(sp.Derivative(x**3, x), "=", 3 * x**2, one()))
    assert finding.verdict is Verdict.AGREES
    assert finding.detail["exact"] is True
    assert check(claim(sp.Derivative(x**3, x), "=", 2 * x**2, one())).verdict is Verdict.REFUTED
    assert check(claim(3 * x**2, "=", sp.Derivative(x**3, x), one())).verdict is Verdict.AGREES


# -- reproducible ---------------------------------------------------------------------------------------------


def test_a_seed_gives_the_same_finding_and_another_gives_other_points() -> None:
    made = claim(x, "=", 2 * x, one())
    assert check(made).to_json() == check(made).to_json()
    assert check(made, seed=1).detail["counterexample"] != check(made).detail["counterexample"]


# -- undefined, unsupported, undecided ------------------------------------------------------------------------


def test_a_value_that_is_too_large_is_not_called_undefined() -> None:
    domain = one(Condition(x, ">=", 1000), Condition(x, "<=", 1000))
    finding = check(claim(sp.exp(sp.exp(x)), "<", sp.exp(sp.exp(x)) + 1, domain))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.summary == (
        "at x=1000, exp(exp(x)): too large to be evaluated; restrict the domain to smaller values"
    )


def test_a_factorial_that_is_too_large_is_not_called_undefined() -> None:
    k = sp.Symbol("k", integer=True, positive=True)
    domain = Domain((k,), (Condition(k, ">=", 300), Condition(k, "<=", 300)))
    summary = check(claim(sp.factorial(sp.factorial(k)), ">=", 1, domain)).summary
    assert summary.startswith("at k=300, gamma(")
    assert summary.endswith("too large to be evaluated; restrict the domain to smaller values")


def test_an_undefined_value_is_inconclusive_and_names_the_point() -> None:
    domain = one(Condition(x, ">=", 0), Condition(x, "<=", 0))
    finding = check(claim(1 / x, "=", 1 / x + x, domain))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.summary == "undefined at x=0: 1/x: division by zero; restrict the domain to where it exists"
    assert finding.detail["exact"] is False


def test_a_counter_example_elsewhere_outweighs_an_undefined_point() -> None:
    finding = check(claim(1 / (n - 1), "=", 2 / (n - 1), one(symbols=(n,))), points=30)
    assert finding.verdict is Verdict.REFUTED
    true_elsewhere = check(claim(2 / (n - 1), "=", (2 * n - 2) / (n - 1) ** 2, one(symbols=(n,))), points=30)
    assert true_elsewhere.verdict is Verdict.INCONCLUSIVE
    assert true_elsewhere.summary.startswith("undefined at n=1: ")


@pytest.mark.parametrize(
    ("left", "right", "where"),
    [
        ((t**2 - t) / t, t - 1, "t=0"),
        ((x**2 - 1) / (x - 1), x + 1, "x=1"),
        ((x**2 - 2 * x * y + y**2) / (x - y), x - y, "x="),
        (sp.log(t) + (x + 1) ** 2, sp.log(t) + x**2 + 2 * x + 1, "t=0"),
    ],
)
def test_a_side_that_is_undefined_within_the_domain_is_visited(left: sp.Expr, right: sp.Expr, where: str) -> None:
    finding = check(claim(left, "=", right, Domain(tuple(sorted(left.free_symbols, key=str)))))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.summary.startswith("undefined at ")
    assert where in finding.summary
    assert "restrict the domain to where it exists" in finding.summary


def test_a_closed_end_is_visited_and_an_open_one_is_not() -> None:
    half = Domain((x,), (Condition(x, "<=", 7),))
    assert check(claim(x, "<", sp.Integer(7), half)).verdict is Verdict.REFUTED
    assert check(claim(x, "<", sp.Integer(7), Domain((x,), (Condition(x, "<", 7),)))).verdict is Verdict.AGREES
    assert check(claim(t, ">", sp.Integer(0), Domain((t,)))).verdict is Verdict.REFUTED


def test_a_complex_value_is_undefined() -> None:
    finding = check(claim(sp.sqrt(x), "=", x, one(Condition(x, "=", -4))))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.summary.startswith("undefined at x=-4: sqrt(x): the root of -4.00000 is not real")


def test_an_unknown_function_is_named() -> None:
    finding = check(claim(sp.Heaviside(x), "=", sp.Heaviside(x) + x, one()))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.summary == (
        "cannot evaluate Heaviside in Heaviside(x); rewrite it in functions that have certified values"
    )


def test_digits_that_do_not_decide_are_named() -> None:
    big = sp.Integer(10) ** 100
    made = claim(sp.sqrt(x**2 + 1) - x, "=", sp.S.Zero, one(Condition(x, "=", big)))
    finding = check(made)
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "undecided at x=~1.00000E+100" in finding.summary
    assert "50 digits do not part the sides; use more" in finding.summary
    assert check(made, digits=200).verdict is Verdict.REFUTED


def test_an_empty_domain_is_inconclusive() -> None:
    finding = check(claim(x, "=", y, Domain((x, y), (Condition(x, ">", 1), Condition(x, "<", 1)))))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "none is admissible" in finding.summary


# -- inequalities ---------------------------------------------------------------------------------------------

UNIT = one(Condition(x, ">=", 0), Condition(x, "<=", 1))


@pytest.mark.parametrize(
    ("lhs", "relation", "rhs", "verdict"),
    [
        (x**2, "<=", x, Verdict.AGREES),
        (x**2, "<", x, Verdict.REFUTED),  # equal at the ends, which are drawn
        (x, ">=", x**2, Verdict.AGREES),
        (x, ">", x**2, Verdict.REFUTED),
        (x, "<=", x**2, Verdict.REFUTED),
        (x**2, ">=", x, Verdict.REFUTED),
        (x, "<", x + 1, Verdict.AGREES),
        (x + 1, ">", x, Verdict.AGREES),
        (x, "!=", x + 1, Verdict.AGREES),
        (x, "!=", x**2 + 2 * x, Verdict.REFUTED),  # equal at 0
        (x, "!=", 3 - x, Verdict.AGREES),
        (sp.exp(-x), "<=", 1 - x + x**2 / 2, Verdict.AGREES),
        (sp.exp(-x), ">=", 1 - x + x**2 / 2, Verdict.REFUTED),
        (sp.exp(x), ">", x + R(1, 2), Verdict.AGREES),
    ],
    ids=str,
)
def test_inequalities(lhs: sp.Expr, relation: str, rhs: sp.Expr, verdict: Verdict) -> None:
    assert check(claim(lhs, relation, rhs, UNIT), "standard").verdict is verdict


def test_the_smallest_margin_is_told_with_its_point() -> None:
    finding = check(claim(x, "<", 2 * x, one(Condition(x, ">", 0))))
    assert finding.verdict is Verdict.AGREES
    assert finding.detail["margin"] == 0.5
    # 8 random, 16 extreme and one downhill
    assert finding.detail["points"] == 25
    assert finding.summary.startswith("true at 25 random points; smallest relative margin 0.5")
    assert finding.detail["at"].startswith("x=")
    touching = check(claim(x**2, "<=", x, UNIT), "standard")
    assert touching.detail["margin"] == 0
    assert touching.detail["mutants"] == touching.detail["refuted"] == 0


def test_an_inequality_that_fails_only_at_extreme_sizes_is_refuted() -> None:
    assert check(claim(n, "<", 10**5, one(symbols=(n,)))).verdict is Verdict.REFUTED
    # false only where one size dwarfs the other
    assert check(claim(n, "<", 10**4 * N, one(symbols=(n, N)))).verdict is Verdict.REFUTED
    assert check(claim(p, "<", 10**5, one(symbols=(p,)))).verdict is Verdict.REFUTED
    assert check(claim(p, ">", R(1, 10**5), one(symbols=(p,)))).verdict is Verdict.REFUTED


def test_rivals_of_an_inequality_are_other_bounds_and_fall_where_they_are_violated() -> None:
    bound = sigma2 * d_w / K
    made = claim(IN_SAMPLE, "<=", bound, rivals=(sigma2 * d_w / n, sigma2 * d_s / K, sigma2 * d_sw / K))
    finding = check(made)
    assert finding.verdict is Verdict.AGREES
    assert finding.refuted == (0, 1, 2)
    assert finding.summary.endswith("; 3 of 3 rivals refuted")


def test_a_weaker_bound_is_a_rival_that_stands() -> None:
    finding = check(claim(x, "<", x + 1, UNIT, rivals=(x + 2, x - 1)))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.refuted == (1,)
    assert finding.detail["surviving"] == ["the rival x + 2"]


def test_a_rival_is_hunted_downhill() -> None:
    # n (1000 - n) reaches 250000 at n = 500; the rival 249000 is violated within 31 of it only
    domain = one(Condition(n, ">=", 1), symbols=(n,))
    made = claim(n * (1000 - n), "<=", 250000, domain, rivals=(sp.Integer(249000),))
    assert check(made, "deep").refuted == (0,)


def test_downhill_never_climbs_and_stays_inside() -> None:
    domain = one(Condition(x, ">=", 2), Condition(x, "<=", 64))
    made = claim(R(1), "<=", x, domain)
    session = Session(made, Run(), 50, 30)
    statement = made.statement
    assert isinstance(statement, Compare)
    start = [{x: sp.Integer(64)}, {x: sp.Integer(48)}]
    best = downhill(session, start, R(1), statement)
    assert 2 <= best[x] < 3
    assert downhill(session, [{x: sp.Integer(2)}], R(1), statement) == {x: 2}
    whole = one(Condition(n, ">=", 3), symbols=(n,))
    session = Session(claim(sp.S.One, "<=", n, whole), Run(), 50, 50)
    assert downhill(session, [{n: sp.Integer(1000)}], sp.S.One, Compare(1, "<=", n)) == {n: 3}
    # one step at a time when the count allows only one
    session = Session(claim(sp.S.One, "<=", n, whole), Run(), 50, 1)
    assert downhill(session, [{n: sp.Integer(1000)}], sp.S.One, Compare(1, "<=", n)) == {n: 500}
    # an undefined value is no way down
    session = Session(made, Run(), 50, 30)
    assert downhill(session, [{x: sp.Integer(4)}], R(1), Compare(1 / (x - 2), "<=", 9))[x] > 2


def test_downhill_keeps_to_given_equations() -> None:
    given = Equation(p, p * q - 1)
    made = claim(p, "<", q + p + 1, one(symbols=(p, q)), given=(given,))
    session = Session(made, Run(), 50, 20)
    best = downhill(session, [{p: sp.Integer(1), q: sp.Integer(1)}], p, Compare(p, "<", q + p + 1))
    assert best[p] * best[q] == 1
    assert best[p] > 1
    assert check(made).verdict is Verdict.AGREES


def test_harder_cases_count() -> None:
    made = claim(x, "<", x + 1, UNIT)
    session = Session(made, Run(), 50, 5)
    statement = made.statement
    assert isinstance(statement, Compare)
    rival = Compare(x, "<", x + 2)
    assert len(list(harder_cases(session, statement, [x], []))) == 11
    assert len(list(harder_cases(session, statement, [x, x + y], [rival]))) == 24
    assert len(list(harder_cases(session, Compare(x, "=", 2 * x), [x], []))) == 10
    assert list(harder_cases(session, statement, [], [])) == []


def test_an_inequality_of_agreeing_balls_is_undecided() -> None:
    domain = one(symbols=(p,))
    lhs, rhs = sp.log(p) + sp.log(p + 1), sp.log(p**2 + p)
    assert check(claim(lhs, "=", rhs, domain)).verdict is Verdict.AGREES
    for relation in ("<=", ">="):
        assert check(claim(lhs, relation, rhs, domain)).verdict is Verdict.INCONCLUSIVE
    # Equal at p = 1, by algebra.
    for relation in ("<", "!="):
        assert check(claim(lhs, relation, rhs, domain)).verdict is Verdict.REFUTED


# -- witnesses and listed domains -----------------------------------------------------------------------------


def test_a_true_witness_proves_exactly() -> None:
    made = claim(x**2, "<", x, one(Condition(x, ">", 0)), witness={x: R(1, 2)}, rivals=(x / 4, x / 2))
    finding = check(made)
    assert finding.verdict is Verdict.PROVED
    assert finding.summary == (
        "true exactly at the witness x=1/2: left 1/4 (0.250000), right 1/2 (0.500000), stated left < right"
    )
    assert finding.refuted == (0, 1)  # 1/4 < 1/8 and 1/4 < 1/4 are both false
    assert finding.detail["points"] == 1
    assert finding.detail["mutants"] == 0


def test_a_rival_that_is_true_at_the_witness_stands() -> None:
    finding = check(claim(x**2, "<", x, one(), witness={x: 0.5}, rivals=(x / 4, 2 * x)))
    assert finding.verdict is Verdict.PROVED
    assert finding.refuted == (0,)


def test_a_false_witness_refutes() -> None:
    finding = check(claim(x**2, "<", x, one(), witness={x: 2}))
    assert finding.verdict is Verdict.REFUTED
    assert finding.summary == "false at x=2: left 4, right 2, stated left < right, ratio 2.00000"


def test_witnesses_with_balls() -> None:
    proved = check(claim(sp.sqrt(x), "<", R(3, 2), one(), witness={x: 2}))
    assert proved.verdict is Verdict.PROVED
    assert proved.summary.startswith("true with certified balls at the witness x=2: left ~1.41421, right 3/2 (1.5")
    agrees = check(claim(sp.sqrt(x) * sp.sqrt(x + 1), "=", sp.sqrt(x**2 + x), one(), witness={x: 2}))
    assert agrees.verdict is Verdict.AGREES
    assert agrees.summary.startswith("true to 50 digits at the witness")
    assert check(claim(sp.sqrt(x), ">", R(3, 2), one(), witness={x: 2})).verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("witness", "message"),
    [
        ({x: -1}, "toy/c: the witness: x=-1: needs x > 0"),
        ({}, "toy/c: the witness: no value for x"),
        ({x: float("nan")}, "the witness: x=nan: needs a finite number"),
    ],
)
def test_a_witness_outside_the_domain_shows_nothing(witness: Mapping[sp.Symbol, Any], message: str) -> None:
    finding = check(claim(x**2, "<", x + 2, one(Condition(x, ">", 0)), witness=witness))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert message in finding.summary


def test_a_witness_must_satisfy_the_given_equations() -> None:
    given = (Equation(y, y**2 - x),)
    made = claim(y, "<", x, one(), given=given, witness={x: 4, y: 2})
    assert check(made).verdict is Verdict.PROVED
    off = check(claim(y, "<", x, one(), given=given, witness={x: 4, y: 3}))
    assert off.verdict is Verdict.INCONCLUSIVE
    assert "the witness is not shown to be on -x + y**2 = 0" in off.summary
    assert "solve it for y" in off.summary
    above = check(claim(y, "<", x, one(), given=(Equation(y, y**2 - x, (3, 9)),), witness={x: 4, y: 2}))
    assert above.verdict is Verdict.INCONCLUSIVE
    assert "needs y > 3" in above.summary
    negative = sp.Symbol("y", positive=True)
    given_y = (Equation(negative, negative - x),)
    assert check(claim(negative, "<", 5, one(), given=given_y, witness={x: -4})).verdict is Verdict.INCONCLUSIVE
    assert check(claim(negative, "<", 5, one(), given=given_y, witness={x: 4})).verdict is Verdict.PROVED
    root = check(claim(y, "<", x, one(), given=given, witness={x: 2, y: sp.sqrt(2)}))
    assert root.verdict is Verdict.PROVED


def test_a_witness_needs_a_comparison() -> None:
    iff = Claim("c", "s", Iff(Compare(x, ">", 0), Compare(x, ">", 1)), one(), SOURCE, (Precision(),), witness={x: 2})
    assert check(iff).verdict is Verdict.INCONCLUSIVE
    assert "shows a comparison" in check(iff).summary
    limit = Claim("c", "s", Asymptotic(1 / n, sp.S.Zero, n), one(symbols=(n,)), SOURCE, (Precision(),), witness={n: 2})
    assert "shows a comparison" in check(limit).summary


def test_a_listed_domain_is_proved_by_exhaustion() -> None:
    domain = Domain((x,), points=tuple({x: k} for k in range(5)))
    finding = check(claim(x**2, ">=", x, domain, rivals=(5 * x - 6, x + 1)))
    assert finding.verdict is Verdict.PROVED
    assert finding.summary == "true exactly at all 5 points of the domain"
    assert finding.detail["points"] == 5
    assert finding.refuted == (1,)  # (x - 2)(x - 3) >= 0 at integers; 0 >= 0 + 1 is false
    assert check(claim(x**2, ">", x, domain)).verdict is Verdict.REFUTED
    assert check(claim(x**2, "=", x, Domain((x,), points=({x: 0}, {x: 1})))).verdict is Verdict.PROVED
    agrees = claim(sp.sqrt(x) * sp.sqrt(x + 1), "=", sp.sqrt(x**2 + x), Domain((x,), points=({x: 0}, {x: 2})))
    assert check(agrees).verdict is Verdict.AGREES
    assert check(agrees).summary == "true to 50 digits at all 2 points of the domain"


def test_a_listed_domain_with_given_equations() -> None:
    given = (Equation(y, y - 2 * x),)
    good = Domain((x, y), points=({x: 1, y: 2}, {x: 2, y: 4}))
    assert check(claim(y, "=", 2 * x, good, given=given)).verdict is Verdict.PROVED
    bad = Domain((x, y), points=({x: 1, y: 2}, {x: 2, y: 5}))
    finding = check(claim(y, "=", 2 * x, bad, given=given))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "misses the given equations" in finding.summary


def test_an_undefined_listed_point_is_not_proved() -> None:
    finding = check(claim(1 / x, "<", 2, Domain((x,), points=({x: 0}, {x: 1}))))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.summary.startswith("undefined at x=0")


# -- quantities -----------------------------------------------------------------------------------------------


def test_a_quantity_is_compared_by_the_line_that_a_derivation_computed() -> None:
    good = claim(Quantity(), "=", WEAK, evidence=(Derived(sp.expand(WEAK)), Precision()), rivals=(sigma2 * d_w / n,))
    finding = check(good)
    assert finding.verdict is Verdict.AGREES
    assert finding.detail["derived_lines"] == 1
    assert finding.refuted == (0,)
    wrong = claim(Quantity(), "=", sigma2 * d_w / (n - d_w), evidence=(Derived(WEAK), Precision()))
    assert check(wrong).verdict is Verdict.REFUTED


def test_every_computed_line_counts_once() -> None:
    both = claim(Quantity(), "=", WEAK, evidence=(Derived(WEAK), Derived(WEAK), Derived(2 * WEAK), Precision()))
    finding = check(both)
    assert finding.verdict is Verdict.REFUTED
    assert finding.detail["derived_lines"] == 2
    assert finding.detail["points"] == 8


def test_a_machine_line_that_is_the_right_side_is_legitimate() -> None:
    assert check(claim(Quantity(), "=", WEAK, evidence=(Derived(WEAK), Precision()))).verdict is Verdict.AGREES


@pytest.mark.parametrize("evidence", [(Precision(),), (Derived(None), Precision())], ids=["none", "no line"])
def test_nothing_to_compare(evidence: tuple[Any, ...]) -> None:
    finding = check(claim(Quantity(), "=", WEAK, evidence=evidence))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.summary == "nothing to compare: give the claim a Derivation that computes a line"
    assert finding.refuted == ()


def test_nothing_to_compare_at_a_witness_or_listed_points() -> None:
    listed = Domain((x,), points=({x: 1},))
    assert check(claim(Quantity(), "=", x, listed)).summary.startswith("nothing to compare")
    assert check(claim(Quantity(), "<", x, one(), witness={x: 1})).summary.startswith("nothing to compare")
    made = claim(Quantity(), "<", x, one(), witness={x: 1}, evidence=(Derived(x / 2), Precision()))
    assert check(made).verdict is Verdict.PROVED


def test_a_failing_derivation_is_reported_and_no_support() -> None:
    finding = check(claim(Quantity(), "=", WEAK, evidence=(Derived(error="step 2 fails"), Precision())))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.summary == "nothing to compare: its derivation fails: RuntimeError: step 2 fails"


def instances(value: Callable[[int], sp.Expr]) -> Callable[[np.random.Generator], Any]:
    def draw(rng: np.random.Generator) -> tuple[dict[sp.Symbol, sp.Expr], sp.Expr]:
        k = int(rng.integers(-3, 9))
        return {x: sp.Integer(k)}, value(k)

    return draw


def test_exact_instances_of_a_quantity_are_compared() -> None:
    square = Instances(instance=instances(lambda k: sp.Integer(k * k)))
    domain = one(Condition(x, ">", 0))
    finding = check(claim(square, "=", x**2, domain, rivals=(2 * x, x**3)), "standard")
    assert finding.verdict is Verdict.AGREES
    assert finding.refuted == (0, 1)
    assert 0 < finding.detail["exact_moments"] == finding.detail["points"] < 24  # k <= 0 is outside the domain
    assert check(claim(square, "=", x**2 + 1, domain)).verdict is Verdict.REFUTED


def test_survivors_ask_for_more_instances() -> None:
    square = Instances(instance=instances(lambda k: sp.Integer(k * k)))
    finding = check(claim(square, "=", x**2, one(), rivals=((x - 1) ** 2 + 2 * x - 1,)))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.detail["exact_moments"] == 16


def test_a_quantity_that_cannot_evaluate_itself_falls_back_on_derivations() -> None:
    silent = Instances()
    finding = check(claim(silent, "=", WEAK, evidence=(Derived(WEAK), Precision())))
    assert finding.verdict is Verdict.AGREES
    assert finding.detail["exact_moments"] == 0
    assert check(claim(silent, "=", WEAK)).summary.startswith("nothing to compare")


def test_instances_and_lines_together() -> None:
    cube = Instances(instance=instances(lambda k: sp.Integer(k**3)))
    finding = check(claim(cube, "=", x**2, one(), evidence=(Derived(x**2), Precision())))
    assert finding.verdict is Verdict.REFUTED
    good = check(claim(cube, "=", x**3, one(), evidence=(Derived(x**3), Precision())))
    assert good.verdict is Verdict.AGREES
    assert good.detail["points"] == 16


def test_inequalities_of_quantities() -> None:
    made = claim(Quantity(), "<=", sigma2 * d_w / K, evidence=(Derived(IN_SAMPLE), Precision()))
    assert check(made).verdict is Verdict.AGREES
    wrong = claim(Quantity(), "<=", sigma2 * d_w / n, evidence=(Derived(IN_SAMPLE), Precision()))
    assert check(wrong).verdict is Verdict.REFUTED


def test_settings_are_data() -> None:
    with pytest.raises(AttributeError):
        Precision().digits = 20  # type: ignore[misc]
    with pytest.raises(AttributeError):
        Case(Place({}, 50), x).left = y  # type: ignore[misc]
    assert EXTREMES == (1, 12, 1000, 1000000)


def test_moves_step_near_and_jump_scales() -> None:
    assert _moves(n, sp.Integer(7)) == (6, 8, 3, 14, 70)
    assert _moves(x, sp.Integer(97)) == (48, 96, 98, 194, 970)
    assert _moves(x, sp.Integer(-97 * 2)) == (-96, -192, -196, -388, -1940)
