"""What is written is read back exactly; what is hostile or wrong is refused in one line."""

from __future__ import annotations

import sys
import tracemalloc
from typing import Any

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations import dong2025
from derivations.classics import gaussian
from w2s_sym.claims.statement import Asymptotic, Compare, Iff
from w2s_sym.report.formula_grammar import FormulaError
from w2s_sym.report.formula_reader import read_formula, read_statement
from w2s_sym.report.formula_text import write_formula, write_statement

x, y = sp.symbols("x y", positive=True)
k = sp.Symbol("k", integer=True)
odd = sp.Symbol('x\' \\ "é"', real=True)
SYMBOLS = (x, y, k, odd)

numbers = st.builds(sp.Rational, st.integers(-20, 20), st.integers(1, 9))
exponents = st.sampled_from(
    [sp.Integer(-2), sp.Integer(-1), sp.Integer(2), sp.Integer(3), *map(sp.Rational, ("1/2", "-1/2", "2/3", "-5/3"))]
)
leaves = st.one_of(st.sampled_from([*SYMBOLS, sp.pi, sp.E]), numbers)


def grow(inner: st.SearchStrategy[sp.Expr]) -> st.SearchStrategy[sp.Expr]:
    return st.one_of(
        st.builds(lambda a, b: a + b, inner, inner),
        st.builds(lambda a, b: a - b, inner, inner),
        st.builds(lambda a, b: a * b, inner, inner),
        st.builds(lambda a, b: a if b == 0 else a / b, inner, inner),
        st.builds(lambda a, e: a if a == 0 else a**e, inner, exponents),
        st.builds(lambda a, b: (1 + a**2) ** b, inner, st.sampled_from([x, -y, x + 1, -x / 2])),
        st.builds(lambda f, a: f(a), st.sampled_from([sp.exp, sp.Abs, sp.sin, sp.sqrt]), inner),
        st.builds(lambda a, b: sp.Max(a, b), st.sampled_from([x, y, x + 1]), st.sampled_from([y, 2 * x, sp.S.One])),
        st.builds(lambda a: sp.factor_terms(a), inner),
    )


def finite(e: sp.Expr) -> bool:
    return not e.has(sp.zoo, sp.nan, sp.oo, sp.I) and sp.count_ops(e) < 60


@settings(max_examples=300, deadline=None)
@given(st.recursive(leaves, grow, max_leaves=8).filter(finite))
def test_random_expressions_are_read_back_exactly(e: sp.Expr) -> None:
    assert read_formula(write_formula(e), SYMBOLS) == e


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from([x, y, x + 1, sp.Integer(2), sp.Integer(-1), 1 / x, sp.Rational(3, 4)]), min_size=1, max_size=5
    )
)
def test_products_that_were_not_evaluated_keep_their_value(factors: list[sp.Expr]) -> None:
    product = sp.Mul(*factors, evaluate=False)
    assert sp.expand(read_formula(write_formula(product), SYMBOLS).doit() - product.doit()) == 0


def test_every_statement_of_the_papers_is_read_back_exactly() -> None:
    claims = (*gaussian.CLAIMS, *dong2025.CLAIMS)
    assert {type(c.statement) for c in claims} >= {Compare, Asymptotic, Iff}
    for claim in claims:
        lhs: Any = getattr(claim.statement, "lhs", None)
        quantities = () if lhs is None or isinstance(lhs, sp.Expr) else (lhs,)
        text = write_statement(claim.statement)
        assert read_statement(text, claim.domain.symbols + tuple(e.unknown for e in claim.given), quantities) == (
            claim.statement
        ), text
        for rival in claim.rivals:
            if isinstance(rival, sp.Expr):
                assert read_formula(write_formula(rival), rival.free_symbols) == rival


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("x*y/(y - x - 1)", x * y / (y - x - 1)),
        ("1/(2*x)", 1 / (2 * x)),
        ("-x**2", -(x**2)),
        ("x**-1", 1 / x),
        ("2*3*x + 4 - 1", 6 * x + 3),
        ("x - (y - 1)", sp.Add(x, sp.Mul(-1, y - 1, evaluate=False), evaluate=False)),
        ("2*(x + y)", sp.Mul(2, x + y, evaluate=False)),
        ("2**3**2", sp.Integer(512)),
        ("x/3", x / 3),
        ("1/x**2", x**-2),
        ("1/sqrt(x)", 1 / sp.sqrt(x)),
        ("pi + E", sp.pi + sp.E),
    ],
)
def test_what_a_reader_types(text: str, meant: sp.Expr) -> None:
    assert read_formula(text, SYMBOLS) == meant


def test_a_symbol_may_be_called_like_a_constant() -> None:
    named = sp.Symbol("pi", positive=True)
    assert read_formula(write_formula(named + 1), (named,)) == named + 1
    with pytest.raises(FormulaError, match="pi is a symbol and a constant"):
        write_formula(named + sp.pi)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "needs a number, a name or ( at position 1, not the end"),
        ("x +", "at position 4, not the end"),
        ("x y", "unexpected 'y' at position 3"),
        ("x ^ 2", "unexpected '^' at position 3"),
        ("(x", "needs ')' at position 3"),
        ("z + 1", "unknown name 'z' at position 1; the symbols are k, x"),
        ("gamme(x)", "unknown function 'gamme' at position 1"),
        ("sin(x, y)", "another number of arguments than 2"),
        ("1/0", "division by zero"),
        ("x/(2 - 2)", "division by zero"),
        ("2**10**10", "more than 4000 digits"),
        ("(2**999)**999", "more than 4000 digits"),
        ("(2*x)**100000", "more than 4000 digits"),
        ("2**(x + 99999)", "more than 4000 digits"),
        ("x**(10**9)", "more than 6 digits"),
        ("7" * 1001, "more than 1000 digits"),
        ("*".join(["9" * 900] * 2), "more than 1000 digits"),
        ("(" * 5000 + "x", "levels of nesting"),
        ("x**" * 5000 + "x", "levels of nesting"),
        ("x+" * 60000 + "x", "120001 characters"),
        ("__import__('os').system('true')", "unexpected"),
        ("x.__class__", "unexpected '.'"),
        ('"unended', "unexpected"),
        (r'"\q"', "unreadable quotes"),
    ],
)
def test_refusals_say_what_and_where_in_one_line_and_at_little_cost(text: str, says: str) -> None:
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    read_formula("gamma(x)", SYMBOLS)  # what SymPy does once only is not counted
    tracemalloc.start()
    sys.setprofile(count)
    try:
        with pytest.raises(FormulaError) as refused:
            read_formula(text, SYMBOLS)
    finally:
        sys.setprofile(None)
        _, memory = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    # Linear in the text: an exponential reader or a number of a billion digits is far beyond.
    assert calls < 5_000 + 50 * len(text)
    assert memory < 100_000 + 400 * len(text)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize(
    "e", [sp.Float("0.1") * x, sp.oo, sp.Dummy("x"), sp.Function("f")(x), sp.I * x, sp.besselj(0, x)]
)
def test_what_has_no_text_is_refused(e: sp.Expr) -> None:
    with pytest.raises(FormulaError):
        write_formula(e)


def test_two_symbols_of_one_name_are_refused() -> None:
    other = sp.Symbol("x")
    with pytest.raises(FormulaError, match="two different symbols are called x"):
        write_formula(x + other)
    with pytest.raises(FormulaError, match="two different symbols are called x"):
        read_formula("x", (x, other))


@pytest.mark.parametrize(
    "text",
    ["x", "x < y < 1", "x = y [z -> oo, order 1]", "x = y [x -> oo, order 0]", "x < y [x -> oo, order 1]", "x <=> y"],
)
def test_statements_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        read_statement(text, SYMBOLS)


def test_forms_of_statements() -> None:
    assert write_statement(Asymptotic(1 / x + y, y, x, sp.Rational(3, 2))) == "y + 1/x = y [x -> oo, order 3/2]"
    assert write_statement(Iff(Compare(x, "<=", y), Compare(x - y, "<=", sp.S.Zero))) == "x <= y <=> x - y <= 0"
    assert read_statement("x != y", SYMBOLS) == Compare(x, "!=", y)


def test_what_could_not_be_read_is_not_written() -> None:
    with pytest.raises(FormulaError, match="more than 1000 digits"):
        write_formula(x + 10**5000)
    deep = x
    for _ in range(100):
        deep = 1 / (1 + deep)
    with pytest.raises(FormulaError, match="levels of nesting"):
        write_formula(deep)
    with pytest.raises(FormulaError, match="more than 6 digits"):
        write_formula(x ** (10**9))
