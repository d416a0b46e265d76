"""Claims as data, the logic of verdicts, closed forms with their domains enforced, random streams."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.evaluate import formula
from w2s_sym.claims.evidence import Evidence
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.points import admissible_points, complete_point, point_plan
from w2s_sym.claims.results import Result, check_evidence, verify
from w2s_sym.claims.run import NoMemory, Run
from w2s_sym.claims.source import Source
from w2s_sym.claims.statement import Asymptotic, ClaimError, Compare, Equation, Iff
from w2s_sym.formula.conditions import Condition, DomainError
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.letters import N, d_s, d_w, n, sigma2

SOURCE = Source("toy2024", "A. Author", "A Title", 2024, "Conf", "2401.00001", "Theorem 1")
DOMAIN = Domain((d_w, n, sigma2), (Condition(n, ">", d_w + 1, "take n >= d_w + 2 labels"),))
RISK = sigma2 * d_w / (n - d_w - 1)
x, y, z = sp.symbols("x y z", real=True)


@dataclass(frozen=True)
class Stub(Evidence):
    """Evidence that returns what it is told."""

    verdict: Verdict = Verdict.AGREES
    refuted: tuple[int, ...] = ()
    kind: str = "stub"
    uses: tuple[Claim, ...] = ()

    def check(self, claim: Claim, run: Run) -> Finding:
        return Finding(self.kind, self.verdict, f"{self.kind} says {self.verdict}", {}, self.refuted)


@dataclass(frozen=True)
class Quantity:
    symbol: sp.Symbol = field(default_factory=lambda: sp.Symbol("V"))

    def latex(self) -> str:
        return r"\mathbb{V}"


def claim(**changes: Any) -> Claim:
    parts: dict[str, Any] = {
        "name": "a_claim",
        "sentence": "The risk is the formula.",
        "statement": Compare(Quantity(), "=", RISK),
        "domain": DOMAIN,
        "source": SOURCE,
        "evidence": (Stub(),),
    }
    return Claim(**{**parts, **changes})


# -- statements -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("relation", "sign"), [("=", "="), ("<", "<"), ("<=", r"\le"), (">", ">"), (">=", r"\ge"), ("!=", r"\ne")]
)
def test_compare_prints_each_relation(relation: str, sign: str) -> None:
    statement = Compare(n, relation, d_w)
    assert statement.latex() == f"n {sign} d_w"
    assert str(statement) == f"n {relation} d_w"
    assert statement.free_symbols == {n, d_w}


def test_a_named_left_side_prints_its_own_latex_and_adds_no_symbols() -> None:
    statement = Compare(Quantity(), "<", d_w)
    assert statement.latex() == r"\mathbb{V} < d_w"
    assert str(statement) == "V < d_w"
    assert statement.free_symbols == {d_w}


def test_numbers_become_expressions_and_text_never_does() -> None:
    assert Compare(1, "<", 2).lhs == sp.Integer(1)
    assert Compare(1, "<", 2).rhs == sp.Integer(2)
    with pytest.raises(ClaimError, match="'n/2' is no expression; write it with symbols"):
        Compare(n, "=", "n/2")  # type: ignore[arg-type]
    with pytest.raises(ClaimError, match="is no expression"):
        Compare("n/2", "=", n)  # type: ignore[arg-type]
    with pytest.raises(ClaimError, match="is no expression"):
        Compare(n, "=", sp.Eq(n, d_w))
    with pytest.raises(ClaimError, match="unknown relation '==';"):
        Compare(n, "==", d_w)


def test_iff_and_asymptotic_print_and_know_their_symbols() -> None:
    iff = Iff(Compare(x, "<", 1), Compare(y, ">=", 2))
    assert iff.free_symbols == {x, y}
    assert iff.latex() == r"x < 1 \iff y \ge 2"
    assert str(iff) == "x < 1  iff  y >= 2"
    limit = Asymptotic(1 / n + sigma2, sigma2, n, 2)
    assert limit.free_symbols == {n, sigma2}
    assert str(limit) == "sigma2 + 1/n = sigma2 + O(n**(-2)) as n -> oo"
    assert limit.latex() == r"\sigma^2 + \frac{1}{n} = \sigma^2 + O(\frac{1}{n^{2}})\quad (n\to\infty)"
    assert Asymptotic(1 / n, sp.S.Zero, n).order == 1


@pytest.mark.parametrize("order", [0, -1, x, sp.sqrt(2)])
def test_an_order_is_a_positive_rational(order: Any) -> None:
    with pytest.raises(ClaimError, match="needs a positive rational"):
        Asymptotic(1 / n, sp.S.Zero, n, order)


def test_a_limit_needs_its_symbol() -> None:
    with pytest.raises(ClaimError, match="N occurs on neither side"):
        Asymptotic(1 / n, sp.S.Zero, N)
    assert Asymptotic(sp.S.Zero, 1 / n, n).in_ == n


def test_equation_prints_and_solves_for_what_is_linear() -> None:
    equation = Equation(x, x * (1 - y / (1 + x)) - z)
    assert equation.free_symbols == {x, y, z}
    assert str(Equation(x, x - y)) == "x - y = 0  (defines x)"
    assert Equation(x, x - y).latex() == "x - y = 0"
    # x (1 - y/(1+x)) = z: linear in z and in y = (1 - z/x)(1 + x), not in x
    solved = equation.solve_linear(z)
    assert solved is not None
    assert sp.cancel(solved - x * (1 - y / (1 + x))) == 0
    solved = equation.solve_linear(y)
    assert solved is not None
    assert sp.cancel(solved - (1 - z / x) * (1 + x)) == 0
    assert equation.solve_linear(x) is None
    assert equation.solve_linear(n) is None
    assert Equation(x, sp.exp(x) - y).solve_linear(x) is None
    assert Equation(x, 2 * x + 3).solve_linear(x) == sp.Rational(-3, 2)


# -- sources --------------------------------------------------------------------------------------------------


def test_citations() -> None:
    assert SOURCE.cite() == "A. Author (2024). A Title. Conf, arXiv:2401.00001, Theorem 1."
    assert Source("k", "B", "T", 1999).cite() == "B (1999). T."
    assert Source("k", "B", "T", 1999, arxiv="1").cite("text") == "B (1999). T. arXiv:1."
    assert SOURCE.cite("bibtex") == (
        "@inproceedings{toy2024,\n  author = {A. Author},\n  title = {{A Title}},\n  year = {2024},\n"
        "  booktitle = {Conf},\n  eprint = {2401.00001},\n  archiveprefix = {arXiv}\n}"
    )
    assert Source("k", "B", "T", 1999).cite("bibtex") == (
        "@misc{k,\n  author = {B},\n  title = {{T}},\n  year = {1999}\n}"
    )
    assert claim().cite() == SOURCE.cite()
    assert claim().cite("bibtex").startswith("@inproceedings{toy2024")
    with pytest.raises(ValueError, match="unknown citation style 'apa'; use text or bibtex"):
        SOURCE.cite("apa")


@pytest.mark.parametrize(
    ("authors", "joined"),
    [
        ("A. One, B. Two", "A. One and B. Two"),
        ("A. One, B. Two and C. Three", "A. One and B. Two and C. Three"),
        ("A. One, B. Two, and C. Three", "A. One and B. Two and C. Three"),
        ("Ann One, Bob Two & Cid Three", "Ann One and Bob Two and Cid Three"),
        ("One, A.", "One, A."),
        ("One, Ann", "One, Ann"),
        ("van One, A. and Two, B. C.", "van One, A. and Two, B. C."),
        ("One, A., Two, B.", "One, A. and Two, B."),
        ("One, A.; Two, B.", "One, A. and Two, B."),
        ("A. One et al.", "A. One and others"),
        ("Me", "Me"),
    ],
)
def test_bibtex_joins_authors_by_and(authors: str, joined: str) -> None:
    assert f"author = {{{joined}}}," in Source("k", authors, "T", 1999).cite("bibtex")


def test_a_place_in_a_source_may_have_its_own_trust() -> None:
    assert SOURCE.trust == "derived"
    place = SOURCE.at("Section 2", "recalled")
    assert (place.locator, place.trust, place.key) == ("Section 2", "recalled", "toy2024")
    assert place.at("Section 3").trust == "recalled"


def test_a_name_that_no_file_could_have_is_refused_where_it_is_given() -> None:
    assert replace(SOURCE, key="k" * 100).key == "k" * 100
    with pytest.raises(ClaimError, match=r"the source's key k{30}\.\.\. has 101 letters; give it at most 100$"):
        replace(SOURCE, key="k" * 101)


# -- well-formed claims ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "Not_snake"}, "claim toy2024/Not_snake: the name must be snake case"),
        ({"name": "has-dash"}, "the name must be snake case"),
        ({"name": "trailing\n"}, "the name must be snake case"),
        ({"name": "x" * 101}, r"claim toy2024/x{30}\.\.\.: the name has 101 letters; give it at most 100$"),
        ({"kind": "lemma"}, "unknown kind 'lemma'; use theorem, equivalent, observation"),
        ({"evidence": ()}, "no evidence; give it a Derivation, a Precision or a Simulation"),
        ({"sentence": "  "}, "no sentence; say in English what it claims"),
        (
            {"sentence": "The risk falls as i^-3/2."},
            r"i\^-3/2 reads in two ways; write i\^\(-3/2\) or \(i\^-3\)/2",
        ),
        ({"remark": "It is x^2/n."}, r"x\^2/n reads in two ways; write x\^\(2/n\) or \(x\^2\)/n"),
        (
            {"evidence": ("proof",)},
            r"str is no evidence; inherit from w2s_sym\.Evidence, name its kind and define check\(claim, run\)",
        ),
        ({"domain": Domain((d_w, n))}, "sigma2 not in the domain; list every symbol there"),
        ({"domain": Domain((d_w,))}, "n, sigma2 not in the domain"),
        ({"statement": Compare(RISK, "=", RISK)}, "both sides are the same expression"),
        ({"statement": Iff(Compare(n, "<", 1), Compare(n, "<", 1))}, "both sides are the same condition"),
        ({"statement": Asymptotic(RISK, RISK, n)}, "both sides are the same expression"),
        ({"rivals": (2 * RISK, RISK)}, "a rival equals the claim's right side; nothing can refute it"),
        (
            {"statement": Iff(Compare(n, "<", 1), Compare(n, "<", 2)), "rivals": (Compare(n, "<", 2),)},
            "a rival equals the claim's right side",
        ),
        ({"statement": Compare(Quantity(), "=", sp.Symbol("n"))}, "two different symbols print as n"),
        (
            {"given": (Equation(x, x - sp.Symbol("n")),)},
            "the equation of x uses n, not in the domain; list every symbol there",
        ),
    ],
    ids=str,
)
def test_ill_formed_claims_are_refused_and_the_claim_is_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ClaimError, match=message) as caught:
        claim(**changes)
    assert str(caught.value).startswith("claim toy2024/")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"evidence": (Stub,)}, "toy2024/a_claim: evidence is made by a call; write Stub(), not Stub"),
        ({"evidence": Stub()}, "toy2024/a_claim: evidence is a Stub, not a tuple"),
        ({"evidence": Stub}, "toy2024/a_claim: evidence is a class, not a tuple"),
        ({"evidence": None}, "toy2024/a_claim: evidence is a NoneType, not a tuple"),
        ({"source": "me"}, "claim a_claim: the source is a str, not a Source"),
        ({"witness": {N: 1}}, "toy2024/a_claim: the witness gives N, not in the domain"),
    ],
)
def test_parts_of_the_wrong_kind_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ClaimError, match=re.escape(message)):
        claim(**changes)


def test_a_list_of_evidence_is_kept_as_a_tuple() -> None:
    assert claim(evidence=[Stub()]).evidence == (Stub(),)


def test_what_a_given_equation_defines_need_not_be_in_the_domain() -> None:
    tau = sp.Symbol("tau_claim", positive=True)
    made = claim(statement=Compare(tau, "=", n), given=(Equation(tau, tau - n),))
    assert made.id == "toy2024/a_claim"
    with pytest.raises(ClaimError, match="tau_claim not in the domain"):
        claim(statement=Compare(tau, "=", n))


def test_names_and_latex() -> None:
    made = claim()
    assert made.id == "toy2024/a_claim"
    assert repr(made) == "<Claim toy2024/a_claim>"
    assert made.latex() == r"\mathbb{V} = \frac{d_w \sigma^2}{n - d_w - 1}"
    assert made._repr_latex_() == f"$\\displaystyle {made.latex()}$"
    assert made.kind == "theorem"
    assert made.rhs == RISK
    assert claim(name="x2").id == "toy2024/x2"
    assert isinstance(Stub(), Evidence)


def test_a_witness_is_copied() -> None:
    values: dict[sp.Symbol, Any] = {n: 5}
    made = claim(witness=values)
    values[n] = 6
    assert made.witness == {n: 5}
    assert claim().witness is None


def test_an_equivalence_has_no_right_hand_formula() -> None:
    made = claim(statement=Iff(Compare(n, ">", 3), Compare(d_w, ">", 3)))
    with pytest.raises(ClaimError, match="toy2024/a_claim is an equivalence of two conditions"):
        _ = made.rhs
    assert claim(statement=Asymptotic(RISK, sigma2 / n, n)).rhs == sigma2 / n


def test_supports_join_what_is_named_and_what_evidence_uses_without_repeats() -> None:
    one, two, three = (claim(name=k) for k in ("one", "two", "three"))
    made = claim(rests_on=(two, one), evidence=(Stub(uses=(one, three)), Stub()))
    assert [c.name for c in made.supports] == ["one", "three", "two"]
    assert made.supports[0] is one
    assert claim().supports == ()


# -- the formula as a tool ------------------------------------------------------------------------------------


def test_at_is_exact() -> None:
    # 1/2 * 10 / (100 - 10 - 1) = 5/89
    made = claim()
    assert made.at(n=100, d_w=10, sigma2="1/2") == sp.Rational(5, 89)
    assert made.at(n=100, d_w=10, sigma2=0.5) == sp.Rational(5, 89)
    assert made.at(n=100, d_w=10, sigma2=Fraction(1, 2)) == sp.Rational(5, 89)
    assert made.at(n="100", d_w=10, sigma2="5e-1") == sp.Rational(5, 89)
    assert made.at(n=100.0, d_w=10, sigma2=0) == 0


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"n": 11, "d_w": 10, "sigma2": 1}, r"d_w=10, n=11: needs n > d_w \+ 1; take n >= d_w \+ 2 labels"),
        ({"n": 50, "d_w": 10}, "no value for sigma2"),
        ({"n": 50, "d_w": 10, "sigma2": -1}, "sigma2=-1: needs sigma2 >= 0"),
        ({"n": 50.5, "d_w": 10, "sigma2": 1}, "n=50.5: needs an integer"),
        ({"n": 50, "d_w": 10, "sigma2": "one"}, "sigma2='one': needs a number such as 3, 2.5, 1e-2 or 7/10"),
        ({"n": 50, "d_w": 10, "sigma2": "1/0"}, "sigma2='1/0': needs a number"),
        ({"n": 50, "d_w": 10, "sigma2": "__import__('os')"}, "needs a number such as"),
        ({"n": 50, "d_w": 10, "sigma2": 1, "q": 2, "p": 1}, "no symbol p, q; it has d_w, n, sigma2"),
    ],
    ids=str,
)
def test_at_outside_the_domain(values: dict[str, Any], message: str) -> None:
    with pytest.raises(DomainError, match=f"^toy2024/a_claim: .*{message}"):
        claim().at(**values)


@pytest.mark.parametrize(
    "number",
    ["1e10000000", "1e-10000000", "1" * 1001, 10**5000, Fraction(1, 10**5000)],
    ids=["large", "small", "long", "whole", "fraction"],
)
def test_numbers_of_too_many_digits_are_refused(number: Any) -> None:
    for call in (
        lambda: claim().at(n=100, d_w=10, sigma2=number),
        lambda: claim().solve_for("n", 1, d_w=10, sigma2=number),
        lambda: claim().solve_for("n", number, d_w=10, sigma2=1),
    ):
        with pytest.raises(DomainError, match="has more than 1000 digits; choose a number with fewer") as refusal:
            call()
        assert len(str(refusal.value)) < 150
    assert claim().at(n=12, d_w=1, sigma2="1e999") == sp.Integer(10) ** 998


def test_closed_forms_ask_for_the_symbols_of_the_formula_only() -> None:
    wide = Domain((d_w, d_s, n, N, sigma2), (*DOMAIN.conditions, Condition(N, ">", d_s)))
    assert claim(domain=wide).at(n=100, d_w=10, sigma2=1) == sp.Rational(10, 89)
    assert claim(domain=wide).to_numpy()(n=100, d_w=10, sigma2=1) == 10 / 89


def test_a_formula_with_an_unlisted_symbol_says_so() -> None:
    tau = sp.Symbol("tau_hidden", positive=True)
    made = claim(statement=Compare(n, "=", tau), given=(Equation(tau, tau - n),))
    with pytest.raises(ClaimError, match="tau_hidden is defined by an equation only; list it in the domain"):
        made.at(n=3)


@pytest.mark.parametrize("n", [2**53 + 1, 10**30, -(2**60), [5, 2**54], np.array([2**60]), 1e18, np.uint64(2**63)])
def test_to_numpy_refuses_integers_that_floats_do_not_hold(n: Any) -> None:
    with pytest.raises(DomainError, match=r"beyond 2\^53 floats do not hold every integer; use \.at\(\.\.\.\)"):
        claim().to_numpy()(n=n, d_w=10, sigma2=1)


def test_to_numpy_takes_the_largest_integer_that_floats_hold() -> None:
    assert claim().to_numpy()(n=2**53, d_w=10, sigma2=1.5e300) == 15e300 / (2.0**53 - 11)


def test_to_numpy_uses_no_masked_entries() -> None:
    with pytest.raises(DomainError, match="1 masked entries"):
        claim().to_numpy()(n=np.ma.masked_array([100, 200], [False, True]), d_w=10, sigma2=1)


def test_to_numpy_broadcasts_and_documents() -> None:
    f = claim().to_numpy()
    grid = f(n=np.array([[12], [111]]), d_w=10, sigma2=np.array([0.0, 0.5, 2.0]))
    assert grid.shape == (2, 3)
    assert grid.dtype == float
    np.testing.assert_allclose(grid, [[0, 5, 20], [0, 0.05, 0.2]])
    assert f(n=12, d_w=10, sigma2=1).shape == ()
    assert f.__name__ == "a_claim"
    assert f.__doc__ is not None
    assert f.__doc__.startswith("The risk is the formula.")
    assert "n: number of labelled samples" in f.__doc__
    undeclared = sp.Symbol("undeclared_here", positive=True)
    doc = claim(statement=Compare(Quantity(), "=", undeclared), domain=Domain((undeclared,))).to_numpy().__doc__
    assert doc is not None
    assert "undeclared_here: a real number" in doc


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"n": [20, 11, 10], "d_w": 10, "sigma2": 1}, r"d_w=10, n=11: needs n > d_w \+ 1; take n >= d_w \+ 2 labels"),
        ({"n": 20, "d_w": 10, "sigma2": [1, -0.5]}, "sigma2=-0.5: needs sigma2 >= 0; choose values with sigma2 >= 0"),
        ({"n": 20, "d_w": [3, 0], "sigma2": 1}, "d_w=0: needs d_w >= 1"),
        ({"n": [20, 20.5], "d_w": 10, "sigma2": 1}, "n=20.5: needs integers"),
        ({"n": [20, np.nan], "d_w": 10, "sigma2": 1}, "n=nan: needs finite numbers"),
        ({"n": [20, np.inf], "d_w": 10, "sigma2": 1}, "n=inf: needs finite numbers"),
        ({"n": "20", "d_w": 10, "sigma2": 1}, "n='20': needs real numbers"),
        ({"n": True, "d_w": 10, "sigma2": 1}, "n=True: needs real numbers"),
        ({"n": 20, "d_w": 10, "sigma2": 1j}, "sigma2=1j: needs real numbers"),
        ({"n": 20, "d_w": 10}, "takes exactly d_w, n, sigma2; missing or unknown: sigma2"),
        ({"n": 20, "d_w": 10, "sigma2": 1, "q": 1}, "missing or unknown: q"),
    ],
    ids=str,
)
def test_to_numpy_enforces_the_domain(values: dict[str, Any], message: str) -> None:
    with pytest.raises(DomainError, match=f"^toy2024/a_claim: .*{message}"):
        claim().to_numpy()(**values)


@pytest.mark.parametrize(
    ("relation", "good", "bad"),
    [("=", 2, 3), ("!=", 3, 2), ("<", 1, 2), ("<=", 2, 3), (">", 3, 2), (">=", 2, 1)],
)
def test_to_numpy_enforces_each_relation(relation: str, good: float, bad: float) -> None:
    domain = Domain((x,), (Condition(x, relation, 2),))
    f = claim(statement=Compare(Quantity(), "=", x + 1), domain=domain).to_numpy()
    assert f(x=good) == good + 1
    with pytest.raises(DomainError, match=f"x={bad}: needs x {relation} 2"):
        f(x=[good, bad])


def test_to_numpy_of_a_listed_domain_and_of_a_constant() -> None:
    listed = Domain((x, y), points=({x: 1, y: 2}, {x: 3, y: 4}))
    f = claim(statement=Compare(Quantity(), "=", x * y), domain=listed).to_numpy()
    np.testing.assert_array_equal(f(x=[1, 3], y=[2, 4]), [2, 12])
    with pytest.raises(DomainError, match="holds at 2 listed points only"):
        f(x=[1, 3], y=[2, 2])
    constant = claim(statement=Compare(Quantity(), "=", 7), domain=Domain(()))
    assert constant.to_numpy()() == 7
    assert constant.at() == 7
    assert claim(statement=Compare(Quantity(), "=", 7 + 0 * x), domain=Domain((x,))).at() == 7


def test_solve_for_gives_exact_values_inside_the_domain() -> None:
    made = claim()
    # sigma2 d_w / (n - d_w - 1) = 1/10 with d_w = 10, sigma2 = 1: n = 11 + 100
    assert made.solve_for("n", "1/10", d_w=10, sigma2=1) == (111,)
    assert made.solve_for("n", 0.1, d_w=10, sigma2=1) == (111,)
    # sigma2 = 0.3: n - 11 = 3/(1/10)... with equals 7: n = 11 + 3/7, between integers
    assert made.solve_for("n", 7, d_w=10, sigma2="3/10") == (sp.Rational(80, 7),)
    assert made.solve_for("sigma2", 2, d_w=10, n=12) == (sp.Rational(1, 5),)
    # a negative risk has its n below d_w + 1: outside
    assert made.solve_for("n", -1, d_w=10, sigma2=1) == ()
    # the value does not depend on the unknown
    assert made.solve_for("n", 1, d_w=10, sigma2=0) == ()


def test_solve_for_tells_every_value_from_none() -> None:
    with pytest.raises(DomainError, match="every n gives that value"):
        claim().solve_for("n", 0, d_w=10, sigma2=0)
    assert claim().solve_for("n", 1, d_w=10, sigma2=0) == ()
    hidden = claim(statement=Compare(y, "=", (x + 1) ** 2 - x**2 - 2 * x), domain=Domain((x, y)))
    with pytest.raises(DomainError, match="every x gives that value"):
        hidden.solve_for("x", 1)


def test_solve_for_takes_a_symbol_and_no_value_for_it() -> None:
    assert claim().solve_for(n, 1, d_w=10, sigma2=1) == claim().solve_for("n", 1, d_w=10, sigma2=1) == (21,)
    with pytest.raises(DomainError, match="n is what is solved for; give no value for it"):
        claim().solve_for("n", 1, n=12, d_w=10, sigma2=1)


def test_solve_for_returns_all_real_roots_in_order() -> None:
    line = Domain((x,))
    cubic = claim(statement=Compare(Quantity(), "=", x**3 - 3 * x), domain=line)
    roots = cubic.solve_for("x", 1)  # three real roots 2 cos(20, 100, 140 degrees), radicals are complex-looking
    np.testing.assert_allclose([float(r) for r in roots], [-1.532088886, -0.347296355, 1.879385242], rtol=1e-8)
    double = claim(statement=Compare(Quantity(), "=", (x - 1) ** 2 * (x + 2)), domain=line)
    assert double.solve_for("x", 0) == (-2, 1)
    square = claim(statement=Compare(Quantity(), "=", x**2), domain=Domain((x,), (Condition(x, ">", 0),)))
    assert square.solve_for("x", 2) == (sp.sqrt(2),)
    assert square.solve_for("x", -2) == ()
    hole = claim(statement=Compare(Quantity(), "=", (x**2 - 1) / (x - 1) + y), domain=Domain((x, y)))
    assert hole.solve_for("x", 2, y=0) == ()  # x = 1 is where the formula has no value
    assert hole.solve_for("x", 3, y=0) == (2,)
    exponential = claim(statement=Compare(Quantity(), "=", sp.exp(x)), domain=line)
    assert exponential.solve_for("x", 3) == (sp.log(3),)


@pytest.mark.parametrize(
    ("unknown", "equals", "values", "message"),
    [
        ("N", 1, {}, "no symbol N; it has d_w, n, sigma2"),
        ("n", 1, {"d_w": 10}, "no value for sigma2; give a number for each"),
        ("n", 1, {}, "no value for d_w, sigma2"),
        ("n", "one", {"d_w": 10, "sigma2": 1}, "equals='one': needs a number such as"),
        ("n", 1, {"d_w": 10, "sigma2": 1, "k": 3}, "no symbol k"),
        ("n", 1, {"d_w": 10, "sigma2": "x"}, "sigma2='x': needs a number"),
    ],
    ids=str,
)
def test_solve_for_refuses(unknown: str, equals: Any, values: dict[str, Any], message: str) -> None:
    with pytest.raises(DomainError, match=f"^toy2024/a_claim: {message}"):
        claim().solve_for(unknown, equals, **values)


# -- verdicts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["theorem", "equivalent", "observation"])
@pytest.mark.parametrize("verdicts", [c for k in (1, 2) for c in product(Verdict, repeat=k)], ids=str)
def test_truth_table_of_holds(kind: str, verdicts: tuple[Verdict, ...]) -> None:
    made = claim(kind=kind, evidence=tuple(Stub(v) for v in verdicts))
    result = verify(made)
    seen = {f.verdict for f in result.findings}
    supported = Verdict.PROVED in verdicts or Verdict.AGREES in verdicts
    assert result.holds is (supported and Verdict.REFUTED not in verdicts)
    assert result.skipped is (kind == "observation" and set(verdicts) == {Verdict.SKIPPED})
    # only an observation may be skipped; for any other claim a skip is no answer
    assert (Verdict.SKIPPED in seen) == (kind == "observation" and Verdict.SKIPPED in verdicts)
    if kind != "observation" and Verdict.SKIPPED in verdicts:
        assert Verdict.INCONCLUSIVE in seen


@pytest.mark.parametrize("verdict", [Verdict.PROVED, Verdict.AGREES])
@pytest.mark.parametrize(
    ("killed", "surviving"),
    [
        (((0, 1), ()), ()),
        (((0,), (1,)), ()),
        (((), (0, 1)), ()),
        (((0,), (0,)), (1,)),
        (((1,), ()), (0,)),
        (((), ()), (0, 1)),
    ],
)
def test_a_claim_holds_only_if_every_rival_is_refuted_by_some_evidence(
    verdict: Verdict, killed: tuple[tuple[int, ...], ...], surviving: tuple[int, ...]
) -> None:
    made = claim(rivals=(n, d_w), evidence=tuple(Stub(verdict, k) for k in killed))
    result = verify(made)
    assert result.surviving_rivals == surviving
    assert result.holds is (not surviving)
    assert [r["refuted"] for r in result.to_json()["rivals"]] == [0 not in surviving, 1 not in surviving]


def test_even_inconclusive_evidence_may_refute_a_rival() -> None:
    made = claim(rivals=(n,), evidence=(Stub(Verdict.INCONCLUSIVE, (0,)), Stub(Verdict.PROVED)))
    assert verify(made).holds


def test_no_findings_support_nothing() -> None:
    assert not Result(claim(), ()).holds
    assert not Result(claim(kind="observation"), ()).holds


def test_why_names_what_decides() -> None:
    refuted = verify(claim(evidence=(Stub(kind="one"), Stub(Verdict.REFUTED, kind="two"))))
    assert refuted.why() == "two refutes it: two says REFUTED"
    nothing = verify(claim(evidence=(Stub(Verdict.INCONCLUSIVE, kind="one"), Stub(Verdict.SKIPPED, kind="two"))))
    assert nothing.why() == "nothing supports it: one: one says INCONCLUSIVE; two: two says SKIPPED"
    rival = verify(claim(rivals=(n, d_w), evidence=(Stub(Verdict.AGREES, (0,)),)))
    assert rival.why() == "no evidence refutes the rival d_w"
    best = verify(claim(evidence=(Stub(Verdict.INCONCLUSIVE, kind="one"), Stub(Verdict.PROVED, kind="two"))))
    assert best.why() == "two: two says PROVED"


def test_a_result_prints_for_a_reader() -> None:
    good = str(verify(claim()))
    assert good == ("toy2024/a_claim: holds\n  The risk is the formula.\n  stub        AGREES        stub says AGREES")
    bad = verify(claim(rivals=(n,)))
    assert repr(bad) == str(bad)
    assert str(bad).startswith("toy2024/a_claim: DOES NOT HOLD\n")
    assert str(bad).endswith("\n  rival not refuted: n")


def test_json_is_plain_and_complete() -> None:
    base = claim(name="base")
    made = claim(
        statement=Iff(Compare(n, ">", 3), Compare(d_w, ">", 3)),
        rivals=(Condition(d_w, ">=", 3), Compare(n, "<", 1)),
        rests_on=(base,),
        evidence=(Stub(Verdict.PROVED, (1,)),),
    )
    record = verify(made).to_json()
    assert json.loads(json.dumps(record)) == {
        "id": "toy2024/a_claim",
        "holds": False,
        "standing": "INCONCLUSIVE",
        "axioms": ["toy2024/base"],
        "evidence": [
            {
                "kind": "stub",
                "verdict": "PROVED",
                "summary": "stub says PROVED",
                "detail": {},
                "refuted": [1],
                "needs": [],
            }
        ],
        "rivals": [{"latex": r"d_w \ge 3", "refuted": False}, {"latex": "n < 1", "refuted": True}],
        "rests_on": ["toy2024/base"],
    }
    assert verify(claim(rivals=(sigma2,))).to_json()["rivals"] == [{"latex": r"\sigma^2", "refuted": False}]


def test_a_finding_survives_json() -> None:
    finding = Finding("kind", Verdict.AGREES, "summary", {"a": 1}, (0, 2), within=("p < 5",), next_move="look again")
    finding = replace(finding, needs=("p < 7",))
    back = Finding.from_record(json.loads(json.dumps(finding.to_record())))
    assert back == finding
    assert isinstance(back.verdict, Verdict)
    with pytest.raises(ValueError, match="MAYBE"):
        Finding.from_record({**finding.to_record(), "verdict": "MAYBE"})


def test_what_left_a_part_of_the_domain_out_is_a_field_and_no_detail() -> None:
    finding = Finding("kind", Verdict.AGREES, "summary", {"a": 1}, within=("p < 5",))
    assert not finding.supports
    assert list(finding.to_json()["detail"].items()) == [("within", ["p < 5"]), ("a", 1)]
    assert "next_move" not in finding.to_json()
    with pytest.raises(ValueError, match="a kind finding has a detail called within; give it as"):
        Finding("kind", Verdict.AGREES, "summary", {"within": ["p < 5"]})


def test_verify_takes_several_claims() -> None:
    base = claim(name="base")
    several = (claim(name="a", rests_on=(base,)), claim(name="b", rests_on=(base,)))
    found = verify(several, seed=1)
    assert [r.claim for r in found] == list(several)
    assert all(r.holds for r in found)
    assert found[0].supports == found[1].supports  # checked once
    assert str(found) == repr(found) == f"{found[0]}\n\n{found[1]}"
    assert found[0] == verify(several[0], seed=1)
    assert found[0]._repr_html_() in found._repr_html_()
    assert verify(()) == ()
    assert len(verify([base])) == 1
    with pytest.raises(TypeError, match="verify takes a tuple of claims; there is a str in it"):
        verify((base, "b"))  # type: ignore[arg-type]


def test_verify_takes_a_claim_and_a_run_or_options() -> None:
    with pytest.raises(TypeError, match="verify takes a Claim, or a tuple of claims, not str"):
        verify("claim")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="give a run or its options, not both"):
        verify(claim(), Run(), effort="deep")
    assert verify(claim(), Run("deep")).holds
    assert verify(claim(), effort="standard", seed=3).holds
    with pytest.raises(ValueError, match="unknown effort 'lazy'; use quick, standard, deep"):
        verify(claim(), effort="lazy")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"run": 3}, "run must be a Run, not int"),
        ({"run": "deep"}, "run must be a Run, not str"),
        ({"jobs": 2}, "unknown option jobs; options are effort, seed, memory, progress"),
        ({"run": Run(), "jobs": 2}, "unknown option jobs"),
    ],
)
def test_verify_names_its_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=re.escape(message)):
        verify(claim(), **options)


def test_a_check_must_return_a_finding() -> None:
    class Odd(Stub):
        def check(self, claim: Claim, run: Run) -> Any:
            return True

    with pytest.raises(ClaimError, match=r"toy2024/a_claim: the check of its stub returned a bool, not a Finding"):
        verify(claim(evidence=(Odd(),)))


def test_skipped_evidence_keeps_its_words() -> None:
    made = claim(evidence=(Stub(Verdict.SKIPPED),))
    finding = check_evidence(made, 0, Run())
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.summary == "stub says SKIPPED"
    assert check_evidence(claim(kind="observation", evidence=made.evidence), 0, Run()).verdict is Verdict.SKIPPED


# -- runs and randomness --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [-1, 1.5, True, "0", None])
def test_a_seed_is_a_nonnegative_integer(seed: Any) -> None:
    with pytest.raises(ValueError, match=f"seed={seed}: needs a nonnegative integer"):
        Run(seed=seed)


def test_run_defaults_and_memory() -> None:
    run = Run()
    assert (run.effort, run.seed, run.key, run.progress) == ("quick", 0, (), None)
    assert NoMemory().get("k") is None
    assert run.memory.put("k", 1) is None
    assert run.memory.get("k") is None
    heard: list[str] = []
    Run(progress=heard.append).tell("news")
    run.tell("nobody listens")
    assert heard == ["news"]


def digits(run: Run, *words: object) -> list[int]:
    return [int(v) for v in run.rng(*words).integers(0, 10**9, 4)]


def test_streams_are_reproducible_and_distinct() -> None:
    keys: list[tuple[object, ...]] = [(), ("a",), ("b",), ("a", 0), ("a", 1), ("a", "b"), ("ab",), ("b", "a"), (0, 1)]
    streams = [tuple(digits(Run(), *k)) for k in keys]
    assert len(set(streams)) == len(keys)
    assert streams == [tuple(digits(Run(), *k)) for k in keys]
    assert digits(Run(seed=1), "a") != digits(Run(seed=0), "a")
    assert digits(Run(effort="deep"), "a") == digits(Run(effort="quick"), "a")


def test_a_stream_is_keyed_by_all_words_in_order_wherever_they_are_given() -> None:
    assert digits(Run().under("a", 1), "b") == digits(Run().under("a"), 1, "b") == digits(Run(), "a", 1, "b")
    assert Run().under("a").under("b", 2).key == ("a", "b", 2)
    assert Run(seed=5).under("a").seed == 5


def test_the_stream_of_a_key_is_the_documented_seed_sequence() -> None:
    import hashlib

    digest = hashlib.sha256(b"claim\x1f0\x1fpoints").digest()
    words = tuple(int(w) for w in np.frombuffer(digest, dtype="<u4"))
    assert len(words) == 8
    expected = np.random.Generator(np.random.PCG64(np.random.SeedSequence(7, spawn_key=words)))
    assert digits(Run(seed=7), "claim", 0, "points") == [int(v) for v in expected.integers(0, 10**9, 4)]


@dataclass(frozen=True)
class Recorder(Evidence):
    kind: str = "recorder"

    def check(self, claim: Claim, run: Run) -> Finding:
        return Finding("recorder", Verdict.AGREES, "", {"key": list(run.key), "draw": digits(run, "x")})


def test_each_evidence_has_its_own_stream_that_depends_on_id_and_index_only() -> None:
    two = verify(claim(evidence=(Recorder(), Recorder())))
    assert [f.detail["key"] for f in two.findings] == [["toy2024/a_claim", 0], ["toy2024/a_claim", 1]]
    assert two.findings[0].detail["draw"] != two.findings[1].detail["draw"]
    one = verify(claim(evidence=(Recorder(),)))
    assert one.findings[0].detail["draw"] == two.findings[0].detail["draw"]
    other = verify(claim(name="other", evidence=(Recorder(),)))
    assert other.findings[0].detail["draw"] != one.findings[0].detail["draw"]


# -- admissible points ----------------------------------------------------------------------------------------


def test_points_of_a_plain_domain() -> None:
    points = list(admissible_points(claim(), Run().rng(), 9))
    assert len(points) == 9
    assert all(DOMAIN.contains(p) for p in points)
    again = list(admissible_points(claim(), Run().rng(), 9))
    assert points == again
    ones = list(admissible_points(claim(), Run().rng(), 3, scale=1))
    assert all((p[d_w], p[n]) == (1, 3) for p in ones)


kappa = sp.Symbol("kappa_claim", positive=True)
ridge = sp.Symbol("ridge_claim", positive=True)
gamma = sp.Symbol("gamma_claim", positive=True)
FIXED_POINT = Equation(kappa, kappa * (1 - gamma / (1 + kappa)) - ridge, (ridge, ridge + gamma))


def fixed_point_claim(**changes: Any) -> Claim:
    return claim(
        **{
            "statement": Compare(ridge, "=", kappa * (1 - gamma / (1 + kappa))),
            "domain": Domain((kappa, gamma, ridge)),
            "given": (FIXED_POINT,),
            **changes,
        }
    )


def test_points_satisfy_the_given_equation_exactly_and_lie_on_the_bracketed_branch() -> None:
    made = fixed_point_claim()
    points = list(admissible_points(made, Run().rng("given"), 12))
    assert len(points) == 12
    for p in points:
        assert sp.sympify(FIXED_POINT.residual.xreplace(p)) == 0
        assert all(v.is_Rational and v > 0 for v in p.values())
        assert p[ridge] <= p[kappa] <= p[ridge] + p[gamma]


def test_the_plan_solves_for_a_parameter_not_for_the_root() -> None:
    base, chain = point_plan(fixed_point_claim())
    ((solved, expression),) = chain
    assert solved in (gamma, ridge)
    assert kappa in base.symbols
    assert solved not in base.symbols
    point = {kappa: sp.Integer(1), gamma: sp.Integer(1), ridge: sp.Rational(1, 2)}
    assert sp.sympify(expression.xreplace(point)) == point[solved]
    assert complete_point(fixed_point_claim(), chain, {s: point[s] for s in base.symbols}) == point


@pytest.mark.parametrize(
    ("base", "why"),
    [
        ({kappa: 1, ridge: 2}, "gamma = -2 is not positive"),
        ({kappa: 1, ridge: 1}, "gamma = 0 is not positive"),
    ],
)
def test_a_point_off_the_domain_is_not_completed(base: dict[sp.Symbol, int], why: str) -> None:
    made = fixed_point_claim()
    _, chain = point_plan(made)
    assert chain[0][0] == gamma
    assert complete_point(made, chain, {s: sp.Integer(v) for s, v in base.items()}) is None, why


def test_a_bracket_excludes_the_other_branch_and_may_be_infinite() -> None:
    # x^2 = y has its roots at +-sqrt y; y follows from x; the open bracket keeps 2 < x < 3
    square = Equation(x, x**2 - y, (sp.Integer(2), sp.Integer(3)))
    made = claim(statement=Compare(x**2, "=", y + 0 * z), domain=Domain((x, y)), given=(square,))
    chain = point_plan(made)[1]
    for value, inside in ((1, False), (2, False), ("5/2", True), (3, False), (4, False), (-2, False)):
        assert (complete_point(made, chain, {x: sp.Rational(value)}) is not None) is inside
    endless = Equation(x, x**2 - y, (-sp.oo, sp.oo))
    made = claim(statement=Compare(x**2, "=", y), domain=Domain((x, y)), given=(endless,))
    assert complete_point(made, point_plan(made)[1], {x: sp.Integer(-2)}) == {x: -2, y: 4}


def test_what_an_equation_uses_is_listed_in_the_domain() -> None:
    with pytest.raises(ClaimError, match=r"the equation of x uses z, not in the domain; list every symbol there"):
        claim(statement=Compare(x, "=", y), domain=Domain((x, y)), given=(Equation(x, x - y - z),))
    with pytest.raises(ClaimError, match=r"the equation of x uses z, not in the domain"):
        claim(statement=Compare(x, "=", y), domain=Domain((x, y)), given=(Equation(x, x - y, (z, z + 1)),))


def test_a_symbol_is_defined_once_and_by_what_came_before() -> None:
    domain, stated = Domain((z,)), Compare(x, "=", z)
    with pytest.raises(ClaimError, match="x is defined twice; give one equation for it"):
        claim(statement=stated, domain=domain, given=(Equation(x, x - z), Equation(x, x - 2 * z)))
    with pytest.raises(ClaimError, match="the equation of x uses y, which is not defined before it; order the"):
        claim(statement=stated, domain=domain, given=(Equation(x, x - y), Equation(y, y - 2 * z)))
    with pytest.raises(ClaimError, match="the equation of x uses y, which is not defined before it"):
        claim(statement=stated, domain=domain, given=(Equation(x, x - y), Equation(y, y - 2 * x)))
    with pytest.raises(ClaimError, match="the equation of x uses x, which is not defined before it"):
        claim(statement=stated, domain=domain, given=(Equation(x, x - z, (x - 1, sp.oo)),))


def test_nothing_is_differentiated_along_what_moves_a_defined_symbol() -> None:
    """With x = z and y = x^2 the derivative of x z in z is 2 z, not x."""
    given = (Equation(x, x - z), Equation(y, y - x**2))
    for moved, along in ((x * z, z), (y * z, z), (y, x)):
        with pytest.raises(ClaimError, match="by its equation; eliminate"):
            claim(statement=Compare(sp.Derivative(moved, along), "=", x), domain=Domain((z,)), given=given)
    with pytest.raises(ClaimError, match="runs along z, with which x moves by its equation; eliminate x first"):
        claim(statement=Compare(sp.Integral(x * z, (z, 0, 1)), "=", x), domain=Domain((z,)), given=given)
    with pytest.raises(ClaimError, match="runs along z"):
        claim(statement=Compare(x, "=", z), domain=Domain((z,)), given=given, rivals=(sp.Derivative(x * z, z),))
    claim(statement=Compare(sp.Derivative(z**2, z), "=", 2 * x), domain=Domain((z,)), given=given)


def test_a_chain_of_equations_is_solved_in_order() -> None:
    first, second = Equation(x, x - 2 * y), Equation(z, z - x**2 - 1)
    made = claim(statement=Compare(z, "=", 4 * y**2 + 1), domain=Domain((x, y, z)), given=(first, second))
    for point in admissible_points(made, Run().rng(), 5):
        assert point[x] == 2 * point[y]
        assert point[z] == point[x] ** 2 + 1


def test_conditions_on_solved_symbols_still_count() -> None:
    domain = Domain((x, y), (Condition(x, ">", 1), Condition(y, "<", 0)))
    made = claim(statement=Compare(x, "=", -y), domain=domain, given=(Equation(x, x + y),))
    points = list(admissible_points(made, Run().rng(), 6))
    assert all(p[x] > 1 and p[y] < 0 and p[x] == -p[y] for p in points)


def test_unsatisfiable_and_unsolvable_equations_are_named() -> None:
    domain = Domain((x, y), (Condition(x, ">", 1), Condition(y, ">", 0)))
    made = claim(statement=Compare(x, "=", -y), domain=domain, given=(Equation(x, x + y),))
    with pytest.raises(DomainError, match="toy2024/a_claim: no random point satisfies both its domain and its given"):
        list(admissible_points(made, Run().rng(), 1))
    hard = claim(statement=Compare(x, "=", y), domain=Domain((x, y)), given=(Equation(x, sp.exp(x) - sp.exp(y)),))
    with pytest.raises(ClaimError, match=r"cannot choose exact points on exp\(x\) - exp\(y\) = 0"):
        list(admissible_points(hard, Run().rng(), 1))
    counted = claim(statement=Compare(n, "=", d_w), given=(Equation(n, n - 2 * d_w),))
    with pytest.raises(ClaimError, match="make it linear in one symbol"):
        list(admissible_points(counted, Run().rng(), 1))


def test_a_division_by_zero_on_the_way_is_no_point() -> None:
    made = claim(statement=Compare(x, "=", 1 / y), domain=Domain((x, y)), given=(Equation(x, x - 1 / y),))
    chain = point_plan(made)[1]
    assert complete_point(made, chain, {point_plan(made)[0].symbols[0]: sp.S.Zero}) is None


def test_listed_points_meet_given_equations() -> None:
    listed = Domain((x, y), points=({x: 1, y: 2}, {x: 3, y: 6}))
    made = claim(statement=Compare(y, "=", 2 * x), domain=listed, given=(Equation(y, y - 2 * x),))
    seen = [tuple(p.values()) for p in admissible_points(made, Run().rng(), 10)]
    assert {tuple(sorted(p)) for p in seen} == {(1, 2), (3, 6)}


def test_typed_mapping_is_accepted_as_witness() -> None:
    witness: Mapping[sp.Symbol, Any] = {n: 5}
    assert claim(witness=witness).witness == {n: 5}


@pytest.mark.parametrize(
    "value",
    [
        Compare(x, "<", 1),
        Iff(Compare(x, "<", 1), Compare(y, "<", 1)),
        Asymptotic(1 / n, sp.S.Zero, n),
        Equation(x, x - y),
        SOURCE,
        Finding("k", Verdict.AGREES, "s"),
        Run(),
        claim(),
        Result(claim(), ()),
    ],
    ids=lambda v: type(v).__name__,
)
def test_vocabulary_is_immutable(value: Any) -> None:
    first = next(iter(vars(value)))
    with pytest.raises(AttributeError):
        setattr(value, first, None)


def test_an_unknown_that_enters_linearly_follows_from_the_rest() -> None:
    made = claim(statement=Compare(x, "=", 2 * y), domain=Domain((x, y)), given=(Equation(x, x - 2 * y),))
    base, chain = point_plan(made)
    assert base.symbols == (y,)
    assert chain == ((x, 2 * y),)
    swapped = claim(statement=Compare(x, "=", 2 * y), domain=Domain((x, y)), given=(Equation(y, x - 2 * y),))
    assert point_plan(swapped)[1] == ((y, x / 2),)


def test_a_formula_is_named_by_the_last_part_of_its_label() -> None:
    for label in ("plain", "paper/plain", "paper/section/plain"):
        assert formula(x + 1, Domain((x,)), label, "Adds one.").__name__ == "plain"


def test_listed_points_are_told_from_the_grid() -> None:
    listed = Domain((x,), points=({x: 1}, {x: 2}, {x: 3}))
    f = formula(2 * x, listed, "twice", "Doubles.")
    np.testing.assert_array_equal(f(x=[1, 1]), [2, 2])
    np.testing.assert_array_equal(f(x=[[3, 1], [2, 2]]), [[6, 2], [4, 4]])
    for outside in (5, [1, 5], [5, 5]):
        with pytest.raises(DomainError, match="twice: holds at 3 listed points only"):
            f(x=outside)


# -- several reasons, and listed points under equations -------------------------------------------------------


def plain_claim(domain: Domain, given: tuple[Equation, ...] = ()) -> Claim:
    source = Source("toy", "A", "T", 2024)
    return Claim("c", "A sentence.", Compare(x, "=", x + y), domain, source, (Stub(),), given=given)


def test_the_first_refutation_is_told() -> None:
    made = plain_claim(Domain((x, y)))
    refutations = tuple(Finding(kind, Verdict.REFUTED, f"by {kind}") for kind in ("first", "second", "third"))
    assert Result(made, (Finding("zeroth", Verdict.AGREES, "fine"), *refutations)).why() == "first refutes it: by first"


def test_listed_points_are_drawn_only_when_they_fix_every_symbol() -> None:
    listed = ({x: sp.Integer(1), y: sp.Integer(0)}, {x: sp.Integer(2), y: sp.Integer(0)})
    plain, _ = point_plan(plain_claim(Domain((x, y), (), listed)))
    assert plain.points == listed
    # An equation with a further free symbol: its values are drawn, and the rest is checked against the list.
    given = (Equation(kappa, kappa**2 + kappa - x), Equation(y, y - x * kappa))
    base, chain = point_plan(plain_claim(Domain((x, y), (), listed), given))
    assert base.points == ()
    assert set(base.symbols) == {kappa}
    assert [s for s, _ in chain] == [x, y]
