"""Proofs of sign: what must be proved, what must not be, and random claims of sign against random exact points."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import sympy as sp

from w2s_sym.formula import signs
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.definedness import defined
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.equality import same_value
from w2s_sym.formula.numbers import holds, number_sign
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.signs import follows, proves, sign

x, y, z = sp.symbols("x y z", real=True)
p, q = sp.symbols("p q", positive=True)
u, v, w = sp.symbols("u v w", nonnegative=True)
g = sp.Symbol("g", negative=True)
h = sp.Symbol("h", nonpositive=True)
n, d, N = sp.symbols("n d N", integer=True, positive=True)
k = sp.Symbol("k", integer=True)

FREE = Domain((x, y, z))
SIGNED = Domain((p, q, u, v, g, h))
SIZES = Domain((d, u, n, N), (Condition(d, ">=", u), Condition(n, ">", d + 1), Condition(N, ">=", d)))
RATIO = Domain((p, q, x), (Condition(1 / p, ">", 1 / q), Condition(x**2, "<=", p)))
LINE = Domain((x, y), (Condition(x, ">", 1), Condition(y, "<=", x), Condition(y, "!=", 0)))


# -- what is proved -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "domain", "expected"),
    [
        (sp.Integer(3), FREE, (1, True)),
        (sp.Integer(-3), FREE, (-1, True)),
        (sp.Integer(0), FREE, (0, False)),
        (sp.sqrt(2) - 2, FREE, (-1, True)),
        (p, SIGNED, (1, True)),
        (u, SIGNED, (1, False)),
        (g, SIGNED, (-1, True)),
        (h, SIGNED, (-1, False)),
        (n, SIZES, (1, True)),
        (-p, SIGNED, (-1, True)),
        (p + u, SIGNED, (1, True)),
        (u + v, SIGNED, (1, False)),
        (g + h, SIGNED, (-1, True)),
        (p * u, SIGNED, (1, False)),
        (p * g, SIGNED, (-1, True)),
        (g * h, SIGNED, (1, False)),
        (g**3, SIGNED, (-1, True)),
        (g**-3, SIGNED, (-1, True)),
        (g**2, SIGNED, (1, True)),
        (h**2, SIGNED, (1, False)),
        (x**2, FREE, (1, False)),
        (1 / p, SIGNED, (1, True)),
        (u / p, SIGNED, (1, False)),
        (g / p, SIGNED, (-1, True)),
        (sp.sqrt(p), SIGNED, (1, True)),
        (sp.sqrt(u), SIGNED, (1, False)),
        (1 / sp.sqrt(p), SIGNED, (1, True)),
        (p ** sp.Rational(3, 2) + u, SIGNED, (1, True)),
        (x**2 + y**2, FREE, (1, False)),
        (x**2 + 1, FREE, (1, True)),
        (-(x**2) - 1, FREE, (-1, True)),
        ((x + y) ** 2, FREE, (1, False)),
        (x**2 + 2 * x * y + y**2, FREE, (1, False)),
        (x**2 * (y - z) ** 4, FREE, (1, False)),
        (p**2 - 2 * p * q + q**2, SIGNED, (1, False)),
        (n - d - 1, SIZES, (1, True)),
        (n - d - 2, SIZES, (1, False)),
        (N - d, SIZES, (1, False)),
        (d - N, SIZES, (-1, False)),
        (N - u, SIZES, (1, False)),
        (n - u, SIZES, (1, True)),
        (n * N - d * u - d, SIZES, (1, True)),
        ((n - d - 1) * (u - d), SIZES, (-1, False)),
        ((n - d) / (n - d - 1) - 1, SIZES, (1, True)),
        (1 / (n - d - 1) - 1 / n, SIZES, (1, True)),
        (2 / p - 2 / q, RATIO, (1, True)),
        (1 / q - 1 / p, RATIO, (-1, True)),
        (p - x**2, RATIO, (1, False)),
        (3 * x**2 - 3 * p, RATIO, (-1, False)),
        (x - 1, LINE, (1, True)),
        (y - x, LINE, (-1, False)),
        (sp.exp(1) - 2, FREE, (1, True)),
    ],
    ids=str,
)
def test_signs_that_are_proved(expression: sp.Expr, domain: Domain, expected: tuple[int, bool]) -> None:
    assert sign(expression, domain, strict=True) == expected


def test_an_equality_condition_is_put_in() -> None:
    domain = Domain((x, y), (Condition(y, "=", x),))
    assert sign(x - y, domain) == (0, False)
    assert sign(3 * y - 3 * x + p, Domain((x, y, p), (Condition(y, "=", x),))) == (1, True)


def test_strictness_is_found_by_cases() -> None:
    domain = Domain((u, d, n), (Condition(d, ">=", u), Condition(n, ">", d)))
    assert sign(u + d - u * 0, domain, strict=True) == (1, True)
    both = Domain((u, p), ())
    assert sign(u * p + p, both, strict=True) == (1, True)
    assert sign(u**2 + u * p, both, strict=True) == (1, False)


@pytest.mark.parametrize(
    ("difference", "relation", "domain"),
    [
        (p, ">", SIGNED),
        (p, ">=", SIGNED),
        (p, "!=", SIGNED),
        (u, ">=", SIGNED),
        (g, "<", SIGNED),
        (g, "<=", SIGNED),
        (g, "!=", SIGNED),
        (h, "<=", SIGNED),
        (sp.Integer(0), "=", SIGNED),
        (sp.Integer(0), "<=", SIGNED),
        (sp.Integer(0), ">=", SIGNED),
        (y, "!=", LINE),
        (2 * y, "!=", LINE),
        (-y, "!=", LINE),
        (x - y, ">=", LINE),
    ],
    ids=str,
)
def test_relations_that_are_proved(difference: sp.Expr, relation: str, domain: Domain) -> None:
    assert proves(difference, relation, domain)


@pytest.mark.parametrize(
    ("difference", "relation", "domain"),
    [
        (u, ">", SIGNED),
        (u, "!=", SIGNED),
        (u, "<=", SIGNED),
        (u, "=", SIGNED),
        (h, "<", SIGNED),
        (h, ">=", SIGNED),
        (p, "<", SIGNED),
        (p, "<=", SIGNED),
        (p, "=", SIGNED),
        (g, ">", SIGNED),
        (g, ">=", SIGNED),
        (sp.Integer(0), "<", SIGNED),
        (sp.Integer(0), ">", SIGNED),
        (sp.Integer(0), "!=", SIGNED),
        (x, ">=", FREE),
        (x, "!=", FREE),
        (x**2, ">", FREE),
        (x**2, "!=", FREE),
        (x**3, ">=", FREE),
        (x * y, ">=", FREE),
        (x**2 + y, ">=", FREE),
        (x**2 + y**2, ">", FREE),
        (p - q, ">=", SIGNED),
        (p - q, "<=", SIGNED),
        (p - q, "!=", SIGNED),
        (p**2 - p, ">=", SIGNED),
        (u - v, ">=", SIGNED),
        (p * x, ">=", Domain((p, x))),
        (n - d - 2, ">", SIZES),
        (n - d - 3, ">=", SIZES),
        (N - d, ">", SIZES),
        (N - n, ">=", SIZES),
        (N - d - 1, ">=", SIZES),
        (u - d, "<", SIZES),
        (n - 1, "<=", SIZES),
        (1 / p - 2 / q, ">", RATIO),
        (p - x**2, ">", RATIO),
        (p - 2 * x**2, ">=", RATIO),
        (y, ">", LINE),
        (y, ">=", LINE),
        (y - x, "<", LINE),
        (x - 1 - y, ">=", LINE),
        (y + 1, "!=", LINE),
        # Real steps are no integers: x > 1 does not give x >= 2.
        (x - 2, ">=", LINE),
        # A bound that is no integer: k > 1/2 gives k >= 1 at best, and 3/2 is out of reach.
        (k - sp.Rational(3, 2), ">=", Domain((k,), (Condition(k, ">", sp.Rational(1, 2)),))),
        (k - 2, ">=", Domain((p, k), (Condition(k, ">", p),))),
        # What may be complex has no sign, nor has its square.
        ((1 + sp.sqrt(x)) ** 2, ">=", FREE),
        (sp.sqrt(x), ">=", FREE),
        (sp.sqrt(x - 5) + 1, ">=", Domain((x,), (Condition(x, ">", 0),))),
        (sp.sqrt(p - q) + 1, ">", SIGNED),
        (sp.sqrt(p - q) ** 4 + 1 + (1 + sp.sqrt(q - p)) ** 2, ">=", SIGNED),
        (sp.sqrt(g) * sp.sqrt(g), ">=", SIGNED),
        (sp.I * p, ">", SIGNED),
        (sp.log(p), ">", SIGNED),
        (sp.log(x) ** 2, ">=", FREE),
        # A pole does not go away.
        (1 / x**2, ">", FREE),
        (1 / u, ">", SIGNED),
        (1 / u**2, ">=", SIGNED),
        (1 / (p - q) ** 2, ">", SIGNED),
        (sp.zoo, ">", SIGNED),
        (sp.nan, ">=", SIGNED),
    ],
    ids=str,
)
def test_relations_that_must_not_be_proved(difference: sp.Expr, relation: str, domain: Domain) -> None:
    assert not proves(difference, relation, domain)


def test_a_condition_follows_or_does_not() -> None:
    assert follows(Condition(n, ">", d), SIZES)
    assert follows(Condition(n, ">=", d + 2), SIZES)
    assert follows(Condition(d, "<", n), SIZES)
    assert not follows(Condition(n, ">", d + 2), SIZES)
    assert not follows(Condition(n, "=", d + 2), SIZES)
    assert follows(Condition(1 / p, ">=", 1 / q), RATIO)
    assert not follows(Condition(1 / q, ">=", 1 / p), RATIO)
    assert follows(Condition(p, ">", 0), FREE)  # by the symbol's own assumption


def test_a_domain_of_listed_points_is_read_by_its_conditions() -> None:
    listed = Domain((p, x), (Condition(x, ">", p),), ({p: sp.Integer(1), x: sp.Integer(2)},))
    assert proves(x, ">", listed)
    assert not proves(x - 1, ">", listed)


# -- soundness on random expressions ------------------------------------------------------------------------------


def random_expression(rng: np.random.Generator, symbols: tuple[sp.Symbol, ...], depth: int) -> sp.Expr:
    if depth == 0 or rng.random() < 0.15:
        if rng.random() < 0.75:
            return symbols[int(rng.integers(len(symbols)))]
        return sp.Integer(int(rng.integers(-2, 4)))
    left = random_expression(rng, symbols, depth - 1)
    kind = int(rng.integers(9))
    if kind == 8:
        return left ** int(rng.integers(2, 4))
    if kind == 7:
        return sp.sqrt(left)
    right = random_expression(rng, symbols, depth - 1)
    if kind <= 2:
        return left + right
    if kind == 3:
        return left - right
    if kind <= 5:
        return left * right
    return left / right if right != 0 else left


def true_at(value: sp.Expr, relation: str) -> bool:
    """Exactly for a rational value, to forty digits for a root."""
    if value.is_Rational:
        return bool(holds(value, relation))
    real, imaginary = sp.N(value, 40).as_real_imag()
    near = {"=": abs(real) < 1e-30, ">": real > -1e-30, ">=": real > -1e-30, "<": real < 1e-30, "<=": real < 1e-30}
    return bool(abs(imaginary) < 1e-30 and near[relation])


CASES = {"free": FREE, "signed": SIGNED, "sizes": SIZES, "ratio": RATIO, "line": LINE}


@pytest.mark.parametrize("name", CASES)
def test_a_claimed_sign_is_confirmed_by_points(name: str) -> None:
    domain = CASES[name]
    rng = np.random.default_rng(sorted(CASES).index(name))
    points = [domain.sample(rng, (1, 12)) for _ in range(12)]
    found = 0
    for _ in range(60):
        expression = random_expression(rng, domain.symbols, 3)
        claimed = sign(expression, domain, strict=bool(rng.integers(2)))
        if claimed is None or expression.is_number:
            continue
        found += 1
        relation = {1: (">=", ">"), 0: ("=", "="), -1: ("<=", "<")}[claimed[0]][claimed[1]]
        for point in points:
            value = expression.xreplace(point)
            if value.has(sp.zoo, sp.nan):
                # Undefined there: the sign speaks of where the expression has a value.
                assert defined(expression, domain) is not None, (expression, point)
                continue
            assert true_at(value, relation), (expression, relation, point)
    assert found >= (2 if name == "free" else 8)


@pytest.mark.parametrize("name", CASES)
def test_what_is_called_defined_has_a_real_value_at_all_points(name: str) -> None:
    domain = CASES[name]
    rng = np.random.default_rng(100 + sorted(CASES).index(name))
    points = [domain.sample(rng, (1, 12)) for _ in range(12)]
    found = 0
    for _ in range(50):
        expression = random_expression(rng, domain.symbols, 3)
        if expression.is_number or defined(expression, domain) is not None:
            continue
        found += 1
        for point in points:
            value = expression.xreplace(point)
            assert not value.has(sp.zoo, sp.nan, sp.oo), (expression, point)
            assert abs(sp.N(value, 30).as_real_imag()[1]) < 1e-20, (expression, point)
    assert found > 10


# -- definedness ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "domain"),
    [
        (1 / p, SIGNED),
        (p ** sp.Rational(-1, 2), SIGNED),
        (1 / (n - d - 1), SIZES),
        (1 / (x**2 + 1), FREE),
        (1 / (1 + 1 / p), SIGNED),
        (1 / y, LINE),
        (1 / (1 / p - 1 / q), RATIO),
        (sp.sqrt(u), SIGNED),
        (sp.sqrt(x**2 + y**2), FREE),
        (sp.log(p + 1), SIGNED),
        (x**2 + y, FREE),
        (sp.Integer(3), FREE),
        (2**x, FREE),
        (p**n, Domain((p, n))),
    ],
    ids=str,
)
def test_expressions_that_are_defined(expression: sp.Expr, domain: Domain) -> None:
    assert defined(expression, domain) is None


@pytest.mark.parametrize(
    ("expression", "domain", "missing"),
    [
        (1 / x, FREE, "x != 0"),
        (1 / u, SIGNED, "u != 0"),
        (1 / (p - q), SIGNED, "p - q != 0"),
        (1 / (p * u), SIGNED, "u != 0"),
        (p / (n - d - 2), Domain((*SIZES.symbols, p), SIZES.conditions), "d - n + 2 != 0"),
        (1 / (1 / x + 1 / p), Domain((x, p)), "p + x != 0"),
        (x / (y**2 * z), FREE, "y != 0"),
        (1 / (x**2 - y**2), FREE, "x - y != 0"),
        (sp.sqrt(x), FREE, "x >= 0"),
        (sp.sqrt(p - q), SIGNED, "p - q >= 0"),
        (x ** sp.Rational(-1, 2), FREE, "x >= 0"),
        (u ** sp.Rational(-1, 2), SIGNED, "u != 0"),
        (sp.log(u), SIGNED, "u > 0"),
        (x**-y, FREE, "x >= 0"),
        (sp.exp(1 / x), FREE, "x != 0"),
        (1 / sp.exp(x) / x, FREE, "x != 0"),
        (sp.I * x, FREE, "I = 0"),
        (sp.zoo, FREE, "zoo = 0"),
        (x + sp.sqrt(-2), FREE, "sqrt(2)*I = 0"),
    ],
    ids=str,
)
def test_the_missing_condition_is_named(expression: sp.Expr, domain: Domain, missing: str) -> None:
    found = defined(expression, domain)
    assert found is not None
    assert str(found) in (missing, missing.replace("x - y", "x + y"))


def test_a_factor_that_is_nonzero_is_not_the_one_named() -> None:
    assert str(defined(1 / (p * (x - y)), Domain((p, x, y)))) == "x - y != 0"


# -- equality with roots --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right", "domain"),
    [
        ((x + y) ** 2, x**2 + 2 * x * y + y**2, FREE),
        (1 / p - 1 / q, (q - p) / (p * q), SIGNED),
        (sp.sqrt(p * u) * sp.sqrt(u), u * sp.sqrt(p), SIGNED),
        (sp.sqrt(p / q), sp.sqrt(p) / sp.sqrt(q), SIGNED),
        (sp.sqrt(p / q) * q, sp.sqrt(p * q), SIGNED),
        (sp.sqrt((n - d) * p) ** 2, (n - d) * p, Domain((*SIZES.symbols, p), SIZES.conditions)),
        (sp.sqrt(4 * p**2), 2 * p, SIGNED),
        (sp.sqrt(g**2), -g, SIGNED),
        (sp.sqrt(sp.expand((d - n) ** 2)), n - d, SIZES),
        ((sp.sqrt(p) + sp.sqrt(q)) ** 2, p + q + 2 * sp.sqrt(p * q), SIGNED),
        (sp.sqrt(p**3), p * sp.sqrt(p), SIGNED),
        (1 / sp.sqrt(p), sp.sqrt(p) / p, SIGNED),
    ],
    ids=str,
)
def test_values_that_are_the_same(left: sp.Expr, right: sp.Expr, domain: Domain) -> None:
    assert same_value(left, right, domain)
    assert same_value(right, left, domain)
    assert not same_value(left + 1, right, domain)
    assert not same_value(left, -right, domain)


@pytest.mark.parametrize(
    ("left", "right", "domain"),
    [
        (sp.sqrt(x**2), x, FREE),
        (sp.sqrt((p - q) ** 2), p - q, SIGNED),
        (sp.sqrt(x) * sp.sqrt(y), sp.sqrt(x * y), FREE),
        (sp.sqrt(sp.expand((p - q) ** 2)), p - q, SIGNED),
        (sp.sqrt(g**2), g, SIGNED),
        (sp.sqrt(p), p, SIGNED),
        (sp.exp(x), 1 + x, FREE),
        (x, y, FREE),
    ],
    ids=str,
)
def test_values_that_are_not_shown_to_be_the_same(left: sp.Expr, right: sp.Expr, domain: Domain) -> None:
    assert not same_value(left, right, domain)


@pytest.fixture
def gap(monkeypatch: pytest.MonkeyPatch) -> Iterator[sp.Expr]:
    """A negative number that the balls of this test do not tell from zero; SymPy takes it for zero at times."""
    monkeypatch.setattr("w2s_sym.formula.numbers.SIGN_DIGITS", (20,))
    clear_caches()
    yield sp.log(1 - sp.exp(-80)) - sp.log(1 - 2 * sp.exp(-90))
    clear_caches()


def clear_caches() -> None:
    number_sign.cache_clear()
    signs._sign.cache_clear()


def test_signs_of_numbers_do_not_lean_on_assumptions(gap: sp.Expr) -> None:
    t = sp.Symbol("t", positive=True)
    domain = Domain((t,))
    assert not any(proves(t * gap, relation, domain) for relation in Relation)
    tiny = sp.log(1 - sp.exp(-80))
    assert number_sign(tiny) is None
    assert proves(t * tiny, "<", domain)  # by the sign of what stands in the logarithm
    assert not any(proves(t * tiny, relation, domain) for relation in (">", ">=", "="))


def test_roots_of_numbers_need_a_sign_that_is_shown(gap: sp.Expr) -> None:
    t = sp.Symbol("t", positive=True)
    for hidden in (gap, -gap, sp.log(1 - sp.exp(-80))):
        assert defined(t * sp.sqrt(hidden), Domain((t,))) is not None
    assert defined(t / gap, Domain((t,))) is not None


# -- strictness by cases, roots of fractions, squares ---------------------------------------------------------

EITHER = Domain((u, v), (Condition(u + v, ">", 0),))
ORDERED = Domain((p, q), (Condition(p, ">=", q),))
APART = Domain((p, q), (Condition(p, ">", q),))
# At u = 1 both v and w may vanish: u v + w is positive for u = 0 and for u > 1 only.
CORNER = Domain((u, v, w), (Condition(v, ">=", u - 1), Condition(w, ">=", 1 - u)))


def test_a_sum_that_cannot_vanish_is_positive_by_cases() -> None:
    assert proves(u + v + u * v, ">", EITHER)
    assert sign(u + v + u * v, EITHER, strict=True) == (1, True)
    assert not proves(u + v + u * v, ">", Domain((u, v)))
    assert not proves(u * v, ">", EITHER)
    assert proves(-u - v - u * v, "<", EITHER)


def test_a_bound_is_proved_with_its_own_strictness() -> None:
    # "<=" and ">=" need no cases, "<" and ">" do.
    assert proves(u * v, ">=", EITHER)
    assert not proves(u * v, ">", EITHER)
    assert proves(u + v + u * v, "!=", EITHER)


def test_a_case_is_positive_from_zero_on_not_from_one_on() -> None:
    assert proves(u * v + w, ">=", CORNER)
    assert not proves(u * v + w, ">", CORNER)
    assert CORNER.contains({u: sp.Integer(1), v: sp.Integer(0), w: sp.Integer(0)})
    beyond = Domain(CORNER.symbols, (*CORNER.conditions, Condition(u, ">", 1)))
    assert proves(u * v + w, ">", beyond)


def test_the_square_of_what_is_positive_by_its_shape_is_positive() -> None:
    free = Domain((x, y))
    assert sign((x**2 + 1) ** 2, free, strict=True) == (1, True)
    assert sign((x**2 + y**2 + 1) ** 2 * (y**2 + 2), free, strict=True) == (1, True)
    assert sign((x + 1) ** 2, free, strict=True) == (1, False)


def test_a_root_splits_where_its_factors_are_nonnegative() -> None:
    # Zero is allowed above the bar of a fraction, not below it.
    assert same_value(sp.sqrt(p**2 - q**2), sp.sqrt(p - q) * sp.sqrt(p + q), ORDERED)
    fraction = sp.sqrt((p + q) / (p**2 - q**2 + p - q))
    split = sp.sqrt(p + q) / (sp.sqrt(p - q) * sp.sqrt(p + q + 1))
    assert same_value(fraction, split, APART)
    assert not same_value(fraction, split, ORDERED)
    assert not same_value(sp.sqrt(p**2 - q**2), sp.sqrt(p - q) * sp.sqrt(p + q), Domain((p, q)))
    assert not same_value(sp.sqrt(p**2 - q**2), -sp.sqrt(p - q) * sp.sqrt(p + q), ORDERED)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ((1 + sp.sqrt(u)) ** 2 - 1, (1, False)),
        ((1 + sp.sqrt(p)) ** 2 - 1, (1, True)),
        (1 - (1 + sp.sqrt(p)) ** 2, (-1, True)),
        ((1 + sp.sqrt(p)) ** 2 - 2, None),
    ],
)
def test_roots_count_as_nonnegative_symbols(expression: sp.Expr, expected: tuple[int, bool] | None) -> None:
    assert sign(expression, Domain((p, u)), strict=True) == expected


def test_cases_are_tried_for_symbols_with_bounds_of_their_own() -> None:
    bounded = Domain((u, v), (*EITHER.conditions, Condition(u, "<=", 5), Condition(v, "<=", 7)))
    assert proves(u + v + u * v, ">", bounded)


def test_a_denominator_is_shown_not_to_vanish_by_cases() -> None:
    three = Domain((u, v, w), EITHER.conditions)
    bottom = u + v + u * v
    assert sign((1 + w) / bottom - 1 / bottom, three) == (1, False)
    assert sign((1 + w) / bottom - 1 / bottom, Domain((u, v, w))) is None


def test_squares_of_logarithms_count_where_they_are_real() -> None:
    assert sign(sp.log(p) ** 2, Domain((p,))) == (1, False)
    assert sign(sp.log(p / q) ** 2, Domain((p, q))) == (1, False)
    assert sign(sp.log(x) ** 2, Domain((x,))) is None
    assert sign(sp.log(u) ** 2, Domain((u,))) is None


@pytest.mark.parametrize(("relation", "s"), [(">", 1), ("<", -1), (">=", 1), ("<=", -1)])
def test_a_stated_ratio_gives_its_multiples_their_sign(relation: str, s: int) -> None:
    ratio = sp.sqrt(1 + x**2) / p - sp.log(q)
    domain = Domain((p, q, x), (Condition(sp.sqrt(1 + x**2) / p, relation, sp.log(q)),))
    strict = relation in ("<", ">")
    for factor in (1, 2, sp.Rational(1, 2)):
        assert sign(ratio * factor, domain) == (s, strict)
        assert sign(ratio * -factor, domain) == (-s, strict)


def test_what_is_linear_between_two_bounds_has_the_sign_of_both_ends() -> None:
    w = sp.Symbol("w", positive=True)
    a, b = sp.Symbol("a", positive=True), sp.Symbol("b", positive=True)
    inside = Domain((a, b, w), (Condition(w, "<", 1),))
    assert proves(sp.expand((1 - w) * a**2 + w * b**2), ">", inside)
    assert proves(sp.expand((1 - w) * a**2 * b + w * (a - b) ** 2), ">", inside)
    assert proves(sp.expand(-(1 - w) * a - w * b), "<", inside)
    assert not proves(sp.expand((1 - w) * a - w * b), ">", inside)
    assert not proves(sp.expand((1 + w) * a - 2 * w * b), ">=", inside)
    # Without the upper bound nothing is shown.
    assert not proves(sp.expand((1 - w) * a**2 + w * b**2), ">", Domain((a, b, w)))
    # An end that belongs to the domain and where the value is zero: not strict.
    closed = Domain((a, b, w), (Condition(w, "<=", 1),))
    assert proves(sp.expand((1 - w) * a), ">=", closed)
    assert not proves(sp.expand((1 - w) * a), ">", closed)


def test_extremes_have_the_sign_of_one_or_of_all() -> None:
    x, y = sp.Symbol("x", real=True), sp.Symbol("y", positive=True)
    domain = Domain((x, y))
    assert sign(sp.Max(0, x), domain) == (1, False)
    assert sign(sp.Max(y, x), domain) == (1, True)
    assert sign(sp.Min(-y, x), domain) == (-1, True)
    assert sign(sp.Min(y, y + 1), domain) == (1, True)
    assert sign(sp.Min(y, x), domain) is None
    assert sign(sp.Max(-y, x), domain) is None
    assert sign(sp.Max(-y, -2 * y - 1), domain) == (-1, True)
    assert sign(sp.Abs(x - 1), domain) == (1, False)
    assert sign(sp.Abs(y), domain) == (1, True)
