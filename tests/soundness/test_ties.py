"""Strict comparisons that fail where both sides are equal, needles, and limits at a scale: none of them holds."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from soundness import tie_cases
from soundness.adversary import Outcome, measure, outcome
from soundness.tie_cases import SOURCE, S, compared, lam, m, n, one, p, q, r, x, y

from w2s_sym import Asymptotic, Claim, Compare, Condition, Derivation, Domain, Iff, Precision, Verdict, total, verify
from w2s_sym.evidence.precision import asymptotics, equivalence, precision
from w2s_sym.evidence.precision.meeting import Nearest

MILLIONTH = sp.Rational(1, 10**6)
EXAMPLES = (
    compared((p + q) / 2, ">", sp.sqrt(p * q)),
    compared(sp.Abs(p - q), ">", sp.S(0)),
    compared(sp.log(p / q) ** 2, ">", sp.S(0)),
    compared(sp.exp(p - q) + sp.exp(q - p), ">", sp.S(2)),
    compared(sp.Abs(p**2 - 2 * q), ">", sp.S(0)),
    compared(sp.Max(p, q), ">", sp.Min(p, q)),
    compared(p**2 + q**2 + r**2, ">", p * q + q * r + r * p),
    compared(n**2, "!=", 13 * m**2 + 1),
    compared(p + 1 / p, "!=", sp.S(2)),
    Claim("count", "A.", Compare(one, ">", sp.S(1)), Domain((S,)), SOURCE, (Precision(),)),
    Claim("sum", "A.", Compare(total(lam, S) ** 2, ">", total(lam**2, S)), Domain((S,)), SOURCE, (Precision(),)),
    compared((sp.exp(p) - 2) ** 2, ">", MILLIONTH),
    compared((p**2 - 2) ** 2, ">", MILLIONTH),
    compared((sp.exp(p) - 2) ** 2, ">=", MILLIONTH),
    compared(sp.sin(n) ** 2, ">", MILLIONTH),
    compared(sp.exp(-p), ">", sp.Rational(1, 10**300)),
    # Equal at numbers that are no rationals, where algebra shows it.
    compared((p**2 - 2) ** 2, ">", sp.S(0)),
    compared((sp.exp(p) - 2) ** 2, ">", sp.S(0)),
    compared((p - q) ** 2 + (p * q - 2) ** 2, ">", sp.S(0)),
)


@pytest.mark.parametrize("claim", EXAMPLES, ids=lambda c: str(c.statement))
def test_a_point_is_found_at_which_it_is_false(claim: Claim) -> None:
    (found,) = verify(claim).findings
    assert found.verdict is Verdict.REFUTED
    point = found.detail["counterexample"]["point"]
    # The point is read back and evaluated by SymPy alone.
    if not any(s == S for s in claim.domain.symbols):
        at = {s: sp.sympify(point[str(s)]) for s in claim.domain.symbols}
        gap = sp.N((claim.statement.lhs - claim.statement.rhs).xreplace(at), 40, chop=sp.Float("1e-35"))
        assert not {">": gap > 0, ">=": gap >= 0, "!=": gap != 0}[claim.statement.relation]


@pytest.mark.parametrize(
    "claim",
    [
        compared((sp.exp(p) + p - 3) ** 2, ">", sp.S(0)),
        compared((sp.cos(p) - p) ** 2 + q, ">", q),
        compared(sp.exp(p) + p, "!=", sp.S(3)),
    ],
    ids=lambda c: str(c.statement),
)
def test_where_the_sides_meet_at_a_number_without_a_name_the_place_is_told(claim: Claim) -> None:
    (found,) = verify(claim).findings
    assert found.verdict is Verdict.INCONCLUSIVE
    # exp(p) + p = 3 and cos(p) = p, from Newton's steps by hand.
    assert "p=0.79205996843" in found.summary or "p=0.739085133215" in found.summary or "zero between" in found.summary


def test_whole_numbers_that_may_solve_an_equation_are_told() -> None:
    # The least solution of n^2 = 61 m^2 + 1 is n = 1766319049.
    for claim in (compared(n**2, "!=", 61 * m**2 + 1), compared((n**2 - 61 * m**2 - 1) ** 2, ">", sp.S(0))):
        (found,) = verify(claim).findings
        assert found.verdict is Verdict.INCONCLUSIVE
        assert "integers that were not tried" in found.summary


@pytest.mark.parametrize(
    "claim",
    [
        compared((p + q) / 2, ">", sp.sqrt(p * q), Condition(q, ">", p)),
        compared((p + q) / 2, ">", sp.sqrt(p * q), Condition(q, "!=", p)),
        compared((p**2 - 2) ** 2, ">", sp.S(0), Condition(p**2, "!=", 2)),
        compared(sp.exp(p), ">", 1 + p),  # equal only at the end p = 0
        compared(p / (1 + p), "<", sp.S(1)),  # and at infinity
        compared((p - 1) ** 2 + sp.Rational(1, 1000), ">", sp.S(0)),
        compared((p - 1) ** 2 + sp.Rational(1, 10**12), ">", sp.S(0)),
        compared(x**2 + y**2 + sp.Rational(1, 2), ">", 2 * x * y),
        compared((p**2 - 2) ** 2, ">=", sp.S(0)),
    ],
    ids=lambda c: str(c.statement),
)
def test_a_gap_that_falls_only_towards_an_end_of_the_domain_agrees(claim: Claim) -> None:
    assert verify(claim).findings[0].verdict is Verdict.AGREES


def test_a_lemma_that_ties_supports_nothing() -> None:
    mean, root = (p + q) / 2, sp.sqrt(p * q)
    lemma = Claim("strict", "A.", Compare(root, "<", mean), Domain((p, q)), SOURCE, (Precision(),))
    step = Derivation(2 * root).using(lemma, "<", p + q, factor=2)
    assert not verify(Claim("twice", "A.", Compare(2 * root, "<", p + q), Domain((p, q)), SOURCE, (step,))).holds


def test_conditions_that_part_on_a_curve_are_not_equivalent() -> None:
    gap = (p + q) / 2 - sp.sqrt(p * q)
    for factor, holds in ((gap, False), (gap + 1, True)):
        stated = Iff(Compare(x * factor, ">", 0), Compare(x, ">", 0))
        assert verify(Claim("iff", "A.", stated, Domain((p, q, x)), SOURCE, (Precision(),))).holds is holds


# -- the generator ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [21, 22])
def test_no_false_case_holds_and_the_true_ones_go_on_to_hold(seed: int) -> None:
    found = measure(tie_cases.cases, seed, 100)
    assert found.wrong == []
    assert not any(true and became is Outcome.REFUTED for _, true, became in found.counts)
    for rule in ("T1", "T1 classic", "T2", "T3", "T5", "T6"):
        tried = sum(k for (name, true, _), k in found.counts.items() if name == rule and true)
        assert found.counts[rule, True, Outcome.HOLDS] >= 0.75 * tried > 0, rule
    false = sum(k for (_, true, _), k in found.counts.items() if not true)
    assert sum(k for (_, true, o), k in found.counts.items() if not true and o is Outcome.REFUTED) >= 0.75 * false


def test_the_generator_has_teeth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "nearest", lambda *_: Nearest([]))
    monkeypatch.setattr(equivalence, "parting", lambda *_: Nearest([]))
    stream = np.random.Generator(np.random.PCG64(5))
    wrong = {}
    for maker in (tie_cases.curve, tie_cases.classic, tie_cases.needle, tie_cases.equivalence, tie_cases.point):
        false = [case for case in (maker(stream) for _ in range(16)) if not case.true]
        # In this process: a child would not see what is set aside.
        wrong[maker.__name__] = sum(_agrees(case.make()) for case in false)
    assert all(wrong.values()), wrong


def _agrees(claim: Claim) -> bool:
    from w2s_sym import Run

    return claim.evidence[0].check(claim, Run()).supports


# -- limits at a scale ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "order", "true"),
    [
        (1 / (n + 10**12), 1, True),
        (sp.Rational(1, 10**30) + 1 / n, 1, False),
        (sp.Rational(1, 10**12) / sp.sqrt(n) + 1 / n, 1, False),
        (sp.Rational(1, 10**200) + sp.log(1 + 1 / n), 1, False),
        (sp.exp(-400) + sp.log(1 + 1 / n), 1, False),
        (sp.log(1 + 1 / n), 1, True),
    ],
    ids=str,
)
def test_a_limit_is_looked_at_beyond_the_numbers_of_its_formula(error: sp.Expr, order: int, true: bool) -> None:
    claim = Claim("limit", "A.", Asymptotic(error, sp.S.Zero, n, order), Domain((n,)), SOURCE, (Precision(),))
    assert verify(claim).holds is true


def test_a_proved_limit_is_not_refuted_by_a_fit() -> None:
    error = 1 / (n + 10**12)
    both = (Derivation(error).limit(n), Precision())
    assert verify(Claim("limit", "A.", Asymptotic(error, sp.S.Zero, n), Domain((n,)), SOURCE, both)).holds


def test_limits_from_random_numbers_are_told_right() -> None:
    false = 0
    stream = np.random.Generator(np.random.PCG64(31))
    for _ in range(60):
        case = tie_cases.limit(stream)
        became = outcome(case)
        assert case.true or became is not Outcome.HOLDS
        assert not case.true or became is not Outcome.REFUTED
        false += not case.true
    assert 15 < false < 45


def test_limits_without_the_second_scale_hold_wrongly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asymptotics, "_far", lambda *_: 0)
    monkeypatch.setattr(asymptotics, "order_at", lambda *_: None)
    error = sp.Rational(1, 10**30) + 1 / n
    claim = Claim("limit", "A.", Asymptotic(error, sp.S.Zero, n), Domain((n,)), SOURCE, (Precision(),))
    assert _agrees(claim)
