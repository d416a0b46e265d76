"""Second derivatives in Coq: of formulas that have a value close to a point, and of no others."""

from __future__ import annotations

from pathlib import Path

import pytest
import sympy as sp

from tests.coq.coq_files import compiled, needs_coq
from w2s_sym import Claim, Compare, Derivation, Domain, Source, symbol
from w2s_sym.coq.axioms import OF_THE_REALS
from w2s_sym.coq.judge import assumptions, write

SOURCE = Source("toy2026", "A. Theorist", "On toys", 2026)
x, y = symbol("x", "a number", positive=True), symbol("y", "a number")


def second(name: str, e: sp.Expr, value: sp.Expr, along: sp.Symbol = x) -> Claim:
    """The second derivative of a formula."""
    left = sp.Derivative(e, (along, 2))
    chain = (Derivation(left).differentiate(),)
    return Claim(name, "A toy.", Compare(left, "=", value), Domain((x, y)), SOURCE, chain)


TRUE = (
    second("exponential", sp.exp(x * y), y**2 * sp.exp(x * y)),
    second("logarithm", sp.log(x), -1 / x**2),
    second("root", x + sp.sqrt(x), -1 / (4 * x * sp.sqrt(x))),
    second("reciprocal", 1 / x, 2 / x**3),
)
FALSE = (
    second("first", sp.exp(x * y), y * sp.exp(x * y)),
    second("sign", sp.log(x), 1 / x**2),
    second("twice", x + sp.sqrt(x), -1 / (2 * x * sp.sqrt(x))),
    second("no_value_at_zero", 1 / y, 2 / y**3, y),
    second("negative_logarithm", sp.log(y + x), -1 / (x + y) ** 2),
)


@needs_coq
@pytest.mark.parametrize("claim", TRUE, ids=lambda c: c.name)
def test_a_second_derivative_is_accepted(claim: Claim, place: Path) -> None:
    done = compiled(place, claim)
    assert done.problem == ""
    assert set(assumptions(done.printed)) <= OF_THE_REALS


@needs_coq
@pytest.mark.parametrize("claim", FALSE, ids=lambda c: c.name)
def test_a_false_one_is_not(claim: Claim, place: Path) -> None:
    assert write(claim).refusal is not None or compiled(place, claim).problem


def test_the_theorem_says_that_the_derivative_exists_close_to_the_point() -> None:
    text = write(TRUE[1]).text
    assert "locally x (ex_derive (fun x_2 => ln x_2)) /\\ ex_derive (Derive (fun x_2 => ln x_2)) x" in text
