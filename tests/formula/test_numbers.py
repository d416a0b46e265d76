"""Signs of exact numbers: shown, or not told."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import sympy as sp

from w2s_sym.formula import numbers
from w2s_sym.formula.balls import UnsupportedError
from w2s_sym.formula.numbers import holds, is_finite_real, number_sign
from w2s_sym.formula.relations import Relation

a = sp.Symbol("a")


@pytest.mark.parametrize(
    ("relation", "negative", "zero", "positive"),
    [
        ("=", False, True, False),
        ("!=", True, False, True),
        ("<", True, False, False),
        ("<=", True, True, False),
        (">", False, False, True),
        (">=", False, True, True),
    ],
)
def test_truth_table_of_relations(relation: str, negative: bool, zero: bool, positive: bool) -> None:
    assert holds(sp.Rational(-1, 10**30), relation) is negative
    assert holds(sp.Integer(0), relation) is zero
    assert holds(sp.Rational(1, 10**30), relation) is positive
    # the same three signs for algebraic numbers
    assert holds(sp.sqrt(2) - sp.Rational(3, 2), relation) is negative
    assert holds(sp.sqrt(2) * sp.sqrt(3) - sp.sqrt(6), relation) is zero
    assert holds(sp.sqrt(2) - 1, relation) is positive


@pytest.mark.parametrize("unknown", [sp.nan, sp.oo, sp.zoo, sp.I, a])
def test_what_has_no_finite_real_value_has_no_truth(unknown: sp.Expr) -> None:
    assert holds(unknown, ">") is None


def test_a_small_difference_is_not_zero_and_a_hidden_zero_is() -> None:
    """SymPy takes the first for zero under some hash seeds: its terms agree to 34 digits."""
    small = sp.log(1 - sp.exp(-80)) - sp.log(1 - 2 * sp.exp(-90))
    assert holds(small, "<") is True
    assert holds(small, "=") is False
    roots = sp.sqrt(5 + 2 * sp.sqrt(6)) - sp.sqrt(2) - sp.sqrt(3)
    logs = sp.log(6) - sp.log(2) - sp.log(3)
    waves = sp.sin(1) ** 2 + sp.cos(1) ** 2 - 1
    for hidden in (roots, logs, waves, sp.tanh(1) - 1 + 2 / (sp.exp(2) + 1)):
        assert hidden != 0
        assert holds(hidden, "=") is True
        assert holds(hidden, "<") is False
    assert holds(sp.log(-1 + sp.exp(-3)), ">") is None


def test_what_balls_cannot_tell_from_zero_has_no_sign() -> None:
    """A thousand digits do not tell this from zero; the assumptions of SymPy guess, by the hash seed."""
    tiny = sp.log(1 - sp.exp(-2400))
    assert [holds(tiny, relation) for relation in Relation] == [None] * len(Relation)


ROOTS = [sp.sqrt(k) for k in (2, 3, 5, 6, 7, 10)]


def test_sums_of_roots_are_told_from_zero_and_zeros_are_shown() -> None:
    """Exact signs of sums of roots with hidden zeros, against a thousand digits."""
    rng = np.random.default_rng(0)
    for _ in range(60):
        parts = [int(c) * r for c, r in zip(rng.integers(-9, 10, 3), rng.choice(ROOTS, 3, replace=False), strict=True)]
        whole = sum(parts, sp.Integer(int(rng.integers(-9, 10))))
        hidden = sp.sqrt(sp.expand(whole**2), evaluate=False) - whole * number_sign(whole)
        assert number_sign(hidden) == 0
        for power in (3, 1500):
            moved = hidden + sp.Rational(1, 10**power)
            # beyond a thousand digits the separation bound must not take what is small for zero
            assert number_sign(moved) == (1 if power == 3 else None)


def test_the_separation_bound_is_below_every_nonzero_sum_of_its_kind() -> None:
    """The closest that a + b*sqrt(2) + c*sqrt(3) comes to zero for integers up to twelve."""
    terms = list(product(range(-12, 13), repeat=3))
    values = [abs(p + q * 2**0.5 + r * 3**0.5) for p, q, r in terms]
    least, (p, q, r) = min((v, t) for v, t in zip(values, terms, strict=True) if t != (0, 0, 0))
    bits = numbers._separation(p + q * sp.sqrt(2) + r * sp.sqrt(3))
    assert 2.0**-bits < least < 1e-2
    assert numbers._separation(sp.sqrt(2) - sp.Rational(99, 70)) >= -np.log2(99 / 70 - 2**0.5)
    # a cube root of a quotient: the bound is that of the whole expression, degree three
    gap = sp.Rational(5, 7) ** sp.Rational(1, 3) - sp.Rational(
        *Fraction(0.8939).limit_denominator(10**6).as_integer_ratio()
    )
    assert numbers._separation(gap) >= -np.log2(abs(float(gap)))


@pytest.mark.parametrize(
    ("number", "bits"),
    [
        # (5 sqrt(2) + 3)/15, degree two: 3.33 + 3.91
        (sp.sqrt(2) / 3 + sp.Rational(1, 5), 9),
        # 3/(3 sqrt(2) + 1), degree two: 1.58 + 2.39
        (1 / (sp.sqrt(2) + sp.Rational(1, 3)), 5),
        # cube roots of 5 and of 7, that one squared, over 7, degree nine: 8 times (0.77 + 1.87) + 2.81
        (sp.Rational(5, 7) ** sp.Rational(1, 3), 25),
        # the cube root of (5 sqrt(2) + 3) 15^2, over 15, degree six: 5 times (3.33 + 2 times 3.91)/3 + 3.91
        (sp.root(sp.sqrt(2) / 3 + sp.Rational(1, 5), 3), 24),
        # of degree four, though sqrt(3) stands there twice: 3 times log2(6 + sqrt(3) + sqrt(6)) + 0
        (sp.sqrt(3) + 6 - sp.sqrt(2) * sp.sqrt(3, evaluate=False), 12),
        # 0.5 + 2
        (sp.sqrt(2) / 4, 4),
    ],
    ids=str,
)
def test_the_separation_bound_by_hand(number: sp.Expr, bits: int) -> None:
    assert numbers._separation(number) == bits


def test_no_number_is_closer_to_zero_than_its_bound() -> None:
    """Random nested quotients, sums and roots; many are small by design."""
    rng = np.random.default_rng(5)

    def some(depth: int) -> sp.Expr:
        if depth == 0:
            return sp.Rational(int(rng.integers(1, 9)), int(rng.integers(1, 9)))
        left, right = some(depth - 1), some(depth - 1)
        return [
            lambda: left + right,
            lambda: left - right,
            lambda: left * right,
            lambda: left / right if right != 0 else left,
            lambda: sp.root(abs(left), int(rng.integers(2, 4))),
        ][int(rng.integers(5))]()

    told = 0
    for _ in range(150):
        number = some(3)
        found = number_sign(number)
        if found:
            told += 1
            assert abs(number.evalf(60)) >= 2 ** sp.Integer(-numbers._separation(number))
    assert told > 100


def test_the_separation_bound_is_for_roots_alone() -> None:
    with pytest.raises(UnsupportedError, match="arithmetic and roots"):
        numbers._separation(sp.sqrt(2) + sp.pi)


def test_a_zero_that_needs_too_many_digits_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    number = sp.sqrt(7 + 2 * sp.sqrt(10)) - sp.sqrt(2) - sp.sqrt(5)
    assert number_sign(number) == 0
    number_sign.cache_clear()
    monkeypatch.setattr(numbers, "SEPARATION_BITS", 10)
    assert number_sign(number) is None
    number_sign.cache_clear()


def test_finite_and_real_is_shown() -> None:
    assert is_finite_real(sp.log(1 - sp.exp(-80)) / (sp.exp(-300)))
    assert is_finite_real(1 / sp.log(1 - sp.exp(-200)))  # undefined to thirty digits, not to two hundred
    for bad in (
        sp.I,
        sp.oo,
        sp.nan,
        sp.log(-1 + sp.exp(-3)),
        1 / (sp.sqrt(6) - sp.sqrt(2) * sp.sqrt(3, evaluate=False)),
    ):
        assert not is_finite_real(bad)
    assert is_finite_real(sp.fresnels(1))  # no ball is known here: by its assumptions
    assert number_sign(sp.fresnels(1)) is None


def test_numbers_that_are_too_long_to_write_leave_a_sign_open() -> None:
    """Algebra names the functions that it meets by their text, which Python does not write beyond 4300 digits."""
    b = sp.Integer(10) ** 4310
    assert holds(sp.sin(b) - sp.sin(b + 1) + 2 + sp.sin(b + 1) - sp.sin(b) - 2, "=") is True
    assert holds(sp.sin(b) - sp.sin(b + 1) + 2, "<") in (None, False)
