"""The translator of claims: what it writes means what the claim says, read by a parser of its own and by Coq itself."""

from __future__ import annotations

import random
import subprocess
from fractions import Fraction

import pytest
import sympy as sp
from coq_reader import Junk, Node, holds, parse, read_theorem, value
from random_statements import Maker, NoValue, agree, amount, claim, claims, measure, point

from w2s_sym import Asymptotic, Compare, Condition, Domain, Equation, Iff, Mean, Quantity, Sample, Setting, gaussian, tr
from w2s_sym.coq.statement import (
    Scope,
    Untranslatable,
    comparison,
    coq_term,
    identifier,
    letter_name,
    named,
    theorem,
    value_needs,
)
from w2s_sym.formula.totals import any_spectrum, total

x, y, z = sp.symbols("x y z", real=True)
n = sp.Symbol("n", integer=True, positive=True)
lam, b = sp.Symbol("lam", positive=True), sp.Symbol("b", real=True)
S = any_spectrum("Sp", "a spectrum", lam, b, conditions=(Condition(lam, "<=", 3),))
T = any_spectrum("T", "another", lam)
NAMES = named((x, y, z, n, S, T))


def needs(e: sp.Expr) -> list[str]:
    return [need.text for need in value_needs(e, NAMES)]


# -- both readings --------------------------------------------------------------------------------------------


def test_both_readings_of_random_claims_agree():
    met = measure(seed=20, count=350)
    assert met["refused"] < 100
    assert min(met["inside, True"], met["inside, False"], met["inside, undefined"], met["outside, False"]) > 100


@pytest.mark.parametrize(
    ("e", "text"),
    [
        (x + y - 2 * z, "x + y - 2 * z"),
        (sp.Add(x, sp.Mul(-1, y + z, evaluate=False), evaluate=False), "x - (y + z)"),
        (sp.Add(x, y - z, evaluate=False), "x + (y - z)"),
        (sp.Add(x - y, z, evaluate=False), "x - y + z"),
        (-x, "- x"),
        (-x * y, "- x * y"),
        (-(x**2), "- x ^ 2"),
        ((-x) ** 3, "- x ^ 3"),
        (sp.Pow(-x, 2, evaluate=False), "(- x) ^ 2"),
        (sp.Pow(sp.Integer(-2), 2, evaluate=False), "(-2) ^ 2"),
        (sp.Pow(x**2, 3, evaluate=False), "(x ^ 2) ^ 3"),
        (sp.Rational(-3, 2), "-3 / 2"),
        (sp.Rational(1, 2) * x, "(1 / 2) * x"),
        (sp.Pow(sp.Rational(1, 2), 2, evaluate=False), "(1 / 2) ^ 2"),
        (x / y, "x / y"),
        (x / (y * z), "x / (y * z)"),
        (x / (y + z) ** 2, "x / (y + z) ^ 2"),
        ((x + y) / z, "(x + y) / z"),
        (-1 / x, "(-1) / x"),
        (1 / x, "/ x"),
        (x**-2, "/ x ^ 2"),
        (sp.Pow(x, 0, evaluate=False), "x ^ 0"),
        (1 / (x * y), "1 / (x * y)"),
        (1 / sp.sqrt(x), "/ sqrt x"),
        (y / sp.sqrt(x), "y / sqrt x"),
        (sp.sqrt(x + 1) ** 3, "sqrt (1 + x) ^ 3"),
        (sp.exp(-x) ** 2, "exp ((-2) * x)"),
        (sp.log(x) ** 2, "ln x ^ 2"),
        (x**y, "Rpower x y"),
        (x ** sp.Rational(1, 3), "Rpower x (1 / 3)"),
        (sp.sin(x) + sp.cos(y), "cos y + sin x"),
        (sp.Abs(x - y), "Rabs (x - y)"),
        (sp.Max(x, y), "Rmax x y"),
        (sp.Min(x, y, z), "Rmin (Rmin x y) z"),
        (sp.Min(x, y, z, n), "Rmin (Rmin (Rmin n x) y) z"),
        (sp.pi + sp.E, "exp 1 + PI"),
        (total(lam**2 * x, S), "total (fun i => x * lam_Sp i ^ 2) Sp"),
        (total(total(lam * b, S) * lam, T), "total (fun i => lam_T i * total (fun i_2 => b_Sp i_2 * lam_Sp i_2) Sp) T"),
        (sp.Derivative(x**2 * y, x), "Derive (fun x_2 => y * x_2 ^ 2) x"),
        (sp.Derivative(x**2 * y, (x, 2)), "Derive (Derive (fun x_2 => y * x_2 ^ 2)) x"),
    ],
)
def test_a_formula_has_the_parentheses_that_it_needs(e, text):
    assert comparison(e, "=", sp.Integer(0), NAMES) == f"{text} = 0"
    alone = coq_term(e, NAMES)
    assert alone in (text, f"({text})")
    # As an argument of a function it is one thing.
    assert parse(f"exp {alone}").parts[1] == parse(alone)


@pytest.mark.parametrize(
    ("e", "wanted"),
    [
        (x / y, ["y <> 0"]),
        (x**-2 + x**2, ["x <> 0"]),
        (sp.log(x), ["0 < x"]),
        (sp.sqrt(x), ["0 <= x"]),
        (x ** sp.Rational(3, 2), ["0 <= x"]),
        (x ** sp.Rational(-1, 2), ["0 < x"]),
        (x ** sp.Rational(1, 3), ["0 < x"]),
        (x**n, ["0 < x"]),
        (2**x + sp.Rational(2, 3) ** y + 3 ** sp.Rational(1, 2), []),
        (sp.Integer(-2) ** x, ["0 < (-2)"]),
        (sp.Pow(0, x, evaluate=False), ["0 < 0"]),
        (sp.exp(1 / (x - y)), ["x - y <> 0"]),
        (total(1 / (lam - x), S), ["(forall i, In i Sp -> lam_Sp i - x <> 0)"]),
        (
            total(total(1 / (lam - x), S), T),
            ["(forall i, In i T -> (forall i_2, In i_2 Sp -> lam_Sp i_2 - x <> 0))"],
        ),
        (sp.Derivative(sp.sqrt(x) / y, x), ["y <> 0", "0 < x", "ex_derive (fun x_2 => sqrt x_2 / y) x"]),
        (
            sp.Derivative(total(sp.sqrt(lam - x), S), x),
            [
                "(forall i, In i Sp -> 0 < lam_Sp i - x)",
                "ex_derive (fun x_2 => total (fun i => sqrt (lam_Sp i - x_2)) Sp) x",
            ],
        ),
        (
            sp.Derivative(sp.sqrt(x), (x, 2)),
            ["0 < x", "locally x (ex_derive (fun x_2 => sqrt x_2))", "ex_derive (Derive (fun x_2 => sqrt x_2)) x"],
        ),
    ],
)
def test_what_makes_a_formula_have_a_value(e, wanted):
    assert [w for w in needs(e) if w in wanted] == needs(e)
    assert set(needs(e)) == set(wanted)


def test_a_need_says_what_is_compared_and_at_which_levels():
    (need,) = value_needs(total(total(1 / (lam - x), S), T), NAMES)
    assert (need.relation, need.expression, need.over) == ("!=", lam - x, (T, S))
    (first, *_, last) = value_needs(sp.Derivative(sp.log(x), x), NAMES)
    assert (first.relation, first.expression, first.over) == (">", x, ())
    assert (last.relation, last.expression) == ("derivable", sp.Derivative(sp.log(x), x))
    (root,) = value_needs(sp.sqrt(y), NAMES)
    assert (root.relation, root.expression) == (">=", y)


@pytest.mark.parametrize(
    ("relation", "text"),
    [("=", "x = y"), ("!=", "x <> y"), ("<", "x < y"), ("<=", "x <= y"), (">", "y < x"), (">=", "y <= x")],
)
def test_what_is_larger_stands_on_the_right(relation, text):
    assert comparison(x, relation, y, NAMES) == text


# -- names ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("lambda'", "lambda_"),
        ("λ", "x_"),
        ("2x", "x2x"),
        ("", "x"),
        ("_a", "x_a"),
        ("sqrt", "sqrt_"),
        ("forall", "forall_"),
        ("R", "R_"),
        ("Rlt", "Rlt_"),
        ("R0", "R0_"),
        ("R_w", "R_w"),
        ("eventually", "eventually_"),
        ("H_d0", "xH_d0"),
        ("W_x", "xW_x"),
        ("level_S", "xlevel_S"),
        ("x y) (z", "x_y___z"),
    ],
)
def test_an_identifier_is_one_that_coq_takes_and_that_is_free(name, made):
    assert identifier(name, ()) == made
    assert identifier(name, {made}) == f"{made}_2"
    assert identifier(name, {made, f"{made}_2"}) == f"{made}_3"


def test_no_two_symbols_or_letters_share_an_identifier():
    first, second = sp.Symbol("lam_", real=True), sp.Symbol("mu", real=True)
    twin = sp.Symbol("lam", positive=True)
    spectrum = any_spectrum("S", "a spectrum", first, second, twin)
    number = sp.Symbol("x__S_")
    names = named((spectrum, number, sp.Symbol("S_")))
    made = [letter_name(names[spectrum], names.of, v) for v in (first, second, twin)]
    assert len({*made, *names.of.values()}) == 6
    c = claim(Compare(total(first - second, spectrum), "<", total(twin, spectrum)), spectrum)
    binder = read_theorem(theorem(c).text()).binders[2]
    assert len(set(binder[0])) == 3
    assert binder[1] == "level_S_ -> R"


def test_a_bound_name_hides_no_other():
    i, i_2 = sp.Symbol("i"), sp.Symbol("i_2")
    names = named((i, i_2, S, sp.Symbol("x")))
    assert coq_term(total(i * lam, S), names) == "(total (fun i_3 => i * lam_Sp i_3) Sp)"
    assert coq_term(sp.Derivative(i * i_2, i), names) == "(Derive (fun i_3 => i_3 * i_2) i)"
    fresh, inside = names.bound(i)
    assert fresh == "i_3"
    assert inside[i] == "i_3"
    assert inside[i_2] == "i_2"
    assert Scope(names.of).fresh("lam_Sp") == "lam_Sp_2"
    assert Scope(names.of).fresh("a") == "a"


def test_a_symbol_of_another_claim_is_refused():
    with pytest.raises(Untranslatable, match="w is no symbol of the claim"):
        coq_term(sp.Symbol("w"), NAMES)
    with pytest.raises(Untranslatable, match="lam is no symbol"):
        coq_term(lam, NAMES)


# -- what is refused ------------------------------------------------------------------------------------------

F = sp.Function("f")
REFUSED = [
    sp.Float(0.5) * x,
    sp.oo,
    -sp.oo,
    sp.nan,
    sp.zoo,
    sp.I * x,
    sp.Piecewise((x, x > 0), (y, True)),
    sp.Integral(x, (x, -sp.oo, 0)),
    sp.Integral(x, x),
    sp.Sum(x**n, (n, 0, 3)),
    sp.Product(x, (n, 1, 3)),
    sp.Limit(F(x), x, 0),
    sp.Subs(sp.Derivative(F(x), x), x, 0),
    F(x),
    sp.tan(x),
    sp.log(x, 2, evaluate=False),
    sp.floor(x),
    sp.sign(x),
    sp.gamma(x),
    sp.factorial(n),
    sp.EulerGamma * x,
    sp.Heaviside(x),
    sp.MatrixSymbol("A", 2, 2)[0, 0],
    S,
    S * x,
    sp.Derivative(x**2 * y**2, x, y),
    sp.Derivative(sp.exp(x * y), (x, 3)),
    sp.Derivative(F(x), x),
    sp.Derivative(x * sp.Derivative(sp.exp(y), y), x),
    total(sp.Derivative(sp.exp(lam), lam), S),
    sp.Derivative(total(lam, S), S, evaluate=False),
    total(lam, S) * lam,
]


@pytest.mark.parametrize("e", REFUSED, ids=str)
def test_what_has_no_words_is_refused(e):
    for whole in (e, sp.exp(e, evaluate=False), sp.Add(x, e, evaluate=False)):
        with pytest.raises(Untranslatable):
            coq_term(whole, NAMES)


@pytest.mark.parametrize("sort", [{"commutative": False}, {"imaginary": True}, {"infinite": True}])
def test_a_symbol_that_is_no_real_number_is_refused(sort):
    odd = sp.Symbol("w", **sort)
    with pytest.raises(Untranslatable, match="w is no real number"):
        named((x, odd))
    with pytest.raises(Untranslatable, match="w is no real number"):
        named((any_spectrum("U", "a spectrum", odd),))


def test_claims_about_single_points_are_refused():
    with pytest.raises(Untranslatable, match="single points"):
        theorem(claim(Compare(x, "<", y), x, y, witness={x: 0, y: 1}))
    domain = Domain((x, y), points=({x: sp.Integer(0), y: sp.Integer(1)},))
    c = claim(Compare(x, "<", y), x, y)
    object.__setattr__(c, "domain", domain)
    with pytest.raises(Untranslatable, match="single points"):
        theorem(c)


def test_a_derivative_along_what_a_given_equation_holds_is_refused():
    statement = Compare(sp.Derivative(x * y, x), "=", y)
    assert theorem(claim(statement, x, y, given=(Equation(z, z - y),))).conclusion.startswith("Derive")
    for said in (statement, Iff(Compare(x, "<", 1), Compare(sp.Derivative(x * y, x), "<", 1))):
        c = claim(said, x, y)
        # A claim refuses it too.
        object.__setattr__(c, "given", (Equation(z, z - y), Equation(y, y - x**2)))
        with pytest.raises(Untranslatable, match="a derivative along which y varies"):
            theorem(c)
        # Through another unknown, too.
        object.__setattr__(c, "given", (Equation(z, z - x), Equation(y, y - z**2)))
        with pytest.raises(Untranslatable, match="a derivative along which y varies"):
            theorem(c)


def test_a_derivative_of_a_formula_without_the_unknown_that_moves_along_is_the_partial_one():
    c = claim(Compare(sp.Derivative(x * y, x), "=", z / x), x, y, given=(Equation(z, z - x * y),))
    made = theorem(c)
    assert made.conclusion == "Derive (fun x_2 => x_2 * y) x = z / x"
    assert [h.text for h in made.hypotheses] == ["z - x * y = 0"]


@pytest.mark.parametrize(
    "e",
    [x**n, x ** sp.Rational(1, 3), sp.Integer(-2) ** x, total(b**x, S), sp.exp(x**y)],
    ids=str,
)
def test_a_condition_with_a_power_whose_base_may_not_be_positive_is_refused(e):
    for c in (Condition(e, "<", 1), Condition(1, ">=", e)):
        with pytest.raises(Untranslatable, match="may not be positive"):
            theorem(claim(Compare(x, "<", y), x, y, n, S, conditions=(c,)))
    with pytest.raises(Untranslatable, match="may not be positive"):
        theorem(claim(Compare(x, "<", y), x, y, n, S, given=(Equation(y, y - e),)))


def test_a_condition_with_another_power_is_assumed():
    p = sp.Symbol("p", positive=True)
    conditions = (
        Condition(p**x, "<", 1),
        Condition(sp.sqrt(x), "<", 1 / x),
        Condition(x ** sp.Rational(-3, 2), "<", 2),
    )
    made = theorem(claim(Compare(x, "<", y), p, x, y, conditions=conditions))
    assert [h.text for h in made.hypotheses] == ["0 < p", "Rpower p x < 1", "sqrt x < / x", "/ sqrt x ^ 3 < 2"]


def test_a_condition_with_a_derivative_is_refused():
    for c in (Condition(sp.Derivative(x * y, x), "<", 1), Condition(1, "<", sp.Derivative(x * y, x))):
        with pytest.raises(Untranslatable, match="a derivative or an integral in the condition"):
            theorem(claim(Compare(x, "<", y), x, y, conditions=(c,)))


def test_a_mean_is_refused_by_what_it_is_of():
    with pytest.raises(Untranslatable, match=r"^the mean of an experiment, which is no formula$"):
        theorem(claim(Compare(Mean(sp.Symbol("m"), "a mean"), "=", x), x))
    drawn = gaussian("X", n, n)
    squares = Quantity(sp.Symbol("q", real=True), "a mean", tr(drawn.T @ drawn), Setting((Sample.of(n, (drawn,)),), ()))
    with pytest.raises(Untranslatable, match=r"^random matrices$"):
        theorem(claim(Compare(squares, "=", x), x))


# -- theorems -------------------------------------------------------------------------------------------------


def test_a_theorem_states_all_that_the_claim_assumes_and_no_more():
    k, q = sp.Symbol("k", integer=True, negative=True), sp.Symbol("q", nonzero=True, real=True)
    u = sp.Symbol("u", positive=True)
    c = claim(
        Compare(x / y, ">=", total(lam / u, S)),
        x, S, y, k, q, n,
        conditions=(Condition(x, ">", y), Condition(y, "!=", 2)),
        given=(
            Equation(u, u * x - y, (sp.Integer(0), y)),
            Equation(q, q - x, (x - 1, sp.oo)),
            Equation(k, k - x, (-sp.oo, 0)),
        ),
    )  # fmt: skip
    object.__setattr__(c, "domain", Domain(c.domain.symbols, c.domain.conditions, facts=(Condition(x, "<", 0),)))
    assert theorem(c).text().splitlines() == [
        "Theorem toy__a_claim : forall (x : R) (level_Sp : Type) (Sp : list level_Sp) (lam_Sp b_Sp : level_Sp -> R) "
        "(y : R) (k : R) (q : R) (n : R) (u : R),",
        "  Sp <> nil ->",
        "  (forall i, In i Sp -> 0 < lam_Sp i) ->",
        "  (forall i, In i Sp -> lam_Sp i <= 3) ->",
        "  integer k ->",
        "  integer n ->",
        "  k <= (-1) ->",
        "  q <> 0 ->",
        "  1 <= n ->",
        "  0 < u ->",
        "  y < x ->",
        "  y <> 2 ->",
        "  - y + x * u = 0 ->",
        "  0 < u ->",
        "  u < y ->",
        "  q - x = 0 ->",
        "  (-1) + x < q ->",
        "  k - x = 0 ->",
        "  k < 0 ->",
        "  y <> 0 /\\ (forall i, In i Sp -> u <> 0) /\\ total (fun i => lam_Sp i / u) Sp <= x / y.",
    ]


def test_an_equivalence_has_the_needs_of_both_conditions():
    made = theorem(claim(Iff(Compare(1 / x, "<", 1), Compare(sp.log(y), ">=", x)), x, y))
    assert made.text() == (
        "Theorem toy__a_claim : forall (x : R) (y : R),\n  x <> 0 /\\ 0 < y /\\ (/ x < 1 <-> x <= ln y)."
    )
    assert theorem(claim(Compare(sp.pi, "<", 4))).text() == "Theorem toy__a_claim :\n  PI < 4."
    assert [need.text for need in made.needs] == ["x <> 0", "0 < y"]
    assert made.hypotheses == ()


def test_an_expansion_asks_that_everything_makes_sense_for_large_values():
    p, limit = sp.Symbol("p", positive=True), sp.Symbol("limit", real=True)
    statement = Asymptotic(x / (n + limit), x, n, 2)
    conditions = (Condition(n + y, ">", y), Condition(x, "<", y), Condition(sp.log(p), "<", n))
    c = claim(statement, n, x, y, limit, p, conditions=conditions)
    assert theorem(c).text() == (
        "Theorem toy__a_claim : forall (x : R) (y : R) (limit : R) (p : R),\n"
        "  0 < p ->\n"
        "  x < y ->\n"
        "  eventually (fun n => y < y + n /\\ ln p < n /\\ 1 <= n /\\ limit + n <> 0 /\\ 0 < p) /\\\n"
        "  exists limit_2, limit_2 <> 0 /\\ is_lim (fun n => n ^ 2 * (x / (limit + n) - x)) p_infty limit_2."
    )
    rational = claim(Asymptotic(1 / z, y - x, z, sp.Rational(3, 2)), x, y, z)
    assert "eventually (fun z => z <> 0)" in theorem(rational).conclusion
    assert "(fun z => Rpower z (3 / 2) * (/ z - (y - x))) p_infty" in theorem(rational).conclusion
    assert "eventually (fun z => True)" in theorem(claim(Asymptotic(z, z**2, z), z)).conclusion


def test_an_expansion_with_sums_equations_or_derivatives_is_refused():
    for statement, more in (
        (Asymptotic(total(lam / z, S), 0, z), {}),
        (Asymptotic(1 / z, total(z * lam, S), z), {}),
        (Asymptotic(sp.Derivative(sp.exp(z), z), 0, z), {}),
        (Asymptotic(1 / z, 0, z), {"given": (Equation(x, x - 1),)}),
    ):
        with pytest.raises(Untranslatable, match="a limit with given equations"):
            theorem(claim(statement, z, x, S, **more))
    assert "total" in theorem(claim(Asymptotic(total(lam, S) / z, 0, z), z, S)).conclusion


def test_an_expansion_reads_as_it_is_meant():
    statement = Asymptotic((z - x) / (z + y) ** 2, 1 / z - x, z, 3)
    (eventually, limit) = read_theorem(theorem(claim(statement, z, x, y)).text()).conjuncts
    inside = eventually.parts[1].parts[1]
    moving = limit.parts[1].parts[1].parts[1].parts[1]
    for at in ({z: Fraction(7), x: Fraction(2, 3), y: Fraction(-5)}, {z: Fraction(-9), x: Fraction(1), y: Fraction(9)}):
        there = {s.name: v for s, v in at.items()}
        assert holds(inside, there) == (at[z] + at[y] != 0)
        if at[z] + at[y] != 0:
            assert value(moving, there) == at[z] ** 3 * amount(statement.lhs - statement.rhs, at)


# -- the second reading itself --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1 - 2 - 3", -4),
        ("8 / 2 / 2", 2),
        ("2 ^ 3", 8),
        ("- 2 ^ 2", -4),
        ("(- 2) ^ 2", 4),
        ("- 2 * 3", -6),
        ("1 - 2 * 3", -5),
        ("/ 2 ^ 2", Fraction(1, 4)),
        ("1 / 2 * 3", Fraction(3, 2)),
        ("Rmin 2 3 ^ 2", 4),
        ("total (fun i => f i + 1) S", 9),
        ("Rabs (- 3)", 3),
    ],
)
def test_the_reader_knows_the_levels_of_coq(text, wanted):
    assert value(parse(text), {"S": [0, 1, 2], "f": {0: Fraction(1), 1: Fraction(2), 2: Fraction(3)}}) == wanted


@pytest.mark.parametrize("text", ["x ^ - 2", "1 < 2 < 3", "x y ^", "(x", "exp fun i => i", "* x", "x # y"])
def test_the_reader_refuses_what_coq_refuses(text):
    with pytest.raises(SyntaxError):
        parse(text)


def test_the_reader_makes_up_no_values():
    for text in ("/ x", "1 / x", "ln x", "sqrt (x - 1)", "Rpower x 2"):
        with pytest.raises(Junk):
            value(parse(text), {"x": Fraction(0)})
    assert parse("x < 1 -> 0 < y /\\ y < 1").head == "->"
    assert parse("x = 1 /\\ y = 2 <-> z = 3").head == "<->"
    assert parse("x") == Node("x")


def test_a_wrong_translation_is_noticed():
    """The comparison of both readings has teeth: a hypothesis, a need or a side left out or changed is told."""
    c = claim(Compare(1 / x + y, "<", total(lam, S)), x, y, S, conditions=(Condition(x, "<", y),))
    made = theorem(c)
    rng = random.Random(3)
    points = [point(rng, c) for _ in range(60)]
    for at in points:
        agree(c, made, at)
    changes = ((" x < y", " x <= y"), ("x <> 0 /\\ ", ""), ("y + / x", "/ (x + y)"), ("0 < lam_Sp i", "1 < lam_Sp i"))
    for old, new in changes:
        text = made.text().replace(old, new)
        assert text != made.text()
        assert any(_told(c, _Said(text), at) for at in points), new


def _told(c, said, at) -> bool:
    try:
        agree(c, said, at)
    except (AssertionError, Junk):
        return True
    return False


class _Said:
    """A theorem that says another text."""

    def __init__(self, text: str) -> None:
        self.said = text

    def text(self) -> str:
        return self.said


# -- Coq itself -----------------------------------------------------------------------------------------------

HEAD = """Require Import Reals Psatz Lra List.
From Coquelicot Require Import Coquelicot.
Require Import W2S.Signs W2S.Sums W2S.Powers W2S.Slopes W2S.Limits.
Open Scope R_scope.
"""


def coqc(folder, name):
    done = subprocess.run(
        ["coqc", "-q", "-w", "none", "-R", ".", "W2S", name], cwd=folder, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr


def test_coq_takes_the_statements_of_random_claims(place):
    rng, texts = random.Random(5), []
    for c in claims(rng):
        try:
            texts.append(theorem(c).text().replace("toy__a_claim", f"t{len(texts)}"))
        except Untranslatable:
            continue
        if len(texts) == 60:
            break
    p, limit = sp.Symbol("p", positive=True), sp.Symbol("limit", real=True)
    texts.append(theorem(claim(Asymptotic(p / (n + limit), p, n, sp.Rational(1, 2)), n, p, limit)).text())
    texts.append(theorem(claim(Compare(sp.Derivative(sp.sqrt(p), p), "<", 1), p)).text().replace("toy__", "d__"))
    everything = "".join(f"{text}\nAbort.\n" for text in texts)
    (place / "statements.v").write_text(HEAD + everything, encoding="utf-8")
    coqc(place, "statements.v")


def test_coq_computes_what_the_formulas_are_worth(place):
    """Closed formulas without functions, with numbers put in: Coq's reading of every precedence is ours."""
    rng, goals = random.Random(7), []
    while len(goals) < 60:
        e = Maker(rng, [x, y], []).formula(3)
        at = {x: Fraction(rng.randint(-5, 5), 2), y: Fraction(rng.randint(1, 7), 3)}
        if e.has(sp.Function, sp.Min, sp.Max, sp.pi, sp.E) or not e.is_rational_function() or len(str(e)) > 120:
            continue
        try:
            v = amount(e, at)
        except NoValue:
            continue
        if not isinstance(v, Fraction) or max(abs(v.numerator), v.denominator) > 10**6:
            continue
        worth = comparison(e, "=", sp.Rational(v.numerator, v.denominator), named((x, y)))
        premises = " -> ".join(f"{s} = {q.numerator} / {q.denominator}" for s, q in at.items())
        goals.append(f"Goal forall x y : R, {premises} -> {worth}.\nintros; subst; field.\nQed.\n")
    (place / "values.v").write_text(HEAD + "".join(goals), encoding="utf-8")
    coqc(place, "values.v")
