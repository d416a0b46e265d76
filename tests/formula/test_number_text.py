"""Numbers too long for Python to write, in the messages of what evaluates them."""

from __future__ import annotations

import pytest
import sympy as sp

from w2s_sym.formula.balls import At, UndefinedError, UnsupportedError
from w2s_sym.formula.conditions import Condition, DomainError
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.number_text import abridged, told

LONG = sp.Integer(10) ** 4310


def test_a_number_is_told_in_full_or_rounded() -> None:
    assert told(sp.Rational(1, 3)) == "1/3"
    assert told(LONG) == "~1.00000E+4310"
    assert told(sp.Symbol("x") ** LONG) in ("a formula with an integer of more than 4,300 digits", "~x**1.0E+4310")


def test_a_message_rounds_integers_that_nobody_reads() -> None:
    assert abridged(f"at a={10**40 - 1}/3") == f"at a={10**40 - 1}/3"
    assert abridged(f"at a=-{2 * 10**40 + 1}/{10**41}: x") == "at a=-~2.00000E+40/~1.00000E+41: x"
    assert abridged(f"{'9' * 5000}*a") == "~1.00000E+5000*a"
    # Neither the digits behind a point nor those of a name are an integer.
    same = f"0.{'3' * 50} and x_{'1' * 50} and {'1' * 50}.5"
    assert abridged(same) == same


def test_a_condition_on_long_numbers_is_decided_or_refused_in_words() -> None:
    """The separation bound knows no sine, and says so with the number in its message."""
    b = sp.Symbol("b", positive=True)
    domain = Domain((b,), (Condition(sp.sin(b), "<", sp.sin(b + 1) - 2),))
    assert not domain.contains({b: LONG})
    with pytest.raises(DomainError, match=r"^b=~1\.00000E\+4310: "):
        domain.check({b: LONG})


@pytest.mark.parametrize(
    ("formula", "error", "says"),
    [
        (sp.Function("f")(LONG), UnsupportedError, "cannot evaluate f in"),
        (sp.Pow(-LONG, sp.pi, evaluate=False), UndefinedError, "is not shown to be positive"),
    ],
)
def test_messages_of_balls_write_long_numbers(formula: sp.Expr, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        At({}, 30)(formula)
