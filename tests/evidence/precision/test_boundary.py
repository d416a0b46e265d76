"""Equivalences on, below and above their boundary; limits by fitted orders."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.run import Run
from w2s_sym.claims.source import Source
from w2s_sym.claims.statement import Asymptotic, Compare, Equation, Iff
from w2s_sym.evidence.precision import asymptotics
from w2s_sym.evidence.precision.asymptotics import limit_verdict, order_fits
from w2s_sym.evidence.precision.boundary import boundary_points, closed_ends, divisors, zeros_nearby
from w2s_sym.evidence.precision.orders import FittedOrder
from w2s_sym.evidence.precision.precision import Precision
from w2s_sym.evidence.precision.session import Session, surface
from w2s_sym.formula.conditions import Condition, DomainError
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.letters import N, d_s, d_sw, d_w, n, sigma2

SOURCE = Source("toy", "A", "T", 2024)
R = sp.Rational
x, y, z = sp.symbols("x y z", real=True)
p, q = sp.symbols("p q", positive=True)
LINE = Domain((x, y))


def iff(left: Compare, right: Compare, domain: Domain = LINE, **changes: Any) -> Claim:
    return Claim("c", "A sentence.", Iff(left, right), domain, SOURCE, (Precision(),), **changes)


def limit(lhs: sp.Expr, rhs: Any, s: sp.Symbol, domain: Domain, order: Any = 1, **changes: Any) -> Claim:
    return Claim("c", "A sentence.", Asymptotic(lhs, rhs, s, order), domain, SOURCE, (Precision(),), **changes)


def check(claim: Claim, effort: str = "quick", **options: Any) -> Finding:
    return Precision(**options).check(claim, Run(effort).under(claim.id, 0))


# -- equivalences ---------------------------------------------------------------------------------------------

TEACHER = Domain(
    (d_s, d_w, d_sw, n, N, p),
    (
        Condition(d_sw, "<=", d_s),
        Condition(d_sw, "<", d_w),
        Condition(n, ">", d_w + 1),
        Condition(N, ">", d_s + 1),
    ),
)
STUDENT = p * (d_sw + d_s / (N - d_s - 1) * (d_w - d_sw)) / (n - d_w - 1)
BEATS = Compare(STUDENT, "<", p * d_w / (n - d_w - 1))


def test_a_student_beats_its_teacher_iff_pseudo_labels_exceed_twice_the_dimension_plus_one() -> None:
    made = iff(
        BEATS, Compare(N, ">", 2 * d_s + 1), TEACHER, rivals=(Compare(N, ">=", 2 * d_s + 1), Compare(N, ">", d_s))
    )
    finding = check(made)
    assert finding.verdict is Verdict.AGREES
    assert finding.refuted == (0, 1)
    detail = finding.detail
    assert min(detail["below"], detail["on_boundary"], detail["above"]) > 0
    assert detail["below"] + detail["on_boundary"] + detail["above"] == detail["points"]
    assert finding.summary == (
        f"both agree at {detail['points']} points: {detail['below']} below, {detail['on_boundary']} on, "
        f"{detail['above']} above the boundary; 2 of 2 rivals refuted"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        Compare(N, ">=", 2 * d_s + 1),
        Compare(N, "<", 2 * d_s + 1),
        Compare(N, ">", 2 * d_s),
        Compare(N, ">", 2 * d_s + 2),
        Compare(N, ">", 2 * d_w + 1),
        Compare(N, "!=", 2 * d_s + 1),
    ],
    ids=str,
)
def test_planted_faults_in_the_condition_are_refuted(wrong: Compare) -> None:
    finding = check(iff(BEATS, wrong, TEACHER))
    assert finding.verdict is Verdict.REFUTED
    assert "is true and" in finding.summary
    assert finding.detail["counterexample"]["point"]


def test_a_counter_example_says_which_side_is_true() -> None:
    # at x = 0 only, x > 0 is false and x >= 0 is true
    only_zero = Domain((x, y), (Condition(y, ">=", 0), Condition(y, "<=", 0)))
    finding = check(iff(Compare(y, ">", 0), Compare(x - x + y, ">=", 0), only_zero))
    assert finding.verdict is Verdict.REFUTED
    assert "left 0, right 0, stated left > right" in finding.summary
    assert finding.summary.endswith(": there y >= 0 is true and y > 0 is false")
    finding = check(iff(Compare(y, ">=", 0), Compare(y, ">", 0), only_zero))
    assert finding.summary.endswith(": there y >= 0 is true and y > 0 is false")


@pytest.mark.parametrize(
    ("condition", "missing"),
    [
        # no proof of sign is at hand for a cube: the side must be visited, and cannot be
        (Condition(x**3, ">=", 8), "x < 2"),
        (Condition(x**3, "<=", 8), "x > 2"),
        (Condition(x, "!=", 2), "x = 2"),
        # provably no point below, but none on the boundary either
        (Condition(x, ">", 2), "x = 2"),
        (Condition(x, "<", 2), "x = 2"),
    ],
    ids=str,
)
def test_a_missing_sort_of_point_is_named(condition: Condition, missing: str) -> None:
    finding = check(iff(Compare(3 * x, ">", 6), Compare(x, ">", 2), Domain((x,), (condition,))))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert f"has {missing}; widen the domain to reach it" in finding.summary


@pytest.mark.parametrize(("relation", "side"), [(">=", "below"), ("<=", "above")])
def test_a_side_that_the_domain_rules_out_need_not_be_visited(relation: str, side: str) -> None:
    finding = check(iff(Compare(3 * x, "=", 6), Compare(x, "=", 2), Domain((x,), (Condition(x, relation, 2),))))
    assert finding.verdict is Verdict.AGREES
    assert finding.detail[side] == 0
    assert finding.detail["on_boundary"] > 0


def test_an_equivalent_rival_stands() -> None:
    finding = check(
        iff(Compare(3 * x, ">", 6), Compare(x, ">", 2), rivals=(Compare(2 * x, ">", 4), Compare(x, ">", 3)))
    )
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.refuted == (1,)
    assert finding.detail["surviving"] == ["the rival 2*x > 4"]
    assert "do not tell the right condition from the rival 2*x > 4" in finding.summary


def test_rivals_are_looked_for_at_their_own_boundary() -> None:
    close = R(2000001, 1000000)
    made = iff(Compare(3 * x, ">", 6), Compare(x, ">", 2), rivals=(Condition(x, ">", close), R(199, 100)))
    # between 2 and 2.000001 no random point falls; at the rival's own boundary x = 2.000001 they part
    assert check(made).refuted == (0, 1)
    assert check(made).verdict is Verdict.AGREES


def test_a_rival_without_a_value_falls() -> None:
    made = iff(Compare(3 * x, ">", 6), Compare(x, ">", 2), rivals=(Compare(1 / (x - 2), ">", 0),))
    assert check(made).refuted == (0,)


def test_equality_and_inequality_conditions() -> None:
    assert check(iff(Compare(x**2 + y**2, "=", 2 * x * y), Compare(x, "=", y))).verdict is Verdict.AGREES
    assert check(iff(Compare((x - y) ** 2, ">", 0), Compare(x, "!=", y))).verdict is Verdict.AGREES
    assert check(iff(Compare((x - y) ** 2, ">=", 0), Compare(x, "!=", y))).verdict is Verdict.REFUTED


def test_undefined_and_undecided_conditions_are_named() -> None:
    undefined = check(iff(Compare(1 / (x - 2), ">", 0), Compare(x, ">", 2)))
    assert undefined.verdict is Verdict.INCONCLUSIVE
    assert undefined.summary.startswith("undefined at x=2")
    undefined = check(iff(Compare(x, ">", 2), Compare(1 / (x - 2), ">", 0), Domain((x,), (Condition(x, "=", 2),))))
    assert undefined.summary.startswith("undefined at x=2")
    lhs, rhs = sp.LambertW(p * sp.exp(p)), p
    undecided = check(iff(Compare(lhs, "<", rhs), Compare(p, "<", 0), Domain((p,))))
    assert undecided.verdict is Verdict.INCONCLUSIVE
    assert undecided.summary.startswith("undecided at p=")


def test_an_equivalence_of_quantities_is_not_checked_here() -> None:
    class Named:
        symbol = sp.Symbol("V")

        def latex(self) -> str:
            return "V"

    for left, right in ((Compare(Named(), "<", 1), Compare(x, "<", 1)), (Compare(x, "<", 1), Compare(Named(), "<", 1))):
        finding = check(iff(left, right))
        assert finding.verdict is Verdict.INCONCLUSIVE
        assert finding.summary.startswith("nothing to compare")


def test_boundary_points_come_in_threes_inside_the_domain() -> None:
    domain = Domain((d_s, N), (Condition(N, ">=", d_s),))
    made = iff(Compare(N, ">", 3), Compare(N, ">", 2 * d_s + 1), domain)
    session = Session(made, Run(), 50, 4)
    points = list(boundary_points(session, Compare(N, ">", 2 * d_s + 1), Run().rng("b")))
    assert points
    gaps = {q[N] - 2 * q[d_s] - 1 for q in points}
    assert gaps == {0, 1, -1, 2, -2}  # N moved by one, or d_s moved by one
    assert all(domain.contains(q) for q in points)


def test_boundary_points_of_reals_are_near() -> None:
    made = iff(Compare(x, ">", 3), Compare(x, ">", 4))
    points = list(boundary_points(Session(made, Run(), 50, 2), Compare(x, ">", 4), Run().rng("b")))
    assert {q[x] for q in points} == {4, 4 - R(4, 97), 4 + R(4, 97)}
    zero = list(boundary_points(Session(made, Run(), 50, 2), Compare(x, ">", 0), Run().rng("b")))
    assert {q[x] for q in zero} == {0, R(1, 97**2), -R(1, 97**2)}
    square = list(boundary_points(Session(made, Run(), 50, 2), Compare(x**2, ">", 4), Run().rng("b")))
    assert {2, -2} <= {q[x] for q in square}
    assert list(boundary_points(Session(made, Run(), 50, 2), Compare(x**2, ">", 2), Run().rng("b"))) == []


U, V = sp.symbols("u v", nonnegative=True)


@pytest.mark.parametrize(
    ("left", "right", "where"),
    [
        (Compare(x**2 * (x - 1), ">=", 0), Compare(x, ">=", 1), "x=0"),
        (Compare((x + 3) ** 2 * (x - 1), ">=", 0), Compare(x, ">=", 1), "x=-3"),
        (Compare(U * (V - 1), ">=", 0), Compare(V, ">=", 1), "u=0"),
        (Compare(x, ">=", 1), Compare(x**2 * (x - 1), ">=", 0), "x=0"),
    ],
)
def test_an_equivalence_is_tried_at_every_linear_factor_of_both_sides(
    left: Compare, right: Compare, where: str
) -> None:
    symbols = tuple(sorted(left.lhs.free_symbols, key=str))
    finding = check(iff(left, right, Domain(symbols)))
    assert finding.verdict is Verdict.REFUTED
    assert finding.summary.startswith(f"false at {where}")


def test_an_equivalence_with_a_factor_that_never_vanishes_agrees() -> None:
    assert check(iff(Compare((x**2 + 1) * (x - 1), ">=", 0), Compare(x, ">=", 1))).verdict is Verdict.AGREES


def test_a_pole_of_the_left_condition_is_visited() -> None:
    finding = check(iff(Compare((x - 1) / (x + 5) ** 2, ">=", 0), Compare(x, ">=", 1), Domain((x,))))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.summary.startswith("undefined at x=-5: ")


def test_divisors_are_those_that_are_written() -> None:
    assert divisors((U**2 - U) / U, x / (y - 1) ** 2 + sp.log(x + 3)) == sorted(
        [U, y - 1, x + 3], key=sp.default_sort_key
    )
    assert divisors(x**2 / 3 + sp.sqrt(y)) == []


def test_zeros_follow_the_equalities_of_the_domain() -> None:
    domain = Domain((x, y, z), (Condition(z, "=", x + y),))
    session = Session(iff(Compare(x, ">", 3), Compare(x, ">", 4), domain), Run(), 50, 2)
    points = list(zeros_nearby(session, [z - 5], Run().rng("z"), 1))
    assert points
    assert all(q[z] == q[x] + q[y] == 5 for q in points)


def test_closed_ends_are_each_met_once() -> None:
    domain = Domain((U, V), (Condition(V, "<=", U + 2),))
    session = Session(iff(Compare(V, ">", 3), Compare(V, ">", 4), domain), Run(), 50, 2)
    points = list(closed_ends(session, [], Run().rng("e")))
    assert len(points) == 3
    assert points[0][U] == 0
    assert points[1][V] == 0
    assert points[2][V] == points[2][U] + 2
    assert list(closed_ends(session, points, Run().rng("e"))) == []


def test_a_limit_is_tried_at_poles_and_closed_ends() -> None:
    domain = Domain((U, n))
    pole = check(limit(1 / (U - 3) + 1 / n, 1 / (U - 3), n, domain))
    assert pole.verdict is Verdict.INCONCLUSIVE
    assert pole.summary.startswith("undefined at u=3")
    slow = check(limit(sp.sqrt(U + 1 / n), sp.sqrt(U), n, domain))
    assert slow.verdict is Verdict.REFUTED
    assert "another order" in slow.summary
    assert check(limit(sp.sqrt(U + 1 + 1 / n), sp.sqrt(U + 1), n, domain)).verdict is Verdict.AGREES


def test_an_equivalence_on_a_given_surface() -> None:
    # p q = 1: q > 1 iff p < 1
    made = iff(
        Compare(q, ">", 1),
        Compare(p, "<", 1),
        Domain((p, q)),
        given=(Equation(p, p * q - 1),),
        rivals=(Compare(p, ">", 1),),
    )
    assert check(made).verdict is Verdict.AGREES
    wrong = iff(Compare(q, ">", 1), Compare(p, "<", 2), Domain((p, q)), given=(Equation(p, p * q - 1),))
    assert check(wrong).verdict is Verdict.REFUTED


def test_surface_replaces_what_equations_fix() -> None:
    domain = Domain((x, y, z), (Condition(z, "=", x + y), Condition(x, ">", 0)))
    made = iff(Compare(x, ">", 3), Compare(x, ">", 4), domain)
    assert surface(made)(z * y) == (x + y) * y
    made = iff(Compare(p, ">", 3), Compare(p, ">", 4), Domain((p, q)), given=(Equation(p, p * q - 1),))
    assert surface(made)(p + q) in (p + 1 / p, q + 1 / q)


# -- limits ---------------------------------------------------------------------------------------------------

LARGE = Domain(
    (d_s, d_w, d_sw, n, N, p), (Condition(d_sw, "<=", d_s), Condition(d_sw, "<", d_w), *TEACHER.conditions[2:])
)


def test_the_infinite_data_limit_has_order_one() -> None:
    finding = check(limit(STUDENT, p * d_sw / (n - d_w - 1), N, LARGE, rivals=(p * d_w / (n - d_w - 1), STUDENT)))
    assert finding.verdict is Verdict.AGREES
    assert finding.refuted == (0, 1)
    assert finding.detail["points"] == 8
    assert finding.detail["sizes"] == 9
    assert 1 <= len(finding.detail["orders"]) <= 8
    assert finding.summary.startswith("order 1.0000 in [1.0000, 1.0000] at ")
    assert finding.summary.endswith("; 2 of 2 rivals refuted")


@pytest.mark.parametrize(
    ("rhs", "order", "reason"),
    [
        (p * d_sw / (n - d_w - 1), 2, "the error has another order"),
        (p * d_sw / (n - d_w - 1), R(1, 2), "the error has another order"),
        (p * d_sw / (n - d_w - 1), R(3, 2), "the error has another order"),
        (p * d_w / (n - d_w - 1), 1, "the error does not vanish"),
        (p * d_sw / (n - d_w), 1, "the error does not vanish"),
        (p * (d_sw + d_s / N * (d_w - d_sw)) / (n - d_w - 1), 1, "the error has another order"),
    ],
    ids=str,
)
def test_wrong_limits_are_refuted(rhs: sp.Expr, order: Any, reason: str) -> None:
    finding = check(limit(STUDENT, rhs, N, LARGE, order))
    assert finding.verdict is Verdict.REFUTED
    assert finding.summary.startswith(f"{reason}: N^-p, p = ")
    assert finding.summary.endswith(f"stated p = {order}")


def test_the_second_term_gives_order_two() -> None:
    second = p * (d_sw + d_s / N * (d_w - d_sw)) / (n - d_w - 1)
    assert check(limit(STUDENT, second, N, LARGE, 2)).verdict is Verdict.AGREES


def test_no_error_at_all_is_refuted() -> None:
    finding = check(limit((n + 1) ** 2, n**2 + 2 * n + 1, n, Domain((n,))))
    assert finding.verdict is Verdict.REFUTED
    assert finding.summary == "no error at all at 8 points, whatever n: an exact equality; state it as a Compare"


def test_a_rival_with_the_same_order_stands() -> None:
    finding = check(limit(1 + 1 / n, sp.S.One, n, Domain((n,)), rivals=(1 + 2 / n, sp.Integer(2))))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.refuted == (1,)
    assert finding.detail["surviving"] == ["the rival 1 + 2/n"]
    assert "the error of the rival 1 + 2/n has the stated order too" in finding.summary


def test_a_rival_may_be_a_whole_limit() -> None:
    made = limit(1 + 1 / n, sp.S.One, n, Domain((n,)), rivals=(Asymptotic(1 + 1 / n, sp.S.One, n, 2),))
    assert check(made).refuted == (0,)


def test_fractional_orders_and_balls() -> None:
    domain = Domain((n, p))
    assert check(limit(sp.sqrt(n + p) - sp.sqrt(n), sp.S.Zero, n, domain, R(1, 2)), points=3).verdict is Verdict.AGREES
    assert check(limit(n * sp.log(1 + p / n), p, n, domain, 1), points=3).verdict is Verdict.AGREES


def test_a_fit_refutes_nothing_and_says_how_far_it_looked() -> None:
    slow = check(limit(sp.sqrt(n + p) - sp.sqrt(n), sp.S.Zero, n, Domain((n, p)), 1), points=3)
    assert slow.verdict is Verdict.INCONCLUSIVE
    assert slow.summary.startswith("for n up to 10^")
    assert "a fit decides nothing beyond" in slow.summary
    assert check(limit(sp.log(n) / n, sp.S.Zero, n, Domain((n,)), 1), points=1).verdict is Verdict.INCONCLUSIVE
    found = check(limit(n * sp.log(1 + p / n), p, n, Domain((n, p)), 1), points=3)
    assert ", n up to 10^" in found.summary
    assert "there is not seen" in found.summary


@pytest.mark.parametrize(
    ("error", "order", "verdict"),
    [
        (1 / (n + 10**12), 1, Verdict.AGREES),
        (n / (n**2 + 10**6 * n + 1), 1, Verdict.AGREES),
        (R(1, 10**30) + 1 / n, 1, Verdict.REFUTED),
        (R(1, 10**12) / sp.sqrt(n) + 1 / n, 1, Verdict.REFUTED),
        (R(1, 10**12) / sp.sqrt(n) + 1 / n, R(1, 2), Verdict.AGREES),
        (1 / n + 10**40 / n**2, 1, Verdict.AGREES),
        (R(1, 10**80) * sp.log(2) + sp.log(1 + 1 / n), 1, Verdict.INCONCLUSIVE),
        (sp.exp(-300) + sp.log(1 + 1 / n), 1, Verdict.INCONCLUSIVE),
    ],
    ids=str,
)
def test_an_order_is_that_beyond_every_number_of_the_formula(error: sp.Expr, order: Any, verdict: Verdict) -> None:
    assert check(limit(error, sp.S.Zero, n, Domain((n,)), order)).verdict is verdict


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (
            limit(1 / n, sp.S.Zero, n, Domain((n,), (Condition(n, "<=", 100),))),
            "as n tends to infinity: n=2048: needs n <= 100",
        ),
        (limit(1 / n + p, p, n, Domain((n, p), (Condition(p, "=", n),))), "needs p = n"),
        (limit(sp.sqrt(-n) / n, sp.S.Zero, n, Domain((n,))), "undefined at n=2048: I: no finite real value"),
        (limit(sp.exp(-n), sp.S.Zero, n, Domain((n,))), "does not single out 1"),
        (limit(1 + sp.exp(-n), sp.S.One, n, Domain((n,))), "drowns in 50 digits as n grows; use more"),
        (
            limit(1 / p, q, p, Domain((p, q)), given=(Equation(p, p * q - 1),)),
            "the given equations tie p to other symbols",
        ),
    ],
    ids=["bounded", "tied", "complex", "exponential", "drowned", "given"],
)
def test_limits_that_cannot_be_followed_say_why(made: Claim, message: str) -> None:
    finding = check(made, points=1)
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert message in finding.summary


def test_a_limit_along_a_free_symbol_of_a_given_surface() -> None:
    made = limit(q * p + 1 / n, sp.S.One, n, Domain((p, q, n)), given=(Equation(p, p * q - 1),))
    assert check(made).verdict is Verdict.AGREES


def test_orders_are_fitted_far_beyond_the_other_symbols() -> None:
    made = limit(p / n, sp.S.Zero, n, Domain((n, p)))
    session = Session(made, Run(), 50, 2)
    start = [{n: sp.Integer(3), p: R(5, 2)}]
    assert isinstance(made.statement, Asymptotic)
    (fit,) = order_fits(session, made.statement, start)
    assert fit.contains(1)
    # p = 5/2 rounds up to 3, of two bits: the sizes are 1024 * 2^2, doubled eight times
    bounded = limit(p / n, sp.S.Zero, n, Domain((n, p), (Condition(n, "<", 4096 * 256),)))
    with pytest.raises(DomainError, match="n=1048576: needs n < 1048576"):
        order_fits(Session(bounded, Run(), 50, 2), made.statement, start)
    wider = limit(p / n, sp.S.Zero, n, Domain((n, p), (Condition(n, "<=", 4096 * 256),)))
    assert len(order_fits(Session(wider, Run(), 50, 2), made.statement, start)) == 1


def fit(low: float, high: float) -> FittedOrder:
    return FittedOrder((low + high) / 2, low, high)


SHARP, SLOW, FAST, WIDE = fit(0.9, 1.1), fit(0.4, 0.6), fit(1.9, 2.1), fit(0.4, 1.6)


@pytest.mark.parametrize(
    ("fits", "verdict"),
    [
        ([SHARP], Verdict.AGREES),
        ([SHARP, SHARP, FAST], Verdict.AGREES),
        ([SHARP, FAST], Verdict.INCONCLUSIVE),
        ([SHARP, SHARP, SLOW], Verdict.REFUTED),
        ([FAST, FAST], Verdict.REFUTED),
        ([FAST, SLOW], Verdict.REFUTED),
        ([WIDE], Verdict.INCONCLUSIVE),
        ([SHARP, SHARP, WIDE], Verdict.INCONCLUSIVE),
        ([fit(0.5, 1.1)], Verdict.INCONCLUSIVE),
        ([fit(0.51, 1.49)], Verdict.AGREES),
        ([fit(0.9, 1.5)], Verdict.INCONCLUSIVE),
        ([fit(1.0, 1.4)], Verdict.AGREES),
        ([fit(0.6, 1.0)], Verdict.AGREES),
    ],
)
def test_verdicts_of_fitted_orders(fits: list[FittedOrder], verdict: Verdict) -> None:
    assert limit_verdict(fits, 1.0) is verdict


def test_an_error_that_vanishes_at_some_points_has_no_exact_order() -> None:
    finding = check(limit(sigma2 / n, sp.S.Zero, n, Domain((n, sigma2))), "standard")
    assert finding.verdict is Verdict.REFUTED
    assert finding.summary == "the error falls faster at sigma2=0, where its coefficient sigma2 is zero"
    noisy = Domain((n, sigma2), (Condition(sigma2, ">", 0),))
    assert check(limit(sigma2 / n, sp.S.Zero, n, noisy), "standard").verdict is Verdict.AGREES
    never = limit((p**2 - 2) / n, sp.S.Zero, n, Domain((n, p)))  # zero at sqrt(2), which no random point is
    assert "cannot show that p**2 - 2" in check(never).summary


def test_starts_near_lower_bounds_part_symbols_that_must_differ() -> None:
    domain = Domain((d_s, d_w, n), (Condition(d_w, "!=", d_s),))
    made = limit((n + d_w) / (d_s * n), 1 / d_s, n, domain)
    assert check(made).verdict is Verdict.AGREES


# -- several fits, several rivals -----------------------------------------------------------------------------


def check_limit(rivals: Iterable[sp.Expr] = ()) -> Finding:
    made = Claim(
        "c",
        "A sentence.",
        Asymptotic(1 + 1 / n, sp.S.One, n, 1),
        Domain((n,)),
        Source("toy", "A", "T", 2024),
        (Precision(),),
        rivals=tuple(rivals),
    )
    return Precision().check(made, Run().under(made.id, 0))


@pytest.mark.parametrize("turned", [False, True])
def test_the_widest_fit_is_reported(monkeypatch: pytest.MonkeyPatch, turned: bool) -> None:
    fits = [FittedOrder(1.3, 0.99, 1.4), FittedOrder(1.0, 0.7, 1.2)]
    monkeypatch.setattr(asymptotics, "order_fits", lambda *_: fits[::-1] if turned else fits)
    finding = check_limit()
    assert finding.verdict is Verdict.AGREES
    assert finding.summary == "order 1.0000 in [0.7000, 1.2000] at 2 points"


def test_the_first_rival_that_stands_is_named() -> None:
    finding = check_limit((sp.Integer(2), 1 + 2 / n, 1 + 3 / n))
    assert finding.refuted == (0,)
    assert finding.detail["surviving"] == ["the rival 1 + 2/n", "the rival 1 + 3/n"]
    assert "the error of the rival 1 + 2/n has" in finding.summary


@pytest.mark.parametrize("count", [2, 5, 8])
def test_every_zero_has_its_neighbours_and_all_factors_their_share(count: int) -> None:
    x, y = sp.symbols("x y", real=True)
    made = Claim(
        "c",
        "A sentence.",
        Iff(Compare(x, ">", 3), Compare(x, ">", 4)),
        Domain((x, y)),
        Source("toy", "A", "T", 2024),
        (Precision(),),
    )
    session = Session(made, Run(), 50, count)
    points = list(boundary_points(session, Compare(x, ">", 4), Run().rng("b")))
    assert [p[x] - 4 for p in points] == [0, -sp.Rational(4, 97), sp.Rational(4, 97)] * count
    points = list(boundary_points(session, Compare(x * (y - 2), ">", 0), Run().rng("b")))
    share = max(2, -(-count // 2))
    assert sum(p[x] == 0 for p in points) == sum(p[y] == 2 for p in points) == share
    assert len(points) == 6 * share
