"""Signs by calculus: what is shown, and that nothing false is."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import sympy as sp

from w2s_sym import Condition, Domain, symbol
from w2s_sym.formula.signs import sign
from w2s_sym.formula.slope_signs import weak_sign

x, y, a = (symbol(name, name, positive=True) for name in "xya")
z = symbol("z", "z", real=True)
k = symbol("k", "k", integer=True, positive=True)
log, exp = sp.log, sp.exp

SHOWN = (
    (x - log(1 + x), Domain((x,)), 1),
    (exp(x) - 1 - x - x**2 / 2, Domain((x,)), 1),
    (1 - exp(-x) - x, Domain((x,)), -1),
    (x - sp.sin(x), Domain((x,)), 1),
    (sp.tanh(x) - x, Domain((x,)), -1),
    (sp.erf(z) - 1, Domain((z,)), -1),
    (x + y - log(1 + x + y), Domain((x, y)), 1),
    (x * log(x / y) - x + y, Domain((x, y)), 1),
    (sp.sqrt(x * y) - 2 * x * y / (x + y), Domain((x, y)), 1),
    (1 + k * x - (1 + x) ** k, Domain((k, x)), -1),
    (2**k - k, Domain((k,)), 1),
    (z - log(1 + exp(z)), Domain((z,)), -1),
    (log(sp.cosh(z)), Domain((z,)), 1),
    (x**a - 1 - a * (x - 1), Domain((x, a), (Condition(a, ">=", 1),)), 1),
)


@pytest.mark.parametrize(("expression", "domain", "wanted"), SHOWN, ids=str)
def test_signs_that_calculus_shows(expression: sp.Expr, domain: Domain, wanted: int) -> None:
    assert weak_sign(expression, domain) == wanted


NOT_SHOWN = (
    # Both signs occur.
    (x - log(1 + x) - sp.Rational(1, 10**8), Domain((x,))),
    (exp(x) - 3 * x, Domain((x,))),
    (log(1 + x) - x / 2, Domain((x,))),
    (sp.sqrt(x) - x, Domain((x,))),
    (z**3 - z, Domain((z,))),
    (x - sp.sin(2 * x), Domain((x,))),
    (sp.tanh(z) - z, Domain((z,))),
    (x**a - 1 - a * (x - 1), Domain((x, a))),
    # A pole on the way from the start: the slope has one sign, and the value has both.
    (1 - 1 / (1 - x), Domain((x,))),
    (-1 / z - 1, Domain((z,))),
    # A step on the way, whose slope is zero wherever it exists.
    (x - sp.floor(x) - sp.Rational(1, 2), Domain((x,))),
    (sp.Abs(z) - 1, Domain((z,))),
    # No value on a part of the domain.
    (log(1 + z), Domain((z,))),
)


@pytest.mark.parametrize(("expression", "domain"), NOT_SHOWN, ids=str)
def test_signs_that_are_not_there_are_not_shown(expression: sp.Expr, domain: Domain) -> None:
    assert weak_sign(expression, domain) is None


def test_a_segment_that_leaves_the_domain_is_no_way() -> None:
    # On z < -1 or z > 1 the slope of z^3/3 - z is positive; from 0, where it vanishes, the way leads through z < 1.
    assert weak_sign(z**3 / 3 - z, Domain((z,), (Condition(z**2, ">", 1), Condition(z, ">", 0)))) is None


def test_random_sums_are_never_given_a_sign_that_a_point_contradicts() -> None:
    rng = np.random.default_rng(3)
    parts = (x, x**2, log(1 + x), exp(x), exp(-x), sp.sqrt(1 + x), sp.tanh(x), sp.sin(x), 1 / (1 + x), sp.S.One, log(x))
    values = [sp.Rational(1, 97), sp.Rational(3, 5), sp.S.One, sp.Rational(7, 4), sp.Integer(5), sp.Integer(31)]
    shown = 0
    for _ in range(60):
        chosen = rng.choice(len(parts), 3, replace=False)
        e = sp.Add(*(int(rng.integers(-2, 3)) * parts[i] for i in chosen))
        found = weak_sign(e, Domain((x,)))
        if found is None or not e.free_symbols:
            continue
        shown += 1
        numbers = [sp.lambdify(x, e, "mpmath")(mpmath.mpf(v.p) / v.q) for v in values]
        assert all(found * number >= -1e-12 for number in numbers), (e, found)
    assert shown >= 10


def test_heads_with_the_sign_of_their_argument() -> None:
    for head in (sp.sinh, sp.tanh, sp.atan, sp.asinh, sp.erf):
        assert sign(head(x), Domain((x,))) == (1, True)
        assert sign(head(z), Domain((z,))) is None
    for head in (sp.cosh, sp.erfc):
        assert sign(head(z), Domain((z,))) == (1, True)
    assert sign(1 - sp.cos(z), Domain((z,))) == (1, False)
    assert sign(1 - sp.tanh(z), Domain((z,)), strict=True) == (1, True)
    assert sign(sp.Rational(9, 10) - sp.cos(z), Domain((z,))) is None
