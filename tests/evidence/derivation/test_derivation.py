"""Derivations: every kind of step done right, done wrong, and the false statements that no chain may prove."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
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
from w2s_sym.evidence.derivation.derivation import Derivation
from w2s_sym.evidence.derivation.steps import State, StepFailed
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.notation import latex
from w2s_sym.matrices import gaussian_rules, stein
from w2s_sym.matrices.experiment import Quantity, Sample, Setting
from w2s_sym.matrices.traces import TraceSum, tr
from w2s_sym.matrices.words import fixed, gaussian, gram_inverse, identity, pinv, power, projector

SOURCE = Source("test", "A. Author", "A title", 2000)

x, y, t = sp.symbols("x y t", real=True)
p, q, r = sp.symbols("p q r", positive=True)
u = sp.Symbol("u", nonnegative=True)
n, d, N = sp.symbols("n d N", integer=True, positive=True)

REALS = Domain((x, y))
POSITIVE = Domain((p, q, r))
TALL = Domain((d, n), (Condition(n, ">", d + 1, "take more rows"),))


class Nothing(Evidence):
    """Evidence that says nothing, for claims whose derivation is checked by hand."""

    kind = "nothing"

    def check(self, claim: Claim, run: Run) -> Finding:
        return Finding("nothing", Verdict.INCONCLUSIVE, "nothing")


def make(statement: Any, domain: Domain, *evidence: Evidence, name: str = "toy", **more: Any) -> Claim:
    return Claim(name, "A toy claim.", statement, domain, SOURCE, evidence or (Nothing(),), **more)


def check(derivation: Derivation, statement: Any, domain: Domain, **more: Any) -> Finding:
    claim = make(statement, domain, derivation, **more)
    finding = derivation.check(claim, Run())
    assert finding.kind == "derivation"
    assert finding.refuted == ()
    return finding


def proved(derivation: Derivation, statement: Any, domain: Domain, **more: Any) -> Finding:
    finding = check(derivation, statement, domain, **more)
    assert finding.verdict is Verdict.PROVED, finding.summary
    return finding


def refuted(derivation: Derivation, statement: Any, domain: Domain, **more: Any) -> str:
    finding = check(derivation, statement, domain, **more)
    assert finding.verdict is Verdict.REFUTED, finding.summary
    return finding.summary


def open_(derivation: Derivation, statement: Any, domain: Domain, **more: Any) -> str:
    finding = check(derivation, statement, domain, **more)
    assert finding.verdict is Verdict.INCONCLUSIVE, finding.summary
    return finding.summary


# -- building --------------------------------------------------------------------------------------------------


def test_building_computes_nothing_and_changes_nothing() -> None:
    first = Derivation(x)
    longer = first.rewrite(1 / (x - x + y)).bound("<", y).limit(x).eliminate(x, using=Equation(x, x))
    assert first.steps == ()
    assert [s.name for s in longer.steps] == ["rewrite", "bound", "limit", "eliminate"]
    assert first.kind == "derivation"
    assert isinstance(first, Evidence)


@pytest.mark.parametrize(
    "build",
    [
        lambda: Derivation(x).rewrite("x + 1"),  # type: ignore[arg-type]
        lambda: Derivation(x).bound("<", "x + 1"),  # type: ignore[arg-type]
        lambda: Derivation(x).bound("<", x + 1, by="1"),  # type: ignore[arg-type]
    ],
)
def test_text_is_never_evaluated(build: Callable[[], Derivation]) -> None:
    with pytest.raises(ClaimError, match="is no expression; write it with symbols"):
        build()


def test_only_blocks_are_averaged() -> None:
    with pytest.raises(TypeError, match=r"name a block \(a matrix made by gaussian\(...\)\), not str"):
        Derivation(x).expect("X")


# -- the frame of a chain --------------------------------------------------------------------------------------


def test_a_chain_without_steps_is_closed_by_the_right_side() -> None:
    finding = proved(Derivation((x + y) ** 2), Compare((x + y) ** 2, "=", x**2 + 2 * x * y + y**2), REALS)
    assert finding.summary == "1 checked step"
    assert finding.detail == {"steps": 1, "rules": [], "applies": []}


def test_a_chain_that_arrives_needs_no_closing_line() -> None:
    line = x**2 + 2 * x * y + y**2
    claim = make(Compare((x + y) ** 2, "=", line), REALS)
    lines = Derivation((x + y) ** 2).rewrite(line).lines(claim)
    assert len(lines) == 2
    lines = Derivation((x + y) ** 2).rewrite(x * (x + 2 * y) + y**2, why="factor").lines(claim)
    assert [(z.relation, z.words) for z in lines] == [
        ("", "the claim's left side"),
        ("=", "factor"),
        ("=", "the claim's right side"),
    ]


def test_every_typed_line_has_a_reason() -> None:
    claim = make(Compare(p, "<", p * q / q + r + q), POSITIVE)
    silent = Derivation(p).rewrite(p * (1 + q) - p * q).bound("<", p + r).bound("<", p + r + q)
    told = Derivation(p).rewrite(p * (1 + q) - p * q, why="one").bound("<", p + r, why="two").bound("<", p + r + q)
    assert [z.words for z in silent.lines(claim)[1:]] == ["algebra"] + [
        "its difference has that sign on the domain"
    ] * 2
    assert [z.words for z in told.lines(claim)[1:3]] == ["one", "two"]
    assert [z.relation for z in told.lines(claim)[1:]] == ["=", "<", "<"]


def test_the_first_line_is_the_claims_left_side() -> None:
    with pytest.raises(ClaimError, match=r"test/toy: the derivation's first line is not the claim's left side"):
        check(Derivation(x**2 + 2 * x * y + y**2), Compare((x + y) ** 2, "=", x * (x + 2 * y) + y**2), REALS)
    with pytest.raises(ClaimError, match=r"the derivation has no first line; start from the claim's left side"):
        check(Derivation(None), Compare(x, "=", y), REALS)


def test_a_witness_is_not_derived() -> None:
    with pytest.raises(ClaimError, match=r"a claim about one witness is decided there exactly; use Precision"):
        check(Derivation(x), Compare(x, "=", y), REALS, witness={x: 1, y: 1})


def test_verify_takes_a_derivation_as_evidence() -> None:
    claim = make(Compare(x * (x + 1), "=", x**2 + x), Domain((x,)), Derivation(x * (x + 1)))
    result = verify(claim)
    assert result.holds
    assert result.findings[0].verdict is Verdict.PROVED


# -- rewrite ---------------------------------------------------------------------------------------------------


def test_a_wrong_line_is_named_with_a_point_and_a_wrong_end_refutes() -> None:
    # The claim is true: a slip of its author is no refutation.
    summary = open_(
        Derivation((x + y) ** 2).rewrite(x**2 + y**2), Compare((x + y) ** 2, "=", x**2 + 2 * x * y + y**2), REALS
    )
    assert summary.startswith("step 1 (rewrite): (x + y)**2 is not x**2 + y**2: at x=")
    assert "they are" in summary
    finding = check(Derivation((x + y) ** 2), Compare((x + y) ** 2, "=", x**2 + y**2), REALS)
    assert finding.verdict is Verdict.REFUTED
    assert finding.summary.startswith("closing step: ")
    point = finding.detail["point"]
    a, b = (sp.Rational(point[k]) for k in ("x", "y"))
    assert (a + b) ** 2 != a**2 + b**2
    assert finding.summary.endswith(f": at x={a}, y={b} they are {(a + b) ** 2} and {a**2 + b**2}")


def test_the_number_of_the_wrong_step_is_named() -> None:
    summary = refuted(
        Derivation(2 * x).rewrite(x + x + 0 * y).rewrite(2 * x - 0).rewrite(3 * x), Compare(2 * x, "=", 3 * x), REALS
    )
    assert summary.startswith("step 3 (rewrite): ")


def test_equality_by_simplification_and_by_roots() -> None:
    circle = sp.sin(x) ** 2 + sp.cos(x) ** 2 + y
    proved(Derivation(circle), Compare(circle, "=", 1 + y), REALS)
    square = (sp.sqrt(p) + sp.sqrt(q + r)) ** 2
    proved(Derivation(square), Compare(square, "=", p + q + r + 2 * sp.sqrt(p * (q + r))), POSITIVE)
    refuted(Derivation(square), Compare(square, "=", p + q + r + sp.sqrt(p * (q + r))), POSITIVE)


def test_what_cannot_be_decided_is_left_open() -> None:
    f, h = sp.Function("f")(x), sp.Function("h")(x)
    summary = open_(Derivation(f), Compare(f, "=", h), REALS)
    assert summary == "closing step: could not show that f(x) equals h(x)"
    assert check(Derivation(f), Compare(f, "=", h), REALS).next_move.startswith("give the step its factors (by=)")
    assert not check(Derivation(x), Compare(x, "=", x + 1), REALS).next_move  # it is refuted: nothing is left to decide


def test_a_rewrite_may_use_the_given_equations() -> None:
    given = (Equation(t, t * (p + 1) - q, bracket=(sp.Integer(0), sp.oo)),)
    domain = Domain((p, q, t))
    proved(Derivation(t * (p + 1)), Compare(t * (p + 1), "=", q), domain, given=given)
    assert "is not" in refuted(Derivation(t * (p + 1)), Compare(t * (p + 1), "=", q + 1), domain, given=given)


def test_a_counter_example_meets_the_given_equations() -> None:
    given = (Equation(t, t - p * q),)
    finding = check(Derivation(t), Compare(t, "=", p + q), Domain((p, q, t)), given=given)
    assert finding.verdict is Verdict.REFUTED
    point = {k: sp.Rational(v) for k, v in finding.detail["point"].items()}
    assert point["t"] == point["p"] * point["q"] != point["p"] + point["q"]


def test_without_points_nothing_is_refuted() -> None:
    """No symbol enters the equation linearly, so that no exact points can be chosen on it."""
    given = (Equation(t, t**3 + p**2 * t**2 - 1),)
    summary = open_(Derivation(t), Compare(t, "=", p), Domain((p, t)), given=given)
    assert "could not show that t equals p" in summary


def test_the_bracket_of_a_given_equation_is_part_of_it() -> None:
    """t is the root of t (1 + p) = p in (0, 1)."""
    residual, ends = t * (1 + p) - p, (sp.Integer(0), sp.Integer(1))
    domain = Domain((p, t))
    for relation, end in ((">", ends[0]), ("<", ends[1])):
        statement = Compare(t, relation, end)
        proved(Derivation(t).bound(relation, end), statement, domain, given=(Equation(t, residual, bracket=ends),))
        open_(Derivation(t).bound(relation, end), statement, domain, given=(Equation(t, residual),))
    half_open = Equation(t, residual, bracket=(ends[0], sp.oo))
    proved(Derivation(t).bound(">", ends[0]), Compare(t, ">", ends[0]), domain, given=(half_open,))
    open_(Derivation(t).bound("<", ends[1]), Compare(t, "<", ends[1]), domain, given=(half_open,))


def test_findings_are_repeatable() -> None:
    def once() -> Finding:
        return check(Derivation((x + y) ** 2), Compare((x + y) ** 2, "=", x**2 + y**2), REALS)

    assert once() == once()


# -- bound -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("relation", "line"), [("<", p + q), ("<=", p + q), (">", p / (1 + q)), (">=", p / (1 + q))], ids=str
)
def test_bounds_that_hold(relation: str, line: sp.Expr) -> None:
    proved(Derivation(p).bound(relation, line), Compare(p, relation, line), POSITIVE)


@pytest.mark.parametrize(
    ("relation", "line"),
    [("<", p - q), ("<=", p - q), (">", p + q), (">=", p + q), ("<", p * q), (">", p * q)],
    ids=str,
)
def test_bounds_that_fail(relation: str, line: sp.Expr) -> None:
    finding = check(Derivation(p).bound(relation, line), Compare(p, relation, line), POSITIVE)
    assert finding.verdict is Verdict.REFUTED
    assert finding.summary.startswith(f"step 1 (bound): p {relation} {line} fails at p=")
    point = {sp.Symbol(k, positive=True): sp.Rational(v) for k, v in finding.detail["point"].items()}
    assert not Condition(p, relation, line).at(point)


def test_a_strict_bound_fails_at_equality() -> None:
    domain = Domain((d,), (Condition(d, "<=", 2),))
    summary = refuted(Derivation(sp.Integer(1)).bound("<", d), Compare(sp.Integer(1), "<", d), domain)
    assert summary.endswith("1 < d fails at d=1")
    proved(Derivation(sp.Integer(1)).bound("<=", d), Compare(sp.Integer(1), "<=", d), domain)


def test_a_bound_may_need_its_factors() -> None:
    left, right = p * q, p**2 + q**2
    summary = open_(Derivation(left).bound("<=", right), Compare(left, "<=", right), POSITIVE)
    assert summary == "step 1 (bound): p**2 - p*q + q**2 >= 0 is not proved; give its factors with by="
    squared = Derivation(2 * p * q).bound("<", right, by=(p - q) ** 2)
    summary = open_(squared, Compare(2 * p * q, "<", right), POSITIVE)
    assert summary.endswith("> 0 is not proved; write by= as factors whose signs are provable")
    proved(Derivation(left).bound("<=", right, by=(p - q) ** 2 + p * q), Compare(left, "<=", right), POSITIVE)
    proved(Derivation(left).bound("<", right, by=(p - q) ** 2 + p * q), Compare(left, "<", right), POSITIVE)
    proved(Derivation(right).bound(">", left, by=-((p - q) ** 2) - p * q), Compare(right, ">", left), POSITIVE)


def test_the_factors_of_a_bound_must_be_its_difference() -> None:
    left, right = p * q, p**2 + q**2
    summary = open_(Derivation(left).bound("<=", right, by=(p - q) ** 2), Compare(left, "<=", right), POSITIVE)
    assert summary.startswith("step 1 (bound): next minus current line is not (p - q)**2: at p=")
    f, h = sp.Function("f")(x), sp.Function("h")(x)
    assert "is not f(x) - h(x)" in open_(Derivation(x).bound("<=", f, by=f - h), Compare(x, "<=", f), REALS)


def test_a_bound_has_a_direction() -> None:
    for relation in ("=", "!=", "=>"):
        with pytest.raises(ClaimError, match=rf"a bound is one of <, <=, >, >=, not '{relation}'"):
            check(Derivation(p).bound(relation, p + q), Compare(p, "<", p + q), POSITIVE)


A_, B_, C_ = p, p + q, p + q + r


@pytest.mark.parametrize(
    ("first", "second", "proves"),
    [
        ("=", "=", {"="}),
        ("=", "<", {"<"}),
        ("<", "=", {"<"}),
        ("<=", "=", {"<="}),
        ("<=", "<", {"<"}),
        ("<", "<=", {"<"}),
        ("<=", "<=", {"<="}),
        ("<", "<", {"<"}),
    ],
)
def test_relations_compose(first: str, second: str, proves: set[str]) -> None:
    implied = {"=": {"=", "<=", ">="}, "<": {"<", "<=", "!="}, "<=": {"<="}}[next(iter(proves))]
    for wanted in ("=", "<", "<=", ">", ">=", "!="):
        start = p * (q + 1)
        chain, end = Derivation(start), start
        for relation, extra in ((first, q), (second, r)):
            end = sp.expand(end) if relation == "=" else sp.expand(end) + extra
            chain = chain.rewrite(end) if relation == "=" else chain.bound(relation, end)
        claim = make(Compare(start, wanted, end), POSITIVE, chain)
        if wanted in implied:
            assert chain.check(claim, Run()).verdict is Verdict.PROVED
        else:
            composed = next(iter(proves))
            with pytest.raises(ClaimError, match=rf"the steps compose to '{composed}', the claim says '{wanted}'"):
                chain.check(claim, Run())


def test_downward_chains_compose_too() -> None:
    chain = Derivation(C_).bound(">=", B_).bound(">", A_)
    for wanted in (">", ">=", "!="):
        proved(chain, Compare(C_, wanted, A_), POSITIVE)
    for wanted in ("<", "<=", "="):
        with pytest.raises(ClaimError, match=rf"the steps compose to '>', the claim says '{wanted}'"):
            check(chain, Compare(C_, wanted, A_), POSITIVE)
    with pytest.raises(ClaimError, match=r"the steps compose to '>=', the claim says '>'"):
        check(Derivation(C_).bound(">=", B_), Compare(C_, ">", B_), POSITIVE)


@pytest.mark.parametrize(("up", "down"), [("<", ">"), ("<=", ">="), ("<", ">="), ("<=", ">")])
def test_a_chain_goes_one_way(up: str, down: str) -> None:
    with pytest.raises(ClaimError, match=r"test/toy: the chain goes both up and down; split it"):
        check(Derivation(A_).bound(up, C_).bound(down, B_), Compare(A_, up, B_), POSITIVE)
    with pytest.raises(ClaimError, match=r"goes both up and down"):
        check(Derivation(B_).bound(down, A_).bound(up, C_), Compare(B_, up, C_), POSITIVE)


# -- eliminate -------------------------------------------------------------------------------------------------


def test_a_symbol_is_eliminated_by_a_given_equation() -> None:
    given = Equation(t, t * (1 + p) - q)
    domain = Domain((p, q, t))
    chain = Derivation(t + 1).eliminate(t, using=given)
    proved(chain, Compare(t + 1, "=", (1 + p + q) / (1 + p)), domain, given=(given,))
    line = chain.lines(make(Compare(t + 1, "=", (1 + p + q) / (1 + p)), domain, given=(given,)))[1]
    assert (line.relation, line.words) == ("=", "put in t")


def test_any_symbol_that_enters_linearly_may_go() -> None:
    s = sp.Symbol("s", positive=True)
    given = Equation(s, s * (1 + p) - q)
    proved(Derivation(q / s).eliminate(q, using=given), Compare(q / s, "=", 1 + p), Domain((p, q, s)), given=(given,))


def test_only_given_equations_eliminate() -> None:
    with pytest.raises(ClaimError, match=r"t - q = 0|-q \+ t = 0.*is not among the claim's given equations"):
        check(Derivation(t).eliminate(t, using=Equation(t, t - q)), Compare(t, "=", q), Domain((q, t)))


def test_elimination_needs_a_linear_equation_and_the_symbol() -> None:
    given = Equation(t, t**2 - q)
    summary = open_(Derivation(t).eliminate(t, using=given), Compare(t, "=", q), Domain((q, t)), given=(given,))
    assert "is not linear in t; eliminate another symbol" in summary
    given = Equation(t, t - q)
    summary = open_(Derivation(p).eliminate(t, using=given), Compare(p, "=", q), Domain((p, q, t)), given=(given,))
    assert summary == "step 1 (eliminate): t does not occur in the line"


def test_elimination_refuses_a_coefficient_that_may_vanish() -> None:
    """x (t - 1) = 0 says nothing of t at x = 0."""
    given = Equation(t, x * (t - 1))
    one = Compare(t, "=", sp.Integer(1))
    summary = open_(Derivation(t).eliminate(t, using=given), one, Domain((x, t)), given=(given,))
    assert summary == "step 1 (eliminate): cannot show x != 0, the coefficient of t; add it as a condition"
    away = Domain((x, t), (Condition(x, "!=", 0),))
    proved(Derivation(t).eliminate(t, using=given), one, away, given=(given,))
    # Nor may a rewrite lean on it.
    assert check(Derivation(t), one, Domain((x, t)), given=(given,)).verdict is not Verdict.PROVED


def test_nothing_is_put_in_under_a_derivative() -> None:
    """d/dp of t p is t at fixed t, but 0 once t = 1/p is put in: a line that has it is refused."""
    given = Equation(t, t * p - 1)
    line = sp.Derivative(t * p, p)
    with pytest.raises(ClaimError, match="runs along p, with which t moves by its equation; eliminate t first"):
        make(Compare(line, "=", sp.Integer(0)), Domain((p,)), Derivation(line), given=(given,))
    for typed in (Derivation(t).rewrite(line), Derivation(t).bound("<=", line).rewrite(t)):
        summary = open_(typed, Compare(t, "=", 1 / p), Domain((p,)), given=(given,))
        assert "runs along p" in summary or "not proved" in summary


# -- apply -----------------------------------------------------------------------------------------------------

SQUARE = make(Compare((x + y) ** 2, "=", x**2 + 2 * x * y + y**2), REALS, name="square")


def test_a_lemma_replaces_its_left_side() -> None:
    chain = Derivation(1 + (x + y) ** 2).apply(SQUARE)
    finding = proved(chain, Compare(1 + (x + y) ** 2, "=", 1 + x**2 + 2 * x * y + y**2), REALS)
    assert finding.detail["applies"] == ["test/square"]
    assert chain.uses == (SQUARE,)
    claim = make(Compare(1 + (x + y) ** 2, "=", 1 + x**2 + 2 * x * y + y**2), REALS, chain)
    assert claim.rests_on_ids == ("test/square",)
    line = chain.lines(claim)[1]
    assert (line.words, line.relation) == ("by test/square", "=")


def test_a_lemma_is_renamed_all_at_once() -> None:
    lemma = make(Compare((x - y) * (x + y), "=", x**2 - y**2), REALS, name="difference")
    swapped = (y - x) * (x + y)
    proved(Derivation(1 + swapped).apply(lemma, x=y, y=x), Compare(1 + swapped, "=", 1 + y**2 - x**2), REALS)
    proved(
        Derivation((p - 3) * (p + 3)).apply(lemma, x=p, y=3), Compare((p - 3) * (p + 3), "=", p**2 - 9), Domain((p,))
    )


def test_a_lemma_must_occur() -> None:
    summary = open_(Derivation((x - y) ** 2).apply(SQUARE), Compare((x - y) ** 2, "=", x**2 - 2 * x * y + y**2), REALS)
    assert summary == "step 1 (apply): (x + y)**2 does not occur in the line"
    # A product that merely contains the factors of the pattern holds no node to replace.
    domain = Domain((p, q, r), (Condition(p * q, "=", q + r),))
    lemma = make(Compare(p * q, "=", q + r), domain, name="product")
    line = p * q * r
    assert "p*q does not occur" in open_(Derivation(line).apply(lemma), Compare(line, "=", (q + r) * r), domain)


ROOT = make(Compare(sp.sqrt(p**2 + 2 * p + 1), "=", p + 1), Domain((p,)), name="root")


def test_a_lemma_holds_only_on_its_domain() -> None:
    lemma = make(
        Compare(sp.Abs(x), "=", x), Domain((x,), (Condition(x, ">=", 0, "x is not negative"),)), name="absolute"
    )
    summary = open_(Derivation(sp.Abs(x) + y).apply(lemma), Compare(sp.Abs(x) + y, "=", x + y), REALS)
    assert summary == "step 1 (apply): test/absolute needs x >= 0, which does not follow from the domain"
    fine = Domain((x, y), (Condition(x, ">", 2),))
    proved(Derivation(sp.Abs(x) + y).apply(lemma), Compare(sp.Abs(x) + y, "=", x + y), fine)
    other = Domain((x, y), (Condition(y, ">", 2),))
    proved(Derivation(sp.Abs(y) + x).apply(lemma, x=y), Compare(sp.Abs(y) + x, "=", y + x), other)


def test_the_assumptions_of_a_lemmas_symbols_are_conditions() -> None:
    """sqrt(p^2 + 2p + 1) = p + 1 for positive p; for a real y below -1 it is false."""
    line = sp.sqrt(y**2 + 2 * y + 1)
    summary = open_(Derivation(line).apply(ROOT, p=y), Compare(line, "=", y + 1), Domain((y,)))
    assert summary == "step 1 (apply): test/root needs y > 0, which does not follow from the domain"
    proved(Derivation(line).apply(ROOT, p=y), Compare(line, "=", y + 1), Domain((y,), (Condition(y, ">", 1),)))


def test_a_lemma_about_whole_numbers_needs_them() -> None:
    k = sp.Symbol("k", integer=True)
    even = make(Compare((-1) ** k * x**2, "=", sp.Integer(0)), Domain((k, x), (Condition(x, "=", 0),)), name="even")
    line = (-1) ** y * x**2
    domain = Domain((x, y), (Condition(x, "=", 0),))
    summary = open_(Derivation(line).apply(even, k=y), Compare(line, "=", sp.Integer(0)), domain)
    assert summary == "step 1 (apply): test/even needs an integer for k; y is not shown to be one"


NO_EQUALITY = r"only an equality for all points can be applied; test/\w+ is none"
ORIGIN = {x: sp.Integer(1), y: sp.Integer(1)}


@pytest.mark.parametrize(
    ("lemma", "message"),
    [
        (make(Compare(x, "<=", x**2 + 1), Domain((x,)), name="less"), NO_EQUALITY),
        (make(Compare(x, "=", y), REALS, name="here", witness=ORIGIN), NO_EQUALITY),
        (make(Iff(Compare(x, "<", y), Compare(y, ">", x)), REALS, name="both"), NO_EQUALITY),
        (make(Asymptotic(1 + 1 / n, sp.Integer(1), n), Domain((n,)), name="far"), NO_EQUALITY),
        (
            make(Compare(x, "=", y), Domain((x, y), (), (ORIGIN,)), name="listed"),
            r"test/listed holds at 1 listed points",
        ),
        (
            make(Compare(x, "=", y), REALS, name="seen", kind="observation"),
            r"test/seen is an observation; a theorem cannot rest on it as a theorem",
        ),
        (
            make(Compare(x, "=", y), REALS, name="near", kind="equivalent"),
            r"test/near is an equivalent; a theorem cannot",
        ),
    ],
    ids=lambda v: v.name if isinstance(v, Claim) else "",
)
def test_what_is_no_exact_equality_everywhere_is_not_applied(lemma: Claim, message: str) -> None:
    with pytest.raises(ClaimError, match=message):
        check(Derivation(x + 1).apply(lemma), Compare(x + 1, "=", y + 1), REALS)


def test_an_equivalent_may_rest_on_an_equivalent() -> None:
    lemma = make(Compare((x + y) ** 2, "=", SQUARE.rhs), REALS, name="near", kind="equivalent")
    line = 1 + (x + y) ** 2
    proved(Derivation(line).apply(lemma), Compare(line, "=", 1 + SQUARE.rhs), REALS, kind="equivalent")


def test_apply_takes_a_claim_and_its_symbols() -> None:
    with pytest.raises(TypeError, match=r"Derivation.apply: claim is 'test/square'; give a Claim"):
        Derivation(x).apply("test/square")  # type: ignore[arg-type]
    with pytest.raises(ClaimError, match=r"test/square has no symbol w; it has x, y"):
        check(Derivation((x + y) ** 2).apply(SQUARE, w=x), Compare((x + y) ** 2, "=", SQUARE.rhs), REALS)


def test_a_lemma_on_a_given_equation_needs_the_same_equation() -> None:
    given = Equation(t, t * (1 + p) - q)
    other = make(Compare((t + 1) ** 3, "=", q), Domain((p, q, t)), name="surface", given=(given,))
    statement = Compare(1 + (t + 1) ** 3, "=", 1 + q)
    chain = Derivation(statement.lhs).apply(other)
    summary = open_(chain, statement, Domain((p, q, t)))
    assert "test/surface is given" in summary
    assert "this claim is not given" in summary
    proved(chain, statement, Domain((p, q, t)), given=(given,))


def test_no_lemma_is_applied_under_a_derivative() -> None:
    """An equality at integers says nothing of slopes."""
    line = sp.Derivative((x + y) ** 2, x)
    summary = open_(Derivation(line).apply(SQUARE), Compare(line, "=", 2 * x + 2 * y), REALS)
    assert "carry it out first" in summary


# -- differentiate ---------------------------------------------------------------------------------------------


def test_derivatives_are_carried_out() -> None:
    line = sp.Derivative(p**3 / (1 + p), p)
    result = (3 * p**2 + 2 * p**3) / (1 + p) ** 2
    chain = Derivation(line).differentiate()
    proved(chain, Compare(line, "=", result), Domain((p,)))
    step = chain.lines(make(Compare(line, "=", result), Domain((p,))))[1]
    assert (step.words, step.relation) == ("differentiate", "=")
    assert "closing step" in refuted(chain, Compare(line, "=", result + 1), Domain((p,)))


def test_a_wrong_line_under_a_derivative_is_refuted_not_a_crash() -> None:
    line = sp.Derivative(p**3, p)
    assert "is not 2*p**2" in open_(Derivation(line).rewrite(2 * p**2), Compare(line, "=", 3 * p**2), Domain((p,)))
    assert "is not 2*p**2" in refuted(Derivation(line), Compare(line, "=", 2 * p**2), Domain((p,)))
    proved(Derivation(line), Compare(line, "=", 3 * p**2), Domain((p,)))


# -- limits ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lhs", "rhs", "order"),
    [
        (1 + 1 / n, sp.Integer(1), 1),
        ((p * n + 1) / (n + q), p, 1),
        (p / n**2 + q, q, 2),
        (n / (n**2 + p), sp.Integer(0), 1),
        (n**2 / (n**2 + p) * q, q, 2),
        (1 / (1 / n + p), 1 / p, 1),
    ],
    ids=str,
)
def test_limits_with_their_order(lhs: sp.Expr, rhs: sp.Expr, order: int) -> None:
    domain = Domain((n, p, q), (Condition(p * q, "!=", 1),))
    for chain in (Derivation(lhs).limit(n), Derivation(lhs).limit(n, why="a reason of one's own"), Derivation(lhs)):
        proved(chain, Asymptotic(lhs, rhs, n, sp.Integer(order)), domain)
    summary = refuted(Derivation(lhs).limit(n), Asymptotic(lhs, rhs, n, sp.Integer(order + 1)), domain)
    assert summary == f"the difference falls as n^-{order}, not n^-{order + 1}"
    with_p = Asymptotic(lhs, rhs + p, n, sp.Integer(order))
    assert "closing step" in refuted(Derivation(lhs).limit(n), with_p, domain)
    assert "the difference falls as n^-0" in refuted(Derivation(lhs), with_p, domain)


def test_a_right_side_may_keep_a_term_that_falls() -> None:
    lhs = n / (n - p)
    domain = Domain((n, p), (Condition(n, ">", p),))
    chain = Derivation(lhs)
    proved(chain, Asymptotic(lhs, 1 + p / n, n, sp.Integer(2)), domain)
    last = chain.states(make(Asymptotic(lhs, 1 + p / n, n, sp.Integer(2)), domain))[-1]
    assert last.reason == "leave out what falls as $n^{-2}$"
    assert last.value == 1 + p / n
    assert "falls as n^-1" in refuted(chain, Asymptotic(lhs, 1 + 2 * p / n, n, sp.Integer(2)), domain)


def test_the_lines_of_a_limit() -> None:
    claim = make(Asymptotic(1 + 1 / n, sp.Integer(1), n), Domain((n,)))
    lines = Derivation(1 + 1 / n).limit(n).states(claim)
    assert [line.value for line in lines] == [1 + 1 / n, 1]
    assert lines[1].reason == "let $n$ tend to infinity"


def test_limits_that_do_not_exist_or_are_not_rational() -> None:
    domain = Domain((n, p))
    summary = open_(Derivation(n * p).limit(n), Asymptotic(n * p, p, n), domain)
    assert summary == "step 1 (limit): n*p is unbounded as n grows"
    summary = open_(Derivation(p ** (1 / n)).limit(n), Asymptotic(p ** (1 / n), sp.Integer(1), n), domain)
    assert summary == "step 1 (limit): p**(1/n) is not rational in n"
    summary = open_(Derivation(p ** (1 / n)), Asymptotic(p ** (1 / n), sp.Integer(1), n), domain)
    assert summary == "the difference is not rational in n"


def test_a_leading_coefficient_that_may_vanish_leaves_a_limit_open() -> None:
    """n / (x n^2 + n) tends to 0, but to 1 at x = 0."""
    lhs = 1 / (x * n + 1)
    domain = Domain((n, x), (Condition(x, ">=", 0),))
    summary = open_(Derivation(lhs).limit(n), Asymptotic(lhs, sp.Integer(0), n), domain)
    assert summary == "step 1 (limit): cannot show that the leading coefficient x is nonzero on the domain"
    summary = open_(Derivation(lhs), Asymptotic(lhs, sp.Integer(0), n), domain)
    assert summary == "cannot show that the leading coefficient x is nonzero on the domain"
    proved(Derivation(lhs).limit(n), Asymptotic(lhs, sp.Integer(0), n), Domain((n, x), (Condition(x, ">", 0),)))


def test_equal_sides_are_no_limit() -> None:
    lhs = (n + 1) / n
    summary = open_(Derivation(lhs), Asymptotic(lhs, 1 + 1 / n, n), Domain((n,)))
    assert summary == "the two sides are equal; state it as an equality"


def test_a_limit_is_not_the_value() -> None:
    """1 + 1/n is not 1, however large n."""
    with pytest.raises(ClaimError, match=r"a limit in n is not the value itself; state the claim as Asymptotic in n"):
        check(Derivation(1 + 1 / n).limit(n), Compare(1 + 1 / n, "=", sp.Integer(1)), Domain((n,)))
    with pytest.raises(ClaimError, match=r"a limit in N is not the value itself; state the claim as Asymptotic in N"):
        check(Derivation(1 / n + 1 / N).limit(N), Asymptotic(1 / n + 1 / N, 1 / N, n), Domain((n, N)))


def test_no_bound_inside_a_limit() -> None:
    with pytest.raises(ClaimError, match=r"the steps compose to '<', the claim says '='"):
        check(
            Derivation(1 + 1 / n).bound("<", 1 + 2 / n).limit(n), Asymptotic(1 + 1 / n, sp.Integer(1), n), Domain((n,))
        )


def test_what_varies_with_the_size_is_not_held_fixed() -> None:
    """t = p n: then t/n is p, and does not tend to zero."""
    given = (Equation(t, t - p * n),)
    summary = open_(Derivation(t / n).limit(n), Asymptotic(t / n, sp.Integer(0), n), Domain((n, p, t)), given=given)
    assert summary.startswith("t varies with n by ")
    assert "eliminate it from the statement" in summary


# -- equivalences ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Compare(p * x, "<", p * y), Compare(x, "<", y)),
        (Compare(p * x, "<=", p * y), Compare(x, "<=", y)),
        (Compare(-p * x, "<", -p * y), Compare(x, ">", y)),
        (Compare(-p * x, ">=", -p * y), Compare(x, "<=", y)),
        (Compare(-p * x, ">", -p * y), Compare(x, "<", y)),
        (Compare(-p * x, "<=", -p * y), Compare(x, ">=", y)),
        (Compare(p * x, "=", p * y), Compare(x, "=", y)),
        (Compare(-p * x, "=", -p * y), Compare(x, "=", y)),
        (Compare(-p * x, "!=", -p * y), Compare(x, "!=", y)),
        (Compare(1 / p, "<", 1 / q), Compare(q, "<", p)),
    ],
    ids=str,
)
def test_equivalences_by_a_factor_of_one_sign(left: Compare, right: Compare) -> None:
    domain = Domain((p, q, x, y))
    proved(Derivation.same_sign(), Iff(left, right), domain)
    proved(Derivation.same_sign(), Iff(right, left), domain)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Compare(p * x, "<", p * y), Compare(x, ">", y)),
        (Compare(-p * x, "<", -p * y), Compare(x, "<", y)),
        (Compare(x**2, "<", y**2), Compare(x, "<", y)),
        (Compare(x * y, "<", y**2), Compare(x, "<", y)),
        (Compare(x * y, "<=", x), Compare(y, "<=", sp.Integer(1))),
    ],
    ids=str,
)
def test_false_equivalences_are_refuted_with_a_point(left: Compare, right: Compare) -> None:
    finding = check(Derivation.same_sign(), Iff(left, right), Domain((p, x, y)))
    assert finding.verdict is Verdict.REFUTED
    assert finding.summary.startswith("at p=")
    assert finding.summary.endswith("one condition holds and the other does not")
    symbols = {str(s): s for s in (p, x, y)}
    point = {symbols[k]: sp.Rational(v) for k, v in finding.detail["point"].items()}
    truths = [Condition(c.lhs, c.relation, c.rhs).at(point) for c in (left, right)]
    assert sorted(truths) == [False, True]


def test_a_factor_of_unknown_sign_leaves_an_equivalence_open() -> None:
    """x < y iff x^3 < y^3 is true; the factor x^2 + xy + y^2 has no proved sign (and vanishes at 0)."""
    summary = open_(Derivation.same_sign(), Iff(Compare(x**3, "<", y**3), Compare(x, "<", y)), REALS)
    assert summary.startswith("the factor x**2 + x*y + y**2 between the two differences is not proved > 0")


def test_an_equivalence_needs_both_sides_defined() -> None:
    left, right = Compare(p / (x - y), "<", q / (x - y)), Compare(p / (x - y) - q / (x - y), "<", sp.Integer(0))
    summary = open_(Derivation.same_sign(), Iff(left, right), Domain((p, q, x, y)))
    assert summary == "cannot show x - y != 0 on the domain; add it as a condition"
    never = Iff(Compare(x, "<", x), Compare(y, "<", y))
    assert check(Derivation.same_sign(), never, REALS).verdict is not Verdict.PROVED


def test_a_weak_and_a_strict_condition_are_not_one_question() -> None:
    for first, second in (("<", "<="), ("=", "<"), ("<", ">="), ("=", "!="), ("!=", "=")):
        with pytest.raises(ClaimError, match=rf"'{first}' iff '{second}' is not a question of one sign"):
            check(Derivation.same_sign(), Iff(Compare(p * x, first, p * y), Compare(x, second, y)), Domain((p, x, y)))


def test_an_equivalence_is_derived_by_its_signs_alone() -> None:
    statement = Iff(Compare(p * x, "<", p * y), Compare(x, "<", y))
    for wrong in (Derivation(x), Derivation(None), Derivation.same_sign().rewrite(x)):
        with pytest.raises(ClaimError, match=r"an equivalence is derived by Derivation.same_sign\(\)"):
            check(wrong, statement, Domain((p, x, y)))
    with pytest.raises(ClaimError, match=r"same_sign\(\) derives an equivalence, Iff"):
        check(Derivation.same_sign(), Compare(x, "=", y), REALS)
    quantity = Quantity(sp.Symbol("Q"), "", tr(identity(n)), Setting(()))
    with pytest.raises(ClaimError, match=r"state the equivalence between formulas"):
        check(Derivation.same_sign(), Iff(Compare(quantity, "<", p), Compare(p, ">", p + p)), Domain((p,)))


def test_the_lines_of_an_equivalence() -> None:
    claim = make(Iff(Compare(p * x, "<", p * y), Compare(x, "<", y)), Domain((p, x, y)))
    first, second = Derivation.same_sign().states(claim)
    assert first.value == p * x - p * y
    assert sp.expand(second.value - first.value) == 0
    assert second.reason == "a factor that is $> 0$ times the second condition's difference"
    assert (first.relation, second.relation) == ("", "=")
    assert Derivation.same_sign(why="p is positive").lines(claim)[1].words == "p is positive"


# -- definedness -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lhs", "rhs", "missing"),
    [
        ((x**2 - 1) / (x - 1), x + 1, "x - 1 != 0"),
        (1 / x - 1 / y, (y - x) / (x * y), "x != 0"),
        (sp.sqrt(x) ** 3 + y, sp.sqrt(x) ** 3 + y + sp.sin(x) ** 2 + sp.cos(x) ** 2 - 1, "x >= 0"),
    ],
    ids=str,
)  # fmt: skip
def test_lines_must_be_defined_on_the_whole_domain(lhs: sp.Expr, rhs: sp.Expr, missing: str) -> None:
    summary = open_(Derivation(lhs), Compare(lhs, "=", rhs), REALS)
    options = {missing, missing.replace("x", "y")}
    assert summary in {f"cannot show {m} on the domain; add it as a condition" for m in options}


def test_a_line_in_between_must_be_defined_too() -> None:
    detour = Derivation(x**2 - x).rewrite((x**2 - x) * (x + y) / (x + y))
    line = sp.Mul(x**2 - x, x + y, sp.Pow(x + y, -1, evaluate=False), evaluate=False)
    summary = open_(Derivation(x**2 - x).rewrite(line), Compare(x**2 - x, "=", x * (x - 1)), REALS)
    assert summary == "cannot show x + y != 0 on the domain; add it as a condition"
    proved(detour, Compare(x**2 - x, "=", x * (x - 1)), REALS)


def test_denominators_are_read_in_the_definitions_of_their_symbols() -> None:
    """t = p + 1 makes 1/t safe; without the definition it is not."""
    given = (Equation(t, t - p - 1),)
    statement = Compare((t**2 + t) / t, "=", t + 1)
    proved(Derivation(statement.lhs), statement, Domain((p, t)), given=given)
    assert open_(Derivation(statement.lhs), statement, Domain((p, t))) == (
        "cannot show t != 0 on the domain; add it as a condition"
    )
    vanishing = (Equation(t, t - p + q),)
    assert open_(Derivation(statement.lhs), statement, Domain((p, q, t)), given=vanishing) == (
        "cannot show p - q != 0 on the domain; add it as a condition"
    )


# -- from random matrices --------------------------------------------------------------------------------------

X, Z = gaussian("X", n, d), gaussian("Z", n, d)
z = gaussian("z", n, 1)
A = fixed("A", d, d)
C = fixed("C", d, d)
S = fixed("S", d, d, symmetric=True)
tA, c2, tS = sp.symbols("tA c2 tS", real=True)
s2 = sp.Symbol("s2", nonnegative=True)


def small(*names: str) -> Callable[[Any, np.random.Generator], dict[str, np.ndarray]]:
    """Fixed d x d matrices so small that every covariance made of them is one; S is twice the identity."""

    def realise(point: Any, rng: np.random.Generator) -> dict[str, np.ndarray]:
        d_ = point["d"]
        made = {name: 0.1 * rng.uniform(-1, 1, (d_, d_)) / d_ for name in names}
        return {**made, "S": 2 * np.eye(d_)} if "S" in made else made

    return realise


DESIGN = Setting((Sample.of(n, (X, z), {(z, z): identity(sp.Integer(1)) * s2}),), ((tA, tr(A)),), small("A"))
RESPONSE = pinv(X) @ z


def variance() -> Quantity:
    return Quantity(sp.Symbol("V"), "variance", tr(RESPONSE.T @ A @ RESPONSE), DESIGN)


ROWS = Domain((d, n, s2, tA), (Condition(n, ">", d + 1, "take more rows"),))


def chain(quantity: Quantity) -> Derivation:
    return Derivation(quantity).expect(z).expect_gram_inverse(X).in_names()


def test_from_the_estimator_to_the_formula() -> None:
    quantity = variance()
    derivation = chain(quantity)
    finding = proved(derivation, Compare(quantity, "=", s2 * tA / (n - d - 1)), ROWS)
    axioms = [
        "gaussian/inverse_quadratic_form_is_reciprocal_chi_square",
        "gaussian/steins_identity",
        "gaussian/steins_identity_of_inverses",
    ]
    assert finding.detail["rules"] == axioms
    assert finding.detail["applies"] == []
    assert finding.detail["steps"] in (3, 4)  # a closing line when the computed form differs from the claim's
    assert derivation.rules == tuple(axioms)
    claim = make(Compare(quantity, "=", s2 * tA / (n - d - 1)), ROWS, derivation)
    assert claim.rests_on_ids == tuple(axioms)


def test_a_polynomial_rests_on_steins_identity_alone() -> None:
    quantity = Quantity(sp.Symbol("M"), "", tr(X.T @ X @ A), DESIGN)
    assert Derivation(quantity).expect(X).in_names().rules == ("gaussian/steins_identity",)
    assert Derivation(quantity).condition(z, on=X).rules == ("gaussian/steins_identity",)
    assert Derivation(quantity).in_names().rules == ()
    # Also where only the field has an inverse.
    assert Derivation(quantity).stein(X, X @ gram_inverse(X), 1).rules == tuple(sorted(gaussian_rules.AXIOMS))
    # A projector of trace d: nothing is averaged, so that nothing is believed.
    bare = Quantity(sp.Symbol("M"), "", tr(projector(X)), DESIGN)
    assert Derivation(bare).in_names().rules == ()


def test_the_lines_from_the_estimator() -> None:
    quantity = variance()
    claim = make(Compare(quantity, "=", s2 * tA / (n - d - 1)), ROWS)
    lines = chain(quantity).states(claim)
    assert lines[0].value is quantity
    assert lines[0].text == quantity.definition()
    assert lines[0].latex == quantity.definition_latex()
    assert lines[0].samples == DESIGN.samples
    assert lines[1].reason == "average over $z$, independent of what is left"
    assert isinstance(lines[1].value, TraceSum)
    assert lines[1].text == f"E[{lines[1].value}]"
    assert lines[1].latex == rf"\mathbb{{E}}\left[{lines[1].value.latex()}\right]"
    assert lines[2].reason == "inverse Wishart mean of $X$"
    assert lines[2].value == tr(A) * (s2 / (n - d - 1))
    assert lines[3].reason == "by definition of the scalars"
    assert sp.cancel(lines[3].value - claim.rhs) == 0
    assert not lines[3].text.startswith("-"), "the denominator is n - d - 1"
    assert lines[3].text == str(lines[3].value)
    assert lines[3].latex == latex(lines[3].value)
    (shown, *_) = chain(quantity).lines(claim)
    assert (shown.text, shown.latex) == (quantity.definition(), quantity.definition_latex())
    told = Derivation(quantity).expect(z, why="noise is independent").expect_gram_inverse(X).in_names().lines(claim)
    assert told[1].reason == "noise is independent"


@pytest.mark.parametrize(
    "wrong", [s2 * tA / (n - d), s2 * tA / n, tA / (n - d - 1), 2 * s2 * tA / (n - d - 1)], ids=str
)
def test_a_wrong_formula_is_refuted(wrong: sp.Expr) -> None:
    quantity = variance()
    assert "closing step" in refuted(chain(quantity), Compare(quantity, "=", wrong), ROWS)


def test_a_mean_that_may_not_exist_leaves_the_claim_open() -> None:
    quantity = variance()
    for fewer, start in (
        (Domain((d, n, s2, tA), (Condition(n, ">", d), Condition(s2, ">=", 0))), "step 1 (expect): needs n > d + 1 ("),
        (Domain((d, n, s2, tA), (Condition(s2, ">=", 0),)), "the first line needs n >= d (X'X has an inverse only"),
    ):
        summary = open_(chain(quantity), Compare(quantity, "=", s2 * tA / (n - d - 1)), fewer)
        assert summary.startswith(start)
        assert summary.endswith("; it does not follow from the domain")


def test_steps_in_the_wrong_order_are_errors_with_their_number() -> None:
    quantity = variance()
    statement = Compare(quantity, "=", s2 * tA / (n - d - 1))
    start = Derivation(quantity)
    for wrong, message in (
        (start.expect_gram_inverse(X), r"test/toy: step 1 \(expect_gram_inverse\): the mean of \(X'X\)\^-1 needs it"),
        (start.expect(X), r"step 1 \(expect\): inv\(X'X\) is not polynomial in X"),
        (start.expect(z).in_names(), r"step 2 \(in_names\): inv\(X'X\) is random and not averaged yet"),
        (start.expect(z), r"the derivation stops while matrices are left; end it with in_names\(\)"),
        (start.rewrite(statement.rhs), r"step 1 \(rewrite\): matrices are left; average them and state the rest with"),
        (start.expect(z).bound("<", tA), r"step 2 \(bound\): matrices are left"),
        (start.expect(z).limit(n), r"step 2 \(limit\): matrices are left"),
        (chain(quantity).expect(z), r"step 4 \(expect\): no random matrix is left in the line"),
        (chain(quantity).condition(z, on=X), r"step 4 \(condition\): no random matrix is left in the line"),
        (chain(quantity).in_names(), r"step 4 \(in_names\): the line is a formula already"),
        (start.condition(X, on=z), r"step 1 \(condition\): z is not whitened"),
    ):
        with pytest.raises(ClaimError, match=message):
            check(wrong, statement, ROWS)
    with pytest.raises(ClaimError, match=r"the line is a formula already"):
        check(Derivation(x).in_names(), Compare(x, "=", y), REALS)
    with pytest.raises(ClaimError, match=r"no random matrix is left in the line"):
        check(Derivation(x).expect(X), Compare(x, "=", y), REALS)


def test_a_result_outside_the_names_is_an_error() -> None:
    nameless = Setting(DESIGN.samples)
    quantity = Quantity(sp.Symbol("V"), "", tr(RESPONSE.T @ A @ RESPONSE), nameless)
    with pytest.raises(ClaimError, match=r"step 3 \(in_names\): tr\(A\) is left over; the setting gives it no name"):
        check(chain(quantity), Compare(quantity, "=", s2 * tA / (n - d - 1)), ROWS)


def test_the_chain_starts_at_the_very_quantity() -> None:
    quantity = variance()
    with pytest.raises(ClaimError, match=r"first line is not the claim's left side"):
        check(chain(variance()), Compare(quantity, "=", s2 * tA / (n - d - 1)), ROWS)


EXPLAINED = (Condition(c2, ">=", 0), Condition(tS, ">=", c2))


def regression() -> tuple[Quantity, Derivation]:
    sample = Sample.of(n, (X, Z), {(X, Z): C, (Z, Z): S})
    names = ((c2, tr(C.T @ C)), (tS, tr(S)))
    quantity = Quantity(
        sp.Symbol("R"), "explained", tr(Z.T @ projector(X) @ Z), Setting((sample,), names, small("C", "S"))
    )
    return quantity, Derivation(quantity).condition(Z, on=X).expect_residual(Z, X).expect(X).in_names()


def test_conditioning_and_its_residual() -> None:
    quantity, derivation = regression()
    domain = Domain((d, n, c2, tS), (Condition(n, ">=", d), *EXPLAINED))
    statement = Compare(quantity, "=", n * c2 + d * (tS - c2))
    finding = proved(derivation, statement, domain)
    assert finding.detail["rules"] == sorted(gaussian_rules.AXIOMS)
    lines = derivation.states(make(statement, domain))
    assert lines[1].reason == "write $Z$ as its regression on $X$ plus an independent residual"
    assert lines[2].reason == r"average over ${Z}_{\perp X}$, independent of what is left"
    assert lines[1].samples != lines[0].samples
    # The projector needs an inverse, the inverse needs n >= d.
    summary = open_(derivation, statement, Domain((d, n, c2, tS), EXPLAINED))
    assert summary.startswith("the first line needs n >= d (X'X has an inverse only then)")


def test_several_residuals_are_averaged_together() -> None:
    W = gaussian("W", n, d)
    E = fixed("E", d, d)
    sample = Sample.of(n, (X, Z, W), {(X, Z): C, (X, W): E, (Z, Z): S})
    b = sp.Symbol("b", real=True)
    setting = Setting((sample,), ((c2, tr(C.T @ C)), (b, tr(C.T @ E @ A))), small("A", "C", "E", "S"))
    quantity = Quantity(sp.Symbol("Q"), "", tr(Z.T @ W @ A), setting)
    derivation = Derivation(quantity).condition(Z, W, on=X).expect_residual((Z, W), X).expect(X).in_names()
    # cov(Z, W) = 0 in all, so that the regressions' share and the residuals' share cancel.
    proved(derivation.rewrite(sp.Integer(0)), Compare(quantity, "=", sp.Integer(0)), Domain((d, n, b)))


def test_lengths_and_directions() -> None:
    v = gaussian("v", N, 1)
    cubes = tr(power(v, 2).T @ v)
    quantity = Quantity(sp.Symbol("L"), "", cubes * cubes * tr(gram_inverse(v)), Setting((Sample.of(N, (v,)),)))
    derivation = Derivation(quantity).expect_polar(v).in_names()
    finding = proved(derivation, Compare(quantity, "=", 15 * N / (N + 4)), Domain((N,)))
    assert finding.detail["rules"] == sorted(gaussian_rules.AXIOMS)
    assert derivation.lines(make(Compare(quantity, "=", 15 * N / (N + 4)), Domain((N,))))[1].words == (
        "Stein's identity along v: a factor |v|^2 multiplies a mean by size plus degree"
    )


def test_a_quantity_can_be_bounded() -> None:
    quantity = variance()
    positive = Domain((d, n, s2, tA), (*ROWS.conditions, Condition(s2, ">", 0), Condition(tA, ">", 0)))
    bounded = chain(quantity).bound(">", s2 * tA / n)
    proved(bounded, Compare(quantity, ">", s2 * tA / n), positive)
    assert "fails at" in refuted(chain(quantity).bound("<", s2 * tA / n), Compare(quantity, "<", s2 * tA / n), positive)


def test_a_lemma_on_a_quantity_replaces_its_symbol() -> None:
    V = sp.Symbol("V", real=True)
    quantity = Quantity(V, "variance", tr(RESPONSE.T @ A @ RESPONSE), DESIGN)
    formula = s2 * tA / (n - d - 1)
    lemma = make(Compare(quantity, "=", formula), ROWS, chain(quantity), name="variance")
    given = (Equation(V, V - formula),)
    domain = Domain((*ROWS.symbols, V), ROWS.conditions)
    proved(Derivation(V + 1).apply(lemma), Compare(V + 1, "=", formula + 1), domain, given=given)
    with pytest.raises(ClaimError, match=r"test/variance is about one experiment; state a claim about the other one"):
        check(Derivation(V + 1).apply(lemma, n=n + 1), Compare(V + 1, "=", formula + 1), domain, given=given)


# -- the line that precision compares --------------------------------------------------------------------------


def test_the_derived_line_is_the_last_before_the_author_types() -> None:
    quantity = variance()
    claim = make(Compare(quantity, "=", s2 * tA / (n - d - 1)), ROWS)
    derived = chain(quantity).derived(claim)
    assert derived is not None
    assert sp.cancel(derived - claim.rhs) == 0
    assert chain(quantity).rewrite(s2 * tA / n).derived(claim) == derived
    assert chain(quantity).bound("<", s2 * tA / n).derived(claim) == derived
    assert Derivation(quantity).expect(z).derived(claim) is None
    assert Derivation(quantity).derived(claim) is None


def test_no_derived_line_where_the_author_starts_or_the_chain_fails() -> None:
    square = make(Compare((x + y) ** 2, "=", SQUARE.rhs), REALS)
    assert Derivation((x + y) ** 2).derived(square) is None
    assert Derivation((x + y) ** 2).rewrite(SQUARE.rhs).derived(square) is None
    assert Derivation((x + y) ** 2).rewrite(SQUARE.rhs).differentiate().derived(square) is None
    assert Derivation((x + y) ** 2).apply(SQUARE).derived(square) == SQUARE.rhs
    assert Derivation((x + y) ** 2).apply(ROOT).derived(square) is None
    both = make(Iff(Compare(p * x, "<", p * y), Compare(x, "<", y)), Domain((p, x, y)))
    assert Derivation.same_sign().derived(both) is None
    failing = make(Compare(variance(), "=", s2 * tA / (n - d - 1)), Domain((d, n, s2, tA)))
    assert chain(failing.statement.lhs).derived(failing) is None  # type: ignore[union-attr,arg-type]


def test_a_failure_carries_its_verdict_and_its_detail() -> None:
    claim = make(Compare(x, "=", y), REALS)
    with pytest.raises(StepFailed) as caught:
        Derivation(x).lines(claim)
    assert caught.value.refuted
    assert set(caught.value.detail["point"]) == {"x", "y"}
    plain = StepFailed("no", False)
    assert plain.detail == {}
    assert not plain.refuted
    assert State(x, "=", "r").samples == ()


# -- false statements ------------------------------------------------------------------------------------------

ZERO, TWO = sp.Integer(0), sp.Integer(2)


@pytest.mark.parametrize(
    ("left", "relation", "right", "domain"),
    [
        (sp.sqrt(x**2), "=", x, REALS),
        (x**2 / x, "=", 2 * x, REALS),
        (ZERO, "<=", (1 + sp.sqrt(x)) ** 2, REALS),
        (ZERO, "<", x**2, REALS),
        (ZERO, "<", 1 / x**2, REALS),
        (ZERO, "<", sp.sqrt(p - q) + 1, POSITIVE),
        (TWO, "<=", x, Domain((x,), (Condition(x, ">", 1),))),
        (TWO, "<=", n, Domain((n,))),
        (x, "<=", x + (x - y) ** 2 - sp.Rational(1, 2), REALS),
        (n, "<", d, TALL),
        (d + 2, "<", n, TALL),
        (1 / (n - d - 2), ">", ZERO, TALL),
    ],
    ids=str,
)
def test_false_statements_are_not_proved(left: sp.Expr, relation: str, right: sp.Expr, domain: Domain) -> None:
    start = Derivation(left)
    for chain in (start, start.bound(relation, right)) if relation != "=" else (start, start.rewrite(right)):
        try:
            finding = check(chain, Compare(left, relation, right), domain)
        except ClaimError:
            continue
        assert finding.verdict is not Verdict.PROVED


@pytest.mark.parametrize(
    ("left", "relation", "right", "domain"),
    [
        (ZERO, "<=", (1 + sp.sqrt(p)) ** 2, POSITIVE),
        (ZERO, "<", 1 / p**2, POSITIVE),
        (sp.Integer(1), "<=", n, Domain((n,))),
        (d + 2, "<=", n, TALL),
        (1 / (n - d - 1), ">", ZERO, TALL),
    ],
    ids=str,
)
def test_their_true_neighbours_are(left: sp.Expr, relation: str, right: sp.Expr, domain: Domain) -> None:
    proved(Derivation(left).bound(relation, right), Compare(left, relation, right), domain)


# -- planted faults --------------------------------------------------------------------------------------------


def test_a_rule_with_a_wrong_constant_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    true = gaussian_rules.expect_gram_inverse

    def wrong(value: TraceSum, samples: tuple[Sample, ...], name: str) -> gaussian_rules.Averaged:
        done = true(value, samples, name)
        return replace(done, value=done.value * ((n - d - 1) / (n - d)))

    monkeypatch.setattr(gaussian_rules, "expect_gram_inverse", wrong)
    quantity = variance()
    assert "closing step" in refuted(chain(quantity), Compare(quantity, "=", s2 * tA / (n - d - 1)), ROWS)


def test_a_lost_pairing_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    true = stein._of_field

    def wrong(*args: Any) -> Any:
        yield from list(true(*args))[:-1] or list(true(*args))

    sample = Sample.of(n, (X,))
    quantity = Quantity(sp.Symbol("M"), "", tr(X.T @ X @ X.T @ X), Setting((sample,)))
    statement = Compare(quantity, "=", n * d * (n + d + 1))
    proved(Derivation(quantity).expect(X).in_names(), statement, Domain((n, d)))
    monkeypatch.setattr(stein, "_of_field", wrong)
    refuted(Derivation(quantity).expect(X).in_names(), statement, Domain((n, d)))


def test_a_residual_that_keeps_its_covariance_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    true = gaussian_rules.condition

    def wrong(value: TraceSum, samples: tuple[Sample, ...], names: tuple[str, ...], on: str) -> gaussian_rules.Averaged:
        done = true(value, samples, names, on)
        (sample,) = done.samples
        covariance = {**sample.covariance, ("Z|X", "Z|X"): S}
        return replace(done, samples=(Sample(sample.rows, sample.blocks, covariance),))

    monkeypatch.setattr(gaussian_rules, "condition", wrong)
    quantity, derivation = regression()
    domain = Domain((d, n, c2, tS), (Condition(n, ">=", d), *EXPLAINED))
    refuted(derivation, Compare(quantity, "=", n * c2 + d * (tS - c2)), domain)


# -- a proof of something ----------------------------------------------------------------------------------------


def test_an_empty_domain_proves_nothing() -> None:
    domain = Domain((p, q), (Condition(p, ">=", q + 1), Condition(p, "<=", q - 1)))
    summary = open_(Derivation((p + q) ** 2), Compare((p + q) ** 2, "=", p**2 + 2 * p * q + q**2), domain)
    assert "no point is shown to be admissible" in summary


def test_an_unsatisfiable_given_proves_nothing() -> None:
    equation = Equation(p, p + q)  # both are positive
    derivation = Derivation(q).bound("<", 2 * q)
    assert "no point is shown" in open_(derivation, Compare(q, "<", 2 * q), Domain((q,)), given=(equation,))
    with pytest.raises(ClaimError, match="does not contain p"):
        Equation(p, q - 1)


def test_a_law_that_is_none_is_refused() -> None:
    for law, message in (
        ({(z, z): identity(sp.Integer(1)) * -s2}, "needs -s2 >= 0 (the sample of X, Z, z has a law only then)"),
        ({(X, Z): 5 * identity(d)}, "needs -24 >= 0 (the sample of X, Z, z has a law only then)"),
    ):
        sample = Sample.of(n, (X, Z, z), law)
        quantity = Quantity(sp.Symbol("Q"), "", tr(Z.T @ Z) + tr(z.T @ z), Setting((sample,)))
        value = n * d + n * (-s2 if (z, z) in law else 1)
        claim = Compare(quantity, "=", value)
        domain = Domain((d, n, s2), (Condition(s2, ">", 0),))
        assert message in open_(Derivation(quantity).expect(z).expect(Z).in_names(), claim, domain)


def test_names_out_of_reach_prove_nothing() -> None:
    quantity = Quantity(
        sp.Symbol("Q"), "", tr(X @ A @ A.T @ X.T), Setting(DESIGN.samples, ((tA, tr(A @ A.T)),), small("A"))
    )
    derivation = Derivation(quantity).expect(X).in_names()
    statement = Compare(quantity, "=", n * tA)
    proved(derivation, statement, Domain((d, n, s2, tA)))
    assert "no instance inside the domain" in open_(
        derivation, statement, Domain((d, n, s2, tA), (Condition(tA, "<", 0),))
    )
    lost = Quantity(sp.Symbol("Q"), "", quantity.value, Setting(DESIGN.samples, quantity.setting.names))
    chain_ = Derivation(lost).expect(X).in_names()
    assert "no realise" in open_(chain_, Compare(lost, "=", n * tA), Domain((d, n, s2, tA)))


def test_a_limit_needs_room_to_grow() -> None:
    for condition in (Condition(p, ">=", n), Condition(n, "<", 10), Condition(p, ">", n**2)):
        summary = open_(Derivation(p / n).limit(n), Asymptotic(p / n, sp.Integer(0), n), Domain((n, p), (condition,)))
        assert summary.startswith("n cannot tend to infinity here: needs ")
    for condition in (Condition(n, ">", p), Condition(n * p, ">=", 3), Condition(1 / n, "<", p)):
        proved(Derivation(p / n).limit(n), Asymptotic(p / n, sp.Integer(0), n), Domain((p, n), (condition,)))


def test_a_chain_that_stops_short_of_an_inequality_refutes_nothing() -> None:
    summary = open_(Derivation(p**2 + q**2), Compare(p**2 + q**2, ">=", 2 * p * q), POSITIVE)
    assert summary == "the chain does not reach 2*p*q; end it with a step that states the last relation"


@pytest.mark.parametrize("paper", ["dong2025", "nagarajan2023"])
def test_a_proved_chain_is_written_down_as_it_was_checked(paper: str) -> None:
    from w2s_sym.papers.loading import load

    chosen = [c for c in load(paper).claims if c.kind == "theorem"][:12]
    for claim in chosen:
        for item in claim.evidence:
            if isinstance(item, Derivation):
                checked, written = item.states(claim), item.states(claim, proved=True)
                for one, other in zip(checked, written, strict=True):
                    assert (one.relation, one.text, one.latex, one.reason, one.gap) == (
                        (other.relation, other.text, other.latex, other.reason, other.gap)
                    )


def test_only_chains_that_were_proved_go_unchecked() -> None:
    wrong = make(Compare((x + y) ** 2, "=", x**2 + y**2), REALS)
    chain = Derivation((x + y) ** 2)
    with pytest.raises(StepFailed):
        chain.lines(wrong)
    assert chain.lines(wrong, proved=True)[-1].text == "x**2 + y**2"
    claim = replace(wrong, evidence=(chain,))
    assert claim.chains()[0].problem
    assert not claim.chains(proved={"derivation"})[0].problem


# -- a failing step behind a bound ----------------------------------------------------------------------------


def verdict_of(derivation: Derivation, relation: str, rhs: sp.Expr) -> Verdict:
    made = Claim(
        "toy",
        "A toy claim.",
        Compare(derivation.start, relation, rhs),
        Domain((p, q)),
        Source("toy", "A", "T", 2024),
        (derivation,),
    )
    return derivation.check(made, Run()).verdict


@pytest.mark.parametrize(
    ("derivation", "relation", "rhs", "expected"),
    [
        # The line that fails states the claim itself, from its left side: the claim is refuted.
        (Derivation(p).rewrite(p + 1), "=", p + 1, Verdict.REFUTED),
        (Derivation(p), "=", p + 1, Verdict.REFUTED),
        (Derivation(p).bound("<=", p / 2), "<=", p / 2, Verdict.REFUTED),
        # It states another line, or comes behind a bound: the claim may still be true.
        (Derivation(p).rewrite(p + 2), "=", p + 1, Verdict.INCONCLUSIVE),
        (Derivation(p).bound("<=", p / 2), "<=", p + 1, Verdict.INCONCLUSIVE),
        (Derivation(p).bound("<", p / 2), "<=", p / 2, Verdict.INCONCLUSIVE),
        (Derivation(p).bound("<=", p + 2).rewrite(p + 1), "=", p + 1, Verdict.INCONCLUSIVE),
        (Derivation(p).bound("<=", p + 2).rewrite(p + 1), "<=", p + 1, Verdict.INCONCLUSIVE),
        (Derivation(p).bound("<=", p + 2).bound("<=", p + 1), "<=", p + 1, Verdict.INCONCLUSIVE),
        (Derivation(p).bound("<=", p + 2), "<=", p + 1, Verdict.INCONCLUSIVE),
    ],
)
def test_only_the_claims_own_line_refutes_it(
    derivation: Derivation, relation: str, rhs: sp.Expr, expected: Verdict
) -> None:
    assert verdict_of(derivation, relation, rhs) is expected
