"""Powers whose base may be zero, in Coq: they are zero there, where Coq's own power is one."""

from __future__ import annotations

from pathlib import Path

import pytest
import sympy as sp

from tests.coq.coq_files import compiled, needs_coq
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Source, symbol
from w2s_sym.coq.axioms import OF_THE_REALS
from w2s_sym.coq.judge import assumptions, write
from w2s_sym.coq.statement import theorem

SOURCE = Source("toy2026", "A. Theorist", "On toys", 2026)
x, r = symbol("x", "a number", positive=True), symbol("r", "an exponent", positive=True)
y, z = symbol("y", "an exponent"), symbol("z", "a number", nonnegative=True)
POWER = (1 - x) ** r


def claim(name: str, left: sp.Expr, relation: str, right: sp.Expr, *symbols: sp.Symbol) -> Claim:
    """A comparison on the numbers up to one, shown by the sign of the difference, or by algebra."""
    start = Derivation(left)
    chain = start if relation == "=" else start.bound(relation, right)
    domain = Domain(symbols or (x, r), (Condition(symbols[0] if symbols else x, "<=", 1, "take a smaller number"),))
    return Claim(name, "A toy.", Compare(left, relation, right), domain, SOURCE, (chain,))


TRUE = (
    claim("below_one", POWER, "<", sp.Integer(1)),
    claim("square", (1 + POWER) ** 2 - 1 - 2 * POWER, "=", (1 - x) ** (2 * r)),
    claim("below_another", POWER, "<", 1 + POWER),
    claim("of_a_nonnegative_number", z**r, "<", 1 + z**r, z, r),
)
# The first is true of Coq's own power, which is one where the base is zero.
FALSE = (
    claim("positive", POWER, ">", sp.Integer(0)),
    claim("at_least_its_double", POWER, "<", 2 * POWER),
    claim("no_value_at_one", POWER, "<", 1 + 1 / POWER),
    claim("exponent_of_any_sign", (1 - x) ** y, "<", 1 + (1 - x) ** y, x, y),
    claim("below_a_half", POWER, "<", sp.Rational(1, 2)),
    claim("positive_of_a_nonnegative_number", z**r, ">", sp.Integer(0), z, r),
)


@needs_coq
@pytest.mark.parametrize("each", TRUE, ids=lambda c: c.name)
def test_a_power_that_may_be_zero_is_accepted(each: Claim, place: Path) -> None:
    done = compiled(place, each)
    assert done.problem == ""
    assert set(assumptions(done.printed)) <= OF_THE_REALS


@needs_coq
@pytest.mark.parametrize("each", FALSE, ids=lambda c: c.name)
def test_what_is_false_where_it_is_zero_is_not(each: Claim, place: Path) -> None:
    assert write(each).refusal is not None or compiled(place, each).problem


def test_the_theorem_says_that_the_base_is_not_negative_and_the_exponent_positive() -> None:
    assert theorem(TRUE[0]).goal == "0 <= 1 - x /\\ 0 < r /\\ power (1 - x) r < 1"
    strict = Claim(
        "strict", "A toy.", Compare(POWER, "<", 1), Domain((x, r), (Condition(x, "<", 1),)), SOURCE, TRUE[0].evidence
    )
    assert theorem(strict).goal == "0 < 1 - x /\\ Rpower (1 - x) r < 1"
