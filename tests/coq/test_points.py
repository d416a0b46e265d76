"""Claims about single points before Coq: what their theorems say, and that no false one is accepted."""

from __future__ import annotations

import pytest
import sympy as sp

from tests.coq.coq_files import compiled, needs_coq
from w2s_sym import (
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Equation,
    Iff,
    Precision,
    Source,
    any_spectrum,
    symbol,
    total,
)
from w2s_sym.coq import inhabited, points
from w2s_sym.coq.axioms import ALLOWED, OF_THE_MACHINE, OF_THE_REALS
from w2s_sym.coq.computations import point_script
from w2s_sym.coq.development import file_text
from w2s_sym.coq.judge import assumptions
from w2s_sym.coq.points import point_theorem
from w2s_sym.coq.shapes import NoScript
from w2s_sym.coq.statement import Untranslatable
from w2s_sym.formula.totals import LevelTable

SOURCE = Source("toy2026", "A. Theorist", "On toys", 2026)
x, y = symbol("x", "a number", positive=True), symbol("y", "a number")
n = symbol("n", "a count", integer=True, positive=True)
lam = symbol("lam", "an eigenvalue", r"\lambda_i", positive=True)
S = any_spectrum("Sp", "a spectrum below four", lam, conditions=(Condition(1 / lam, ">", sp.Rational(1, 4)),))
PLANE = Domain((x, y), (Condition(y, "<=", 1),))


def claim(name: str, statement: Compare | Iff, domain: Domain, **about: object) -> Claim:
    return Claim(name, "A toy.", statement, domain, SOURCE, (Precision(),), **about)


def listed(name: str, statement: Compare, *points: tuple[object, object]) -> Claim:
    return claim(name, statement, Domain((x, n), points=tuple({x: sp.sympify(a), n: sp.sympify(b)} for a, b in points)))


WITNESS = claim("witness", Compare(x / y, "<", -1), PLANE, witness={x: 2, y: sp.Rational(-1, 3)})
SPECTRUM = claim(
    "spectrum",
    Compare(total(lam**2, S), "=", 11 * y),
    Domain((S, y), (Condition(total(1, S), ">", 2),)),
    given=(Equation(y, total(lam, S) - 5 * y),),
    witness={S: ((2, 1), (1, 3)), y: 1},
)
LIST = listed("list", Compare(x, "<", n), ("1/2", 1), ("3/2", 2))


def test_a_witness_says_where_it_is_and_that_it_is_in_the_domain():
    assert point_theorem(WITNESS).text().splitlines() == [
        "Theorem toy2026__witness : exists (x : R) (y : R),",
        "  x = 2 /\\ y = (-1 / 3) /\\",
        "  y <> 0 /\\",
        "  0 < x /\\",
        "  y <= 1 /\\",
        "  x / y < (-1).",
    ]


def test_a_spectrum_has_its_levels_and_formulas_of_its_conditions_have_values():
    assert point_theorem(SPECTRUM).text().splitlines() == [
        "Theorem toy2026__spectrum : exists (level_Sp : Type) (Sp : list level_Sp) (lam_Sp : level_Sp -> R) (y : R),",
        "  map lam_Sp Sp = 1 :: 1 :: 3 :: nil /\\ y = 1 /\\",
        "  (forall i, In i Sp -> lam_Sp i <> 0) /\\",
        "  Sp <> nil /\\",
        "  (forall i, In i Sp -> 0 < lam_Sp i) /\\",
        "  (forall i, In i Sp -> 1 / 4 < / lam_Sp i) /\\",
        "  2 < total (fun i => 1) Sp /\\",
        "  (-5) * y + total (fun i => lam_Sp i) Sp = 0 /\\",
        "  total (fun i => lam_Sp i ^ 2) Sp = 11 * y.",
    ]


def test_a_list_says_it_of_each_of_its_points():
    assert point_theorem(LIST).text().splitlines() == [
        "Theorem toy2026__list : forall (x : R) (n : R),",
        "  (x = (1 / 2) /\\ n = 1) \\/",
        "  (x = (3 / 2) /\\ n = 2) ->",
        "  integer n /\\",
        "  0 < x /\\",
        "  1 <= n /\\",
        "  x < n.",
    ]


@pytest.mark.parametrize(
    ("statement", "about", "why"),
    [
        (Iff(Compare(x, "<", 1), Compare(y, "<", 1)), {"witness": {x: 2, y: 0}}, "compares no two formulas"),
        (Compare(sp.Derivative(x**2, x), ">", 0), {"witness": {x: 2, y: 0}}, "a derivative at a single point"),
        (Compare(x, ">", y), {"witness": {x: sp.sqrt(2), y: 0}}, "not rational"),
    ],
)
def test_what_has_no_words_is_refused(statement, about, why):
    with pytest.raises(Untranslatable, match=why):
        point_theorem(claim("refused", statement, PLANE, **about))


TRUE = (WITNESS, SPECTRUM, LIST)
FALSE = (
    claim("larger", Compare(x, ">", 3), PLANE, witness={x: 2, y: 0}),
    claim("equal", Compare(x, "=", y), PLANE, witness={x: 2, y: 0}),
    claim("not_different", Compare(x**2, "!=", 4 * y), PLANE, witness={x: 2, y: 1}),
    claim("no_value", Compare(x / y, "=", 0), PLANE, witness={x: 2, y: 0}),
    claim("no_root", Compare(sp.sqrt(y), "=", 0), PLANE, witness={x: 2, y: -1}),
    listed("not_at_all_points", Compare(x, "<", n), ("1/2", 1), ("5/2", 2)),
    listed("no_value_at_one", Compare(x / (n - 1), "=", 0), ("1/2", 1)),
)


@needs_coq
def test_true_points_are_accepted_and_false_ones_are_not(place):
    told = {c.name: compiled(place, c) for c in (*TRUE, *FALSE)}
    assert {c.name: told[c.name].problem for c in TRUE if told[c.name].problem} == {}
    assert {a for c in TRUE for a in assumptions(told[c.name].printed)} <= OF_THE_REALS
    assert [c.name for c in FALSE if not told[c.name].problem] == []


@needs_coq
def test_what_is_not_rational_is_decided_by_intervals_over_machine_integers(place):
    statement = Compare(sp.exp(x) * sp.sqrt(x), "<", sp.Rational(1045, 100))
    near, far = (claim("c", statement, PLANE, witness={x: at, y: 0}) for at in (2, sp.Rational(2001, 1000)))
    assert compiled(place, far).problem != ""
    done = compiled(place, near)
    assert done.problem == ""
    assumed = set(assumptions(done.printed))
    assert assumed & OF_THE_MACHINE
    assert assumed <= ALLOWED


def test_a_script_puts_the_values_in():
    assert point_script(WITNESS, point_theorem(WITNESS)) == ["exists 2, (-1 / 3).", "decided."]


z, w = symbol("z", "a number that an equation defines", positive=True), symbol("w", "another one", positive=True)


def about(name: str, domain: Domain, *given: Equation) -> Claim:
    statement = Compare(x**2, ">", x**2 - 1)
    return Claim(name, "A toy.", statement, domain, SOURCE, (Derivation(x**2).bound(">", x**2 - 1),), given=given)


T = any_spectrum("T", "a spectrum", lam)
U = any_spectrum("U", "a spectrum of nothing", lam, conditions=(Condition(lam, "<", 0),))
IRRATIONAL, IRRATIONAL_W = (Equation(s, s - sp.log(2) / x) for s in (z, w))
HALF = Condition(sp.exp(-x), "<", sp.Rational(1, 2))
ABOUT_SOMETHING = (
    about("between", Domain((x,), (Condition(x, "<", 1),))),
    about("at_one_point", Domain((x,), (Condition(x, "=", 3),))),
    about("between_integers", Domain((x, n), (Condition(n, "<", 2), Condition(x, "<", n)))),
    about("where_an_exponential_is_small", Domain((x,), (HALF,))),
    about("with_a_spectrum", Domain((x, T), (Condition(x, ">", total(1 + lam, T)),))),
    about("with_an_equation", Domain((x,)), Equation(z, z - x - 1)),
    about("with_a_condition_on_its_root", Domain((x, z), (Condition(z, "<", 7),)), Equation(z, z - x - 1)),
    about("with_an_irrational_root", Domain((x,)), IRRATIONAL),
)
ABOUT_NOTHING = (
    about("above_and_below", Domain((x,), (Condition(x, ">", 2), Condition(x, "<", 1)))),
    about("no_integer_between", Domain((x, n), (Condition(n, ">", 1), Condition(n, "<", 2)))),
    about("no_exponential_above_one", Domain((x,), (Condition(sp.exp(-x), ">", 1),))),
    about("where_a_condition_has_no_value", Domain((x, y), (Condition(y, "=", 0), Condition(1 / y, "<=", 0)))),
    about("without_levels", Domain((x, U))),
    about("roots_that_are_excluded", Domain((x, z), (Condition(z, "<", 1),)), Equation(z, z - x - 1)),
    about("roots_of_roots", Domain((x, z, w), (Condition(w, "<", 1),)), Equation(z, z - x - 1), Equation(w, w - z)),
)


@needs_coq
def test_a_claim_about_something_is_accepted(place):
    told = {c.name: compiled(place, c) for c in ABOUT_SOMETHING}
    assert {name: each.problem for name, each in told.items() if each.problem} == {}
    assert {a for each in told.values() for a in assumptions(each.printed)} <= OF_THE_REALS | OF_THE_MACHINE


@pytest.mark.parametrize("each", ABOUT_NOTHING)
def test_a_claim_about_nothing_is_not_accepted(each):
    with pytest.raises(NoScript, match="a point of the domain"):
        file_text(each)


@needs_coq
@pytest.mark.parametrize("each", ABOUT_NOTHING)
def test_no_point_is_accepted_where_there_is_none(each, place, monkeypatch):
    """Whatever is put in: what Coq reads is false."""
    point = {s: sp.Integer(1) for s in (*each.domain.symbols, *(e.unknown for e in each.given))}
    point |= {s: LevelTable((lam,), ((1, 1),)) for s in (T, U) if s in point}
    monkeypatch.setattr(inhabited, "simple_point", lambda _: point)
    monkeypatch.setattr(points, "exact_point", lambda _, values: values)
    assert compiled(place, each).problem


def test_what_is_said_of_a_point_that_a_claim_has():
    each = about("with_roots", Domain((T, x, z, n), (Condition(1 / x, "<", n),)), Equation(z, z - x), IRRATIONAL_W)
    point = {T: LevelTable((lam,), ((2, 1),)), x: sp.S.Half, z: sp.S.Half, n: sp.Integer(3), w: 2 * sp.log(2)}
    assert points.inhabited_theorem(each, point).text().splitlines() == [
        "Theorem toy2026__with_roots__inhabited : exists (level_T : Type) (T : list level_T) (lam_T : level_T -> R) "
        "(x : R) (z : R) (n : R),",
        "  map lam_T T = 1 :: 1 :: nil /\\ x = (1 / 2) /\\ z = (1 / 2) /\\ n = 3 /\\",
        "  x <> 0 /\\",
        "  T <> nil /\\",
        "  (forall i, In i T -> 0 < lam_T i) /\\",
        "  integer n /\\",
        "  0 < x /\\",
        "  0 < z /\\",
        "  1 <= n /\\",
        "  / x < n /\\",
        "  - x + z = 0.",
    ]


def test_no_root_that_a_condition_is_on_is_left_out():
    each = about("root", Domain((x, z, w), (Condition(w, "<", 9),)), IRRATIONAL, Equation(w, w - z))
    with pytest.raises(Untranslatable, match="where w is not rational"):
        points.inhabited_theorem(each, {x: sp.Integer(1), z: sp.log(2), w: sp.log(2)})
